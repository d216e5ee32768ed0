//! Statements whose length depends on their input: lists with optional filters, look-ups of many ids, inserts of many
//! rows. Text and arguments grow together, so a value can never end up in the text.

use rusqlite::types::Value;
use serde_json::value::RawValue;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite, postgres::PgRow, sqlite::SqliteRow, types::Json};
use switchboard_domain::Timestamp;
use uuid::Uuid;

use crate::{
    Conn, Engine, StoreError,
    direct::{DirectArguments, DirectRow},
};

/// Adds one argument to a query of any kind: the four types of sqlx share no trait for it.
macro_rules! bind_one {
    ($query:expr, $arg:expr) => {
        match $arg {
            Arg::Bool(value) => $query.bind(value),
            Arg::Int(value) => $query.bind(value),
            Arg::Small(value) => $query.bind(value),
            Arg::Text(value) => $query.bind(value),
            Arg::Time(value) => $query.bind(value),
            Arg::Id(value) => $query.bind(value),
            Arg::Bytes(value) => $query.bind(value),
            Arg::Json(value) => $query.bind(value.map(Json)),
            Arg::Written(value) => $query.bind(value.map(Json)),
        }
    };
}

impl From<Arg> for Value {
    fn from(arg: Arg) -> Self {
        match arg {
            Arg::Bool(value) => Self::Integer(i64::from(value)),
            Arg::Int(value) => value.into(),
            Arg::Small(value) => Self::Integer(i64::from(value)),
            Arg::Text(value) => value.into(),
            Arg::Time(value) => value.map(Timestamp::as_micros).into(),
            Arg::Id(value) => value.map(|id| id.as_bytes().to_vec()).into(),
            Arg::Bytes(value) => Self::Blob(value),
            Arg::Json(value) => value.map(|json| json.to_string()).into(),
            Arg::Written(value) => value.map(|json| json.get().to_owned()).into(),
        }
    }
}

/// One argument. Typed even when null, because PostgreSQL wants to know.
#[derive(Debug, Clone)]
pub enum Arg {
    Bool(bool),
    Int(Option<i64>),
    Small(i32),
    Text(Option<String>),
    Time(Option<Timestamp>),
    Id(Option<Uuid>),
    Bytes(Vec<u8>),
    Json(Option<serde_json::Value>),
    /// JSON that is text already.
    Written(Option<Box<RawValue>>),
}

impl Arg {
    /// Both say the same. JSON that is text is compared as text.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Small(a), Self::Small(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::Id(a), Self::Id(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::Written(a), Self::Written(b)) => a.as_deref().map(RawValue::get) == b.as_deref().map(RawValue::get),
            _ => false,
        }
    }
}

macro_rules! args {
    ($($from:ty => |$value:ident| $arg:expr;)*) => {$(
        impl From<$from> for Arg { fn from($value: $from) -> Self { $arg } }
    )*};
}

args! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(Some(value));
    Option<i64> => |value| Self::Int(value);
    i32 => |value| Self::Small(value);
    &str => |value| Self::Text(Some(value.to_owned()));
    &String => |value| Self::Text(Some(value.clone()));
    String => |value| Self::Text(Some(value));
    Option<String> => |value| Self::Text(value);
    &Option<String> => |value| Self::Text(value.clone());
    Timestamp => |value| Self::Time(Some(value));
    Option<Timestamp> => |value| Self::Time(value);
    Uuid => |value| Self::Id(Some(value));
    Option<Uuid> => |value| Self::Id(value);
    Vec<u8> => |value| Self::Bytes(value);
    serde_json::Value => |value| Self::Json(Some(value));
    Option<serde_json::Value> => |value| Self::Json(value);
    Box<RawValue> => |value| Self::Written(Some(value));
    Option<Box<RawValue>> => |value| Self::Written(value);
}

/// A value that our own types always can be: ids, strings and the like have no failing `Serialize`. Written at once; a
/// [`serde_json::Value`] in between took several times as long.
pub fn json<T: serde::Serialize>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// Stands for a parameter until the engine is known: a character that no statement of ours contains.
const PARAMETER: char = '\u{1}';

