//! Files of call records that somebody brought: which, how they are to be read, and how far they are taken in.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, ImportId, JobId, TenantId},
    import::ImportState,
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all},
    sql::Sql,
};

/// Errors that one import keeps; the rest is counted.
pub const MAX_ERRORS: i64 = 10_000;

/// An import as its table keeps it.
#[derive(Debug, Clone, FromRow)]
pub struct Import {
    pub id: ImportId,
    pub tenant_id: TenantId,
    /// Whose calls they become; known from the start on.
    pub connection_id: Option<ConnectionId>,
    pub job_id: Option<JobId>,
    pub file_name: String,
    pub file_bytes: i64,
    /// Where the file is, while it is kept.
    pub media_key: Option<String>,
    pub state: ImportState,
    /// How the file is read, as JSON.
    pub plan: Option<String>,
    #[sqlx(flatten)]
    pub counts: Counts,
    /// Why it failed.
    pub problem: Option<String>,
    /// Who brought it, as the audit log names them.
    pub requested_by: String,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl Import {
    /// The right to act for its tenant; an import is only had through a scope or by the installation's own work.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// What came of the rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Counts {
    pub rows_read: i64,
    pub bytes_read: i64,
    /// Records that are new; in a check, that would be.
    pub stored: i64,
    /// Records that are here already.
    pub known: i64,
    /// Rows that are no calls.
    pub passed_over: i64,
    /// Rows that were left out because something is wrong with them.
    pub failed: i64,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RowError {
    /// The line of the file that the row begins on.
    pub line: i64,
    pub code: String,
    /// The column that it is about.
    pub column_name: Option<String>,
    pub message: String,
}

const COLUMNS: &str = "SELECT id, tenant_id, connection_id, job_id, file_name, file_bytes, media_key, state, plan, rows_read, \
                       bytes_read, stored, known, passed_over, failed, problem, requested_by, created_at, started_at, finished_at \
                       FROM imports WHERE ";

/// Notes a file that is there.
pub async fn insert(conn: &mut Conn<'_>, import: &Import) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO imports (id, tenant_id, file_name, file_bytes, media_key, state, requested_by, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        import.id,
        import.tenant_id,
        &import.file_name,
        import.file_bytes,
        &import.media_key,
        import.state,
        &import.requested_by,
        import.created_at
    )?;
    Ok(())
}

/// One import.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: ImportId) -> Result<Option<Import>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("tenant_id = ").bind(scope.tenant().uuid()).push(" AND id = ").bind(id.uuid());
    Ok(sql.fetch_all(conn).await?.pop())
}

/// A tenant's imports, newest first, before `before` where that is given; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Option<ImportId>,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("tenant_id = ").bind(scope.tenant().uuid());
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before.uuid());
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// What an import begins with.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    pub state: ImportState,
    pub connection_id: Option<ConnectionId>,
    pub job_id: JobId,
    pub plan: &'a str,
}

/// Begins an import, unless it runs, is done or has lost its file. What an earlier run counted is forgotten.
pub async fn begin(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ImportId,
    begin: &Begin<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE imports SET state = $3, connection_id = $4, job_id = $5, plan = $6, rows_read = 0, bytes_read = 0, stored = 0, \
         known = 0, passed_over = 0, failed = 0, problem = NULL, started_at = $7, finished_at = NULL, updated_at = $7 \
         WHERE tenant_id = $1 AND id = $2 AND media_key IS NOT NULL AND state NOT IN ('checking', 'importing', 'done')",
        scope.tenant(),
        id,
        begin.state,
        begin.connection_id,
        begin.job_id,
        begin.plan,
        now
    )?;
    execute!(conn, "DELETE FROM import_errors WHERE tenant_id = $1 AND import_id = $2", scope.tenant(), id)?;
    Ok(touched == 1)
}

/// Notes how far a running import is, with the errors that were found since. False: it does not run any more.
pub async fn advance(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ImportId,
    counts: &Counts,
    errors: &[RowError],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE imports SET rows_read = $3, bytes_read = $4, stored = $5, known = $6, passed_over = $7, failed = $8, \
         updated_at = $9 WHERE tenant_id = $1 AND id = $2 AND state IN ('checking', 'importing')",
        scope.tenant(),
        id,
        counts.rows_read,
        counts.bytes_read,
        counts.stored,
        counts.known,
        counts.passed_over,
        counts.failed,
        now
    )?;
    for chunk in errors.chunks(100) {
        let mut sql =
            Sql::new("INSERT INTO import_errors (import_id, tenant_id, line, code, column_name, message) VALUES ");
        for (i, error) in chunk.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" }).bind(id.uuid()).push(", ").bind(scope.tenant().uuid());
            sql.push(", ").bind(error.line).push(", ").bind(&error.code).push(", ").bind(&error.column_name);
            sql.push(", ").bind(&error.message).push(")");
        }
        sql.push(" ON CONFLICT (import_id, line) DO NOTHING");
        sql.execute(conn).await?;
    }
    Ok(touched == 1)
}

/// Ends a running import. False: it had ended already.
pub async fn end(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ImportId,
    state: ImportState,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE imports SET state = $3, problem = $4, finished_at = $5, updated_at = $5 \
         WHERE tenant_id = $1 AND id = $2 AND state IN ('checking', 'importing')",
        scope.tenant(),
        id,
        state,
        problem,
        now
    )?;
    Ok(touched == 1)
}

/// Notes that the file is not kept any more; removing it is the caller's.
pub async fn forget_file(conn: &mut Conn<'_>, scope: TenantScope, id: ImportId) -> Result<(), StoreError> {
    execute!(conn, "UPDATE imports SET media_key = NULL WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(())
}

/// Forgets an import; its file is the caller's to remove.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: ImportId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM import_errors WHERE tenant_id = $1 AND import_id = $2", scope.tenant(), id)?;
    execute!(conn, "DELETE FROM imports WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(())
}

/// What is wrong with rows, by their lines, behind `after`; at most `limit`.
pub async fn errors(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<RowError>, StoreError> {
    Ok(fetch_all!(
        conn,
        RowError,
        "SELECT line, code, column_name, message FROM import_errors WHERE tenant_id = $1 AND import_id = $2 AND line > $3 \
         ORDER BY line LIMIT $4",
        scope.tenant(),
        id,
        after,
        limit
    )?)
}

/// Imports of all tenants that nobody is at, whose file is older than `before`; at most `limit`.
pub async fn stale(db: &Db, before: Timestamp, limit: i64) -> Result<Vec<Import>, StoreError> {
    let mut reader = db.read_platform().await?;
    let mut sql = Sql::new(COLUMNS);
    sql.push("media_key IS NOT NULL AND state NOT IN ('checking', 'importing') AND updated_at < ").bind(before);
    sql.push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(&mut reader.conn()).await
}

/// How many of these items are in the log already. A key is that of `event_keys`.
pub async fn known(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    keys: &[[u8; 16]],
) -> Result<i64, StoreError> {
    if keys.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new(
        "SELECT count(*) FROM event_keys WHERE connection_id = (SELECT id FROM connections WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid()).push(" AND id = ").bind(connection.uuid()).push(") AND dedup_key IN (");
    for (i, key) in keys.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).bind(key.to_vec());
    }
    sql.push(")");
    let found: Vec<(i64,)> = sql.fetch_all(conn).await?;
    Ok(found.first().map_or(0, |(count,)| *count))
}
