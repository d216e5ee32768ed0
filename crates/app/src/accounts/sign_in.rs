//! Signing in with a password.
//!
//! Somebody who does not exist costs the same as somebody who does, and both hear the same. That an account is inactive or
//! its tenant suspended is told only to who knows the password. Signing in never waits for the e-mail address to be verified.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{TenantId, UserId},
    tenant::TenantStatus,
};
use switchboard_store::{
    StoreError,
    people::{
        login_attempts::{self, LoginAttempt, SECOND_FACTOR},
        memberships::{self, Membership},
        sessions,
        users::{self, User},
    },
};

use super::{
    Client, Opening, Tokens, open_session_in,
    password::{PasswordError, Verdict},
    slow_down::{SlowDown, Try, TryError},
    trail::{self, Trail},
};
use crate::{
    App,
    audit::{Entry, Origin},
    record_webhook::Issued,
    vault::sha256,
};

/// How long somebody has to look for their second factor.
const CHALLENGE_LIFE: Duration = Duration::from_mins(10);

/// What a sign-in came to.
#[derive(Debug)]
pub enum SignIn {
    Done(Box<SignedIn>),
    /// The password was right; a code is awaited.
    SecondFactor(Challenge),
}

/// Somebody is in.
#[derive(Debug)]
pub struct SignedIn {
    pub user: User,
    /// Where they work in this session; `None` for somebody who belongs to no tenant.
    pub membership: Option<Membership>,
    pub tokens: Tokens,
    /// Where the telephone system of a workspace that was just made sends its records; its password is shown this once.
    pub webhook: Option<Issued>,
}

/// Half a sign-in: whoever brings the code along with it gets the session.
#[derive(Debug)]
pub struct Challenge {
    pub token: SecretString,
    pub expires_at: Timestamp,
}

/// A sign-in was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("Invalid credentials")]
    WrongCredentials,
    #[error("Account is inactive")]
    Inactive,
    #[error("Account is inactive: its workspace is suspended or closed")]
    Suspended,
    #[error("you are no member of this workspace")]
    NoMember,
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the sign-in could not be finished")]
    Store(#[from] StoreError),
}

impl From<TryError> for SignInError {
    fn from(error: TryError) -> Self {
        match error {
            TryError::SlowDown(slow_down) => Self::SlowDown(slow_down),
            TryError::Store(error) => Self::Store(error),
        }
    }
}

/// Signs somebody in by e-mail address and password.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &SecretString,
    tenant: Option<TenantId>,
    is_browser: bool,
    client: &Client,
) -> Result<SignIn, SignInError> {
    let email = email.trim().to_lowercase();
    let attempt = Try::begin(app, &email, client).await?;
    let user = users::find_by_email(&app.db, &email).await?;
    let kept = match &user {
        Some(user) => users::password_hash(&app.db, user.id).await?,
        None => None,
    };
    let verdict = app.accounts.passwords.verify(password, kept.as_deref()).await?;
    let (Some(user), Some(kept), Verdict::Right { is_outdated }) = (&user, kept, verdict) else {
        refuse(app, attempt, user.as_ref(), client).await?;
        return Err(SignInError::WrongCredentials);
    };
    attempt.was_right(app).await?;
    if is_outdated {
        rehash(app, user.id, &kept, password).await?;
    }
    finish_sign_in(app, user.clone(), tenant, is_browser, client).await
}

/// Counts a wrong password, and writes it down where it concerns somebody.
async fn refuse(app: &App, attempt: Try, user: Option<&User>, client: &Client) -> Result<(), StoreError> {
    attempt.was_wrong(app).await?;
    let Some(user) = user else { return Ok(()) };
    let by = Origin { name: "somebody".to_owned(), address: client.address(), ..Origin::system("sign-in") };
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    trail.write(app, &mut tx, Entry::new(&by, Action::UserSignInFailed).on("user", user.id)).await?;
    tx.commit().await
}

/// Goes on with somebody whose password, or word of another identity provider, was right: to the second factor if they
/// have one, else to a session.
pub async fn finish_sign_in(
    app: &App,
    user: User,
    tenant: Option<TenantId>,
    is_browser: bool,
    client: &Client,
) -> Result<SignIn, SignInError> {
    let membership = may_enter(app, &user, tenant).await?;
    if user.totp_enabled_at.is_some() {
        return Ok(SignIn::SecondFactor(challenge(app, user.id).await?));
    }
    enter(app, user, membership, is_browser, client).await.map(|done| SignIn::Done(Box::new(done)))
}

/// Opens the session of somebody who has proved everything that is asked of them.
pub(super) async fn enter(
    app: &App,
    user: User,
    membership: Option<Membership>,
    is_browser: bool,
    client: &Client,
) -> Result<SignedIn, SignInError> {
    let place = membership.as_ref().map(|membership| (membership.tenant(), membership.role));
    let opening = Opening { user: user.id, place, is_browser, impersonated_by: None };
    let (by, trail) = (trail::themselves(&user, client), Trail::of(app, user.id).await?);
    let mut tx = app.db.begin_platform().await?;
    let tokens = open_session_in(app, &mut tx, opening, client).await?;
    trail.write(app, &mut tx, Entry::new(&by, Action::UserSignedIn).on("session", tokens.session)).await?;
    tx.commit().await?;
    Ok(SignedIn { user, membership, tokens, webhook: None })
}

/// Where somebody goes who signs in: the tenant they ask for, else the one they were last in, else their first; never a
/// suspended one while there is another.
pub(super) async fn may_enter(
    app: &App,
    user: &User,
    tenant: Option<TenantId>,
) -> Result<Option<Membership>, SignInError> {
    if !user.is_active {
        return Err(SignInError::Inactive);
    }
    let mut all = memberships::list_of_user(&app.db, user.id).await?;
    if let Some(tenant) = tenant {
        all.retain(|membership| membership.tenant() == tenant);
        if all.is_empty() {
            return Err(SignInError::NoMember);
        }
    }
    let was_member = !all.is_empty();
    all.retain(|membership| membership.tenant_status == TenantStatus::Active);
    if all.is_empty() && was_member && !user.is_platform_admin {
        return Err(SignInError::Suspended);
    }
    let latest = if all.len() > 1 { sessions::latest_tenant(&app.db, user.id).await? } else { None };
    let index = all.iter().position(|membership| Some(membership.tenant()) == latest).unwrap_or(0);
    Ok((!all.is_empty()).then(|| all.swap_remove(index)))
}

/// Keeps that somebody gave the right password, until they bring their code.
async fn challenge(app: &App, user: UserId) -> Result<Challenge, StoreError> {
    let now = app.now();
    let token = SecretString::from(BASE64.encode(app.random.array::<32>()));
    let attempt = LoginAttempt {
        purpose: SECOND_FACTOR.to_owned(),
        user_id: Some(user),
        sealed: None,
        return_to: None,
        failures: 0,
        created_at: now,
        expires_at: now + CHALLENGE_LIFE,
    };
    let mut tx = app.db.begin_platform().await?;
    login_attempts::insert(&mut tx, &sha256(token.expose_secret().as_bytes()), &attempt).await?;
    tx.commit().await?;
    Ok(Challenge { token, expires_at: attempt.expires_at })
}

/// Keeps the password in today's form; it is known only at this moment.
async fn rehash(app: &App, user: UserId, kept: &str, password: &SecretString) -> Result<(), SignInError> {
    let hash = app.accounts.passwords.hash(app.random.as_ref(), password).await?;
    let mut tx = app.db.begin_platform().await?;
    users::rehash_password(&mut tx, user, kept, &hash).await?;
    Ok(tx.commit().await?)
}
