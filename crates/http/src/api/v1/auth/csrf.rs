//! `GET /api/v1/auth/csrf`

use axum::{Json, extract::State, http::HeaderMap};
use serde::Serialize;
use switchboard_domain::Timestamp;
use utoipa::ToSchema;

use crate::{
    browser::{self, Cookie},
    problem::Problem,
    state::Web,
};
use switchboard_app::accounts;

#[derive(Serialize, ToSchema)]
pub struct CsrfView {
    /// Send it as `X-CSRF-Token` with each request of a signed-in browser that changes something.
    pub csrf_token: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Gives a browser the token that its changing requests need. Callers with a Bearer token or a key need none.
#[utoipa::path(get, path = "/api/v1/auth/csrf", operation_id = "get_csrf_token", tag = "auth", security(()),
    responses((status = 200, description = "The token of this browser's session", body = CsrfView)))]
pub async fn handler(State(web): State<Web>, headers: HeaderMap) -> Result<Json<CsrfView>, Problem> {
    let (csrf_token, expires_at) = of_browser(&web, &headers).await?;
    Ok(Json(CsrfView { csrf_token, expires_at }))
}

/// The token for the session of this browser; for nobody's, if it has none. The answer carries no CORS header that would let
/// another site's scripts read it.
pub(crate) async fn of_browser(web: &Web, headers: &HeaderMap) -> Result<(String, Timestamp), Problem> {
    let session = match Cookie::Access.of(web, headers) {
        Some(token) => accounts::authenticate(&web.app, &token).await.ok().map(|access| access.session),
        None => None,
    };
    Ok(browser::csrf_token(web, session))
}
