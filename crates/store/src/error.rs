//! What can go wrong with the database, as the callers need to tell it apart: away (wait and try again), in conflict
//! (somebody else was first), or broken.

/// A storage operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or cannot write just now. Nothing is wrong with the request.
    #[error("the database is not available")]
    Unavailable(#[source] EngineError),
    /// A unique rule said no: someone else has it.
    #[error("another row already has this {0}")]
    Conflict(&'static str),
    /// The database refused the statement.
    #[error("the database refused a statement")]
    Statement(#[source] EngineError),
    /// A row does not have the shape that this version writes.
    #[error("a stored {what} cannot be read: {why}")]
    Inconsistent { what: &'static str, why: String },
    /// The schema could not be brought up to date.
    #[error("the database schema could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The lane, cursor or lease that this work depended on is held by another node now.
    #[error("the lease was lost to another node")]
    LeaseLost,
}

/// What the library between us and the database said.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    /// From the connection of [`crate::Appender`].
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// Trying again later may help, and nothing was committed.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The violated unique rule, if that is what it was.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if away(&error) {
            return Self::Unavailable(error.into());
        }
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            return Self::Conflict("key");
        }
        Self::Statement(error.into())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(told) if SQLITE_NOT_NOW.contains(&(told.extended_code & 0xff)) => Self::Unavailable(error.into()),
            Some(told) if SQLITE_TAKEN.contains(&told.extended_code) => Self::Conflict("key"),
            _ => Self::Statement(error.into()),
        }
    }
}

/// SQLite result codes for "not now": busy, locked, read-only, I/O error, disk full, cannot open.
const SQLITE_NOT_NOW: [i32; 6] = [5, 6, 8, 10, 13, 14];
/// SQLite's extended codes for a violated primary key or unique index.
const SQLITE_TAKEN: [i32; 2] = [1555, 2067];

fn away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(database) => match database.code() {
            // PostgreSQL: connection failures, out of resources, operator intervention, serialisation and deadlock.
            Some(code) if code.len() == 5 => {
                ["08", "53", "57"].iter().any(|class| code.starts_with(class)) || code == "40001" || code == "40P01"
            }
            // SQLite: the extended code's low byte is the result code.
            Some(code) => code.parse::<i32>().is_ok_and(|code| SQLITE_NOT_NOW.contains(&(code & 0xff))),
            None => false,
        },
        _ => false,
    }
}
