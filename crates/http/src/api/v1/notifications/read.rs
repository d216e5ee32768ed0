//! `POST /api/v1/notifications/read`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationId;
use utoipa::ToSchema;

use crate::{
    extract::{JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Notifications that can be named at once.
const MOST: usize = 200;

/// One of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadNotifications {
    /// These; at most 200.
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<NotificationId>>,
    /// This one and everything before it.
    #[schema(value_type = Option<String>)]
    up_to: Option<NotificationId>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationsUnread)]
pub struct Unread {
    /// How many the caller has not read now; 100 means that many or more.
    pub unread_count: i64,
}

/// Notes that the caller has read notifications: some, or everything up to one.
#[utoipa::path(post, path = "/api/v1/notifications/read", operation_id = "read_notifications", tag = "notifications",
    request_body = ReadNotifications, responses((status = 200, description = "What is unread now", body = Unread)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    JsonBody(asked): JsonBody<ReadNotifications>,
) -> Result<Json<Unread>, Problem> {
    let reader = notifications::reader_of(&auth.actor);
    let unread_count = match (asked.ids, asked.up_to) {
        (Some(ids), None) if ids.len() <= MOST => notifications::mark_read(&web.app, auth.scope, reader, &ids).await?,
        (None, Some(up_to)) => notifications::mark_read_up_to(&web.app, auth.scope, reader, up_to).await?,
        _ => return Err(Problem::new(Code::InvalidBody, "send `ids` (at most 200) or `up_to`, one of the two")),
    };
    Ok(Json(Unread { unread_count }))
}
