//! The two engines behind one enum.
//!
//! SQLite: a writer connection, one for intake ([`crate::Appender`]) and merging (`direct`), a fair lock of ours in front of
//! both, a pool of readers, WAL with full durability. Writers never meet in SQLite's busy handler, which retries in the
//! order of luck.
//! PostgreSQL: one pool, and a connection for intake; each transaction sets its role and tenant itself, so that a
//! connection pooler in transaction mode in between changes nothing.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::OpenFlags;
use sqlx::{
    ConnectOptions, Connection, Executor, PgPool, SqliteConnection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    StoreError, TenantScope,
    conn::{PgTx, Reader, SqliteReader},
    direct::{DirectConnection, DirectTx},
    tenant_tx::{PlatformTx, TenantTx, Tx},
};

/// The first SQLite release without the WAL-reset corruption. A second sqlx in the tree would silently link an older one.
const OLDEST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// From how many pages on a connection folds the log into the file by itself, at the end of a commit: 64 MB. Where
/// [`crate::Checkpoints`] runs, which folds far earlier and holds nobody up, it never comes to that.
pub(crate) const CHECKPOINT_PAGES: &str = "16000";
/// How long a connection waits for another process that writes. In this one, writers wait for the lock.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum DbOptions {
    Sqlite {
        path: PathBuf,
    },
    Postgres {
        /// For everything.
        url: String,
        /// For migrations, LISTEN and advisory locks, which a pooler in transaction mode cannot carry. Default: `url`.
        direct_url: Option<String>,
        max_connections: u32,
        /// Off behind a pooler that cannot carry prepared statements.
        statement_cache: bool,
    },
}

/// Which engine it is, for the few texts that differ and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The database.
#[derive(Clone)]
pub enum Db {
    Sqlite(Arc<SqliteDb>),
    Postgres(Arc<PostgresDb>),
}

pub struct SqliteDb {
    writer: Arc<Mutex<Writer>>,
    /// Everybody but intake queues here first, so that intake waits for at most one other transaction.
    turnstile: Arc<Mutex<()>>,
    /// How many wait for the writer just now.
    waiting: Arc<AtomicUsize>,
    readers: SqlitePool,
    pub path: PathBuf,
}

pub struct PostgresDb {
    pub(crate) pool: PgPool,
    options: PgConnectOptions,
    direct: PgConnectOptions,
    /// The role `switchboard_app` exists and we may take it: each transaction does, and row-level security is in force.
    isolated: AtomicBool,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.engine().as_str())
    }
}

impl Db {
    /// Connects, without touching the schema: see [`crate::migrate::migrate`].
    pub async fn connect(options: &DbOptions) -> Result<Self, StoreError> {
        match options {
            DbOptions::Sqlite { path } => SqliteDb::open(path.clone()).await.map(|db| Self::Sqlite(Arc::new(db))),
            DbOptions::Postgres { url, direct_url, max_connections, statement_cache } => {
                PostgresDb::open(url, direct_url.as_deref(), *max_connections, *statement_cache)
                    .await
                    .map(|db| Self::Postgres(Arc::new(db)))
            }
        }
    }

    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// A reading connection that sees one tenant.
    pub async fn read(&self, scope: TenantScope) -> Result<Reader, StoreError> {
        self.reader(Access::Tenant(scope)).await
    }

    /// A reading connection that sees all tenants; only `platform` queries take it.
    pub(crate) async fn read_platform(&self) -> Result<Reader, StoreError> {
        self.reader(Access::Platform).await
    }

    /// A transaction of one tenant.
    pub async fn begin(&self, scope: TenantScope) -> Result<TenantTx, StoreError> {
        Ok(TenantTx::new(self.tx(Access::Tenant(scope)).await?, scope))
    }

