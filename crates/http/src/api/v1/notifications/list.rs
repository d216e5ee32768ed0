//! `GET /api/v1/notifications`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationId;
use utoipa::{IntoParams, ToSchema};

use super::NotificationView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNotifications {
    /// Only what the caller has not read.
    #[serde(default)]
    unread: bool,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<NotificationId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationFeed)]
pub struct FeedView {
    #[serde(flatten)]
    pub page: Paged<NotificationView>,
    /// How many the caller has not read; 100 means that many or more.
    pub unread_count: i64,
}

/// Lists what people were told in the dashboard, newest first, and how much of it the caller has not read.
///
/// It is kept for 90 days. What a person has read is their own; an app's is the app's.
#[utoipa::path(get, path = "/api/v1/notifications", operation_id = "list_notifications", tag = "notifications",
    params(ListNotifications), responses((status = 200, description = "A page of the feed", body = FeedView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListNotifications>,
) -> Result<Json<FeedView>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let reader = notifications::reader_of(&auth.actor);
    let feed = notifications::list(&web.app, auth.scope, reader, asked.unread, asked.cursor, limit + 1).await?;
    let cursor = |listed: &notifications::Listed| listed.entry.notification.id.to_string();
    let page = Paged::cut(feed.listed, limit, cursor, NotificationView::from);
    Ok(Json(FeedView { page, unread_count: feed.unread }))
}
