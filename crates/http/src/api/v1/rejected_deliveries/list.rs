//! `GET /api/v1/rejected-deliveries`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::ids::{ConnectionId, RejectionId};
use switchboard_store::rejections;
use utoipa::IntoParams;

use super::RejectedView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRejected {
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<RejectionId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists deliveries that were refused, newest first.
///
/// Only those that came to the URL of a connection of this workspace, and only as many as are kept: a flood of them is cut.
#[utoipa::path(get, path = "/api/v1/rejected-deliveries", operation_id = "list_rejected_deliveries", tag = "events",
    params(ListRejected),
    responses((status = 200, description = "A page of refused deliveries", body = Paged<RejectedView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListRejected>,
) -> Result<Json<Paged<RejectedView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = rejections::list(&mut reader.conn(), auth.scope, asked.connection_id, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |rejected| rejected.id.to_string(), RejectedView::from)))
}
