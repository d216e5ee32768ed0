//! The tasks of a running node: what commits, what merges, what works, and what tells other nodes.
//!
//! A node is `web` (takes deliveries and requests), `worker` (merges and does jobs), or both. Stopping lets every task
//! finish what it holds: deliveries that wait are committed, and lane groups are given back.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use switchboard_domain::ids::TenantId;
use switchboard_store::{Checkpoints, Presence, StoreError, cursor, notify};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    intake::{Committer, chain},
    pipeline, scheduler,
    wake::{Signal, Wake},
};

/// Signals that may wait for being told to other nodes.
const REMOTE_BACKLOG: usize = 1024;
/// Signals told at once; a NOTIFY carries 8000 bytes.
const REMOTE_BATCH: usize = 100;

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    All,
    Web,
    Worker,
    /// A command: commits what it pulls, tells running nodes what it did, and takes no work.
    Tool,
    /// A command that logs very much: as [`Role::Tool`], and it merges where no node does.
    Loader,
}

impl Role {
    pub const fn is_web(self) -> bool {
        matches!(self, Self::All | Self::Web)
    }

    /// A command, which ends by itself.
    pub const fn is_command(self) -> bool {
        matches!(self, Self::Tool | Self::Loader)
    }

    pub const fn is_worker(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }

    /// Takes lane groups, and with them leases.
    const fn merges(self) -> bool {
        self.is_worker() || matches!(self, Self::Loader)
    }
}

/// The signals of a node on this database, and, where other nodes are possible, what they should hear.
pub fn wake_for(db: &switchboard_store::Db) -> (Wake, Option<mpsc::Receiver<Signal>>) {
    let groups = cursor::lane_groups(db.engine());
    match db.engine() {
        switchboard_store::Engine::Sqlite => (Wake::new(groups, None), None),
        switchboard_store::Engine::Postgres => {
            let (sender, receiver) = mpsc::channel(REMOTE_BACKLOG);
            (Wake::new(groups, Some(sender)), Some(receiver))
        }
    }
}

/// A node's running tasks.
pub struct Runtime {
    tracker: TaskTracker,
    stop: CancellationToken,
    /// Stops after the others, so that what they still log is committed.
    stop_intake: CancellationToken,
    intake: TaskTracker,
    /// Only where a node runs for long: a command's few pages are folded when it closes the database.
    checkpoints: Option<Checkpoints>,
    /// Given up last, when no lease is held any more.
    _presence: Option<Presence>,
}

impl Runtime {
    /// Starts the tasks of a role. Fails where a node that takes work cannot say so to the others ([`Presence`]).
    pub async fn start(
        app: &Arc<App>,
        role: Role,
        committer: Committer,
        remote: Option<mpsc::Receiver<Signal>>,
    ) -> Result<Self, StoreError> {
        let presence = if role.merges() { Presence::announce(&app.db, app.now()).await? } else { None };
        let runtime = Self {
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            stop_intake: CancellationToken::new(),
            intake: TaskTracker::new(),
            checkpoints: if role == Role::Tool { None } else { checkpoints(&app.db) },
            _presence: presence,
        };
        // Workers log what they pull, so every role commits.
        runtime.intake.spawn(committer.run(app.db.clone(), app.wake.clone(), runtime.stop_intake.clone()));
        if role.merges() {
            pipeline::spawn(app, &runtime.tracker, &runtime.stop);
        }
        if role.is_worker() {
            scheduler::spawn(app, &runtime.tracker, &runtime.stop);
        }
        if let Some(remote) = remote {
            let (teller, hearer) = (Arc::clone(app), Arc::clone(app));
            let (stop_telling, stop_hearing) = (runtime.stop.clone(), runtime.stop.clone());
            runtime.tracker.spawn(async move { tell(&teller, remote, &stop_telling).await });
            if !role.is_command() {
                runtime.tracker.spawn(async move { hear(&hearer, &stop_hearing).await });
            }
        }
        Ok(runtime)
    }

    /// Cancelled when the node begins to stop; for tasks of others that should end with it.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Stops all tasks and waits for them.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        self.stop_intake.cancel();
        self.intake.close();
        self.intake.wait().await;
        if let Some(checkpoints) = self.checkpoints {
            checkpoints.stop().await;
        }
    }
}

/// Without it commits fold the log themselves, which is slower and no reason not to start.
fn checkpoints(db: &switchboard_store::Db) -> Option<Checkpoints> {
    Checkpoints::start(db).unwrap_or_else(|error| {
        tracing::warn!(error = %chain(&error), "SQLite's log is folded into the file by commits");
        None
    })
}

/// Tells other nodes what happened here, many signals in one word.
async fn tell(app: &App, mut signals: mpsc::Receiver<Signal>, stop: &CancellationToken) {
    let mut notifier = None;
    let mut batch = Vec::with_capacity(REMOTE_BATCH);
    loop {
        tokio::select! {
            biased;
            // First, so that what was sent before the stop is still told: a command stops right after its last signal.
            received = signals.recv_many(&mut batch, REMOTE_BATCH) => if received == 0 { return },
            () = stop.cancelled() => return,
        }
        let words: BTreeSet<String> = batch.drain(..).map(word).collect();
        let text = std::iter::once(app.node.clone()).chain(words).collect::<Vec<_>>().join(" ");
        if let Err(error) = send(app, &mut notifier, &text).await {
            tracing::debug!(error = %chain(&error), "other nodes were not told; they look by themselves each second");
            notifier = None;
        }
    }
}

async fn send(app: &App, notifier: &mut Option<notify::Notifier>, text: &str) -> Result<(), StoreError> {
    if notifier.is_none() {
        *notifier = notify::Notifier::connect(&app.db).await?;
    }
    match notifier {
        Some(notifier) => notifier.send(text).await,
        None => Ok(()),
    }
}

/// Passes on what other nodes tell.
async fn hear(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let listening = async {
            let Some(mut listener) = notify::Listener::connect(&app.db).await? else { return Ok(()) };
            loop {
                if let Some(text) = listener.next().await? {
                    pass_on(app, &text);
                }
            }
        };
        let heard: Result<(), StoreError> = tokio::select! {
            heard = listening => heard,
            () = stop.cancelled() => return,
        };
        if let Err(error) = heard {
            tracing::debug!(error = %chain(&error), "not listening to other nodes; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.cancelled() => return,
        }
    }
}

fn pass_on(app: &App, text: &str) {
    let mut words = text.split(' ');
    if words.next() == Some(app.node.as_str()) {
        return;
    }
    for signal in words.filter_map(signal) {
        app.wake.deliver(signal);
    }
}

fn word(signal: Signal) -> String {
    match signal {
        Signal::Events(group) => format!("e{group}"),
        Signal::Work => "w".to_owned(),
        Signal::Changes(tenant) => format!("c{}", tenant.uuid().simple()),
    }
}

fn signal(word: &str) -> Option<Signal> {
    match word.split_at_checked(1)? {
        ("e", group) => group.parse().ok().map(Signal::Events),
        ("w", "") => Some(Signal::Work),
        ("c", tenant) => uuid::Uuid::try_parse(tenant).ok().map(|id| Signal::Changes(TenantId::from_uuid(id))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_heard() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(5));
        for told in [Signal::Events(7), Signal::Work, Signal::Changes(tenant)] {
            assert_eq!(signal(&word(told)), Some(told));
        }
        assert_eq!(signal("x1"), None);
        assert_eq!(signal(""), None);
    }
}
