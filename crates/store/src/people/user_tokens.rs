//! Links in mails. Each is good once and for a while; only the SHA-256 of its token is kept.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::UserId};

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// Shows that a person reads mail at their address.
pub const VERIFY_EMAIL: &str = "verify_email";
/// Lets a person set a new password.
pub const RESET_PASSWORD: &str = "reset_password";

/// A link on its way.
#[derive(Debug, Clone)]
pub struct NewUserToken<'a> {
    /// SHA-256 of the token.
    pub hash: &'a [u8],
    pub user_id: UserId,
    pub purpose: &'static str,
    /// Where the link is sent: it counts for this address only.
    pub email: &'a str,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A link that was followed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UsedToken {
    pub user_id: UserId,
    pub email: String,
}

/// Keeps a link.
pub async fn insert(tx: &mut PlatformTx, token: &NewUserToken<'_>) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO user_tokens (token_hash, user_id, purpose, email, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        token.hash,
        token.user_id,
        token.purpose,
        token.email,
        token.created_at,
        token.expires_at
    )?;
    Ok(())
}

/// A link that can still be followed, without using it up.
pub async fn find(db: &Db, hash: &[u8], purpose: &str, now: Timestamp) -> Result<Option<UsedToken>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        UsedToken,
        "SELECT user_id, email FROM user_tokens WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL \
         AND expires_at > $3",
        hash,
        purpose,
        now
    )?)
}

/// Uses a link up. `None` if it is unknown, expired or was used; of two who come at once, one gets it.
pub async fn take(
    tx: &mut PlatformTx,
    hash: &[u8],
    purpose: &str,
    now: Timestamp,
) -> Result<Option<UsedToken>, StoreError> {
    Ok(fetch_optional!(
        &mut tx.conn(),
        UsedToken,
        "UPDATE user_tokens SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL \
         AND expires_at > $3 RETURNING user_id, email",
        hash,
        purpose,
        now
    )?)
}

/// Makes the links of this purpose worthless that a person has not followed yet.
pub async fn discard(tx: &mut PlatformTx, user: UserId, purpose: &str, now: Timestamp) -> Result<u64, StoreError> {
    Ok(execute!(
        &mut tx.conn(),
        "UPDATE user_tokens SET used_at = $3 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL",
        user,
        purpose,
        now
    )?)
}

/// How many links of this purpose were made for a person since `since`.
pub async fn count_since(
    tx: &mut PlatformTx,
    user: UserId,
    purpose: &str,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        &mut tx.conn(),
        (i64,),
        "SELECT count(*) FROM user_tokens WHERE user_id = $1 AND purpose = $2 AND created_at > $3",
        user,
        purpose,
        since
    )?;
    Ok(row.map_or(0, |(count,)| count))
}
