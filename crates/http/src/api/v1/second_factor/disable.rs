//! `POST /api/v1/me/second-factor/disable`

use axum::{extract::State, http::StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts::second_factor;
use utoipa::ToSchema;

use crate::{
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableSecondFactor {
    /// Empty for somebody who has none because they sign in elsewhere.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Six digits of your authenticator, or a recovery code.
    #[schema(value_type = String, example = "123456")]
    code: SecretString,
}

/// Switches two-factor sign-in off. The authenticator and all recovery codes count no more.
#[utoipa::path(post, path = "/api/v1/me/second-factor/disable", operation_id = "disable_second_factor", tag = "me",
    security(("bearer" = [])), request_body = DisableSecondFactor, responses((status = 204, description = "It is off")))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<DisableSecondFactor>,
) -> Result<StatusCode, Problem> {
    second_factor::disable(&web.app, &access, &asked.password, asked.code.expose_secret(), &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
