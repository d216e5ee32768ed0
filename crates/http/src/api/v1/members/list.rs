//! `GET /api/v1/members`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::ids::UserId;
use utoipa::IntoParams;

use super::MemberView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMembers {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<UserId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists the people of the workspace, in the order in which they came to this server.
#[utoipa::path(get, path = "/api/v1/members", operation_id = "list_members", tag = "members", params(ListMembers),
    responses((status = 200, description = "A page of people", body = Paged<MemberView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListMembers>,
) -> Result<Json<Paged<MemberView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let rows = accounts::list_members(&web.app, auth.scope, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(rows, limit, |member| member.user_id.to_string(), MemberView::from)))
}
