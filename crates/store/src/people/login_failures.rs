//! Wrong passwords and codes of late. Subjects are keyed hashes of an account or an address, so that the table tells nobody
//! who was tried.

use sqlx::FromRow;
use switchboard_domain::Timestamp;

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// What is remembered of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Failures {
    /// In a row, as far as `forget_before` of [`note`] lets them count.
    pub failures: i32,
    pub last_at: Timestamp,
}

/// What is remembered of a subject; `None` if nothing.
pub async fn find(db: &Db, subject: &[u8]) -> Result<Option<Failures>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Failures,
        "SELECT failures, last_at FROM login_failures WHERE subject = $1",
        subject
    )?)
}

/// Counts one more. What was last at `forget_before` or earlier is forgotten first.
pub async fn note(
    tx: &mut PlatformTx,
    subject: &[u8],
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO login_failures (subject, failures, last_at) VALUES ($1, 1, $2) ON CONFLICT (subject) DO UPDATE \
         SET failures = CASE WHEN login_failures.last_at <= $3 THEN 1 WHEN login_failures.failures < 1000000 \
         THEN login_failures.failures + 1 ELSE login_failures.failures END, last_at = $2",
        subject,
        now,
        forget_before
    )?;
    Ok(())
}

/// Forgets a subject.
pub async fn forget(tx: &mut PlatformTx, subject: &[u8]) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "DELETE FROM login_failures WHERE subject = $1", subject)?;
    Ok(())
}