    /// A transaction that merges what the log says of a tenant, and then, through [`TenantTx::turn_to`], of others. Each is
    /// locked from its turn on, as by [`TenantTx::lock_tenant`]. It holds SQLite's writer, and blocks the thread while it
    /// works there.
    pub async fn begin_merge(&self, scope: TenantScope) -> Result<TenantTx, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let mut tx = TenantTx::new(Tx::Direct(db.begin_merge().await?), scope);
                tx.lock_tenant().await?;
                Ok(tx)
            }
            Self::Postgres(db) => {
                let (tx, locked) = PgTx::begin_merge(db, scope).await?;
                Ok(TenantTx::locked(Tx::Postgres(tx), scope, locked))
            }
        }
    }

    /// A transaction of the installation itself: the log, cursors, sign-ups.
    pub async fn begin_platform(&self) -> Result<PlatformTx, StoreError> {
        Ok(PlatformTx::new(self.tx(Access::Platform).await?))
    }

    /// Whether the database answers at all. Bounded in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let ask = async {
            match self {
                // The writer's lock is not asked: a long bulk write is not an outage. The disk is, by reading from it.
                Self::Sqlite(db) => sqlx::query("SELECT count(*) FROM tenants").execute(&db.readers).await.map(|_| ()),
                Self::Postgres(db) => sqlx::query("SELECT 1").execute(&db.pool).await.map(|_| ()),
            }
        };
        match tokio::time::timeout(Duration::from_secs(2), ask).await {
            Ok(answer) => answer.map_err(StoreError::from),
            Err(_) => Err(StoreError::from(sqlx::Error::PoolTimedOut)),
        }
    }

    /// Closes all connections; waits for those in use.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.readers.close().await;
                let mut writer = db.writer.lock().await;
                if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut writer.connection).await
                {
                    tracing::debug!(%error, "the log was not folded into the database file at the end");
                }
            }
            Self::Postgres(db) => db.pool.close().await,
        }
    }

    async fn reader(&self, access: Access) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(db) => Reader::Sqlite(SqliteReader(db.readers.acquire().await?)),
            Self::Postgres(db) => Reader::Postgres(PgTx::begin(db, access, true).await?),
        })
    }

    async fn tx(&self, access: Access) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(db) => Tx::Sqlite(db.begin().await?),
            Self::Postgres(db) => Tx::Postgres(PgTx::begin(db, access, false).await?),
        })
    }
}

/// What a connection may see.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    Tenant(TenantScope),
    Platform,
}

impl SqliteDb {
    async fn open(path: PathBuf) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .statement_cache_capacity(512)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            .disable_statement_logging();
        let mut writer = SqliteConnection::connect_with(&options).await?;
        assert_safe_version(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self {
            writer: Arc::new(Mutex::new(Writer { connection: writer, direct: None, in_transaction: false })),
            turnstile: Arc::new(Mutex::new(())),
            waiting: Arc::new(AtomicUsize::new(0)),
            readers,
            path,
        })
    }

    async fn wait_in_line(&self) -> OwnedMutexGuard<Writer> {
        let _turn = self.turnstile.lock().await;
        self.lock_writer().await
    }

    async fn begin_merge(&self) -> Result<DirectTx, StoreError> {
        DirectTx::begin(self.wait_in_line().await, &self.path, Arc::clone(&self.waiting))
    }

    async fn begin(&self) -> Result<SqliteTx, StoreError> {
        let writer = self.wait_in_line().await;
        // Wrapped before BEGIN is sent: from here on a dropped future rolls back.
        let mut tx = SqliteTx { writer: Some(writer) };
        tx.writer().in_transaction = true;
        tx.connection().execute("BEGIN IMMEDIATE").await?;
        Ok(tx)
    }

    /// The connection of [`crate::Checkpoints`], which reads and writes no rows.
    pub(crate) fn open_for_checkpoints(&self) -> Result<rusqlite::Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(connection)
    }

    /// The right to write, without waiting at the turnstile. Only intake may call this itself: somebody at the other end
    /// of an HTTP request is waiting for it.
    pub(crate) async fn lock_writer(&self) -> OwnedMutexGuard<Writer> {
        let mut writer = {
            let _waiting = Waiting::new(&self.waiting);
            Arc::clone(&self.writer).lock_owned().await
        };
        if writer.in_transaction {
            // A transaction whose future was dropped half-way left the connection inside it. An error here means that it
            // had not got as far as BEGIN.
            if let Err(error) = writer.connection.execute("ROLLBACK").await {
                tracing::debug!(%error, "nothing to roll back");
            }
            writer.in_transaction = false;
        }
        writer
    }
}

