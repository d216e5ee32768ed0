//! `POST /api/v1/me/second-factor/recovery-codes`

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
pub struct RenewRecoveryCodes {
    /// Six digits of your authenticator, or a recovery code that is left.
    #[schema(value_type = String, example = "123456")]
    code: SecretString,
}

/// Replaces your recovery codes. The old ones count no more.
#[utoipa::path(post, path = "/api/v1/me/second-factor/recovery-codes", operation_id = "renew_recovery_codes", tag = "me",
    security(("bearer" = [])), request_body = RenewRecoveryCodes,
    responses((status = 200, description = "Write them down", body = RecoveryCodes)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<RenewRecoveryCodes>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let code = asked.code.expose_secret();
    Ok(Json(second_factor::renew_recovery_codes(&web.app, &access, code, &client).await?.into()))
}
