//! Folding SQLite's log into the database file, beside the writers and not between them.
//!
//! Left to itself, SQLite folds within the commit that made the log too long: whoever was unlucky waits until thousands of
//! pages are copied and synced, and with them everybody who queues for the writer. A checkpoint may as well run on another
//! connection while others write. What it cannot do there is come to an end, because the log grows meanwhile, and only a
//! log that was folded whole is begun anew. So most is folded without the lock of the writers, and the little that came in
//! during the last round under it.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;
use tokio::runtime::Handle;

use crate::{Db, StoreError, db::SqliteDb};

/// 16 MB of log that is not folded yet. Merging dirties the same index pages again and again; folding every megabyte wrote
/// each of them many times over.
const FOLD_FROM: i64 = 4_000;
/// So little is folded under the lock: 1 MB, some milliseconds.
const LITTLE: i64 = 250;
/// Rounds without the lock. Each is shorter than the one before unless the disk is slower than the writers, and then they
/// must wait for it.
const MOST_ROUNDS: usize = 4;
/// How often the log is measured, which is a look into shared memory.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The thread that folds. Dropped, it ends soon; [`Checkpoints::stop`] waits for that.
#[derive(Debug)]
pub struct Checkpoints {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Begins to fold; `None` on PostgreSQL, which does so itself. Without it (a command that ends soon) each connection
    /// folds on its own, later.
    pub fn start(db: &Db) -> Result<Option<Self>, StoreError> {
        let Db::Sqlite(db) = db else { return Ok(None) };
        let folding =
            Folding { connection: db.open_for_checkpoints()?, db: Arc::clone(db), runtime: Handle::current() };
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || folding.run(&stopped))
            .map_err(sqlx::Error::Io)?;
        Ok(Some(Self { stop, thread }))
    }

    /// Ends the thread. A round under way is finished: it may need the lock of a writer that runs on this runtime, so the
    /// wait for it must not hold the runtime up.
    pub async fn stop(self) {
        let Self { stop, thread } = self;
        drop(stop);
        if !matches!(tokio::task::spawn_blocking(|| thread.join()).await, Ok(Ok(()))) {
            tracing::error!("the thread that folds SQLite's log into the file had panicked");
        }
    }
}

struct Folding {
    connection: Connection,
    db: Arc<SqliteDb>,
    runtime: Handle,
}

/// Pages in the log, and how many of them are in the file already.
#[derive(Debug, Clone, Copy)]
struct Log {
    pages: i64,
    folded: i64,
}

impl Log {
    const fn open(self) -> i64 {
        self.pages - self.folded
    }
}

impl Folding {
    fn run(self, stopped: &mpsc::Receiver<()>) {
        while matches!(stopped.recv_timeout(LOOK_EVERY), Err(RecvTimeoutError::Timeout)) {
            told(self.fold_if_long());
        }
        // After the last write: a node leaves no log behind, however short.
        told(self.fold());
    }

    fn fold_if_long(&self) -> Result<(), rusqlite::Error> {
        if self.checkpoint("NOOP")?.open() < FOLD_FROM { Ok(()) } else { self.fold() }
    }

    fn fold(&self) -> Result<(), rusqlite::Error> {
        for _ in 0..MOST_ROUNDS {
            let folded = self.checkpoint("PASSIVE")?.folded;
            let pages = self.checkpoint("NOOP")?.pages;
            if (Log { pages, folded }).open() <= LITTLE {
                break;
            }
        }
        let _writers = self.runtime.block_on(self.db.lock_writer());
        self.checkpoint("PASSIVE").map(|_| ())
    }

    fn checkpoint(&self, mode: &'static str) -> Result<Log, rusqlite::Error> {
        self.connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
            Ok(Log { pages: row.get(1)?, folded: row.get(2)? })
        })
    }
}

/// Nothing is lost by a failure: the log goes on growing, and the connections fold it themselves from 64 MB on.
fn told(folded: Result<(), rusqlite::Error>) {
    if let Err(error) = folded {
        tracing::warn!(%error, "SQLite's log was not folded into the database file");
    }
}
