//! `POST /api/v1/auth/switch`

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use super::{SignedInView, answer::SessionKind};
use crate::{
    extract::{JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSwitch {
    /// One of the workspaces that `/api/v1/me` lists.
    #[schema(value_type = String)]
    tenant_id: TenantId,
}

/// Takes the session to another of your workspaces. Use the access token of the answer: those of before are good for nothing.
#[utoipa::path(post, path = "/api/v1/auth/switch", operation_id = "switch_tenant", tag = "auth",
    security(("bearer" = [])), request_body = AskSwitch,
    responses((status = 200, description = "You are there", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    JsonBody(asked): JsonBody<AskSwitch>,
) -> Result<Response, Problem> {
    let signed_in = accounts::switch_tenant(&web.app, &access, asked.tenant_id).await?;
    let session = if access.is_browser { SessionKind::Cookie } else { SessionKind::Token };
    Ok(session.answer(&web, StatusCode::OK, signed_in))
}
