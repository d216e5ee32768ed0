//! Who may act, as arguments that a handler cannot forget: without one there is no scope to read with.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use switchboard_app::{
    access::{InternalAccess, KEY_PREFIX, KeyAccess, authenticate_internal, authenticate_key},
    accounts::{UserAccess, authenticate},
};
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
/// person who signed in (`Authorization: Bearer` and their access token).
#[derive(Debug, Clone)]
pub struct TenantAuth {
    pub scope: TenantScope,
    pub actor: Actor,
    /// The limit that the caller's key was given; `None` where the installation's holds.
    pub requests_per_minute: Option<u32>,
}

impl From<KeyAccess> for TenantAuth {
    fn from(access: KeyAccess) -> Self {
        Self { scope: access.scope, actor: access.actor(), requests_per_minute: access.requests_per_minute }
    }
}

impl TenantAuth {
    /// Authenticates by the headers of a request.
    pub async fn of(web: &Web, method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(key) = given_key(headers) {
            return Ok(authenticate_key(&web.app, key).await?.into());
        }
        match given_token(web, method, headers)? {
            Some(token) => {
                let (scope, actor) = authenticate(&web.app, &token).await?.acting()?;
                Ok(Self { scope, actor, requests_per_minute: None })
            }
            None => Err(Problem::new(Code::MissingCredentials, "Missing x-app-api-key header, or a Bearer token")),
        }
    }
}

/// The API key that a request carries, in either header.
pub fn given_key(headers: &HeaderMap) -> Option<&str> {
    let own = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    own.or_else(|| bearer(headers).filter(|token| token.starts_with(KEY_PREFIX))).map(str::trim)
}

/// The access token of a person that a request carries, wherever it does. An error is a token that may not be used for this
/// request.
#[expect(clippy::unnecessary_wraps, reason = "a cookie is refused where nothing shows that our own page sent it")]
fn given_token(_web: &Web, _method: &Method, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    Ok(bearer(headers).filter(|token| !token.starts_with(KEY_PREFIX)).map(str::to_owned))
}

/// Whether a request carries a person's token, good or not: which of two shapes they want, where a path has two.
pub fn is_from_person(_web: &Web, headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| !token.starts_with(KEY_PREFIX))
}

/// A person who signed in, whatever tenant they are in: for routes about themselves.
#[derive(Debug, Clone)]
pub struct UserAuth(pub UserAccess);

impl FromRequestParts<Web> for UserAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match given_token(web, &parts.method, &parts.headers)? {
            Some(token) => Ok(Self(authenticate(&web.app, &token).await?)),
            None if given_key(&parts.headers).is_some() => {
                Err(Problem::new(Code::Forbidden, "this is for people; sign in instead of using an API key"))
            }
            None => Err(Problem::new(Code::MissingCredentials, "sign in, and send the access token as Bearer token")),
        }
    }
}

/// A person who runs the installation.
#[derive(Debug, Clone)]
pub struct PlatformAuth(pub UserAccess);

impl FromRequestParts<Web> for PlatformAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let UserAuth(access) = UserAuth::from_request_parts(parts, web).await?;
        if access.is_platform_admin {
            return Ok(Self(access));
        }
        Err(Problem::new(Code::Forbidden, "this is for platform admins; `switchboard users` says who they are"))
    }
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
