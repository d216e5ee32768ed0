//! `POST /api/v1/me/workspaces`

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use switchboard_app::accounts::{self, OwnWorkspaceError};
use utoipa::ToSchema;

use crate::{
    api::v1::auth::{SignedInView, answer::SessionKind},
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOwnWorkspace {
    #[schema(min_length = 1, max_length = 120)]
    company_name: String,
    /// One of `/api/v1/plans` that is offered; the smallest unless said.
    plan: Option<String>,
}

/// Makes another workspace with you as its owner, and takes the session there: use the access token of the answer.
#[utoipa::path(post, path = "/api/v1/me/workspaces", operation_id = "create_own_workspace", tag = "me",
    security(("bearer" = [])), request_body = CreateOwnWorkspace,
    responses((status = 201, description = "You are there", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<CreateOwnWorkspace>,
) -> Result<Response, Problem> {
    let plan = asked.plan.as_deref();
    let signed_in = accounts::create_workspace(&web.app, &access, &asked.company_name, plan, &client).await?;
    let session = if access.is_browser { SessionKind::Cookie } else { SessionKind::Token };
    Ok(session.answer(&web, StatusCode::CREATED, signed_in))
}

impl From<OwnWorkspaceError> for Problem {
    fn from(error: OwnWorkspaceError) -> Self {
        let detail = error.to_string();
        match error {
            OwnWorkspaceError::Invalid(faults) => Self::fields(faults),
            OwnWorkspaceError::TooMany => Self::new(Code::Conflict, detail),
            OwnWorkspaceError::Impersonating => Self::new(Code::Forbidden, detail),
            OwnWorkspaceError::Switch(error) => error.into(),
            OwnWorkspaceError::Password(error) => error.into(),
            OwnWorkspaceError::Store(error) => error.into(),
        }
    }
}
