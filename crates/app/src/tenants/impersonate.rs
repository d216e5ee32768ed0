//! A platform admin works under the name of somebody in a tenant, to see what they see.
//!
//! It is a session of that person that says who is behind it: good for an hour, without a refresh token, out of reach of
//! passwords, second factors and owners, and written down in the tenant's own log as well as in the installation's.

use switchboard_domain::{
    audit::Action,
    ids::{TenantId, UserId},
};
use switchboard_store::people::{
    memberships::{self, Membership},
    users::{self, User},
};

use super::{TenantsError, checked_reason, lookup};
use crate::{
    App,
    access::TenantRefused,
    accounts::{Client, Opening, Tokens, UserAccess, open_session_in},
    audit::{self, Entry, Origin},
};

/// A session under somebody's name.
#[derive(Debug)]
pub struct Impersonation {
    pub user: User,
    pub membership: Membership,
    pub tokens: Tokens,
}

/// Opens a session of a tenant's member (of its first owner, unless said) for the platform admin `admin`.
pub async fn impersonate(
    app: &App,
    tenant: TenantId,
    member: Option<UserId>,
    reason: &str,
    admin: &UserAccess,
    client: &Client,
    by: &Origin,
) -> Result<Impersonation, TenantsError> {
    let reason = checked_reason(reason)?;
    let found = lookup(app, tenant).await?;
    TenantRefused::check(found.tenant.status, found.tenant.status_reason.as_deref())?;
    let user = match member {
        Some(user) => user,
        None => first_owner(app, tenant).await?,
    };
    let membership = memberships::find(&app.db, user, tenant).await?.ok_or(TenantsError::NobodyThere)?;
    let user = users::find(&app.db, user).await?.filter(|user| user.is_active).ok_or(TenantsError::NobodyThere)?;
    let opening = Opening {
        user: user.id,
        place: Some((tenant, membership.role)),
        is_browser: admin.is_browser,
        impersonated_by: Some(admin.user),
    };
    let mut tx = app.db.begin_platform().await?;
    let tokens = open_session_in(app, &mut tx, opening, client).await?;
    let entry = || {
        Entry::new(by, Action::ImpersonationStarted)
            .on("user", user.id)
            .with("tenant", tenant.to_string())
            .with("session", tokens.session.to_string())
            .with("until", tokens.session_expires_at.to_string())
            .with("reason", reason)
    };
    audit::record_for(&mut tx, app, membership.scope(), entry()).await?;
    audit::record_platform(&mut tx, app, entry()).await?;
    tx.commit().await?;
    tracing::warn!(%tenant, user = %user.id, admin = %admin.user, "a platform admin works under somebody's name");
    Ok(Impersonation { user, membership, tokens })
}

async fn first_owner(app: &App, tenant: TenantId) -> Result<UserId, TenantsError> {
    let owners = switchboard_store::platform::list_owners(&app.db, tenant, 1).await?;
    owners.first().map(|owner| owner.user_id).ok_or(TenantsError::NobodyThere)
}
