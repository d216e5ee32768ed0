//! `POST /api/v1/me/password`

use axum::{extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use crate::{
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    new_password: SecretString,
}

/// Changes your password. All of your other sessions end.
#[utoipa::path(post, path = "/api/v1/me/password", operation_id = "change_password", tag = "me",
    security(("bearer" = [])), request_body = ChangePassword,
    responses((status = 204, description = "It is changed")))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<ChangePassword>,
) -> Result<StatusCode, Problem> {
    accounts::change_password(&web.app, &access, &asked.current_password, &asked.new_password, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
