//! How a finished sign-in is handed out: tokens in the answer, or in the browser's cookies.

use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use switchboard_app::accounts::SignedIn;
use utoipa::ToSchema;

use super::SignedInView;
use crate::{browser, problem::Problem, state::Web};

/// Where a session's tokens are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// With the client, which gets them in the answer.
    #[default]
    Token,
    /// In cookies that scripts cannot read. The answer has a `csrf_token` in their place.
    Cookie,
}

impl SessionKind {
    pub fn is_browser(self) -> bool {
        self == Self::Cookie
    }

    /// Cookies are set for our own pages only: another site must not sign a visitor in to an account of its choice.
    pub fn check(self, web: &Web, headers: &HeaderMap) -> Result<(), Problem> {
        if self.is_browser() { browser::check_site(web, headers) } else { Ok(()) }
    }

    /// The answer to who is in.
    pub fn answer(self, web: &Web, status: StatusCode, signed_in: SignedIn) -> Response {
        if !self.is_browser() {
            return (status, Json(SignedInView::from(signed_in))).into_response();
        }
        let mut headers = HeaderMap::new();
        set_cookies(web, &mut headers, &signed_in);
        let (csrf_token, _) = browser::csrf_token(web, Some(signed_in.tokens.session));
        let view = SignedInView {
            access_token: None,
            token: None,
            token_type: None,
            refresh_token: None,
            csrf_token: Some(csrf_token),
            ..SignedInView::from(signed_in)
        };
        (status, headers, Json(view)).into_response()
    }
}

/// Puts the tokens of a sign-in into the browser's cookies. Where the refresh token goes on being good, its cookie stays.
pub(crate) fn set_cookies(web: &Web, headers: &mut HeaderMap, signed_in: &SignedIn) {
    let tokens = &signed_in.tokens;
    browser::Cookie::Access.set(web, headers, tokens.access_token.expose_secret(), tokens.expires_in);
    if let Some(refresh) = &tokens.refresh_token {
        let lifetime = tokens.session_expires_at.since(web.app.now());
        browser::Cookie::Refresh.set(web, headers, refresh.expose_secret(), lifetime);
    }
}
