//! What must happen one after another on this node: for one connection, refreshing its token and setting up its webhooks.
//! Other nodes are kept out by the database where it matters; this spares the two halves of one process from racing there.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use switchboard_domain::ids::ConnectionId;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Above this many entries, those that nobody holds are swept out.
const SWEEP_AT: usize = 256;

/// What the turn is for. Different kinds do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    Refresh,
    Provision,
}

/// Forgotten by itself when nobody holds it.
type Lock = Weak<AsyncMutex<()>>;

/// The turns that are held or waited for.
#[derive(Default)]
pub struct Turns(Keyed<(ConnectionId, Turn)>);

impl Turns {
    /// Waits for the turn; it ends when the guard is dropped.
    pub async fn wait(&self, connection: ConnectionId, turn: Turn) -> OwnedMutexGuard<()> {
        self.0.wait((connection, turn)).await
    }
}

/// Turns by whatever they are about.
pub struct Keyed<K>(Mutex<HashMap<K, Lock>>);

impl<K> Default for Keyed<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Keyed<K> {
    /// Waits for the turn; it ends when the guard is dropped.
    pub async fn wait(&self, key: K) -> OwnedMutexGuard<()> {
        let lock = {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if held.len() >= SWEEP_AT {
                held.retain(|_, lock| lock.strong_count() > 0);
            }
            let entry = held.entry(key).or_default();
            entry.upgrade().unwrap_or_else(|| {
                let lock = Arc::new(AsyncMutex::new(()));
                *entry = Arc::downgrade(&lock);
                lock
            })
        };
        lock.lock_owned().await
    }
}
