//! What somebody who listens came with. A socket or a stream lives for days, and meanwhile sessions end, keys are revoked,
//! roles change and apps are switched off: so they are asked again, with what they said when they came.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use switchboard_domain::role::Permission;
use switchboard_store::TenantScope;

use crate::{
    extract::{Caller, KEY_HEADER, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// The headers of a request that opened a socket or a stream.
#[derive(Debug, Clone)]
pub struct Credentials(HeaderMap);

impl Credentials {
    pub const fn of(headers: HeaderMap) -> Self {
        Self(headers)
    }

    /// A key, in whatever way it came.
    pub fn of_key(key: &str) -> Result<Self, Problem> {
        Ok(Self(HeaderMap::from_iter([(HeaderName::from_static(KEY_HEADER), secret(key)?)])))
    }

    /// The tenant whose changes their holder may hear.
    pub async fn admit(&self, web: &Web) -> Result<TenantAuth, Problem> {
        let auth = Caller::of(web, &Method::GET, &self.0).await?.acting()?;
        if auth.actor.may(Permission::RecordsRead) {
            Ok(auth)
        } else {
            Err(Problem::forbidden(Permission::RecordsRead))
        }
    }

    /// Whether their holder may go on hearing this tenant's changes: a person may have gone to another of their workspaces
    /// with the same session. A database that does not answer now is asked again later.
    pub async fn still_admit(&self, web: &Web, scope: TenantScope) -> bool {
        match self.admit(web).await {
            Ok(auth) => auth.scope.tenant() == scope.tenant(),
            Err(problem) => problem.code == Code::Unavailable,
        }
    }
}

/// What opens a door, as a header that is not shown.
pub fn secret(text: &str) -> Result<HeaderValue, Problem> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Problem::new(Code::InvalidCredentials, "what came as a token is none"))?;
    value.set_sensitive(true);
    Ok(value)
}
