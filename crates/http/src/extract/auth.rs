//! Who may act, as arguments that a handler cannot forget: without one there is no scope to read with.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use switchboard_app::access::{InternalAccess, KeyAccess, authenticate_internal, authenticate_key};
use switchboard_domain::actor::Actor;
use switchboard_store::TenantScope;

use crate::{
    guard::Identified,
    problem::{Code, Problem},
    state::Web,
};

/// The header that the guides name.
pub const KEY_HEADER: &str = "x-app-api-key";

/// Somebody who acts for one tenant: an app, by its key (`x-app-api-key: raw_…` or `Authorization: Bearer raw_…`), or a
/// person who signed in.
#[derive(Debug, Clone)]
pub struct TenantAuth {
    pub scope: TenantScope,
    pub actor: Actor,
}

impl From<KeyAccess> for TenantAuth {
    fn from(access: KeyAccess) -> Self {
        Self { scope: access.scope, actor: access.actor() }
    }
}

impl TenantAuth {
    /// Authenticates by the headers of a request.
    pub async fn of(web: &Web, _method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        let key =
            given_key(headers).ok_or_else(|| Problem::new(Code::MissingCredentials, "Missing x-app-api-key header"))?;
        Ok(authenticate_key(&web.app, key).await?.into())
    }
}

/// The API key that a request carries, in either header.
pub fn given_key(headers: &HeaderMap) -> Option<&str> {
    headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).or_else(|| bearer(headers)).map(str::trim)
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl FromRequestParts<Web> for TenantAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        // On our API `identify` was here before and left its answer.
        match parts.extensions.get::<Identified>() {
            Some(identified) => identified.answer(),
            None => Self::of(web, &parts.method, &parts.headers).await,
        }
    }
}

/// The installation's own administration: `Authorization: Bearer <INTERNAL_API_SECRET>`.
#[derive(Debug, Clone, Copy)]
pub struct InternalAuth(pub InternalAccess);

impl FromRequestParts<Web> for InternalAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(|| {
            Problem::new(Code::MissingCredentials, "Missing or invalid Authorization header; send `Bearer <token>`")
        })?;
        Ok(Self(authenticate_internal(&web.app, token)?))
    }
}
