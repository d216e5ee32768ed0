//! From an access token to who is calling, as things stand now.

use switchboard_domain::{
    Timestamp,
    actor::Actor,
    ids::{SessionId, TenantId, UserId},
    role::Role,
    tenant::TenantStatus,
};
use switchboard_store::{
    StoreError, TenantScope,
    people::sessions::{self, SignedIn},
};

use super::token::TokenError;
use crate::{App, access::TenantRefused};

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub struct UserAccess {
    pub user: UserId,
    pub session: SessionId,
    /// The session's tokens live in a browser's cookies.
    pub is_browser: bool,
    /// Runs the installation, and is not working under somebody else's name.
    pub is_platform_admin: bool,
    /// The platform admin who works under this person's name.
    pub impersonated_by: Option<UserId>,
    tenant: Option<TenantId>,
    place: Option<(TenantScope, Role)>,
    /// The tenant's standing, and the reason for it.
    standing: (TenantStatus, Option<String>),
}

/// Nobody who may come in.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("this sign-in has ended; sign in again")]
    Ended,
    #[error("this session belongs to no workspace; switch to one, or ask to be invited")]
    NoTenant,
    #[error("you are no member of this workspace any more; switch to another one")]
    NoMember,
    #[error(transparent)]
    TenantRefused(#[from] TenantRefused),
    #[error("the sign-in cannot be checked just now; try again")]
    Unavailable(#[source] StoreError),
}

/// Who holds this access token. Does not ask for a tenant: see [`UserAccess::acting`].
pub async fn authenticate(app: &App, token: &str) -> Result<UserAccess, AuthError> {
    let now = app.now();
    let claims = app.accounts.tokens.read(token, now)?;
    let signed_in = find(app, claims.session()).await?.ok_or(AuthError::Ended)?;
    // A token of before a switch is for the other tenant.
    let is_for_this = signed_in.user_id == claims.user() && signed_in.tenant() == claims.tenant();
    if !is_for_this || !is_open(&signed_in, now) {
        return Err(AuthError::Ended);
    }
    if app.accounts.sessions.is_touch_due(signed_in.session_id, now) {
        touch(app, signed_in.session_id);
    }
    Ok(UserAccess::from(&signed_in))
}

/// The session has not ended, and everybody it depends on may still be here.
pub(super) fn is_open(signed_in: &SignedIn, now: Timestamp) -> bool {
    signed_in.revoked_at.is_none()
        && signed_in.expires_at > now
        && signed_in.user_is_active
        && (signed_in.impersonated_by.is_none() || signed_in.impersonator_is_admin == Some(true))
}

impl From<&SignedIn> for UserAccess {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            user: signed_in.user_id,
            session: signed_in.session_id,
            is_browser: signed_in.is_browser,
            is_platform_admin: signed_in.is_platform_admin && signed_in.impersonated_by.is_none(),
            impersonated_by: signed_in.impersonated_by,
            tenant: signed_in.tenant(),
            place: signed_in.scope(),
            standing: (signed_in.tenant_status.unwrap_or(TenantStatus::Active), signed_in.tenant_status_reason.clone()),
        }
    }
}

impl UserAccess {
    /// The right to act for the tenant that the session is in.
    pub fn acting(&self) -> Result<(TenantScope, Actor), AuthError> {
        let (scope, role) = match (self.tenant, self.place) {
            (_, Some(place)) => place,
            (Some(_), None) => return Err(AuthError::NoMember),
            (None, None) => return Err(AuthError::NoTenant),
        };
        TenantRefused::check(self.standing.0, self.standing.1.as_deref())?;
        Ok((scope, self.actor(role)))
    }

    /// The tenant that the session is in, whatever it is good for.
    pub const fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    /// The role in it, if any.
    pub fn role(&self) -> Option<Role> {
        self.place.map(|(_, role)| role)
    }

    const fn actor(&self, role: Role) -> Actor {
        Actor::User { user: self.user, session: self.session, role, impersonated_by: self.impersonated_by }
    }
}

async fn find(app: &App, session: SessionId) -> Result<Option<SignedIn>, AuthError> {
    let now = app.now();
    let (kept, generation) = app.accounts.sessions.get(session, now);
    if kept.is_some() {
        return Ok(kept);
    }
    let found = sessions::find(&app.db, session).await.map_err(AuthError::Unavailable)?;
    if let Some(found) = &found {
        app.accounts.sessions.put(found.clone(), now, generation);
    }
    Ok(found)
}

/// Notes the use, behind the request's back.
fn touch(app: &App, session: SessionId) {
    let (db, now) = (app.db.clone(), app.now());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.begin_platform().await?;
            sessions::touch(&mut tx, session, None, now).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::debug!(%session, %error, "the last use of a session was not noted");
        }
    });
}
