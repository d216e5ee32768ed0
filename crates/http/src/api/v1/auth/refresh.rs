//! `POST /api/v1/auth/refresh`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use super::{SignedInView, answer::SessionKind};
use crate::{
    browser::Cookie,
    extract::{ClientInfo, JsonBody},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRefresh {
    /// The one that came with the last pair; left out by a browser whose tokens are in cookies.
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// Gets the next pair of tokens. Each refresh token is good once: one that comes back later ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "auth", security(()),
    request_body = AskRefresh, responses((status = 200, description = "The next pair", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AskRefresh>,
) -> Result<Response, Problem> {
    if let Some(token) = asked.refresh_token {
        let signed_in = accounts::refresh(&web.app, token.expose_secret(), &client).await?;
        return Ok(SessionKind::Token.answer(&web, StatusCode::OK, signed_in));
    }
    let token = Cookie::Refresh.of(&web, &headers).ok_or_else(|| {
        Problem::new(Code::MissingCredentials, "send the refresh_token that came with the last access token")
    })?;
    // The session is not known before the token was used, so there is no CSRF token to compare; a foreign site that got
    // here all the same would only renew the visitor's own cookies.
    SessionKind::Cookie.check(&web, &headers)?;
    let signed_in = accounts::refresh(&web.app, &token, &client).await?;
    Ok(SessionKind::Cookie.answer(&web, StatusCode::OK, signed_in))
}
