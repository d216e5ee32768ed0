//! Whether a person reads mail at their address. Nothing waits for it but what relies on it: being found by it when
//! signing in at another provider.

use std::time::Duration;

use switchboard_domain::{audit::Action, ids::UserId};
use switchboard_store::{
    PlatformTx, StoreError,
    people::{
        user_tokens::{self, NewUserToken, VERIFY_EMAIL},
        users::{self, User},
    },
};

use super::{
    Client, UserAccess, link,
    trail::{Trail, themselves},
};
use crate::{
    App,
    audit::Entry,
    mail::{self, Letter, Posting},
    wake::Signal,
};

/// How long the link is good.
const LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Links to one address in a day: a mailbox is not to be filled up from here.
const MOST_A_DAY: i64 = 5;
const DAY: Duration = Duration::from_hours(24);

/// An address was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("this link is unknown, was used already or is too old; ask for a new one")]
    BadLink,
    #[error("this address is confirmed already")]
    AlreadyVerified,
    #[error("several links were sent today; look into your mailbox, and into its spam folder")]
    TooMany,
    #[error("the address could not be confirmed")]
    Store(#[from] StoreError),
}

/// Sends the link, together with what else the transaction does (signing up). Tell the scheduler once it is committed.
pub(super) async fn post_link(
    app: &App,
    tx: &mut PlatformTx,
    user: UserId,
    email: &str,
    client: &Client,
) -> Result<(), StoreError> {
    let now = app.now();
    let fresh = link::fresh(app);
    let expires_at = now + LIFETIME;
    let token =
        NewUserToken { hash: &fresh.hash, user_id: user, purpose: VERIFY_EMAIL, email, created_at: now, expires_at };
    user_tokens::insert(tx, &token).await?;
    let letter = Letter::VerifyEmail { link: link::to(app, "verify-email", &fresh.token) };
    let posting = Posting { to: email, letter: &letter, language: client.language, expires_at };
    mail::post_platform(app, tx, None, &posting).await
}

/// Sends the signed-in person another link.
pub async fn send_verification(app: &App, access: &UserAccess, client: &Client) -> Result<(), VerifyError> {
    let user = users::find(&app.db, access.user).await?.ok_or(VerifyError::BadLink)?;
    if user.email_verified_at.is_some() {
        return Err(VerifyError::AlreadyVerified);
    }
    let mut tx = app.db.begin_platform().await?;
    if user_tokens::count_since(&mut tx, user.id, VERIFY_EMAIL, app.now() - DAY).await? >= MOST_A_DAY {
        return Err(VerifyError::TooMany);
    }
    post_link(app, &mut tx, user.id, &user.email, client).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    Ok(())
}

/// Follows a link. Whoever holds it reads that mailbox; being signed in is not asked, because mail is often read elsewhere.
pub async fn verify_email(app: &App, token: &str, client: &Client) -> Result<User, VerifyError> {
    let now = app.now();
    let hash = link::hash(token);
    let found = user_tokens::find(&app.db, &hash, VERIFY_EMAIL, now).await?.ok_or(VerifyError::BadLink)?;
    let user = users::find(&app.db, found.user_id).await?.ok_or(VerifyError::BadLink)?;
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    let taken = user_tokens::take(&mut tx, &hash, VERIFY_EMAIL, now).await?.ok_or(VerifyError::BadLink)?;
    // Sent to an address that the person has left since.
    if !users::mark_email_verified(&mut tx, user.id, &taken.email, now).await? {
        return Err(VerifyError::BadLink);
    }
    user_tokens::discard(&mut tx, user.id, VERIFY_EMAIL, now).await?;
    let by = themselves(&user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserEmailVerified).on("user", user.id)).await?;
    tx.commit().await?;
    Ok(User { email_verified_at: user.email_verified_at.or(Some(now)), ..user })
}
