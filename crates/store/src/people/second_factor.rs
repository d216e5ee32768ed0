//! The second factor of a person: the sealed secret that their authenticator shares, and codes for the day it is lost.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::UserId};

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// A person's authenticator.
#[derive(Debug, Clone, FromRow)]
pub struct Totp {
    #[sqlx(rename = "totp_sealed")]
    pub sealed: Vec<u8>,
    /// `None` while the person has not shown a first code.
    #[sqlx(rename = "totp_enabled_at")]
    pub enabled_at: Option<Timestamp>,
    /// The time step of the last code that was accepted: it and what was before it count no more.
    #[sqlx(rename = "totp_last_step")]
    pub last_step: Option<i64>,
}

/// A person's authenticator; `None` if there is none.
pub async fn find(db: &Db, user: UserId) -> Result<Option<Totp>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Totp,
        "SELECT totp_sealed, totp_enabled_at, totp_last_step FROM users WHERE id = $1 AND totp_sealed IS NOT NULL",
        user
    )?)
}

/// Keeps the secret of an authenticator that is to be confirmed. False if the person has a confirmed one.
pub async fn propose(tx: &mut PlatformTx, user: UserId, sealed: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET totp_sealed = $2, totp_last_step = NULL, updated_at = $3 \
         WHERE id = $1 AND totp_enabled_at IS NULL",
        user,
        sealed,
        now
    )?;
    Ok(touched == 1)
}

/// Uses the code of a time step up. False if that step or a later one was used before: a code that somebody looked at over
/// the person's shoulder is worth nothing.
pub async fn use_step(tx: &mut PlatformTx, user: UserId, step: i64) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET totp_last_step = $2 WHERE id = $1 AND totp_sealed IS NOT NULL \
         AND (totp_last_step IS NULL OR totp_last_step < $2)",
        user,
        step
    )?;
    Ok(touched == 1)
}

/// From now on signing in takes a code. False if it did already.
pub async fn enable(tx: &mut PlatformTx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET totp_enabled_at = $2, updated_at = $2 \
         WHERE id = $1 AND totp_sealed IS NOT NULL AND totp_enabled_at IS NULL",
        user,
        now
    )?;
    Ok(touched == 1)
}

/// Forgets the authenticator and all recovery codes. False if there was none that counted.
pub async fn disable(tx: &mut PlatformTx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET totp_sealed = NULL, totp_enabled_at = NULL, totp_last_step = NULL, updated_at = $2 \
         WHERE id = $1 AND totp_enabled_at IS NOT NULL",
        user,
        now
    )?;
    execute!(&mut tx.conn(), "DELETE FROM recovery_codes WHERE user_id = $1", user)?;
    Ok(touched == 1)
}

/// Replaces a person's recovery codes. Only hashes come here.
pub async fn set_recovery_codes(tx: &mut PlatformTx, user: UserId, hashes: &[Vec<u8>]) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "DELETE FROM recovery_codes WHERE user_id = $1", user)?;
    for hash in hashes {
        execute!(
            &mut tx.conn(),
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            user,
            hash
        )?;
    }
    Ok(())
}

/// Uses a recovery code up. False if it is none of theirs, or was used.
pub async fn use_recovery_code(
    tx: &mut PlatformTx,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        user,
        hash,
        now
    )?;
    Ok(touched == 1)
}

/// How many recovery codes a person has left.
pub async fn recovery_codes_left(db: &Db, user: UserId) -> Result<i64, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (i64,),
        "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
        user
    )?;
    Ok(row.map_or(0, |(count,)| count))
}
