//! `PATCH /api/v1/members/{id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::{ids::UserId, role::Role};
use utoipa::ToSchema;

use super::MemberView;
use crate::{
    api::v1::role,
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    #[schema(schema_with = role)]
    role: Role,
}

/// Gives somebody another role. Only owners make and unmake owners, and the last owner stays one.
#[utoipa::path(patch, path = "/api/v1/members/{id}", operation_id = "update_member", tag = "members",
    params(("id" = String, Path, description = "The person's id")), request_body = UpdateMember,
    responses((status = 200, description = "The person", body = MemberView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<UserId>,
    JsonBody(asked): JsonBody<UpdateMember>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(accounts::change_role(&web.app, auth.scope, &by, id, asked.role).await?.into()))
}
