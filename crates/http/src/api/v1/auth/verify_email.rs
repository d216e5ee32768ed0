//! `POST /api/v1/auth/verify-email`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::accounts;
use utoipa::ToSchema;

use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// What stands behind `#token=` in the link of the mail.
    #[schema(value_type = String)]
    token: SecretString,
}

#[derive(Serialize, ToSchema)]
pub struct EmailVerified {
    pub email: String,
}

/// Shows that you read mail at your address. The link works once, for seven days.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", operation_id = "verify_email", tag = "auth", security(()),
    request_body = VerifyEmail, responses((status = 200, description = "The address is confirmed", body = EmailVerified)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<VerifyEmail>,
) -> Result<Json<EmailVerified>, Problem> {
    let user = accounts::verify_email(&web.app, asked.token.expose_secret(), &client).await?;
    Ok(Json(EmailVerified { email: user.email }))
}
