//! Exports that somebody asked for: which, where their file is, and until when.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ExportId, JobId, TenantId},
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// An export as its table keeps it.
#[derive(Debug, Clone, FromRow)]
pub struct Export {
    pub id: ExportId,
    pub tenant_id: TenantId,
    pub kind: String,
    /// What it is about: a contact's id.
    pub subject: Option<String>,
    /// Who asked for it, as the audit log names them.
    pub requested_by: String,
    /// The job that makes it.
    pub job_id: Option<JobId>,
    pub media_key: Option<String>,
    pub bytes: Option<i64>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl Export {
    /// The right to act for its tenant; an export is only had through a scope or by the installation's own work.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

const COLUMNS: &str = "SELECT id, tenant_id, kind, subject, requested_by, job_id, media_key, bytes, created_at, finished_at, \
                       expires_at FROM exports WHERE tenant_id = ";

/// Notes an export that was asked for.
pub async fn insert(conn: &mut Conn<'_>, export: &Export) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO exports (id, tenant_id, kind, subject, requested_by, job_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        export.id,
        export.tenant_id,
        &export.kind,
        &export.subject,
        &export.requested_by,
        export.job_id,
        export.created_at
    )?;
    Ok(())
}

/// Notes that its file is there.
pub async fn finish(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ExportId,
    media_key: &str,
    bytes: i64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE exports SET media_key = $3, bytes = $4, finished_at = $5, expires_at = $6 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        media_key,
        bytes,
        now,
        expires_at
    )?;
    Ok(touched == 1)
}

/// One export.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: ExportId) -> Result<Option<Export>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(scope.tenant().uuid()).push(" AND id = ").bind(id.uuid());
    Ok(sql.fetch_all(conn).await?.pop())
}

/// A tenant's exports, newest first, before `before` where that is given; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Option<ExportId>,
    limit: i64,
) -> Result<Vec<Export>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(scope.tenant().uuid());
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before.uuid());
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Exports about a subject, for whoever must remove them.
pub async fn about(conn: &mut Conn<'_>, scope: TenantScope, subject: &str) -> Result<Vec<Export>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(scope.tenant().uuid()).push(" AND subject = ").bind(subject);
    sql.fetch_all(conn).await
}

/// Forgets an export; its file is the caller's to remove.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: ExportId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM exports WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(())
}

/// Exports of all tenants whose time is over, and those that were given up; at most `limit`.
pub async fn expired(
    db: &Db,
    now: Timestamp,
    abandoned_before: Timestamp,
    limit: i64,
) -> Result<Vec<Export>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Export,
        "SELECT id, tenant_id, kind, subject, requested_by, job_id, media_key, bytes, created_at, finished_at, expires_at \
         FROM exports WHERE expires_at < $1 OR (finished_at IS NULL AND created_at < $2) ORDER BY id LIMIT $3",
        now,
        abandoned_before,
        limit
    )?)
}

/// Whether a file belongs to an export.
pub async fn exists(conn: &mut Conn<'_>, scope: TenantScope, id: ExportId) -> Result<bool, StoreError> {
    let found = fetch_optional!(
        conn,
        (ExportId,),
        "SELECT id FROM exports WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?;
    Ok(found.is_some())
}
