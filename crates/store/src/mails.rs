//! Mails on their way to people.
//!
//! A mail can be handed over once, and nobody can be asked afterwards whether it arrived. So its row says how far it came:
//! whoever sends it first moves it to `calling`, and a row that is found there by a second attempt was being handed over
//! when the first one ended. Contents are sealed, because they hold links that open an account, and are removed with the
//! end.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{MailId, TenantId},
    mail::MailState,
};

use crate::{
    Conn, Db, PlatformTx, StoreError, TenantScope, TenantTx,
    conn::{execute, fetch_optional},
    work::{self, NewWork},
};

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct NewMail {
    pub id: MailId,
    /// `None` for what the installation itself writes: verifying an address, a new password.
    pub tenant_id: Option<TenantId>,
    /// Which letter it is.
    pub letter: String,
    pub recipient: String,
    /// What the letter is filled in with.
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
    /// Afterwards it is of no use and not sent any more.
    pub expires_at: Timestamp,
}

/// A mail.
#[derive(Debug, Clone, FromRow)]
pub struct Mail {
    pub id: MailId,
    pub tenant_id: Option<TenantId>,
    pub letter: String,
    pub recipient: String,
    /// `None` once it came to an end.
    pub sealed: Option<Vec<u8>>,
    pub state: MailState,
    /// Why it did not go out, for a person.
    pub problem: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Adds a mail and the job that sends it, in the transaction that causes it.
pub async fn insert(tx: &mut TenantTx, mail: &NewMail, job: NewWork) -> Result<(), StoreError> {
    insert_in(&mut tx.conn(), mail, job).await
}

/// [`insert`], in a transaction of the installation.
pub async fn insert_platform(tx: &mut PlatformTx, mail: &NewMail, job: NewWork) -> Result<(), StoreError> {
    insert_in(&mut tx.conn(), mail, job).await
}

async fn insert_in(conn: &mut Conn<'_>, mail: &NewMail, job: NewWork) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO mails (id, tenant_id, letter, recipient, sealed, state, created_at, updated_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, $7)",
        mail.id,
        mail.tenant_id,
        &mail.letter,
        &mail.recipient,
        &mail.sealed,
        mail.created_at,
        mail.expires_at
    )?;
    work::insert(conn, &[job], mail.created_at).await?;
    Ok(())
}

/// Letters of a tenant, counted from the newest.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    pub scope: TenantScope,
    pub letters: [&'a str; 2],
    /// Those to this address; `None` to anybody.
    pub recipient: Option<&'a str>,
    /// Those after this moment.
    pub since: Timestamp,
    pub nth: i64,
}

/// When the `nth` newest of these letters was written; `None` if there are not as many.
pub async fn nth_newest(tx: &mut TenantTx, written: &Written<'_>) -> Result<Option<Timestamp>, StoreError> {
    nth_newest_in(&mut tx.conn(), written).await
}

/// [`nth_newest`], in a transaction of the installation.
pub async fn nth_newest_platform(tx: &mut PlatformTx, written: &Written<'_>) -> Result<Option<Timestamp>, StoreError> {
    nth_newest_in(&mut tx.conn(), written).await
}

async fn nth_newest_in(conn: &mut Conn<'_>, written: &Written<'_>) -> Result<Option<Timestamp>, StoreError> {
    let row = fetch_optional!(
        conn,
        (Timestamp,),
        "SELECT created_at FROM mails WHERE tenant_id = $1 AND letter IN ($2, $3) AND created_at > $5 \
         AND ($4 IS NULL OR recipient = $4) ORDER BY created_at DESC LIMIT 1 OFFSET $6",
        written.scope.tenant(),
        written.letters[0],
        written.letters[1],
        written.recipient,
        written.since,
        written.nth - 1
    )?;
    Ok(row.map(|(at,)| at))
}

/// One mail, whoever's it is; for the job that sends it.
pub async fn find(db: &Db, id: MailId) -> Result<Option<Mail>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Mail,
        "SELECT id, tenant_id, letter, recipient, sealed, state, problem, created_at, expires_at FROM mails WHERE id = $1",
        id
    )?)
}

/// Moves a mail on, if it is still where the caller saw it. False if somebody else moved it first.
pub async fn advance(
    db: &Db,
    id: MailId,
    from: MailState,
    to: MailState,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin_platform().await?;
    let moved = execute!(
        &mut tx.conn(),
        "UPDATE mails SET state = $3, problem = $4, updated_at = $5, \
         sealed = CASE WHEN $3 IN ('sent', 'failed') THEN NULL ELSE sealed END WHERE id = $1 AND state = $2",
        id,
        from,
        to,
        problem,
        now
    )?;
    tx.commit().await?;
    Ok(moved == 1)
}

/// Removes mails whose time was over before `before`; at most `limit`.
pub async fn prune(db: &Db, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE expires_at < $1 LIMIT $2)",
        before,
        limit
    )?;
    tx.commit().await?;
    Ok(removed)
}
