//! Many rows into a few tables at once.
//!
//! What a merge writes goes into up to eight tables. On PostgreSQL all of it is one statement (one array per column,
//! one common table expression per table): the round trips of a statement per table and size took longer than the rows.
//! On SQLite, where a statement costs nothing but its own work, each row is one execution of a prepared statement.

use sqlx::{AssertSqlSafe, Postgres, types::Json};
use switchboard_domain::Timestamp;
use uuid::Uuid;

use crate::{
    Conn, Engine, StoreError,
    direct::DirectArguments,
    sql::{Arg, Sql, runs},
};

/// What happens to a row whose key is there already.
#[derive(Debug, Clone, Copy)]
pub enum Conflict {
    /// It cannot be, so it is an error.
    Refuse,
    /// The stored row gets the new values, but for its key and for what never changes: an index on a column that is set is
    /// written even where the value is the same.
    Update { key: &'static [&'static str], fixed: &'static [&'static str] },
}

/// Rows for one table.
#[derive(Debug)]
pub struct Insert {
    table: &'static str,
    columns: Vec<&'static str>,
    conflict: Conflict,
    rows: Vec<Vec<Arg>>,
    /// Rows that are there already, with the places of the columns that changed.
    changed: Vec<(Vec<Arg>, Vec<usize>)>,
    /// What is written together with these rows, into another table: what they are found by.
    beside: Option<Box<Insert>>,
}

impl Insert {
    pub fn new(table: &'static str, columns: impl IntoIterator<Item = &'static str>, conflict: Conflict) -> Self {
        let columns = columns.into_iter().collect();
        Self { table, columns, conflict, rows: Vec::new(), changed: Vec::new(), beside: None }
    }

    /// Writes these rows of another table as well. Several tables may bring rows for the same one.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.beside = (!other.is_empty()).then(|| Box::new(other));
        self
    }

    /// Adds a row that is there already, as it was stored and as it is now. Only what differs need be written: setting a
    /// column rewrites every index on it.
    pub fn change(&mut self, stored: &[Arg], now: Vec<Arg>) {
        let differs = |place: &usize| stored.get(*place).is_none_or(|stored| !stored.is_same(&now[*place]));
        let places: Vec<usize> = (0..now.len()).filter(differs).collect();
        if !places.is_empty() {
            self.changed.push((now, places));
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Arg>) {
        self.rows.push(row);
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.changed.is_empty()
    }

    /// Changed rows as whole ones: where a row is written anew whatever of it changed.
    fn whole(mut self) -> Self {
        let changed = std::mem::take(&mut self.changed);
        self.rows.extend(changed.into_iter().map(|(row, _)| row));
        self
    }

    /// Adds rows, with their values in the order of the columns.
    #[must_use]
    pub fn with(mut self, rows: impl IntoIterator<Item = Vec<Arg>>) -> Self {
        self.rows.extend(rows);
        self
    }

    fn begin(&self) -> Sql {
        let mut sql = Sql::new("INSERT INTO ");
        sql.push(self.table).push(" (");
        push_list(&mut sql, &self.columns);
        sql.push(") ");
        sql
    }

    fn end(&self, sql: &mut Sql) {
        let Conflict::Update { key, fixed } = self.conflict else { return };
        let set = self.columns.iter().filter(|column| !key.contains(column) && !fixed.contains(column));
        sql.push(" ON CONFLICT (");
        push_list(sql, key);
        sql.push(") DO UPDATE SET ");
        for (i, column) in set.enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).push(column).push(" = excluded.").push(column);
        }
    }

    /// The statement for some of the rows, as SQLite takes it.
    fn sqlite(&self, rows: &[Vec<Arg>]) -> Sql {
        let mut sql = self.begin();
        sql.push("VALUES ");
        for (i, row) in rows.iter().enumerate() {
            sql.bind_row(i == 0, row.iter().cloned());
        }
        self.end(&mut sql);
        sql
    }

    /// The statement for all rows, one array for each column, numbered from `next`.
    fn postgres(&self, next: &mut usize) -> String {
        let mut sql = self.begin();
        sql.push("SELECT * FROM UNNEST(");
        let begin = sql.text_for(Engine::Postgres);
        let array = |value: &Arg| {
            *next += 1;
            format!("${next}::{}", array_type(value))
        };
        let arrays: Vec<String> = self.rows.first().into_iter().flatten().map(array).collect();
        let mut sql = Sql::new(")");
        self.end(&mut sql);
        format!("{begin}{}{}", arrays.join(", "), sql.text_for(Engine::Postgres))
    }

    /// The statement that changes these columns of one row.
    fn update(&self, places: &[usize]) -> String {
        let mut sql = Sql::new("UPDATE ");
        sql.push(self.table).push(" SET ");
        for (i, place) in places.iter().enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).push(self.columns[*place]).push(" = ?");
        }
        sql.push(" WHERE ");
        for (i, column) in self.key().iter().enumerate() {
            sql.push(if i == 0 { "" } else { " AND " }).push(column).push(" = ?");
        }
        sql.text_for(Engine::Sqlite)
    }

    /// What that statement wants to know.
    fn update_arguments(&self, mut row: Vec<Arg>, places: &[usize]) -> DirectArguments {
        let mut take = |place: usize| std::mem::replace(&mut row[place], Arg::Bool(false));
        let mut arguments: Vec<Arg> = places.iter().map(|place| take(*place)).collect();
        let place_of = |name: &&str| self.columns.iter().position(|column| column == name);
        arguments.extend(self.key().iter().filter_map(place_of).map(&mut take));
        DirectArguments::of(arguments)
    }

    const fn key(&self) -> &'static [&'static str] {
        match self.conflict {
            Conflict::Refuse => &[],
            Conflict::Update { key, .. } => key,
        }
    }

    /// The values by column.
    fn columns(self) -> Vec<Vec<Arg>> {
        let mut columns: Vec<Vec<Arg>> = self.columns.iter().map(|_| Vec::with_capacity(self.rows.len())).collect();
        for row in self.rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        columns
    }
}

