//! `POST /api/v1/auth/reset-password`

use axum::{extract::State, http::StatusCode};
use secrecy::{ExposeSecret, SecretString};
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
pub struct ResetPassword {
    /// What stands behind `#token=` in the link of the mail.
    #[schema(value_type = String)]
    token: SecretString,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    password: SecretString,
}

/// Sets a new password by the link of a mail, once and within an hour. All your sessions end; sign in with the new password.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", operation_id = "reset_password", tag = "auth", security(()),
    request_body = ResetPassword, responses((status = 204, description = "It is set")))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<ResetPassword>,
) -> Result<StatusCode, Problem> {
    accounts::finish_reset(&web.app, asked.token.expose_secret(), &asked.password, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
