//! `POST /api/v1/auth/forgot-password`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    #[schema(format = "email", max_length = 254)]
    email: String,
}

/// Sends a link for a new password to that address, if there is an account with it. The answer is the same if there is none.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", operation_id = "forgot_password", tag = "auth", security(()),
    request_body = ForgotPassword, responses((status = 202, description = "Look into your mailbox")))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<ForgotPassword>,
) -> Result<StatusCode, Problem> {
    // Whether there is such an account is found out after the answer; waiting for it would tell.
    drop(accounts::ask_reset(&web.app, &asked.email, &client)?);
    Ok(StatusCode::ACCEPTED)
}