fn push_list(sql: &mut Sql, names: &[&'static str]) {
    for (i, name) in names.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).push(name);
    }
}

/// Puts what was brought beside the tables behind them, gathered by table.
fn gather(inserts: &mut Vec<Insert>) {
    let mut gathered: Vec<Insert> = Vec::new();
    for other in inserts.iter_mut().filter_map(|insert| insert.beside.take()) {
        match gathered.iter_mut().find(|insert| insert.table == other.table) {
            Some(insert) => {
                insert.rows.extend(other.rows);
                insert.changed.extend(other.changed);
            }
            None => gathered.push(*other),
        }
    }
    inserts.append(&mut gathered);
}

/// Writes all of it. Each table may be named once: on PostgreSQL the parts do not see each other.
pub async fn write(conn: &mut Conn<'_>, mut inserts: Vec<Insert>) -> Result<(), StoreError> {
    gather(&mut inserts);
    inserts.retain(|insert| !insert.is_empty());
    match conn {
        Conn::Direct(connection) => {
            for mut insert in inserts {
                let rows = std::mem::take(&mut insert.rows);
                if let Some(first) = rows.first() {
                    let text = insert.sqlite(std::slice::from_ref(first)).text_for(Engine::Sqlite);
                    connection.execute_each(&text, rows.into_iter().map(DirectArguments::of))?;
                }
                for (row, places) in std::mem::take(&mut insert.changed) {
                    let arguments = insert.update_arguments(row, &places);
                    connection.execute(&insert.update(&places), arguments)?;
                }
            }
        }
        Conn::Sqlite(_) => {
            for insert in inserts.into_iter().map(Insert::whole) {
                for run in runs(&insert.rows) {
                    insert.sqlite(run).execute(conn).await?;
                }
            }
        }
        Conn::Postgres(connection) => {
            let inserts: Vec<Insert> = inserts.into_iter().map(Insert::whole).collect();
            let mut next = 0;
            let parts: Vec<String> = inserts.iter().map(|insert| insert.postgres(&mut next)).collect();
            let Some((last, before)) = parts.split_last() else { return Ok(()) };
            let named: Vec<String> =
                before.iter().enumerate().map(|(i, part)| format!("part_{i} AS ({part})")).collect();
            let text = if named.is_empty() { last.clone() } else { format!("WITH {} {last}", named.join(", ")) };
            let mut query = sqlx::query::<Postgres>(AssertSqlSafe(text));
            for column in inserts.into_iter().flat_map(Insert::columns) {
                query = bind_column(query, column);
            }
            query.execute(&mut **connection).await?;
        }
    }
    Ok(())
}

const fn array_type(value: &Arg) -> &'static str {
    match value {
        Arg::Bool(_) => "boolean[]",
        Arg::Int(_) => "bigint[]",
        Arg::Small(_) => "integer[]",
        Arg::Text(_) => "text[]",
        Arg::Time(_) => "timestamptz[]",
        Arg::Id(_) => "uuid[]",
        Arg::Bytes(_) => "bytea[]",
        Arg::Json(_) | Arg::Written(_) => "jsonb[]",
    }
}

type PgQuery<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

/// Binds the values of one column, which are all of one kind.
fn bind_column(query: PgQuery<'_>, column: Vec<Arg>) -> PgQuery<'_> {
    macro_rules! gather {
        ($kind:ident as $type:ty) => {{
            let pick = |arg| if let Arg::$kind(value) = arg { Some(value) } else { None };
            query.bind(column.into_iter().filter_map(pick).collect::<Vec<$type>>())
        }};
    }
    match column.first() {
        None => query,
        Some(Arg::Bool(_)) => gather!(Bool as bool),
        Some(Arg::Int(_)) => gather!(Int as Option<i64>),
        Some(Arg::Small(_)) => gather!(Small as i32),
        Some(Arg::Text(_)) => gather!(Text as Option<String>),
        Some(Arg::Time(_)) => gather!(Time as Option<Timestamp>),
        Some(Arg::Id(_)) => gather!(Id as Option<Uuid>),
        Some(Arg::Bytes(_)) => gather!(Bytes as Vec<u8>),
        Some(Arg::Json(_) | Arg::Written(_)) => {
            let text = |arg| match arg {
                Arg::Written(value) => value.map(Json),
                Arg::Json(value) => value.as_ref().map(crate::sql::json).map(Json),
                _ => None,
            };
            query.bind(column.into_iter().map(text).collect::<Vec<_>>())
        }
    }
}
