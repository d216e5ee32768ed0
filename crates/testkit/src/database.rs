//! One test's database, with the time and randomness that go with it.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use switchboard_domain::{
    Clock, Timestamp,
    ids::{self, Id},
};
use switchboard_store::{Db, DbOptions, Engine, migrate::migrate};
use tempfile::TempDir;

use crate::{ManualClock, SeededRandom, postgres};

/// A fresh, migrated database of one test.
pub struct TestDb {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub random: Arc<SeededRandom>,
    /// A folder of the test's own: SQLite's file lies in it, and media may.
    pub folder: TempDir,
    options: DbOptions,
}

impl TestDb {
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::Builder::new().prefix("switchboard-test-").tempdir().unwrap();
        let options = match engine {
            Engine::Sqlite => DbOptions::Sqlite { path: folder.path().join("switchboard.db") },
            Engine::Postgres => postgres::options(&postgres::create().await),
        };
        let clock = Arc::new(ManualClock::default());
        let db = connect(&options, clock.now()).await;
        Self { db, clock, random: Arc::new(SeededRandom::default()), folder, options }
    }

    /// Says goodbye; a database on a server that is not ours is dropped. [`crate::both_engines!`] calls it.
    pub async fn remove(self) {
        self.db.close().await;
        if let DbOptions::Postgres { url, .. } = &self.options {
            postgres::remove(url).await;
        }
    }

    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// How it was connected to.
    pub fn options(&self) -> &DbOptions {
        &self.options
    }

    /// A second connection to the same database, as another node (PostgreSQL) or after a restart (SQLite) has it.
    pub async fn again(&self) -> Db {
        connect(&self.options, self.now()).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id of something born now.
    pub fn id<I: Id>(&self) -> I {
        ids::born(self.now(), self.random.array())
    }

    /// What PostgreSQL would have gathered in time of the rows that are there now. SQLite's planner goes by what the schema
    /// tells it, here as in every installation.
    pub async fn gather_statistics(&self) {
        if self.engine() == Engine::Postgres {
            self.execute("ANALYZE").await;
        }
    }

    /// Runs statements as the owner of the tables, around every scope: for what a test must arrange or spoil.
    pub async fn execute(&self, statements: &str) {
        let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        match &self.options {
            DbOptions::Sqlite { path } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                connection.execute(statements).await.unwrap();
                connection.close().await.unwrap();
            }
            DbOptions::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                connection.execute(statements).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// The first column, which must be text, of what the owner of the tables sees.
    pub async fn query_texts(&self, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query.to_owned());
        match &self.options {
            DbOptions::Sqlite { path } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query_scalar::<_, String>(query).fetch_all(&mut connection).await.unwrap()
            }
            DbOptions::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar::<_, String>(query).fetch_all(&mut connection).await.unwrap()
            }
        }
    }
}

async fn connect(options: &DbOptions, now: Timestamp) -> Db {
    let db = Db::connect(options).await.unwrap();
    migrate(&db, now).await.expect("the migrations apply");
    db
}
