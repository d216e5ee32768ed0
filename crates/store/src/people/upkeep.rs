//! Removes what is left of sign-ins whose time is over. In chunks, so that no statement holds SQLite's one writer for long.

use switchboard_domain::Timestamp;

use crate::{Db, StoreError, conn::execute};

/// Rows that one statement removes.
const CHUNK: i64 = 500;

/// Removes sessions that ended before `before`, revoked or not, with their refresh tokens. Returns how many sessions.
pub async fn remove_sessions(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    // The same order in both, so that both mean the same sessions.
    execute!(
        &mut tx.conn(),
        "DELETE FROM refresh_tokens WHERE session_id IN (\
             SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2)",
        before,
        CHUNK
    )?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2) \
         AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = sessions.id)",
        before,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes sign-ins that were not finished in time.
pub async fn remove_login_attempts(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM login_attempts WHERE token_hash IN (\
             SELECT token_hash FROM login_attempts WHERE expires_at < $1 LIMIT $2)",
        now,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes counts of wrong passwords that were last added to before `before`.
pub async fn remove_login_failures(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM login_failures WHERE subject IN (\
             SELECT subject FROM login_failures WHERE last_at < $1 LIMIT $2)",
        before,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes links in mails that expired before `before`.
pub async fn remove_user_tokens(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM user_tokens WHERE token_hash IN (\
             SELECT token_hash FROM user_tokens WHERE expires_at < $1 LIMIT $2)",
        before,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}
