//! A person's own sign-ins: which there are, ending them, and a new password, which ends all others.

use secrecy::SecretString;
use switchboard_domain::{audit::Action, email::Email, ids::SessionId};
use switchboard_store::{
    StoreError,
    people::{
        sessions::{self, Session},
        users,
    },
};

use super::{
    Client, FieldFault, UserAccess,
    password::{self, PasswordError, Verdict},
    refresh::session_of,
    slow_down::{SlowDown, Try, TryError},
    trail::{self, Ending, Trail},
};
use crate::{App, audit::Entry};

/// What a session that its owner left is marked with. An address that was left this way stays known.
const SIGNED_OUT: &str = "signed_out";

/// Something about one's own sign-ins was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("there is no such session")]
    NotFound,
    #[error("this is somebody else's account; only they can do that")]
    Impersonating,
    #[error("some fields need another value")]
    Invalid(Vec<FieldFault>),
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the sign-ins could not be read or changed")]
    Store(#[from] StoreError),
}

impl From<TryError> for SessionError {
    fn from(error: TryError) -> Self {
        match error {
            TryError::SlowDown(slow_down) => Self::SlowDown(slow_down),
            TryError::Store(error) => Self::Store(error),
        }
    }
}

/// Ends the session that an access or a refresh token belongs to. A token that is nobody's (any more) is no error: the
/// caller is signed out.
pub async fn sign_out(app: &App, token: &str, client: &Client) -> Result<(), StoreError> {
    // An access token that has expired still says whose it is: it was signed by us.
    let session = match app.accounts.tokens.read_expired(token) {
        Ok(claims) => Some(claims.session()),
        Err(_) => session_of(app, token).await?,
    };
    let Some(session) = session else { return Ok(()) };
    let Some(found) = sessions::find(&app.db, session).await? else { return Ok(()) };
    let Some(user) = users::find(&app.db, found.user_id).await? else { return Ok(()) };
    let ending = Ending::of(app, &found, trail::worker(app, &found, &user, client).await?).await?;
    let mut tx = app.db.begin_platform().await?;
    if sessions::revoke(&mut tx, user.id, session, SIGNED_OUT, app.now()).await? {
        ending.write(app, &mut tx, Action::UserSignedOut).await?;
    }
    tx.commit().await?;
    app.accounts.sessions.forget_one(session);
    Ok(())
}

/// The person's sign-ins that have not ended, the newest first.
pub async fn list_sessions(app: &App, access: &UserAccess) -> Result<Vec<Session>, SessionError> {
    Ok(sessions::list_of_user(&app.db, access.user, app.now()).await?)
}

/// Ends one of the person's sign-ins.
pub async fn revoke_session(
    app: &App,
    access: &UserAccess,
    session: SessionId,
    client: &Client,
) -> Result<(), SessionError> {
    if access.impersonated_by.is_some() && session != access.session {
        return Err(SessionError::Impersonating);
    }
    let is_own = session == access.session;
    let reason = if is_own { SIGNED_OUT } else { "revoked" };
    let user = users::find(&app.db, access.user).await?.ok_or(SessionError::NotFound)?;
    let found = sessions::find(&app.db, session).await?.ok_or(SessionError::NotFound)?;
    let by =
        if is_own { trail::worker(app, &found, &user, client).await? } else { trail::signed_in(access, &user, client) };
    let ending = Ending::of(app, &found, by).await?;
    let mut tx = app.db.begin_platform().await?;
    if !sessions::revoke(&mut tx, access.user, session, reason, app.now()).await? {
        return Err(SessionError::NotFound);
    }
    ending.write(app, &mut tx, Action::SessionRevoked).await?;
    tx.commit().await?;
    app.accounts.sessions.forget_one(session);
    Ok(())
}

/// Ends all of the person's sign-ins but this one. Returns how many.
pub async fn revoke_others(app: &App, access: &UserAccess, client: &Client) -> Result<u64, SessionError> {
    if access.impersonated_by.is_some() {
        return Err(SessionError::Impersonating);
    }
    let user = users::find(&app.db, access.user).await?.ok_or(SessionError::NotFound)?;
    let (by, trail) = (trail::signed_in(access, &user, client), Trail::of(app, user.id).await?);
    let mut tx = app.db.begin_platform().await?;
    let ended = sessions::revoke_of_user(&mut tx, access.user, Some(access.session), "revoked", app.now()).await?;
    if ended > 0 {
        let entry = Entry::new(&by, Action::SessionRevoked).on("user", user.id).with("sessions", ended);
        trail.write(app, &mut tx, entry).await?;
    }
    tx.commit().await?;
    app.accounts.forget();
    Ok(ended)
}

/// Gives the person another password, for which they must know the one they have. All their other sign-ins end: whoever
/// knew the old one may be in one of them.
pub async fn change_password(
    app: &App,
    access: &UserAccess,
    current: &SecretString,
    new: &SecretString,
    client: &Client,
) -> Result<(), SessionError> {
    if access.impersonated_by.is_some() {
        return Err(SessionError::Impersonating);
    }
    let user = users::find(&app.db, access.user).await?.ok_or(SessionError::NotFound)?;
    let attempt = Try::begin(app, &user.email, client).await?;
    let kept = users::password_hash(&app.db, user.id).await?;
    if app.accounts.passwords.verify(current, kept.as_deref()).await? == Verdict::Wrong {
        attempt.was_wrong(app).await?;
        let fault = FieldFault::new("current_password", "invalid", "it is not your password");
        return Err(SessionError::Invalid(vec![fault]));
    }
    attempt.was_right(app).await?;
    let email = Email::parse(&user.email).ok();
    if let Some(fault) = password::check("new_password", new, email.as_ref(), &[&user.full_name]) {
        return Err(SessionError::Invalid(vec![fault]));
    }
    let hash = app.accounts.passwords.hash(app.random.as_ref(), new).await?;
    let (by, trail) = (trail::signed_in(access, &user, client), Trail::of(app, user.id).await?);
    let now = app.now();
    let mut tx = app.db.begin_platform().await?;
    users::set_password(&mut tx, user.id, &hash, now).await?;
    sessions::revoke_of_user(&mut tx, user.id, Some(access.session), "password_changed", now).await?;
    trail.write(app, &mut tx, Entry::new(&by, Action::UserPasswordChanged).on("user", user.id)).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(())
}
