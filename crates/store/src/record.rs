//! What all record tables have in common: an id, a tenant, the columns that people query, what facts have said (`doc`),
//! and when the record came and last changed. Reading and writing them is written once, here.

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};
use switchboard_domain::{Timestamp, ids::TenantId};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    sql::{Arg, Sql, json, runs},
};

/// The columns of a record's table, in the order of their values.
pub trait Columns {
    const TABLE: &'static str;
    /// All but `doc`, `created_at` and `updated_at`. The first is the primary key.
    const COLUMNS: &'static [&'static str];
    /// One value per column.
    fn values(&self) -> Vec<Arg>;
}

/// A record with the times that storage keeps of it.
#[derive(Debug, Clone, FromRow)]
pub struct Kept<T> {
    #[sqlx(flatten)]
    pub record: T,
    /// When the first event about it reached us.
    pub created_at: Timestamp,
    /// When it last changed here.
    pub updated_at: Timestamp,
}

/// A record together with everything that facts have said of it.
#[derive(Debug, Clone, FromRow)]
pub struct KeptDoc<T, D> {
    #[sqlx(flatten)]
    pub record: T,
    #[sqlx(json)]
    pub doc: D,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Something that is one row of a record table.
pub trait Row: Columns {
    fn extra_columns() -> &'static [&'static str];
    fn extra_values(&self) -> Vec<Arg>;
}

impl<T: Columns> Columns for Kept<T> {
    const TABLE: &'static str = T::TABLE;
    const COLUMNS: &'static [&'static str] = T::COLUMNS;
    fn values(&self) -> Vec<Arg> {
        self.record.values()
    }
}

impl<T: Columns> Row for Kept<T> {
    fn extra_columns() -> &'static [&'static str] {
        &["created_at", "updated_at"]
    }
    fn extra_values(&self) -> Vec<Arg> {
        vec![self.created_at.into(), self.updated_at.into()]
    }
}

impl<T: Columns, D> Columns for KeptDoc<T, D> {
    const TABLE: &'static str = T::TABLE;
    const COLUMNS: &'static [&'static str] = T::COLUMNS;
    fn values(&self) -> Vec<Arg> {
        self.record.values()
    }
}

impl<T: Columns, D: serde::Serialize> Row for KeptDoc<T, D> {
    fn extra_columns() -> &'static [&'static str] {
        &["doc", "created_at", "updated_at"]
    }
    fn extra_values(&self) -> Vec<Arg> {
        vec![json(&self.doc).into(), self.created_at.into(), self.updated_at.into()]
    }
}

/// These records, as stored.
pub async fn find<R>(conn: &mut Conn<'_>, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<R>, StoreError>
where
    R: Columns + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT * FROM ");
    sql.push(R::TABLE).push(" WHERE tenant_id = ").bind(tenant.uuid()).push(" AND id IN ").bind_list(ids);
    sql.fetch_all(conn).await
}

/// The records that hang on these calls.
pub async fn find_of_calls<R>(conn: &mut Conn<'_>, tenant: TenantId, calls: &[Uuid]) -> Result<Vec<R>, StoreError>
where
    R: Columns + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT * FROM ");
    sql.push(R::TABLE).push(" WHERE tenant_id = ").bind(tenant.uuid()).push(" AND call_id IN ").bind_list(calls);
    sql.fetch_all(conn).await
}

/// One record of the scope's tenant.
pub async fn lookup<R>(conn: &mut Conn<'_>, scope: TenantScope, id: Uuid) -> Result<Option<R>, StoreError>
where
    R: Columns + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    Ok(find(conn, scope.tenant(), &[id]).await?.pop())
}

/// Stores records as they are now.
pub async fn save<R: Row>(conn: &mut Conn<'_>, rows: &[&R]) -> Result<(), StoreError> {
    for run in runs(rows) {
        let columns = || R::COLUMNS.iter().chain(R::extra_columns()).copied();
        let mut sql = Sql::new("INSERT INTO ");
        sql.push(R::TABLE).push(" (");
        for (i, column) in columns().enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).push(column);
        }
        sql.push(") VALUES ");
        for (i, row) in run.iter().enumerate() {
            sql.bind_row(i == 0, row.values().into_iter().chain(row.extra_values()));
        }
        sql.push(" ON CONFLICT (id) DO UPDATE SET ");
        for (i, column) in columns().skip(1).enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).push(column).push(" = excluded.").push(column);
        }
        sql.execute(conn).await?;
    }
    Ok(())
}
