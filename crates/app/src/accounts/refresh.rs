//! The next pair of tokens for the refresh token of the last one.
//!
//! Each refresh token is used once. One that comes back was copied: either the thief or the owner is here for the second
//! time, and there is no telling which, so the session ends for both and the owner signs in again.
//!
//! Except within ten seconds, as long as nobody has used its successor: then it is the same client, whose answer was lost on
//! the way or whose two tabs refreshed at once. Ending the session there would sign people out of bad networks, and a
//! thief who is that fast would have won the first use as well.

use std::time::Duration;

use switchboard_domain::{Timestamp, audit::Action, ids::SessionId};
use switchboard_store::{
    PlatformTx, StoreError,
    people::{memberships, refresh_tokens, sessions, users},
};

use super::{
    Client, SignedIn, Tokens,
    authenticate::is_open,
    open::{extended, fresh_refresh_token},
    token::{ACCESS_LIFE, Bearer},
    trail::{self, Trail},
};
use crate::{App, audit::Entry, vault::sha256};

/// How long a used token is taken for a lost answer.
const GRACE: Duration = Duration::from_secs(10);

/// No new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    #[error("this is no refresh token of this server; sign in again")]
    Unknown,
    #[error("this sign-in has ended; sign in again")]
    Ended,
    #[error("this refresh token was used before, so somebody else may hold it; the sign-in has ended, sign in again")]
    Reused,
    #[error("the sign-in could not be refreshed")]
    Store(#[from] StoreError),
}

/// The next pair.
pub async fn refresh(app: &App, token: &str, client: &Client) -> Result<SignedIn, RefreshError> {
    let hash = sha256(token.as_bytes());
    let now = app.now();
    let found = refresh_tokens::find(&app.db, &hash).await?.ok_or(RefreshError::Unknown)?;
    let signed_in = sessions::find(&app.db, found.session_id).await?.ok_or(RefreshError::Unknown)?;
    if !is_open(&signed_in, now) {
        return Err(RefreshError::Ended);
    }
    let user = users::find(&app.db, signed_in.user_id).await?.ok_or(RefreshError::Ended)?;
    let trail = Trail::of(app, user.id).await?;
    let expires_at = extended(signed_in.created_at, now);
    let mut tx = app.db.begin_platform().await?;
    let Use::Fine = use_up(&mut tx, &hash, now).await? else {
        sessions::revoke(&mut tx, signed_in.user_id, signed_in.session_id, "refresh_token_reused", now).await?;
        let by = trail::themselves(&user, client);
        let entry = Entry::new(&by, Action::SessionTokenReused).on("session", signed_in.session_id);
        trail.write(app, &mut tx, entry).await?;
        tx.commit().await?;
        app.accounts.sessions.forget_one(signed_in.session_id);
        tracing::warn!(session = %signed_in.session_id, "a refresh token came back after it was used; its session was ended");
        return Err(RefreshError::Reused);
    };
    let refresh_token = fresh_refresh_token(app, &mut tx, signed_in.session_id).await?;
    sessions::extend(&mut tx, signed_in.session_id, expires_at).await?;
    sessions::touch(&mut tx, signed_in.session_id, client.address().as_deref(), now).await?;
    // The dashboard says what was chosen in it; a program that renews says nothing.
    if signed_in.is_browser && signed_in.impersonated_by.is_none() {
        users::note_language(&mut tx, signed_in.user_id, client.language).await?;
    }
    tx.commit().await?;
    app.accounts.sessions.forget_one(signed_in.session_id);

    let membership = match signed_in.tenant() {
        Some(tenant) => memberships::find(&app.db, signed_in.user_id, tenant).await?,
        None => None,
    };
    let bearer = Bearer {
        user: user.id,
        session: signed_in.session_id,
        tenant: signed_in.tenant(),
        role: membership.as_ref().map(|membership| membership.role),
        impersonated_by: signed_in.impersonated_by,
    };
    let tokens = Tokens {
        session: signed_in.session_id,
        access_token: app.accounts.tokens.sign(bearer, now),
        expires_in: ACCESS_LIFE,
        refresh_token: Some(refresh_token),
        session_expires_at: expires_at,
    };
    Ok(SignedIn { user, membership, tokens, webhook: None })
}

/// Whose refresh token it is, for who wants to sign out with nothing else left.
pub(super) async fn session_of(app: &App, token: &str) -> Result<Option<SessionId>, StoreError> {
    let found = refresh_tokens::find(&app.db, &sha256(token.as_bytes())).await?;
    Ok(found.map(|token| token.session_id))
}

enum Use {
    Fine,
    Reused,
}

/// Uses the token up; of two who come at once, the second is within the grace.
async fn use_up(tx: &mut PlatformTx, hash: &[u8], now: Timestamp) -> Result<Use, StoreError> {
    if refresh_tokens::take(tx, hash, now).await?.is_some() {
        return Ok(Use::Fine);
    }
    let used = refresh_tokens::find_in(tx, hash).await?;
    let is_lost_answer =
        used.is_some_and(|used| !used.is_overtaken && used.used_at.is_some_and(|used_at| now.since(used_at) < GRACE));
    Ok(if is_lost_answer { Use::Fine } else { Use::Reused })
}
