//! Tells waiting parts that there is something to do. In this process at once; other nodes hear it from one connection,
//! after the commit and coalesced. (NOTIFY inside the committing transaction takes a database-wide lock; measured, it made
//! commits 28 times slower.) Everyone who waits also looks once a second, so a lost signal costs a second and no more.

use std::sync::Arc;

use switchboard_domain::ids::TenantId;
use tokio::sync::{Notify, broadcast, mpsc};

/// How many signals a slow listener may fall behind before it is told to look everywhere.
const BACKLOG: usize = 1024;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// The log has new events for this lane group.
    Events(i32),
    /// There is work to claim.
    Work,
    /// This tenant's changes grew.
    Changes(TenantId),
}

/// The signals of this node.
#[derive(Clone)]
pub struct Wake {
    local: broadcast::Sender<Signal>,
    lane_groups: Arc<Vec<Notify>>,
    work: Arc<Notify>,
    /// To the task that tells other nodes, where there can be any.
    remote: Option<mpsc::Sender<Signal>>,
}

impl Wake {
    /// `remote` gets what other nodes should hear; it drops signals rather than wait.
    pub fn new(lane_groups: i32, remote: Option<mpsc::Sender<Signal>>) -> Self {
        let lane_groups = (0..lane_groups).map(|_| Notify::new()).collect();
        Self {
            local: broadcast::channel(BACKLOG).0,
            lane_groups: Arc::new(lane_groups),
            work: Arc::new(Notify::new()),
            remote,
        }
    }

    /// Something happened here, and is committed.
    pub fn send(&self, signal: Signal) {
        self.deliver(signal);
        if let Some(remote) = &self.remote {
            // A full channel means that the other nodes are being told a lot already; their look each second remains.
            let _ = remote.try_send(signal);
        }
    }

    /// Something happened, here or on another node.
    pub fn deliver(&self, signal: Signal) {
        match signal {
            Signal::Events(group) => {
                if let Some(notify) = usize::try_from(group).ok().and_then(|group| self.lane_groups.get(group)) {
                    notify.notify_one();
                }
            }
            Signal::Work => self.work.notify_one(),
            Signal::Changes(_) => {
                // No receiver is the normal case on a node without sockets.
                let _ = self.local.send(signal);
            }
        }
    }

    /// Returns when the lane group has news, at once if it had since the last call.
    pub async fn events(&self, lane_group: i32) {
        match usize::try_from(lane_group).ok().and_then(|group| self.lane_groups.get(group)) {
            Some(notify) => notify.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Returns when there is work.
    pub async fn work(&self) {
        self.work.notified().await;
    }

    /// All later signals about changes.
    pub fn changes(&self) -> broadcast::Receiver<Signal> {
        self.local.subscribe()
    }
}
