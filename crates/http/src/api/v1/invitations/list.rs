//! `GET /api/v1/invitations`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::ids::InvitationId;
use utoipa::IntoParams;

use super::InvitationView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListInvitations {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<InvitationId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists the invitations of the workspace, newest first: open, accepted, taken back and expired ones.
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "list_invitations", tag = "members",
    params(ListInvitations), responses((status = 200, description = "A page of invitations", body = Paged<InvitationView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListInvitations>,
) -> Result<Json<Paged<InvitationView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let rows = accounts::list_invitations(&web.app, auth.scope, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(rows, limit, |invitation| invitation.id.to_string(), InvitationView::from)))
}
