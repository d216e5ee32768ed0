//! Links that show a call to whoever holds one. The link's token is kept as its SHA-256.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ShareId, TenantId},
    share::ShareItem,
};

use crate::{
    Conn, Db, StoreError, TenantScope, TenantTx,
    conn::{execute, fetch_all, fetch_optional},
    sql::{Sql, json},
};

/// A link to a call.
#[derive(Debug, Clone, FromRow)]
pub struct Share {
    pub id: ShareId,
    pub tenant_id: TenantId,
    pub call_id: CallId,
    /// What it shows.
    #[sqlx(json)]
    pub items: Vec<ShareItem>,
    /// What its maker said to those who look.
    pub note: Option<String>,
    /// Where it was mailed to.
    pub email: Option<String>,
    pub actor_id: Option<String>,
    pub actor_name: String,
    pub look_count: i64,
    pub last_looked_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl Share {
    /// The right to read what it shows. A share is had through its tenant's scope, or by the token of its link.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Adds a link.
pub async fn insert(tx: &mut TenantTx, share: &Share, token_hash: &[u8]) -> Result<(), StoreError> {
    let mut sql = Sql::new(
        "INSERT INTO call_shares (id, tenant_id, call_id, token_hash, items, note, email, actor_id, actor_name, \
         created_at, expires_at) VALUES ",
    );
    let row = [
        share.id.uuid().into(),
        tx.tenant().uuid().into(),
        share.call_id.uuid().into(),
        token_hash.to_vec().into(),
        json(&share.items).into(),
        (&share.note).into(),
        (&share.email).into(),
        (&share.actor_id).into(),
        (&share.actor_name).into(),
        share.created_at.into(),
        share.expires_at.into(),
    ];
    sql.bind_row(true, row);
    sql.execute(&mut tx.conn()).await?;
    Ok(())
}

/// The links to a call, newest first; at most `limit`.
pub async fn list_of_call(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    call: CallId,
    limit: i64,
) -> Result<Vec<Share>, StoreError> {
    Ok(fetch_all!(
        conn,
        Share,
        "SELECT * FROM call_shares WHERE tenant_id = $1 AND call_id = $2 ORDER BY id DESC LIMIT $3",
        scope.tenant(),
        call,
        limit
    )?)
}

/// How many links to a call are open.
pub async fn count_open(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    call: CallId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT count(*) FROM call_shares WHERE tenant_id = $1 AND call_id = $2 AND revoked_at IS NULL AND expires_at > $3",
        scope.tenant(),
        call,
        now
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Ends a link. False if there is none to this call that is open.
pub async fn revoke(tx: &mut TenantTx, call: CallId, id: ShareId, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE call_shares SET revoked_at = $4 WHERE tenant_id = $1 AND call_id = $2 AND id = $3 AND revoked_at IS NULL",
        tenant,
        call,
        id,
        now
    )?;
    Ok(touched == 1)
}

/// The link that carries the token with this SHA-256, open or not. Its scope is what the token is good for.
pub async fn find_held(db: &Db, token_hash: &[u8]) -> Result<Option<Share>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(&mut reader.conn(), Share, "SELECT * FROM call_shares WHERE token_hash = $1", token_hash)?)
}

/// Notes that somebody looked.
pub async fn note_look(tx: &mut TenantTx, id: ShareId, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    execute!(
        &mut tx.conn(),
        "UPDATE call_shares SET look_count = look_count + 1, last_looked_at = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        now
    )?;
    Ok(())
}

/// Removes links that ended before `before`; at most `limit`.
pub async fn prune(db: &Db, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM call_shares WHERE id IN (SELECT id FROM call_shares WHERE expires_at < $1 LIMIT $2)",
        before,
        limit
    )?;
    tx.commit().await?;
    Ok(removed)
}
