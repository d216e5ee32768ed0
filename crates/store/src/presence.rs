//! Who takes work from a SQLite database, told by a lock on a file beside it.
//!
//! Leases keep apart nodes that know nothing of each other, so what a killed node held lies idle until its lease is over.
//! Whoever works on one SQLite file works on one machine, and the machine knows better: it drops the locks of a process when
//! the process ends, however that came about. A node that finds nobody else at the lock ends the leases that are left over,
//! and what a crash or a power cut interrupted goes on at once.
//!
//! Not the process' number in a row: numbers are given again, and in a container every server is number 1. Not instead of
//! leases either: several nodes may share the file, and one of them may die alone.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use switchboard_domain::Timestamp;

use crate::{Db, StoreError, cursor, work};

/// This process takes work from the database, until this is dropped or the process is gone.
#[derive(Debug)]
pub struct Presence {
    _lock: File,
}

impl Presence {
    /// Says that this process is going to take work, and ends what leases are left when nobody else does. To be called
    /// before the first lease is taken. `None` on PostgreSQL, whose nodes may be anywhere.
    ///
    /// Fails where the lock cannot be had. Nobody may take work without it: whoever comes next would find nobody at the
    /// lock, and end leases that are in use.
    pub async fn announce(db: &Db, now: Timestamp) -> Result<Option<Self>, StoreError> {
        let Db::Sqlite(sqlite) = db else { return Ok(None) };
        let path = sqlite.path.with_added_extension("workers");
        let (lock, is_alone) = blocking(move || enter(&path)).await?;
        if is_alone {
            // Whoever comes now waits at the lock until this is done.
            end_leases(db, now).await;
        }
        let lock = blocking(move || stay(lock)).await?;
        Ok(Some(Self { _lock: lock }))
    }
}

/// A database that is busy just now is no reason not to start: what is not ended here ends by itself.
async fn end_leases(db: &Db, now: Timestamp) {
    let ended = async {
        cursor::end_leases(db, now).await?;
        work::end_leases(db).await
    };
    if let Err(error) = ended.await {
        tracing::warn!(%error, "what a killed server held waits until its leases are over");
    }
}

/// The file, locked for us alone if nobody has it.
fn enter(path: &Path) -> io::Result<(File, bool)> {
    let told = |error: io::Error| {
        let text = format!("{} cannot be locked ({error}); see that it may be read here, or remove it", path.display());
        io::Error::new(error.kind(), text)
    };
    let file = open(path).map_err(told)?;
    match file.try_lock() {
        Ok(()) => Ok((file, true)),
        Err(TryLockError::WouldBlock) => Ok((file, false)),
        Err(TryLockError::Error(error)) => Err(told(error)),
    }
}

/// A lock asks for no right to write: the file may be another user's, who ran a command here once.
fn open(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            File::options().create(true).truncate(false).write(true).open(path)
        }
        opened => opened,
    }
}

/// Shares the lock with whoever else works here. Between the two locks somebody may come and find themselves alone; that
/// does no harm, because we hold no lease yet.
fn stay(file: File) -> io::Result<File> {
    file.unlock()?;
    file.lock_shared()?;
    Ok(file)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    Ok(done.map_err(sqlx::Error::Io)?)
}
