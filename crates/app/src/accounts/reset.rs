//! A new password for somebody who forgot theirs.
//!
//! Asking for one answers the same for every address, and at once: whether there is such an account is found out behind the
//! answer's back, so that neither its words nor its time tell. The link is good once and for an hour, and ends all sign-ins,
//! because whoever knew the old password may be in one of them. The second factor stays: a mailbox is one factor.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use switchboard_domain::{audit::Action, email::Email};
use switchboard_store::{
    StoreError,
    people::{
        sessions,
        user_tokens::{self, NewUserToken, RESET_PASSWORD},
        users,
    },
};
use tokio::task::JoinHandle;

use super::{
    Client, FieldFault, fault, link,
    password::{self, PasswordError},
    trail::{Trail, themselves},
};
use crate::{
    App,
    audit::Entry,
    mail::{self, Letter, NOTICE_LIFETIME, Posting},
    wake::Signal,
};

/// How long the link is good.
const LIFETIME: Duration = Duration::from_hours(1);
/// Links for one account in a day: a mailbox is not to be filled up from here.
const MOST_A_DAY: i64 = 5;
const DAY: Duration = Duration::from_hours(24);

/// A password was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("some fields need another value")]
    Invalid(Vec<FieldFault>),
    #[error("this link is unknown, was used already or is older than an hour; ask for a new one")]
    BadLink,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the password could not be reset")]
    Store(#[from] StoreError),
}

/// Sends a link to whoever has this address, if anybody has. The handle ends when that is settled; the answer does not wait
/// for it.
pub fn ask_reset(app: &Arc<App>, email: &str, client: &Client) -> Result<JoinHandle<()>, ResetError> {
    let mut faults = Vec::new();
    let Some(email) = fault::email(email, &mut faults) else { return Err(ResetError::Invalid(faults)) };
    let (app, client) = (Arc::clone(app), client.clone());
    Ok(tokio::spawn(async move {
        if let Err(error) = send_link(&app, &email, &client).await {
            tracing::warn!(error = %crate::intake::chain(&error), "a link for a new password was not sent");
        }
    }))
}

async fn send_link(app: &App, email: &Email, client: &Client) -> Result<(), StoreError> {
    let Some(user) = users::find_by_email(&app.db, email.as_str()).await? else { return Ok(()) };
    if !user.is_active {
        return Ok(());
    }
    let now = app.now();
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    if user_tokens::count_since(&mut tx, user.id, RESET_PASSWORD, now - DAY).await? >= MOST_A_DAY {
        return Ok(());
    }
    let fresh = link::fresh(app);
    let expires_at = now + LIFETIME;
    let token = NewUserToken {
        hash: &fresh.hash,
        user_id: user.id,
        purpose: RESET_PASSWORD,
        email: &user.email,
        created_at: now,
        expires_at,
    };
    user_tokens::insert(&mut tx, &token).await?;
    let letter = Letter::ResetPassword { link: link::to(app, "reset-password", &fresh.token) };
    let posting = Posting { to: &user.email, letter: &letter, language: client.language, expires_at };
    mail::post_platform(app, &mut tx, None, &posting).await?;
    let by = themselves(&user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserPasswordResetAsked).on("user", user.id)).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    Ok(())
}

/// Sets a new password by a link. Signs nobody in: that takes the second factor as well, where there is one.
pub async fn finish_reset(app: &App, token: &str, new: &SecretString, client: &Client) -> Result<(), ResetError> {
    let now = app.now();
    let hash = link::hash(token);
    // Looked at before it is used up: a password that is too weak must not cost the link, nor a wrong link the hashing.
    let found = user_tokens::find(&app.db, &hash, RESET_PASSWORD, now).await?.ok_or(ResetError::BadLink)?;
    let user = users::find(&app.db, found.user_id).await?.ok_or(ResetError::BadLink)?;
    let email = Email::parse(&user.email).ok();
    if let Some(fault) = password::check("password", new, email.as_ref(), &[&user.full_name]) {
        return Err(ResetError::Invalid(vec![fault]));
    }
    let password = app.accounts.passwords.hash(app.random.as_ref(), new).await?;
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    let taken = user_tokens::take(&mut tx, &hash, RESET_PASSWORD, now).await?.ok_or(ResetError::BadLink)?;
    // The link came by mail, so this address is theirs; one that they have left since opens nothing.
    if !users::mark_email_verified(&mut tx, user.id, &taken.email, now).await? {
        return Err(ResetError::BadLink);
    }
    users::set_password(&mut tx, user.id, &password, now).await?;
    user_tokens::discard(&mut tx, user.id, RESET_PASSWORD, now).await?;
    sessions::revoke_of_user(&mut tx, user.id, None, "password_reset", now).await?;
    let letter = Letter::PasswordChanged;
    let expires_at = now + NOTICE_LIFETIME;
    let posting = Posting { to: &user.email, letter: &letter, language: client.language, expires_at };
    mail::post_platform(app, &mut tx, None, &posting).await?;
    let by = themselves(&user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserPasswordReset).on("user", user.id)).await?;
    tx.commit().await?;
    app.accounts.forget();
    app.wake.send(Signal::Work);
    Ok(())
}
