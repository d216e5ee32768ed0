//! What is written down of things that concern a person rather than a tenant: in the chain of each tenant that they work
//! in, because its owners answer for who gets in; for somebody who works in none, in the installation's.

use switchboard_domain::{actor::Actor, ids::UserId};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope,
    people::{memberships, users::User},
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
