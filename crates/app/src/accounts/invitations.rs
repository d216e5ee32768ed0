//! Invitations: somebody with the right to it asks an address in, and whoever follows the link from that mailbox joins,
//! once and within a week. Who has an account joins with it; who has none makes one on the way, with an address that is
//! confirmed by the link itself.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_domain::{
    actor::Actor,
    audit::Action,
    email::Email,
    ids::{InvitationId, TenantId, UserId},
    mail::Language,
    role::{Permission, Role},
};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope,
    people::{
        invitations::{self, HeldInvitation, Invitation},
        members, memberships,
        users::{self, NewUser, User},
    },
};
use uuid::Uuid;

use super::{
    Client, FieldFault, Opening, SignedIn, UserAccess, fault, link, open_session_in,
    password::{self, PasswordError},
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    mail::{self, Letter, OutsideError, Posting},
    plans::{self, GrowthError},
    wake::Signal,
};

/// How long the link is good.
const LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Open invitations of a tenant: a bound on what one can make us send.
const MOST_OPEN: i64 = 200;

/// Something about an invitation was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("only owners make owners")]
    NeedsOwner,
    #[error("this person is a member already")]
    AlreadyMember,
    #[error("there are {MOST_OPEN} open invitations; take some back or wait until they are accepted")]
    TooMany,
    #[error("there is no such invitation, or it is not open any more")]
    NotFound,
    #[error("this invitation is unknown, was used or taken back, or is older than a week; ask for a new one")]
    BadLink,
    #[error("there is an account with this address already; sign in with it, then accept")]
    HasAccount,
    #[error("this invitation is for another address than that of your account; sign in with the account it is for")]
    OtherAddress,
    #[error("this is somebody else's account; only they can accept")]
    Impersonating,
    #[error(transparent)]
    NoRoom(#[from] GrowthError),
    /// Too much was mailed, or not by somebody who may.
    #[error(transparent)]
    NotMailed(#[from] OutsideError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the invitation could not be read or changed")]
    Store(#[from] StoreError),
}

/// Invites an address. An open invitation of the same address is replaced: only the last link is good.
pub async fn invite(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    email: &str,
    role: Role,
    language: Language,
) -> Result<Invitation, InvitationError> {
    let mut faults = Vec::new();
    let Some(email) = fault::email(email, &mut faults) else { return Err(InvitationError::Invalid(faults)) };
    if role == Role::Owner && !by.actor.may(Permission::OwnersWrite) {
        return Err(InvitationError::NeedsOwner);
    }
    plans::may_grow(app, scope, &by.actor).await?;
    mail::check_writer(app, scope, &by.actor).await?;
    if members::has_email(&app.db, scope, email.as_str()).await? {
        return Err(InvitationError::AlreadyMember);
    }
    let now = app.now();
    let fresh = link::fresh(app);
    let invitation = Invitation {
        id: app.id(),
        email: email.into_string(),
        role,
        invited_by: inviter(&by.actor),
        created_at: now,
        expires_at: now + LIFETIME,
        accepted_at: None,
        revoked_at: None,
    };
    let workspace = invitations::workspace_name(&app.db, scope).await?.ok_or(InvitationError::NotFound)?;
    let mut tx = app.db.begin_platform().await?;
    if invitations::count_open(&mut tx, scope, now).await? >= MOST_OPEN {
        return Err(InvitationError::TooMany);
    }
    mail::check_count_platform(&mut tx, scope, &invitation.email, now).await?;
    invitations::insert(&mut tx, scope, &invitation, &fresh.hash).await?;
    let letter = Letter::Invitation {
        link: link::to(app, "accept-invitation", &fresh.token),
        workspace,
        inviter: inviter_name(by),
        role,
    };
    let posting = Posting { to: &invitation.email, letter: &letter, language, expires_at: invitation.expires_at };
    mail::post_platform(app, &mut tx, Some(scope.tenant()), &posting).await?;
    let entry = Entry::new(by, Action::MemberInvited).on("invitation", invitation.id).with("role", role.as_str());
    audit::record_for(&mut tx, app, scope, entry).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    Ok(invitation)
}

/// Who invites; nobody for the installation's own administration.
fn inviter(actor: &Actor) -> UserId {
    match actor {
        Actor::User { user, .. } => *user,
        _ => UserId::from_uuid(Uuid::nil()),
    }
}

/// Whom the letter names. The installation's administration has no name that says anything to who reads it.
fn inviter_name(by: &Origin) -> String {
    match by.actor {
        Actor::Operator | Actor::System => "Switchboard".to_owned(),
        _ => by.name.clone(),
    }
}

/// The tenant's invitations, newest first, before `before`.
pub async fn list_invitations(
    app: &App,
    scope: TenantScope,
    before: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>, InvitationError> {
    Ok(invitations::list(&app.db, scope, before, limit).await?)
}

/// Takes an invitation back.
pub async fn revoke_invitation(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: InvitationId,
) -> Result<(), InvitationError> {
    let mut tx = app.db.begin_platform().await?;
    let held = invitations::lock(&mut tx, scope, id).await?.ok_or(InvitationError::NotFound)?;
    if held.role == Role::Owner && !by.actor.may(Permission::OwnersWrite) {
        return Err(InvitationError::NeedsOwner);
    }
    if !invitations::revoke(&mut tx, scope, id, app.now()).await? {
        return Err(InvitationError::NotFound);
    }
    audit::record_for(&mut tx, app, scope, Entry::new(by, Action::InvitationRevoked).on("invitation", id)).await?;
    tx.commit().await?;
    Ok(())
}

/// What whoever holds the link is told before they accept.
#[derive(Debug)]
pub struct Offer {
    pub invitation: HeldInvitation,
    /// Somebody with the invited address has an account: they sign in instead of making one.
    pub has_account: bool,
}

/// What an invitation is about.
pub async fn look_at_invitation(app: &App, token: &str) -> Result<Offer, InvitationError> {
    let invitation = held(app, token).await?;
    let has_account = users::find_by_email(&app.db, &invitation.email).await?.is_some();
    Ok(Offer { invitation, has_account })
}

async fn held(app: &App, token: &str) -> Result<HeldInvitation, InvitationError> {
    let held = invitations::find_held(&app.db, &link::hash(token), app.now()).await?;
    held.ok_or(InvitationError::BadLink)
}

/// A form of somebody who has no account yet.
#[derive(Debug)]
pub struct NewAccount {
    pub full_name: String,
    pub password: SecretString,
    pub is_browser: bool,
}

/// Joins with a new account, and signs in.
pub async fn accept_with_new_account(
    app: &App,
    token: &str,
    form: &NewAccount,
    client: &Client,
) -> Result<SignedIn, InvitationError> {
    let invitation = held(app, token).await?;
    let mut faults = Vec::new();
    let full_name = fault::name("full_name", &form.full_name, &mut faults);
    let email = Email::parse(&invitation.email).ok();
    faults.extend(password::check(
        "password",
        &form.password,
        email.as_ref(),
        &[&invitation.tenant_name, &form.full_name],
    ));
    let Some(full_name) = full_name.filter(|_| faults.is_empty()) else {
        return Err(InvitationError::Invalid(faults));
    };
    if users::find_by_email(&app.db, &invitation.email).await?.is_some() {
        return Err(InvitationError::HasAccount);
    }
    let hash = app.accounts.passwords.hash(app.random.as_ref(), &form.password).await?;
    let now = app.now();
    let user = NewUser {
        id: app.id(),
        email: invitation.email.clone(),
        full_name,
        password_hash: Some(hash),
        is_platform_admin: false,
        // The link came by mail to this address.
        email_verified_at: Some(now),
        created_at: now,
    };
    let mut tx = app.db.begin_platform().await?;
    if !users::insert(&mut tx, &user).await? {
        return Err(InvitationError::HasAccount);
    }
    let place = join(app, &mut tx, &invitation, user.id, &user.email, client).await?;
    let opening = Opening { user: user.id, place: Some(place), is_browser: form.is_browser, impersonated_by: None };
    let tokens = open_session_in(app, &mut tx, opening, client).await?;
    tx.commit().await?;
    let membership = memberships::find(&app.db, user.id, place.0).await?;
    let user = users::find(&app.db, user.id).await?.ok_or(InvitationError::BadLink)?;
    Ok(SignedIn { user, membership, tokens, webhook: None })
}

/// Joins with the account that is signed in. It must be the one of the invited address: a link that was passed on, or found
/// in a shared mailbox, lets nobody else in.
pub async fn accept_as(
    app: &App,
    access: &UserAccess,
    token: &str,
    client: &Client,
) -> Result<TenantId, InvitationError> {
    if access.impersonated_by.is_some() {
        return Err(InvitationError::Impersonating);
    }
    let invitation = held(app, token).await?;
    let user = users::find(&app.db, access.user).await?.ok_or(InvitationError::BadLink)?;
    if user.email != invitation.email {
        return Err(InvitationError::OtherAddress);
    }
    let mut tx = app.db.begin_platform().await?;
    users::mark_email_verified(&mut tx, user.id, &invitation.email, app.now()).await?;
    let (tenant, _) = join(app, &mut tx, &invitation, user.id, &user.email, client).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(tenant)
}

/// Uses an invitation up and makes the person a member.
pub(super) async fn join(
    app: &App,
    tx: &mut PlatformTx,
    invitation: &HeldInvitation,
    user: UserId,
    email: &str,
    client: &Client,
) -> Result<(TenantId, Role), InvitationError> {
    let now = app.now();
    let scope = invitation.scope();
    if !invitations::accept(tx, invitation.id, now).await? {
        return Err(InvitationError::BadLink);
    }
    // A member already keeps the role they have: an old invitation takes nothing away.
    if memberships::insert(tx, scope.tenant(), user, invitation.role, now).await? {
        let by = Origin { actor: Actor::System, name: email.to_owned(), address: client.address(), request_id: None };
        let entry = Entry::new(&by, Action::MemberJoined).on("user", user).with("role", invitation.role.as_str());
        audit::record_for(tx, app, scope, entry).await?;
    }
    Ok((scope.tenant(), invitation.role))
}

/// Accepts every open invitation of somebody whose address another provider vouches for.
pub(super) async fn accept_all(
    app: &App,
    tx: &mut PlatformTx,
    open: &[HeldInvitation],
    user: &User,
    client: &Client,
) -> Result<(), InvitationError> {
    for invitation in open {
        join(app, tx, invitation, user.id, &user.email, client).await?;
    }
    Ok(())
}
