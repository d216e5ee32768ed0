//! Sign-ins that are under way: at an OpenID Connect provider, or waiting for the second factor. Whoever holds the token
//! may go on with that one sign-in; only its SHA-256 is kept.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::UserId};

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// The password was right and a code is awaited.
pub const SECOND_FACTOR: &str = "second_factor";

/// A sign-in on its way.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LoginAttempt {
    pub purpose: String,
    /// Whose it is, where that is known already.
    pub user_id: Option<UserId>,
    /// What must be remembered of it, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Where the person goes afterwards, on this server.
    pub return_to: Option<String>,
    /// Wrong codes so far.
    pub failures: i32,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Keeps an attempt under the SHA-256 of its token.
pub async fn insert(tx: &mut PlatformTx, hash: &[u8], attempt: &LoginAttempt) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO login_attempts (token_hash, purpose, user_id, sealed, return_to, failures, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        hash,
        &attempt.purpose,
        attempt.user_id,
        &attempt.sealed,
        &attempt.return_to,
        attempt.failures,
        attempt.created_at,
        attempt.expires_at
    )?;
    Ok(())
}

/// An attempt of this purpose that has not expired.
pub async fn find(db: &Db, hash: &[u8], purpose: &str, now: Timestamp) -> Result<Option<LoginAttempt>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        LoginAttempt,
        "SELECT purpose, user_id, sealed, return_to, failures, created_at, expires_at FROM login_attempts \
         WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
        hash,
        purpose,
        now
    )?)
}

/// Counts a wrong code, and says how many there are now; `None` if the attempt is gone.
pub async fn note_failure(tx: &mut PlatformTx, hash: &[u8]) -> Result<Option<i32>, StoreError> {
    let row = fetch_optional!(
        &mut tx.conn(),
        (i32,),
        "UPDATE login_attempts SET failures = failures + 1 WHERE token_hash = $1 RETURNING failures",
        hash
    )?;
    Ok(row.map(|(failures,)| failures))
}

/// Takes an attempt out: there will not be a second one with its token. `None` if it is unknown, expired or used already.
pub async fn take(
    tx: &mut PlatformTx,
    hash: &[u8],
    purpose: &str,
    now: Timestamp,
) -> Result<Option<LoginAttempt>, StoreError> {
    Ok(fetch_optional!(
        &mut tx.conn(),
        LoginAttempt,
        "DELETE FROM login_attempts WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 \
         RETURNING purpose, user_id, sealed, return_to, failures, created_at, expires_at",
        hash,
        purpose,
        now
    )?)
}
