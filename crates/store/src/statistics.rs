//! What SQLite's planner is told of our tables: that a tenant has many rows.
//!
//! Without statistics it takes any value of an index's first column to have ten rows. To find four calls by their ids it then
//! rather reads all that the tenant has, because `tenant_id = ?` stands in every statement and leads most indexes; with a
//! hundred thousand calls a merge did little else. What `ANALYZE` measures would come too late, because a new
//! installation has nothing to measure and would first be slow, and would make plans differ from one installation to the
//! next. So the statistics are ours: the same everywhere, written when the schema changes, from the columns of each index.
//!
//! PostgreSQL gathers its own.

use sqlx::{Connection as _, Executor as _, FromRow, SqliteConnection};

use crate::StoreError;

/// Rows of a table that has many.
const ROWS: u64 = 1_000_000;
/// Rows of a value in the first column of an index; SQLite's own guess.
const FIRST: u64 = 10;

/// Columns of few different values: a quarter of the rows has each. Every other column tells a hundred apart.
const COARSE: [&str; 10] =
    ["connection_id", "direction", "grain", "kind", "lane_group", "outcome", "provider", "slice", "state", "status"];

/// An index, by what the planner is told of it.
#[derive(Debug, FromRow)]
struct Index {
    table_name: String,
    /// Of the index; of the table where its rows stand in the primary key itself.
    name: String,
    is_unique: bool,
    /// In their order, with commas between.
    columns: String,
}

const INDEXES: &str = "SELECT t.name AS table_name, CASE WHEN t.wr AND i.origin = 'pk' THEN t.name ELSE i.name END AS name, \
     i.\"unique\" AS is_unique, (SELECT group_concat(coalesce(name, '')) FROM pragma_index_info(i.name)) AS columns \
     FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i \
     WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, i.name";

impl Index {
    /// As SQLite keeps it: the rows, then how many of them are alike in the first column, in the first two, and so on.
    fn stat(&self) -> String {
        let mut alike = ROWS;
        let mut numbers = vec![ROWS];
        let columns: Vec<&str> = self.columns.split(',').collect();
        for (place, column) in columns.iter().enumerate() {
            alike = match *column {
                "tenant_id" => alike / 10,
                coarse if COARSE.contains(&coarse) => alike / 4,
                _ if place == 0 => FIRST,
                _ => alike / 100,
            };
            let is_whole = place + 1 == columns.len();
            alike = if self.is_unique && is_whole { 1 } else { alike.max(1) };
            numbers.push(alike);
        }
        numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// Writes the statistics, unless they are there already as this version writes them: a command that only looks takes nobody's
/// turn to write.
pub(crate) async fn tell(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let indexes: Vec<Index> = sqlx::query_as(INDEXES).fetch_all(&mut *connection).await?;
    let line = |index: Index| {
        let stat = index.stat();
        (index.table_name, index.name, stat)
    };
    let mut wanted: Vec<(String, String, String)> = indexes.into_iter().map(line).collect();
    wanted.sort();
    if told(connection).await? == wanted {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Makes the table, which nobody may make otherwise.
    transaction.execute("ANALYZE sqlite_schema").await?;
    transaction.execute("DELETE FROM sqlite_stat1").await?;
    for (table, name, stat) in wanted {
        sqlx::query("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)")
            .bind(table)
            .bind(name)
            .bind(stat)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// What the planner goes by now.
async fn told(connection: &mut SqliteConnection) -> Result<Vec<(String, String, String)>, StoreError> {
    let is_made: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1')")
        .fetch_one(&mut *connection)
        .await?;
    if !is_made {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as("SELECT tbl, coalesce(idx, ''), stat FROM sqlite_stat1 ORDER BY 1, 2, 3")
        .fetch_all(connection)
        .await?)
}
