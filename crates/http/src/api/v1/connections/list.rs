//! `GET /api/v1/connections`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::connections;
use switchboard_domain::ids::ConnectionId;
use utoipa::IntoParams;

use super::ConnectionView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListConnections {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<ConnectionId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists connections, oldest first.
#[utoipa::path(get, path = "/api/v1/connections", operation_id = "list_connections", tag = "connections",
    params(ListConnections), responses((status = 200, description = "A page of connections", body = Paged<ConnectionView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListConnections>,
) -> Result<Json<Paged<ConnectionView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let found = connections::list(&web.app, auth.scope, asked.cursor, limit + 1).await?;
    let page = Paged::cut(found, limit, |found| found.id.to_string(), |found| ConnectionView::of(&web.app, found));
    Ok(Json(page))
}
