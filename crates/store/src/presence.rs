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
    path::PathBuf,
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
    /// Fails where the file cannot be made or the file system has no locks: then leases end by themselves.
    pub async fn announce(db: &Db, now: Timestamp) -> Result<Option<Self>, StoreError> {
        let Db::Sqlite(sqlite) = db else { return Ok(None) };
        let path = sqlite.path.with_added_extension("workers");
        let (lock, is_alone) = blocking(move || enter(path)).await?;
        if is_alone {
            // Whoever comes now waits at the lock until this is done.
            cursor::end_leases(db, now).await?;
            work::end_leases(db).await?;
        }
        let lock = blocking(move || stay(lock)).await?;
        Ok(Some(Self { _lock: lock }))
    }
}

/// The file, locked for us alone if nobody has it.
fn enter(path: PathBuf) -> io::Result<(File, bool)> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok((file, true)),
        Err(TryLockError::WouldBlock) => Ok((file, false)),
        Err(TryLockError::Error(error)) => Err(error),
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