/// A statement in the making.
#[derive(Debug, Default)]
pub struct Sql {
    text: String,
    args: Vec<Arg>,
}

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), args: Vec::new() }
    }

    /// Adds text of ours. It must be a literal: a value goes through [`Sql::bind`].
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter.
    pub fn bind(&mut self, arg: impl Into<Arg>) -> &mut Self {
        self.args.push(arg.into());
        self.text.push(PARAMETER);
        self
    }

    /// Adds `(…, …)` for `IN`. Filled up to a power of two with the last value, so that lists of all lengths share a few
    /// prepared statements. An empty list matches nothing.
    pub fn bind_list<A: Into<Arg> + Clone>(&mut self, values: &[A]) -> &mut Self {
        let Some(last) = values.last() else {
            self.text.push_str("(NULL)");
            return self;
        };
        let padded = values.len().next_power_of_two();
        self.text.push('(');
        for i in 0..padded {
            if i > 0 {
                self.text.push_str(", ");
            }
            self.bind(values.get(i).unwrap_or(last).clone());
        }
        self.text.push(')');
        self
    }

    /// Adds one row of `VALUES`, with the comma in front where it is needed.
    pub fn bind_row(&mut self, first: bool, values: impl IntoIterator<Item = Arg>) -> &mut Self {
        self.text.push_str(if first { "(" } else { ", (" });
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    /// The text as an engine wants it. PostgreSQL numbers its parameters. SQLite would take the same numbers, but treats
    /// each as a name that it looks for in a list: a thousand of them made an insert take longer than the disk.
    pub(crate) fn text_for(&self, engine: Engine) -> String {
        if engine == Engine::Sqlite {
            return self.text.replace(PARAMETER, "?");
        }
        let mut text = String::with_capacity(self.text.len() + 3 * self.args.len());
        for (i, part) in self.text.split(PARAMETER).enumerate() {
            if i > 0 {
                text.push('$');
                text.push_str(&i.to_string());
            }
            text.push_str(part);
        }
        text
    }

    pub async fn fetch_all<T: AnyRow>(self, conn: &mut Conn<'_>) -> Result<Vec<T>, StoreError> {
        let text = AssertSqlSafe(self.text_for(conn.engine()));
        Ok(match conn {
            Conn::Direct(c) => c.fetch_all(&text.0, DirectArguments::of(self.args))?,
            Conn::Sqlite(c) => {
                let query = sqlx::query_as::<Sqlite, T>(text);
                self.args.into_iter().fold(query, |query, arg| bind_one!(query, arg)).fetch_all(&mut **c).await?
            }
            Conn::Postgres(c) => {
                let query = sqlx::query_as::<Postgres, T>(text);
                self.args.into_iter().fold(query, |query, arg| bind_one!(query, arg)).fetch_all(&mut **c).await?
            }
        })
    }

    /// How the engine would go about it, line by line, without doing it.
    pub async fn explain(mut self, conn: &mut Conn<'_>) -> Result<Vec<String>, StoreError> {
        match conn {
            Conn::Sqlite(_) | Conn::Direct(_) => {
                self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                let rows = self.fetch_all::<(i64, i64, i64, String)>(conn).await?;
                Ok(rows.into_iter().map(|(.., line)| line).collect())
            }
            Conn::Postgres(_) => {
                self.text.insert_str(0, "EXPLAIN ");
                let rows = self.fetch_all::<(String,)>(conn).await?;
                Ok(rows.into_iter().map(|(line,)| line).collect())
            }
        }
    }

    pub async fn execute(self, conn: &mut Conn<'_>) -> Result<u64, StoreError> {
        let text = AssertSqlSafe(self.text_for(conn.engine()));
        Ok(match conn {
            Conn::Direct(c) => c.execute(&text.0, DirectArguments::of(self.args))?,
            Conn::Sqlite(c) => {
                let query = sqlx::query::<Sqlite>(text);
                self.args
                    .into_iter()
                    .fold(query, |query, arg| bind_one!(query, arg))
                    .execute(&mut **c)
                    .await?
                    .rows_affected()
            }
            Conn::Postgres(c) => {
                let query = sqlx::query::<Postgres>(text);
                self.args
                    .into_iter()
                    .fold(query, |query, arg| bind_one!(query, arg))
                    .execute(&mut **c)
                    .await?
                    .rows_affected()
            }
        })
    }
}

/// A row of either engine, on whatever connection.
pub trait AnyRow:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, DirectRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> AnyRow for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, DirectRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// Splits rows into runs of 64, 32, … 1, so that inserts of any size share seven prepared statements.
pub fn runs<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        let size = if rows.len() >= 64 { 64 } else { 1 << rows.len().ilog2() };
        let (run, rest) = rows.split_at(size);
        rows = rest;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_everything_in_few_sizes() {
        let rows: Vec<u32> = (0..107).collect();
        let sizes: Vec<usize> = runs(&rows).map(<[u32]>::len).collect();
        assert_eq!(sizes, [64, 32, 8, 2, 1]);
    }

    #[test]
    fn lists_are_padded_and_empty_lists_match_nothing() {
        let mut sql = Sql::new("x IN ");
        sql.bind_list(&[1_i64, 2, 3]);
        assert_eq!(sql.text_for(Engine::Postgres), "x IN ($1, $2, $3, $4)");
        assert_eq!(sql.text_for(Engine::Sqlite), "x IN (?, ?, ?, ?)");
        let mut empty = Sql::new("x IN ");
        empty.bind_list::<i64>(&[]);
        assert_eq!(empty.text_for(Engine::Sqlite), "x IN (NULL)");
    }
}
