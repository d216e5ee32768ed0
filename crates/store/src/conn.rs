//! One connection of either engine, and the macros that send one SQL text to it.
//!
//! PostgreSQL's transactions are begun by hand: `begin()` of sqlx 0.9.0 is not safe against a cancelled future (its issues
//! 4385 and 4393: a later, "successful" write on the same connection was invisible to everybody). Here whatever was begun
//! and not ended closes its connection when dropped, so nothing half-open ever returns to the pool.

use sqlx::{Executor, PgConnection, Postgres, SqliteConnection, pool::PoolConnection, sqlite::Sqlite};

use crate::{
    StoreError, TenantScope,
    db::{Access, Engine, PostgresDb},
    direct::DirectConnection,
    withheld::{Locked, lock_statement},
};

/// A connection of either engine, inside whatever transaction and scope it was opened with.
pub enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// SQLite as well, on the caller's thread: inside merging transactions.
    Direct(&'c mut DirectConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn<'_> {
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) | Self::Direct(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

/// A reading connection. It holds no lock that others wait for, but give it back soon: drop it before calling out.
pub enum Reader {
    Sqlite(SqliteReader),
    Postgres(PgTx),
}

pub struct SqliteReader(pub(crate) PoolConnection<Sqlite>);

impl Reader {
    /// The connection, for the query functions of this crate.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(SqliteReader(connection)) => Conn::Sqlite(connection),
            Self::Postgres(tx) => Conn::Postgres(tx.connection()),
        }
    }
}

/// A PostgreSQL transaction that knows its role and tenant.
pub struct PgTx {
    /// `None` only after commit.
    connection: Option<PoolConnection<Postgres>>,
    read_only: bool,
}

impl PgTx {
    pub(crate) async fn begin(db: &PostgresDb, access: Access, read_only: bool) -> Result<Self, StoreError> {
        let connection = db.pool.acquire().await?;
        // Wrapped before BEGIN is sent: from here on a dropped future closes the connection.
        let mut tx = Self { connection: Some(connection), read_only };
        // One round trip. Nothing of a user's is in this text: the tenant is a typed UUID.
        let text = sqlx::AssertSqlSafe(begin_statement(db, access, read_only));
        tx.connection().execute(sqlx::raw_sql(text)).await?;
        Ok(tx)
    }

    #[expect(clippy::expect_used, reason = "the connection is only taken by commit, which consumes the transaction")]
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a transaction that was not committed has its connection")
    }

    /// Begins a transaction under the tenant's lock, in one round trip that also reads what the locked row says.
    pub(crate) async fn begin_merge(db: &PostgresDb, scope: TenantScope) -> Result<(Self, Locked), StoreError> {
        let connection = db.pool.acquire().await?;
        let mut tx = Self { connection: Some(connection), read_only: false };
        let locked = tx.lock_after(&begin_statement(db, Access::Tenant(scope), false), scope).await?;
        Ok((tx, locked))
    }

    /// Shows another tenant from here on, and takes its lock.
    pub(crate) async fn turn_to(&mut self, scope: TenantScope) -> Result<Locked, StoreError> {
        self.lock_after(&format!("SET LOCAL switchboard.tenant = '{}'", scope.tenant().uuid()), scope).await
    }

    async fn lock_after(&mut self, statements: &str, scope: TenantScope) -> Result<Locked, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("{statements};{}", lock_statement(scope)));
        let rows = self.connection().fetch_all(sqlx::raw_sql(text)).await?;
        Locked::of(rows.first())
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.connection().execute("COMMIT").await?;
        drop(self.connection.take());
        Ok(())
    }
}

/// Begins a transaction and says in whose name: the role, and what it may see.
pub(crate) fn begin_statement(db: &PostgresDb, access: Access, read_only: bool) -> String {
    let mode = if read_only { "BEGIN READ ONLY" } else { "BEGIN" };
    let role = if db.is_isolated() { "SET LOCAL ROLE switchboard_app;" } else { "" };
    let scope = match access {
        Access::Tenant(scope) => format!("SET LOCAL switchboard.tenant = '{}'", scope.tenant().uuid()),
        Access::Platform => "SET LOCAL switchboard.platform = 'on'".to_owned(),
    };
    format!("{mode};{role}{scope}")
}

impl Drop for PgTx {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if !self.read_only {
            // Unknown state: let the server roll back by losing the connection.
            drop(connection.detach());
            return;
        }
        // A finished read is the normal case: end it behind the caller's back and keep the connection.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.execute("ROLLBACK").await.is_err() {
                        drop(connection.detach());
                    }
                });
            }
            Err(_) => drop(connection.detach()),
        }
    }
}

/// `fetch_all!(conn, Row, "SQL", bind, bind)`: all rows, as `Row`.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::Conn::Sqlite(c) => {
                sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await.map_err($crate::StoreError::from)
            }
            $crate::Conn::Direct(c) => c.fetch_all::<$row>($sql, $crate::direct::arguments!($($bind),*)),
            $crate::Conn::Postgres(c) => {
                sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await.map_err($crate::StoreError::from)
            }
        }
    };
}

/// `fetch_optional!(conn, Row, "SQL", bind)`: the row, if there is one.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::Conn::Sqlite(c) => {
                sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await.map_err($crate::StoreError::from)
            }
            $crate::Conn::Direct(c) => c.fetch_optional::<$row>($sql, $crate::direct::arguments!($($bind),*)),
            $crate::Conn::Postgres(c) => {
                sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await.map_err($crate::StoreError::from)
            }
        }
    };
}

/// `execute!(conn, "SQL", bind)`: the number of rows it touched.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::Conn::Sqlite(c) => {
                let done = sqlx::query::<sqlx::Sqlite>($sql)$(.bind($bind))*.execute(&mut **c).await;
                done.map(|done| done.rows_affected()).map_err($crate::StoreError::from)
            }
            $crate::Conn::Direct(c) => c.execute($sql, $crate::direct::arguments!($($bind),*)),
            $crate::Conn::Postgres(c) => {
                let done = sqlx::query::<sqlx::Postgres>($sql)$(.bind($bind))*.execute(&mut **c).await;
                done.map(|done| done.rows_affected()).map_err($crate::StoreError::from)
            }
        }
    };
}

pub(crate) use {execute, fetch_all, fetch_optional};
