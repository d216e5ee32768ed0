//! `POST /api/v1/auth/refresh`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use super::SignedInView;
use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRefresh {
    /// The one that came with the last pair.
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// Gets the next pair of tokens. Each refresh token is good once: one that comes back later ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "auth", security(()),
    request_body = AskRefresh, responses((status = 200, description = "The next pair", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<AskRefresh>,
) -> Result<Json<SignedInView>, Problem> {
    Ok(Json(accounts::refresh(&web.app, asked.refresh_token.expose_secret(), &client).await?.into()))
}
