//! Word between nodes that share a PostgreSQL, over LISTEN and NOTIFY on connections of its own. Only hints travel here:
//! everybody also looks by themselves once a second, so a lost word costs a second and no more.
//!
//! NOTIFY is never sent inside a transaction that writes: it takes a database-wide lock until commit.

use sqlx::{Connection, PgConnection, postgres::PgListener};

use crate::{Db, StoreError};

const CHANNEL: &str = "switchboard_wake";

/// The sending end.
pub struct Notifier {
    connection: PgConnection,
}

/// The listening end.
pub struct Listener {
    listener: PgListener,
}

impl Notifier {
    /// `None` on SQLite, which has no other nodes.
    pub async fn connect(db: &Db) -> Result<Option<Self>, StoreError> {
        let Db::Postgres(postgres) = db else { return Ok(None) };
        Ok(Some(Self { connection: PgConnection::connect_with(postgres.direct()).await? }))
    }

    /// Tells all nodes. At most 8000 bytes.
    pub async fn send(&mut self, text: &str) -> Result<(), StoreError> {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(&mut self.connection).await?;
        Ok(())
    }
}

impl Listener {
    pub async fn connect(db: &Db) -> Result<Option<Self>, StoreError> {
        let Db::Postgres(postgres) = db else { return Ok(None) };
        let pool =
            sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(postgres.direct().clone()).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Self { listener }))
    }

    /// The next word; `None` when the connection was lost and made again, so that something may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.listener.try_recv().await?.map(|word| word.payload().to_owned()))
    }
}
