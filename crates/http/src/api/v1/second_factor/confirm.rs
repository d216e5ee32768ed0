//! `POST /api/v1/me/second-factor/confirm`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts::second_factor;
use utoipa::ToSchema;

use super::RecoveryCodes;
use crate::{
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// Six digits, as the authenticator shows them now.
    #[schema(value_type = String, example = "123456")]
    code: SecretString,
}

/// Switches two-factor sign-in on, by a first code. The answer has the recovery codes, this once.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirm", operation_id = "confirm_second_factor", tag = "me",
    security(("bearer" = [])), request_body = ConfirmSecondFactor,
    responses((status = 200, description = "It is on", body = RecoveryCodes)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<ConfirmSecondFactor>,
) -> Result<Json<RecoveryCodes>, Problem> {
    Ok(Json(second_factor::confirm(&web.app, &access, asked.code.expose_secret(), &client).await?.into()))
}
