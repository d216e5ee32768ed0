//! Refresh tokens. Each is used once and leaves its successor; only the SHA-256 is kept.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::SessionId};

use crate::{
    Conn, Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RefreshToken {
    pub session_id: SessionId,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// A token of the same session was used after this one.
    pub is_overtaken: bool,
}

/// Adds a token.
pub async fn insert(tx: &mut PlatformTx, hash: &[u8], session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES ($1, $2, $3)",
        hash,
        session,
        now
    )?;
    Ok(())
}

/// Uses a token up. `None` if it is unknown or was used before; of two who come at once, one gets the session.
pub async fn take(tx: &mut PlatformTx, hash: &[u8], now: Timestamp) -> Result<Option<SessionId>, StoreError> {
    let row = fetch_optional!(
        &mut tx.conn(),
        (SessionId,),
        "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL RETURNING session_id",
        hash,
        now
    )?;
    Ok(row.map(|(session,)| session))
}

/// A token, used or not.
pub async fn find(db: &Db, hash: &[u8]) -> Result<Option<RefreshToken>, StoreError> {
    find_on(&mut db.read_platform().await?.conn(), hash).await
}

/// A token, used or not, as a transaction sees it.
pub async fn find_in(tx: &mut PlatformTx, hash: &[u8]) -> Result<Option<RefreshToken>, StoreError> {
    find_on(&mut tx.conn(), hash).await
}

async fn find_on(conn: &mut Conn<'_>, hash: &[u8]) -> Result<Option<RefreshToken>, StoreError> {
    Ok(fetch_optional!(
        conn,
        RefreshToken,
        "SELECT r.session_id, r.created_at, r.used_at, EXISTS (SELECT 1 FROM refresh_tokens later \
         WHERE later.session_id = r.session_id AND later.used_at > r.used_at) AS is_overtaken \
         FROM refresh_tokens r WHERE r.token_hash = $1",
        hash
    )?)
}
