//! What is written down of things that concern a person rather than a tenant: in the chain of each tenant that they work
//! in, because its owners answer for who gets in; for somebody who works in none, in the installation's.

use switchboard_domain::{actor::Actor, audit::Action, ids::UserId};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope,
    people::{memberships, sessions::SignedIn, users::User},
};

use super::{Client, UserAccess};
use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// The person themselves, who showed it by a link, a password or another provider's word.
pub(super) fn themselves(user: &User, client: &Client) -> Origin {
    Origin { actor: Actor::System, name: user.email.clone(), address: client.address(), request_id: None }
}

/// The person themselves, signed in.
pub(super) fn signed_in(access: &UserAccess, user: &User, client: &Client) -> Origin {
    let actor = match access.acting() {
        Ok((_, actor)) => actor,
        // Somebody without a tenant to act in; the name says who it is.
        Err(_) => Actor::System,
    };
    Origin { actor, ..themselves(user, client) }
}

/// Whoever works in a session: the person, or the platform admin who works under their name.
pub(super) async fn worker(app: &App, found: &SignedIn, user: &User, client: &Client) -> Result<Origin, StoreError> {
    let Some(admin) = found.impersonated_by else { return Ok(themselves(user, client)) };
    let session = found.session_id;
    let actor = match found.scope() {
        Some((_, role)) => Actor::User { user: found.user_id, session, role, impersonated_by: Some(admin) },
        // The person has left the tenant meanwhile.
        None => Actor::PlatformAdmin { user: admin, session },
    };
    Origin::of(app, actor, client.address(), None).await
}

/// The end of one session, on its way into the log. That of one which a platform admin had under the person's name stands
/// where its beginning does, in the tenant's chain and in the installation's, and is called the end of an impersonation.
pub(super) struct Ending<'a> {
    found: &'a SignedIn,
    by: Origin,
    trail: Trail,
}

impl<'a> Ending<'a> {
    /// Ask before the transaction begins, as for [`Trail::of`].
    pub async fn of(app: &App, found: &'a SignedIn, by: Origin) -> Result<Self, StoreError> {
        let trail = match found.impersonated_by {
            Some(_) => Trail(found.scope().map(|(scope, _)| scope).into_iter().collect()),
            None => Trail::of(app, found.user_id).await?,
        };
        Ok(Self { found, by, trail })
    }

    /// Writes it down; as `action`, if the session was the person's own.
    pub async fn write(&self, app: &App, tx: &mut PlatformTx, action: Action) -> Result<(), StoreError> {
        let session = self.found.session_id;
        if self.found.impersonated_by.is_none() {
            return self.trail.write(app, tx, Entry::new(&self.by, action).on("session", session)).await;
        }
        let entry = Entry::new(&self.by, Action::ImpersonationEnded)
            .on("user", self.found.user_id)
            .with("tenant", self.found.tenant().map(|tenant| tenant.to_string()))
            .with("session", session.to_string());
        for scope in &self.trail.0 {
            audit::record_for(tx, app, *scope, entry.clone()).await?;
        }
        audit::record_platform(tx, app, entry).await
    }
}

/// The chains that entries about a person belong to.
pub(super) struct Trail(Vec<TenantScope>);

impl Trail {
    /// Of somebody who is new and works nowhere yet.
    pub const fn of_nobody() -> Self {
        Self(Vec::new())
    }

    /// Ask before the transaction begins: a transaction that waits for a second connection can wait for itself.
    pub async fn of(app: &App, user: UserId) -> Result<Self, StoreError> {
        let places = memberships::list_of_user(&app.db, user).await?;
        let mut scopes: Vec<TenantScope> = places.iter().map(memberships::Membership::scope).collect();
        // Always in one order: each chain is locked until the end.
        scopes.sort_unstable_by_key(|scope| scope.tenant());
        Ok(Self(scopes))
    }

    /// Writes an entry down in each of them. Call it late, as with all entries.
    pub async fn write(&self, app: &App, tx: &mut PlatformTx, entry: Entry<'_>) -> Result<(), StoreError> {
        for scope in &self.0 {
            audit::record_for(tx, app, *scope, entry.clone()).await?;
        }
        if self.0.is_empty() { audit::record_platform(tx, app, entry).await } else { Ok(()) }
    }
}
