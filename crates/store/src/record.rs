//! What all record tables have in common: an id, a tenant, the columns that people query, what facts have said (`doc`),
//! and when the record came and last changed. Reading and writing them is written once, here.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::TenantId};
use uuid::Uuid;

use crate::{
    Conn, Engine, StoreError, TenantScope,
    insert::{self, Conflict, Insert},
    search::{self, Entry},
    sql::{AnyRow, Arg, Sql, json},
};

/// The columns of a record's table, in the order of their values.
pub trait Columns {
    const TABLE: &'static str;
    /// All but `doc`, `created_at` and `updated_at`. The first is the primary key.
    const COLUMNS: &'static [&'static str];
    /// One value per column.
    fn values(&self) -> Vec<Arg>;

    /// The columns that [`Columns::entry`] is made of. Where none of them changed, neither did it.
    const SEARCHED: &'static [&'static str] = &[];
    /// What the record is found by; `None` for what nobody looks for by words, or that has none.
    fn entry(&self) -> Option<Entry> {
        None
    }
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
    /// When the first event about it reached us.
    fn created_at(&self) -> Timestamp;
}

impl<T: Columns> Columns for Kept<T> {
    const TABLE: &'static str = T::TABLE;
    const COLUMNS: &'static [&'static str] = T::COLUMNS;
    const SEARCHED: &'static [&'static str] = T::SEARCHED;
    fn values(&self) -> Vec<Arg> {
        self.record.values()
    }
    fn entry(&self) -> Option<Entry> {
        self.record.entry()
    }
}

impl<T: Columns> Row for Kept<T> {
    fn extra_columns() -> &'static [&'static str] {
        &["created_at", "updated_at"]
    }
    fn extra_values(&self) -> Vec<Arg> {
        vec![self.created_at.into(), self.updated_at.into()]
    }
    fn created_at(&self) -> Timestamp {
        self.created_at
    }
}

impl<T: Columns, D> Columns for KeptDoc<T, D> {
    const TABLE: &'static str = T::TABLE;
    const COLUMNS: &'static [&'static str] = T::COLUMNS;
    const SEARCHED: &'static [&'static str] = T::SEARCHED;
    fn values(&self) -> Vec<Arg> {
        self.record.values()
    }
    fn entry(&self) -> Option<Entry> {
        self.record.entry()
    }
}

impl<T: Columns, D: serde::Serialize> Row for KeptDoc<T, D> {
    fn extra_columns() -> &'static [&'static str] {
        &["doc", "created_at", "updated_at"]
    }
    fn extra_values(&self) -> Vec<Arg> {
        vec![json(&self.doc).into(), self.created_at.into(), self.updated_at.into()]
    }
    fn created_at(&self) -> Timestamp {
        self.created_at
    }
}

/// These records, as stored.
pub async fn find<R>(conn: &mut Conn<'_>, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<R>, StoreError>
where
    R: Columns + AnyRow,
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
    R: Columns + AnyRow,
{
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT * FROM ");
    sql.push(R::TABLE).push(" WHERE tenant_id = ").bind(tenant.uuid()).push(" AND call_id IN ").bind_list(calls);
    sql.fetch_all(conn).await
}

/// Which of these tables hold anything that hangs on these calls. On SQLite, where asking costs as much as looking, all may.
pub async fn tables_of_calls(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    calls: &[Uuid],
    tables: &[&'static str],
) -> Result<Vec<String>, StoreError> {
    if conn.engine() == Engine::Sqlite || calls.is_empty() {
        return Ok(tables.iter().map(|table| (*table).to_owned()).collect());
    }
    let mut sql = Sql::new("");
    for (i, table) in tables.iter().enumerate() {
        sql.push(if i == 0 { "SELECT '" } else { " UNION ALL SELECT '" })
            .push(table)
            .push("' WHERE EXISTS (SELECT FROM ");
        sql.push(table)
            .push(" WHERE tenant_id = ")
            .bind(tenant.uuid())
            .push(" AND call_id IN ")
            .bind_list(calls)
            .push(")");
    }
    Ok(sql.fetch_all::<(String,)>(conn).await?.into_iter().map(|(table,)| table).collect())
}

/// One record of the scope's tenant.
pub async fn lookup<R>(conn: &mut Conn<'_>, scope: TenantScope, id: Uuid) -> Result<Option<R>, StoreError>
where
    R: Columns + AnyRow,
{
    Ok(find(conn, scope.tenant(), &[id]).await?.pop())
}

/// What stores records as they are now, with what they are found by. Each comes with its stored self, if there is one.
pub fn upsert<R: Row>(rows: &[(Option<&R>, &R)]) -> Insert {
    let columns = R::COLUMNS.iter().chain(R::extra_columns()).copied();
    let conflict = Conflict::Update { key: &["id"], fixed: &["tenant_id", "connection_id", "provider", "natural_key"] };
    let mut insert = Insert::new(R::TABLE, columns, conflict);
    let values = |row: &R| {
        let mut values = row.values();
        values.extend(row.extra_values());
        values
    };
    let searched: Vec<usize> =
        R::COLUMNS.iter().enumerate().filter(|(_, name)| R::SEARCHED.contains(name)).map(|(place, _)| place).collect();
    let mut found_by = search::upsert();
    for (stored, row) in rows {
        let now = values(row);
        let Some(stored) = stored else {
            search::add(&mut found_by, None, *row);
            insert.push(now);
            continue;
        };
        let before = values(stored);
        let is_found_alike = searched.iter().all(|place| before[*place].is_same(&now[*place]));
        if !is_found_alike || stored.created_at() != row.created_at() {
            search::add(&mut found_by, Some(*stored), *row);
        }
        insert.change(&before, now);
    }
    insert.beside(found_by)
}

/// Stores records as they are now.
pub async fn save<R: Row>(conn: &mut Conn<'_>, rows: &[&R]) -> Result<(), StoreError> {
    let rows: Vec<(Option<&R>, &R)> = rows.iter().map(|row| (None, *row)).collect();
    insert::write(conn, vec![upsert(&rows)]).await
}
