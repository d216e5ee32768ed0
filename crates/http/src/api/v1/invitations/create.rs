//! `POST /api/v1/invitations`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::role::Role;
use utoipa::ToSchema;

use super::InvitationView;
use crate::{
    api::v1::role,
    extract::{By, ClientInfo, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[schema(schema_with = role)]
    role: Role,
}

/// Invites somebody by mail. The link works once, for seven days; inviting the same address again replaces it.
#[utoipa::path(post, path = "/api/v1/invitations", operation_id = "invite", tag = "members", request_body = Invite,
    responses((status = 201, description = "The invitation", body = InvitationView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<Invite>,
) -> Result<(StatusCode, Json<InvitationView>), Problem> {
    let invitation = accounts::invite(&web.app, auth.scope, &by, &asked.email, asked.role, client.language).await?;
    Ok((StatusCode::CREATED, Json(invitation.into())))
}
