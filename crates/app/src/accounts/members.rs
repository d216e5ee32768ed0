//! Who works in a tenant, in which role. Only owners make and unmake owners, and a tenant is never left without one.

use switchboard_domain::{
    audit::Action,
    ids::UserId,
    role::{Permission, Role},
};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope,
    people::members::{self, Member},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// Something about a member was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    #[error("there is no such member")]
    NotFound,
    #[error("only owners make and unmake owners")]
    NeedsOwner,
    #[error("this is the last owner; make somebody else an owner first")]
    LastOwner,
    #[error("the members could not be read or changed")]
    Store(#[from] StoreError),
}

/// The tenant's people, after `after`.
pub async fn list_members(
    app: &App,
    scope: TenantScope,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<Member>, MemberError> {
    Ok(members::list(&app.db, scope, after, limit).await?)
}

/// One of the tenant's people.
pub async fn find_member(app: &App, scope: TenantScope, user: UserId) -> Result<Member, MemberError> {
    members::find(&app.db, scope, user).await?.ok_or(MemberError::NotFound)
}

/// Gives a member another role.
pub async fn change_role(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    user: UserId,
    role: Role,
) -> Result<Member, MemberError> {
    let mut tx = app.db.begin_platform().await?;
    let before = may_change(&mut tx, scope, by, user, Some(role)).await?;
    if before != role {
        members::set_role(&mut tx, scope, user, role, app.now()).await?;
        let entry = Entry::new(by, Action::MemberRoleChanged).on("user", user);
        let entry = entry.with("from", before.as_str()).with("to", role.as_str());
        audit::record_for(&mut tx, app, scope, entry).await?;
    }
    tx.commit().await?;
    app.accounts.forget();
    find_member(app, scope, user).await
}

/// Lets a member go; their sessions in this tenant end.
pub async fn remove_member(app: &App, scope: TenantScope, by: &Origin, user: UserId) -> Result<(), MemberError> {
    let mut tx = app.db.begin_platform().await?;
    let before = may_change(&mut tx, scope, by, user, None).await?;
    members::remove(&mut tx, scope, user, app.now()).await?;
    let entry = Entry::new(by, Action::MemberRemoved).on("user", user).with("role", before.as_str());
    audit::record_for(&mut tx, app, scope, entry).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(())
}

/// Locks the owners and the member, and says what their role is. `to` is `None` for who is to go.
async fn may_change(
    tx: &mut PlatformTx,
    scope: TenantScope,
    by: &Origin,
    user: UserId,
    to: Option<Role>,
) -> Result<Role, MemberError> {
    let owners = members::lock_owners(tx, scope).await?;
    let before = members::lock_role(tx, scope, user).await?.ok_or(MemberError::NotFound)?;
    let touches_owners = before == Role::Owner || to == Some(Role::Owner);
    if touches_owners && !by.actor.may(Permission::OwnersWrite) {
        return Err(MemberError::NeedsOwner);
    }
    let unmakes_owner = before == Role::Owner && to != Some(Role::Owner);
    if unmakes_owner && owners.iter().all(|owner| *owner == user) {
        return Err(MemberError::LastOwner);
    }
    Ok(before)
}