async fn assert_safe_version(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SAFE_SQLITE {
        return Err(StoreError::Inconsistent {
            what: "SQLite library",
            why: format!("version {version} is linked, and versions before 3.51.3 can corrupt a database in WAL mode"),
        });
    }
    Ok(())
}

/// Counts as waiting until dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connections that write, one at a time.
pub(crate) struct Writer {
    connection: SqliteConnection,
    /// The connection of intake and of merging transactions, opened by the first.
    pub(crate) direct: Option<DirectConnection>,
    /// Set before BEGIN and cleared after COMMIT, so that whoever comes next knows what a dropped future left behind.
    in_transaction: bool,
}

/// SQLite's one writer, inside a transaction. Dropped without commit it rolls back at once, behind the dropper's back: an
/// open transaction would keep other processes (a command beside the server) from writing until our next one.
pub struct SqliteTx {
    /// `None` only once it is being dropped.
    writer: Option<OwnedMutexGuard<Writer>>,
}

impl SqliteTx {
    #[expect(clippy::expect_used, reason = "the writer is only taken when the transaction is dropped")]
    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().expect("a transaction that was not dropped has its writer")
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.writer().connection
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let writer = self.writer();
        writer.connection.execute("COMMIT").await?;
        writer.in_transaction = false;
        Ok(())
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        if !writer.in_transaction {
            return;
        }
        // Without a runtime (the process is ending) the flag stays, and whoever comes next rolls back.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                match writer.connection.execute("ROLLBACK").await {
                    Ok(_) => writer.in_transaction = false,
                    Err(error) => tracing::debug!(%error, "the next transaction rolls this one back"),
                }
            });
        }
    }
}

impl PostgresDb {
    async fn open(
        url: &str,
        direct_url: Option<&str>,
        max_connections: u32,
        statement_cache: bool,
    ) -> Result<Self, StoreError> {
        let read = |url: &str| -> Result<PgConnectOptions, StoreError> {
            let options = PgConnectOptions::from_str(url)?
                .application_name("switchboard")
                .options([("idle_in_transaction_session_timeout", "60s")])
                .disable_statement_logging();
            Ok(options)
        };
        let mut options = read(url)?;
        if !statement_cache {
            options = options.statement_cache_capacity(0);
        }
        let direct = read(direct_url.unwrap_or(url))?;
        // By itself first: the pool tries a refused connection again until its time-out, and then says nothing but that.
        match tokio::time::timeout(Duration::from_secs(10), options.connect()).await {
            Ok(connection) => connection?.close().await?,
            Err(_) => return Err(StoreError::from(sqlx::Error::PoolTimedOut)),
        }
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        Ok(Self { pool, options, direct, isolated: AtomicBool::new(false) })
    }

    /// Options of the pool's connections.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Options of the direct connection: migrations, LISTEN, advisory locks.
    pub(crate) fn direct(&self) -> &PgConnectOptions {
        &self.direct
    }

    /// Transactions take the role that row-level security binds.
    pub fn is_isolated(&self) -> bool {
        self.isolated.load(Ordering::Relaxed)
    }

    pub(crate) fn set_isolated(&self, isolated: bool) {
        self.isolated.store(isolated, Ordering::Relaxed);
    }
}
