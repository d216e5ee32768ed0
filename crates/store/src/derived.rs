//! The tables that are computed from the log, row by row and without knowing what they mean: for comparing them with what
//! a rebuild comes to, and for putting that in their place.
//!
//! Typed records would not do here: two of the tables hold links rather than records, and a comparison has to see every
//! column, also one that a type forgot.

use sqlx::{ColumnIndex, Decode, FromRow, Row as _, Type, postgres::PgRow, sqlite::SqliteRow, types::Json};
use switchboard_domain::Timestamp;
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    direct::DirectRow,
    sql::{Arg, Sql, runs},
};

/// A derived table.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// What rows are told apart by, inside a tenant; in both engines sorted bytewise. One UUID, maybe with a text behind it.
    key: &'static [&'static str],
    pub columns: &'static [&'static str],
}

macro_rules! tables {
    ($($name:ident by ($($key:ident),+) has ($($column:ident),+ $(,)?);)*) => {
        /// All derived tables. A test compares the columns with the schema.
        pub static TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            key: &[$(stringify!($key)),+],
            columns: &[$(stringify!($column)),+],
        },)*];
    };
}

tables! {
    calls by (id) has (
        id, tenant_id, connection_id, provider, external_id, direction, from_number, to_number, status, outcome, agent_id,
        agent_name, contact_id, contact_name, started_at, answered_at, ended_at, duration_seconds, ring_seconds,
        wait_seconds, talk_seconds, start_estimated, queue, ring_group, ivr, trunk, did, account_code, country, recording_url,
        is_voicemail, summary, is_internal, is_transferred, leg_count, is_resolved, tags, note_count, noted_at, occurred_at,
        created_at, updated_at,
    );
    call_legs by (id) has (id, tenant_id, connection_id, call_id, external_id, doc, created_at, updated_at);
    call_links by (connection_id, external_id) has (connection_id, external_id, tenant_id, call_id);
    call_aliases by (alias_id) has (tenant_id, alias_id, call_id);
    messages by (id) has (
        id, tenant_id, connection_id, provider, external_id, direction, from_number, to_number, to_numbers, text,
        media_urls, status, delivery_result, agent_id, target_name, contact_id, contact_name, is_internal, sent_at,
        occurred_at, doc, created_at, updated_at,
    );
    voicemails by (id) has (
        id, tenant_id, connection_id, provider, call_id, leg_id, leg_external_id, contact_id, from_number, to_number,
        agent_id, agent_name, recording_external_id, recording_url, transcript, duration_ms, is_removed, is_heard, occurred_at,
        doc, created_at, updated_at,
    );
    recordings by (id) has (
        id, tenant_id, connection_id, provider, call_id, leg_id, leg_external_id, external_id, kind, url, duration_ms,
        status, media, occurred_at, doc, created_at, updated_at,
    );
    transcripts by (id) has (
        id, tenant_id, connection_id, provider, call_id, leg_id, leg_external_id, is_complete, lines, language, occurred_at, doc,
        created_at, updated_at,
    );
    call_analyses by (id) has (
        id, tenant_id, connection_id, provider, call_id, leg_id, leg_external_id, score, model, answer, answered_at,
        occurred_at, doc, created_at, updated_at,
    );
    contacts by (id) has (
        id, tenant_id, natural_key, name, company, phone, numbers, emails, kind, external_ids, merged_into, occurred_at, doc,
        created_at, updated_at,
    );
    search_words by (id) has (id, tenant_id, kind, call_id, words, occurred_at, created_at);
}

/// A row: its values in the order of the table's columns.
#[derive(Debug, Clone)]
pub struct Row(Vec<Arg>);

/// What a column holds, by the naming habits of the schema. The engines' own types do not tell: SQLite keeps times as
/// numbers and JSON as text.
fn read<'r, R>(row: &'r R, index: usize, name: &str) -> Result<Arg, sqlx::Error>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Timestamp>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Json<serde_json::Value>>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
{
    Ok(match name {
        "id" | "tenant_id" | "connection_id" | "call_id" | "leg_id" | "contact_id" | "alias_id" | "merged_into" => {
            Arg::Id(row.try_get(index)?)
        }
        "doc" | "to_numbers" | "media_urls" | "media" | "lines" | "emails" | "numbers" | "external_ids" | "tags"
        | "answer" => Arg::Json(row.try_get::<Option<Json<serde_json::Value>>, _>(index)?.map(|json| json.0)),
        "duration_ms" | "leg_count" | "note_count" | "score" => Arg::Int(row.try_get(index)?),
        span if span.ends_with("_seconds") => Arg::Int(row.try_get(index)?),
        time if time.ends_with("_at") => Arg::Time(row.try_get(index)?),
        flag if flag.starts_with("is_") || flag == "start_estimated" => Arg::Bool(row.try_get(index)?),
        _ => Arg::Text(row.try_get(index)?),
    })
}

