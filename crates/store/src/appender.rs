//! The committer's way into the log.
//!
//! On SQLite it is the connection that merging uses as well (`direct`), on the caller's thread. sqlx passes every statement
//! to a thread of its own and boxes every argument, which cost several times what SQLite does with them (docs/adr/0006).
//!
//! On PostgreSQL a batch is one statement, and where the tables are our own it is the whole transaction: one round trip,
//! instead of three with BEGIN and COMMIT around it.

use std::{collections::HashSet, sync::Arc};

use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::{
    Db, StoreError,
    conn::begin_statement,
    db::{Access, PostgresDb, SqliteDb, Writer},
    direct::DirectConnection,
    events::{self, NewEvent},
};

/// Appends batches to the log. Connects when first needed, and again after a failure.
pub struct Appender(Engine);

enum Engine {
    Sqlite(Arc<SqliteDb>),
    Postgres { db: Arc<PostgresDb>, session: Option<Session> },
}

impl Appender {
    pub fn new(db: &Db) -> Self {
        Self(match db {
            Db::Sqlite(db) => Engine::Sqlite(Arc::clone(db)),
            Db::Postgres(db) => Engine::Postgres { db: Arc::clone(db), session: None },
        })
    }

    /// Appends a batch in one transaction and returns, per event, whether it was new. When this returns, the new ones are
    /// on disk and so are those that were there already.
    ///
    /// On SQLite this blocks the thread for as long as writing and syncing take.
    pub async fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
        match &mut self.0 {
            Engine::Sqlite(db) => {
                // Held until the commit. Nothing is awaited from here on, so no transaction can be dropped half-way.
                let mut writer = db.lock_writer().await;
                append_sqlite(db, &mut writer, batch)
            }
            Engine::Postgres { db, session } => append_postgres(db, session, batch).await,
        }
    }

    /// Ends the connection in good order.
    pub async fn close(self) {
        if let Engine::Postgres { session: Some(session), .. } = self.0
            && let Err(error) = session.connection.close().await
        {
            tracing::debug!(%error, "the committer's connection had ended already");
        }
    }
}

fn append_sqlite(db: &SqliteDb, writer: &mut Writer, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
    // Put back only after success: what state a failed one is in is not worth knowing.
    let mut connection = match writer.direct.take() {
        Some(connection) => connection,
        None => DirectConnection::open(&db.path)?,
    };
    let fresh = connection.append(batch)?;
    writer.direct = Some(connection);
    Ok(fresh)
}

/// A connection to PostgreSQL, and how its statements get their rights.
struct Session {
    connection: PgConnection,
    /// What must be said at the begin of a transaction. `None` where row-level security does not bind us, because the
    /// tables are our own: then the statement needs no transaction around it.
    begin: Option<String>,
}

impl Session {
    async fn open(db: &PostgresDb) -> Result<Self, StoreError> {
        let mut connection = db.options().connect().await?;
        let is_bound: bool =
            sqlx::query_scalar("SELECT row_security_active('webhook_events')").fetch_one(&mut connection).await?;
        let begin = is_bound.then(|| begin_statement(db, Access::Platform, false));
        Ok(Self { connection, begin })
    }

    async fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
        let connection = &mut self.connection;
        if let Some(begin) = &self.begin {
            sqlx::raw_sql(sqlx::AssertSqlSafe(begin.clone())).execute(&mut *connection).await?;
        }
        let fresh: HashSet<_> = events::append_postgres(connection, batch).await?.into_iter().collect();
        if self.begin.is_some() {
            sqlx::raw_sql("COMMIT").execute(&mut *connection).await?;
        }
        Ok(batch.iter().map(|event| fresh.contains(&event.id.uuid())).collect())
    }
}

/// A connection that was idle may have been closed by the other side meanwhile, so a failure of an old one counts only
/// when a new one fails as well. Should the first attempt have been committed after all, the second meets its keys.
async fn append_postgres(
    db: &PostgresDb,
    session: &mut Option<Session>,
    batch: &[NewEvent],
) -> Result<Vec<bool>, StoreError> {
    if let Some(mut held) = session.take() {
        match held.append(batch).await {
            Ok(fresh) => {
                *session = Some(held);
                return Ok(fresh);
            }
            Err(error) if error.is_unavailable() => {
                tracing::debug!(%error, "the committer's connection was lost; connecting again");
            }
            Err(error) => return Err(error),
        }
    }
    let mut opened = Session::open(db).await?;
    let fresh = opened.append(batch).await?;
    *session = Some(opened);
    Ok(fresh)
}
