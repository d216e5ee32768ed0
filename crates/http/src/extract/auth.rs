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
    browser::{self, Cookie},
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
        match person(web, method, headers).await? {
            Some(access) => {
                let (scope, actor) = access.acting()?;
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

/// The person whose access token a request carries: as Bearer, or in a cookie, which counts only where it is shown that our
/// own page sent the request.
async fn person(web: &Web, method: &Method, headers: &HeaderMap) -> Result<Option<UserAccess>, Problem> {
    if let Some(token) = given_token(headers) {
        return Ok(Some(authenticate(&web.app, token).await?));
    }
    let Some(token) = Cookie::Access.of(web, headers) else { return Ok(None) };
    let access = authenticate(&web.app, &token).await?;
    browser::check(web, access.session, method, headers)?;
    Ok(Some(access))
}

/// A person's access token in the header.
fn given_token(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).filter(|token| !token.starts_with(KEY_PREFIX))
}

/// Whether a request carries a person's token, good or not: which of two shapes they want, where a path has two.
pub fn is_from_person(web: &Web, headers: &HeaderMap) -> bool {
    given_token(headers).is_some() || Cookie::Access.of(web, headers).is_some()
}

/// A person who signed in, whatever tenant they are in: for routes about themselves.
#[derive(Debug, Clone)]
pub struct UserAuth(pub UserAccess);

impl FromRequestParts<Web> for UserAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match person(web, &parts.method, &parts.headers).await? {
            Some(access) => Ok(Self(access)),
            None => match given_key(&parts.headers) {
                Some(key) => {
                    authenticate_key(&web.app, key).await?;
                    Err(Problem::new(Code::Forbidden, "this is for people; sign in instead of using an API key"))
                }
                None => {
                    Err(Problem::new(Code::MissingCredentials, "sign in, and send the access token as Bearer token"))
                }
            },
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