macro_rules! from_row {
    ($($row:ty)*) => {$(
        impl FromRow<'_, $row> for Row {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                let names = row.columns().iter().enumerate();
                names.map(|(i, column)| read(row, i, sqlx::Column::name(column))).collect::<Result<_, _>>().map(Self)
            }
        }
    )*};
}

from_row!(SqliteRow DirectRow PgRow);

impl Row {
    fn value(&self, table: &Table, column: &str) -> Option<&Arg> {
        let index = table.columns.iter().position(|name| *name == column)?;
        self.0.get(index)
    }

    /// The id in a column of this name.
    pub fn id(&self, table: &Table, column: &str) -> Option<Uuid> {
        match self.value(table, column) {
            Some(Arg::Id(id)) => *id,
            _ => None,
        }
    }

    /// The time in a column of this name.
    pub fn time(&self, table: &Table, column: &str) -> Option<Timestamp> {
        match self.value(table, column) {
            Some(Arg::Time(time)) => *time,
            _ => None,
        }
    }

    /// The text in a column of this name.
    pub fn text(&self, table: &Table, column: &str) -> Option<&str> {
        match self.value(table, column) {
            Some(Arg::Text(text)) => text.as_deref(),
            _ => None,
        }
    }

    fn key_values(&self, table: &Table) -> Vec<Arg> {
        table.key.iter().filter_map(|column| self.value(table, column).cloned()).collect()
    }

    /// What the row is told apart by. Sorts as the databases sort: the UUID is of fixed length, so the parts can simply
    /// follow each other.
    pub fn key(&self, table: &Table) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        for value in self.key_values(table) {
            match value {
                Arg::Id(Some(id)) => key.extend_from_slice(id.as_bytes()),
                Arg::Text(Some(text)) => key.extend_from_slice(text.as_bytes()),
                _ => {}
            }
        }
        key
    }

    /// The key as people read it.
    pub fn shown_key(&self, table: &Table) -> String {
        let shown = |value: Arg| match value {
            Arg::Id(Some(id)) => id.to_string(),
            Arg::Text(Some(text)) => text,
            _ => String::new(),
        };
        self.key_values(table).into_iter().map(shown).collect::<Vec<_>>().join("/")
    }

    /// The columns in which two rows differ. When the row last changed here is no difference.
    pub fn differing(&self, table: &Table, other: &Self) -> Vec<&'static str> {
        let pairs = self.0.iter().zip(&other.0);
        let named = table.columns.iter().zip(pairs);
        named.filter(|(name, (one, two))| **name != "updated_at" && !one.is_same(two)).map(|(name, _)| *name).collect()
    }
}

fn push_columns(sql: &mut Sql, columns: &'static [&'static str]) {
    for (i, column) in columns.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).push(column);
    }
}

fn push_key(sql: &mut Sql, table: &Table, operator: &'static str, key: Vec<Arg>) {
    sql.push(" AND (");
    push_columns(sql, table.key);
    sql.push(operator);
    for (i, value) in key.into_iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).bind(value);
    }
    sql.push(")");
}

/// Rows of a tenant in the order of their keys, after `after`; at most `limit`.
pub async fn page(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    table: &Table,
    after: Option<&Row>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut sql = Sql::new("SELECT ");
    push_columns(&mut sql, table.columns);
    sql.push(" FROM ").push(table.name).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    if let Some(after) = after {
        push_key(&mut sql, table, ") > (", after.key_values(table));
    }
    sql.push(" ORDER BY ");
    push_columns(&mut sql, table.key);
    sql.push(" LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// The row with the key of this one, if there is one.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    table: &Table,
    like: &Row,
) -> Result<Option<Row>, StoreError> {
    let mut sql = Sql::new("SELECT ");
    push_columns(&mut sql, table.columns);
    sql.push(" FROM ").push(table.name).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    push_key(&mut sql, table, ") = (", like.key_values(table));
    Ok(sql.fetch_all(conn).await?.pop())
}

/// Removes the row with the key of this one.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, table: &Table, like: &Row) -> Result<(), StoreError> {
    let mut sql = Sql::new("DELETE FROM ");
    sql.push(table.name).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    push_key(&mut sql, table, ") = (", like.key_values(table));
    sql.execute(conn).await?;
    Ok(())
}

/// Adds rows that are not there.
pub async fn insert(conn: &mut Conn<'_>, table: &Table, rows: &[Row]) -> Result<(), StoreError> {
    for run in runs(rows) {
        let mut sql = Sql::new("INSERT INTO ");
        sql.push(table.name).push(" (");
        push_columns(&mut sql, table.columns);
        sql.push(") VALUES ");
        for (i, row) in run.iter().enumerate() {
            sql.bind_row(i == 0, row.0.iter().cloned());
        }
        sql.execute(conn).await?;
    }
    Ok(())
}
