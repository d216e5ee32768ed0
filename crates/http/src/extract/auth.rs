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

/// Who sent a request, as far as it proves it.
#[derive(Debug, Clone)]
pub enum Caller {
    Nobody,
    /// A client program, by its key.
    App(TenantAuth),
    /// Somebody who signed in.
    Person(UserAccess),
    /// A holder of `INTERNAL_API_SECRET`.
    Installation(InternalAccess),
}

impl Caller {
    /// Reads the headers of a request: a key, else the secret, else a person's token. Wrong credentials are an error.
    pub async fn of(web: &Web, method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(key) = given_key(headers) {
            return Ok(Self::App(authenticate_key(&web.app, key).await?.into()));
        }
        // Compared before it is read as an access token: whoever set the secret chose its form.
        if let Some(Ok(access)) = bearer(headers).map(|token| authenticate_internal(&web.app, token)) {
            return Ok(Self::Installation(access));
        }
        Ok(person(web, method, headers).await?.map_or(Self::Nobody, Self::Person))
    }

    /// The tenant that they act for, and as who.
    pub fn acting(self) -> Result<TenantAuth, Problem> {
        match self {
            Self::App(auth) => Ok(auth),
            Self::Person(access) => {
                let (scope, actor) = access.acting()?;
                Ok(TenantAuth { scope, actor, requests_per_minute: None })
            }
            Self::Installation(_) => Err(Problem::new(
                Code::Forbidden,
                "the installation's secret acts for no workspace; use an app's key, or sign in",
            )),
            Self::Nobody => {
                Err(Problem::new(Code::MissingCredentials, "Missing x-app-api-key header, or a Bearer token"))
            }
        }
    }

    /// The person, whatever tenant they are in.
    pub fn person(self) -> Result<UserAccess, Problem> {
        match self {
            Self::Person(access) => Ok(access),
            Self::App(_) => {
                Err(Problem::new(Code::Forbidden, "this is for people; sign in instead of using an API key"))
            }
            Self::Installation(_) => {
                Err(Problem::new(Code::Forbidden, "this is for people; sign in instead of using the secret"))
            }
            Self::Nobody => {
                Err(Problem::new(Code::MissingCredentials, "sign in, and send the access token as Bearer token"))
            }
        }
    }

    /// They administer the installation: a platform admin, or a holder of its secret.
    pub fn administers(&self) -> Result<(), Problem> {
        match self {
            Self::Installation(_) => Ok(()),
            Self::Person(access) if access.is_platform_admin => Ok(()),
            Self::Person(_) => {
                Err(Problem::new(Code::Forbidden, "this is for platform admins; `switchboard users` says who they are"))
            }
            Self::App(_) => {
                Err(Problem::new(Code::Forbidden, "this is for who runs the installation; an app's key does not do it"))
            }
            Self::Nobody => Err(Problem::new(
                Code::MissingCredentials,
                "sign in as a platform admin, or send INTERNAL_API_SECRET as Bearer token",
            )),
        }
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        // On our API and the guides' `identify` was here before and left its answer.
        match parts.extensions.get::<Identified>() {
            Some(identified) => identified.answer(),
            None => Self::of(web, &parts.method, &parts.headers).await,
        }
    }
}

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
        Caller::from_request_parts(parts, web).await?.person().map(Self)
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
        Caller::from_request_parts(parts, web).await?.acting()
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
