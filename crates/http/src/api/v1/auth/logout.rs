//! `POST /api/v1/auth/logout`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use crate::{
    browser::{self, Cookie},
    extract::{ClientInfo, JsonBody, bearer},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSignOut {
    /// Instead of the Bearer token, for who has no access token that is still good.
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// Ends the session that a token belongs to. Its access tokens are good for nothing from then on. A token that is nobody's is
/// no error: you are signed out. Who works under somebody's name in a browser goes back to their own sign-in.
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "sign_out", tag = "auth", security((), ("bearer" = [])),
    request_body = AskSignOut, responses((status = 204, description = "You are out")))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AskSignOut>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let in_body = asked.refresh_token.as_ref().map(ExposeSecret::expose_secret);
    for token in bearer(&headers).into_iter().chain(in_body) {
        accounts::sign_out(&web.app, token, &client).await?;
    }
    let mut answer = HeaderMap::new();
    let mut cookies = vec![Cookie::Access, Cookie::Refresh];
    if works_under_a_name(&web, &headers).await {
        // The admin's own sign-in is in the other one, and they go back to it.
        cookies.truncate(1);
    }
    let held: Vec<String> = cookies.iter().filter_map(|cookie| cookie.of(&web, &headers)).collect();
    if !held.is_empty() {
        browser::check_site(&web, &headers)?;
        for token in held {
            accounts::sign_out(&web.app, &token, &client).await?;
        }
        for cookie in cookies {
            cookie.clear(&web, &mut answer);
        }
    }
    Ok((StatusCode::NO_CONTENT, answer))
}

/// A platform admin works in this browser under somebody's name.
async fn works_under_a_name(web: &Web, headers: &HeaderMap) -> bool {
    match Cookie::Access.of(web, headers) {
        Some(token) => {
            accounts::authenticate(&web.app, &token).await.is_ok_and(|access| access.impersonated_by.is_some())
        }
        None => false,
    }
}
