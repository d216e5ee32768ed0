//! Going over to another tenant within a session.

use switchboard_domain::ids::TenantId;
use switchboard_store::{
    StoreError,
    people::{memberships, sessions, users},
};

use super::{
    SignedIn, Tokens, UserAccess,
    token::{ACCESS_LIFE, Bearer},
};
use crate::{App, access::TenantRefused};

/// The session stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// Also when it exists and they are no member: it is none of their business then.
    #[error("there is no such workspace")]
    NotFound,
    #[error(transparent)]
    TenantRefused(#[from] TenantRefused),
    #[error("somebody who works under another person's name stays in the workspace that they came for")]
    Impersonating,
    #[error("this sign-in has ended; sign in again")]
    Ended,
    #[error("the session could not be taken there")]
    Store(#[from] StoreError),
}

/// Takes the session to another tenant. Access tokens of before are good for nothing then; the refresh token stays.
pub async fn switch_tenant(app: &App, access: &UserAccess, tenant: TenantId) -> Result<SignedIn, SwitchError> {
    if access.impersonated_by.is_some() {
        return Err(SwitchError::Impersonating);
    }
    let membership = memberships::find(&app.db, access.user, tenant).await?.ok_or(SwitchError::NotFound)?;
    TenantRefused::check(membership.tenant_status, None)?;
    let mut tx = app.db.begin_platform().await?;
    sessions::set_tenant(&mut tx, access.session, tenant).await?;
    tx.commit().await?;
    app.accounts.sessions.forget_one(access.session);
    let session = sessions::find(&app.db, access.session).await?.ok_or(SwitchError::Ended)?;
    let user = users::find(&app.db, access.user).await?.ok_or(SwitchError::Ended)?;
    let bearer = Bearer {
        user: user.id,
        session: access.session,
        tenant: Some(tenant),
        role: Some(membership.role),
        impersonated_by: None,
    };
    let tokens = Tokens {
        session: access.session,
        access_token: app.accounts.tokens.sign(bearer, app.now()),
        expires_in: ACCESS_LIFE,
        refresh_token: None,
        session_expires_at: session.expires_at,
    };
    Ok(SignedIn { user, membership: Some(membership), tokens, webhook: None })
}
