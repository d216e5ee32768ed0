//! SQLite on the thread of whoever asks, for intake and merging.
//!
//! sqlx hands every statement to a thread of its own and boxes every argument and every value of every row. One merge is
//! some thirty statements, and the switches between the two threads cost more than what SQLite did meanwhile. So intake and
//! the merging transactions have a rusqlite connection: the same linked SQLite, the same file, kept apart from the other
//! writers by the one lock. It is one connection for both, because a commit on one empties the page cache of every other.
//! Rows and arguments still go through sqlx's traits (`driver`), so that every function of this crate takes this connection
//! like the two others.

mod driver;
mod never;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rusqlite::{Statement, Transaction, TransactionBehavior, types::Value};
use sqlx::FromRow;
use tokio::sync::OwnedMutexGuard;

use self::driver::DirectColumn;
pub use self::driver::{DirectArguments, DirectRow};
use crate::{
    StoreError,
    db::{BUSY, CHECKPOINT_PAGES, Writer},
    events::{self, NewEvent},
};

/// Statements kept prepared: those of a merge and of what hangs on it.
const PREPARED: usize = 256;

/// The connection.
#[derive(Debug)]
pub struct DirectConnection(rusqlite::Connection);

impl DirectConnection {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"
        ))?;
        Ok(Self(connection))
    }

    /// Adds events to the log in a transaction of their own; for each, whether it was new.
    pub(crate) fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
        let tx = Transaction::new(&mut self.0, TransactionBehavior::Immediate)?;
        let fresh = events::append_rows(&tx, batch)?;
        tx.commit()?;
        Ok(fresh)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// All rows of a statement.
    pub(crate) fn fetch_all<T>(&mut self, sql: &str, arguments: DirectArguments) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, DirectRow>,
    {
        self.fetch(sql, arguments, usize::MAX)
    }

    /// The first row of a statement, if there is one.
    pub(crate) fn fetch_optional<T>(&mut self, sql: &str, arguments: DirectArguments) -> Result<Option<T>, StoreError>
    where
        T: for<'r> FromRow<'r, DirectRow>,
    {
        Ok(self.fetch(sql, arguments, 1)?.pop())
    }

    fn fetch<T>(&mut self, sql: &str, arguments: DirectArguments, limit: usize) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, DirectRow>,
    {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, &arguments.values()?)?;
        let column = |(ordinal, name): (usize, &str)| DirectColumn { ordinal, name: name.to_owned() };
        let mut columns: Option<Arc<[DirectColumn]>> = None;
        let count = statement.column_count();
        let names: Arc<[DirectColumn]> = statement.column_names().into_iter().enumerate().map(column).collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..count).map(|index| row.get::<_, Value>(index)).collect::<Result<_, _>>()?;
            let columns = Arc::clone(columns.get_or_insert_with(|| Arc::clone(&names)));
            found.push(T::from_row(&DirectRow { columns, values })?);
            if found.len() >= limit && limit != usize::MAX {
                // Run to its end all the same: a statement that writes is done only then.
                while rows.next()?.is_some() {}
                break;
            }
        }
        Ok(found)
    }

    /// The number of rows that a statement touched.
    pub(crate) fn execute(&mut self, sql: &str, arguments: DirectArguments) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, &arguments.values()?)?;
        Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
    }

    /// The same statement for each row of arguments; the number of rows that it touched in all.
    pub(crate) fn execute_each(
        &mut self,
        sql: &str,
        rows: impl IntoIterator<Item = DirectArguments>,
    ) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut touched = 0;
        for row in rows {
            bind(&mut statement, &row.values()?)?;
            touched += u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX);
        }
        Ok(touched)
    }
}

/// The arguments of one statement, as sqlx's `bind` takes them.
macro_rules! arguments {
    ($($bind:expr),* $(,)?) => { $crate::direct::DirectArguments::default()$(.with($bind))* };
}

pub(crate) use arguments;

/// `?` is the next value. `$2` is a name to SQLite, and its place the order in which names occur: it means the second value.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let number = statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse().ok());
        if let Some(value) = values.get(number.unwrap_or(place) - 1) {
            statement.raw_bind_parameter(place, value)?;
        }
    }
    Ok(())
}

/// A merging transaction. Dropped without commit it rolls back.
pub struct DirectTx {
    /// Holds the lock of all writers.
    writer: OwnedMutexGuard<Writer>,
    /// How many wait for that lock.
    waiting: Arc<AtomicUsize>,
    is_open: bool,
}

impl DirectTx {
    pub(crate) fn begin(
        mut writer: OwnedMutexGuard<Writer>,
        path: &Path,
        waiting: Arc<AtomicUsize>,
    ) -> Result<Self, StoreError> {
        let connection = match &mut writer.direct {
            Some(connection) => connection,
            none => none.insert(DirectConnection::open(path)?),
        };
        connection.batch("BEGIN IMMEDIATE")?;
        Ok(Self { writer, waiting, is_open: true })
    }

    /// Somebody waits for this transaction to end.
    pub(crate) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    #[expect(clippy::expect_used, reason = "begin opened it, and nothing takes it away")]
    pub(crate) fn connection(&mut self) -> &mut DirectConnection {
        self.writer.direct.as_mut().expect("a transaction has the connection that it was begun on")
    }

    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        self.connection().batch("COMMIT")?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for DirectTx {
    fn drop(&mut self) {
        if self.is_open
            && let Err(error) = self.connection().batch("ROLLBACK")
        {
            tracing::debug!(%error, "a merge could not be rolled back; its connection is opened anew");
            self.writer.direct = None;
        }
    }
}
