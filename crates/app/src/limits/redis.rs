//! The count that all nodes share, in Redis.
//!
//! Redis is a help and never a need: when it does not answer, each node counts for itself, says so once, and looks each
//! second whether it is back. No request waits for a Redis that is known to be away.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, RedisError, Script, aio::MultiplexedConnection};

use super::{Charge, Verdict};
use crate::intake::chain;

/// An answer takes well under a millisecond; one that takes this long is worse than counting alone.
const PATIENCE: Duration = Duration::from_millis(250);
const CONNECT: Duration = Duration::from_secs(2);
const RETRY: Duration = Duration::from_secs(1);
/// Keys begin with it, so that a Redis may serve others as well. Installations that share one need a database each
/// (`redis://host/1`), or one's addresses count for the other.
const PREFIX: &str = "switchboard:limit:";

/// The URL is not one of a Redis.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL must be like redis://user:password@host:6379/0, or rediss:// for TLS")]
pub struct BadUrl(#[source] RedisError);

/// Where Redis is, and how long it is waited for. Shows no password.
#[derive(Clone)]
pub struct RedisUrl {
    pub(super) client: Client,
    connect: Duration,
    answer: Duration,
}

impl RedisUrl {
    /// `redis://`, `rediss://` (TLS), or `unix://` with a path.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        let client = Client::open(text).map_err(BadUrl)?;
        Ok(Self { client, connect: CONNECT, answer: PATIENCE })
    }

    /// With another patience, for its connections and for its answers.
    #[must_use]
    pub fn waited_for(self, patience: Duration) -> Self {
        Self { connect: patience, answer: patience, ..self }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisUrl(***)")
    }
}

pub(super) struct Shared {
    url: RedisUrl,
    script: Script,
    link: Mutex<Link>,
}

enum Link {
    Up(MultiplexedConnection),
    /// Somebody is looking whether it is back.
    Away,
    /// Nobody has looked yet.
    Untried,
}

impl Shared {
    pub(super) fn new(url: &RedisUrl) -> Arc<Self> {
        let script = Script::new(include_str!("gcra.lua"));
        Arc::new(Self { url: url.clone(), script, link: Mutex::new(Link::Untried) })
    }

    /// Whether limits are counted together.
    pub(super) fn is_up(&self) -> bool {
        matches!(*self.link(), Link::Up(_))
    }

    /// Connects, and goes on trying in the background where that fails.
    pub(super) async fn connect(self: &Arc<Self>) -> Result<(), RedisError> {
        match self.open().await {
            Ok(connection) => {
                *self.link() = Link::Up(connection);
                tell(true);
                tracing::info!("Redis connected; limits are counted by all nodes together");
                Ok(())
            }
            Err(error) => {
                self.lost(&error);
                Err(error)
            }
        }
    }

    /// What all nodes together decide; `None` while Redis is away.
    pub(super) async fn take(self: &Arc<Self>, home: u128, charges: &[Charge]) -> Option<Verdict> {
        let mut connection = match &*self.link() {
            Link::Up(connection) => Some(connection.clone()),
            Link::Away | Link::Untried => None,
        };
        match self.ask(connection.as_mut()?, home, charges).await {
            Ok(backlogs) => Some(Verdict::of(charges, backlogs.into_iter())),
            Err(error) => {
                self.lost(&error);
                None
            }
        }
    }

    /// The backlog of each subject before this request, which was charged to all of them if each admits it.
    async fn ask(
        &self,
        connection: &mut MultiplexedConnection,
        home: u128,
        charges: &[Charge],
    ) -> Result<Vec<i64>, RedisError> {
        let mut call = self.script.prepare_invoke();
        for Charge { policy, subject, quota } in charges {
            // In braces what a cluster chooses the node by: the keys of one call must be together.
            call.key(format!("{PREFIX}{{{home:x}}}:{}:{subject:x}", policy.name()));
            call.arg(quota.interval()).arg(quota.capacity());
        }
        let answer: Vec<i64> = call.invoke_async(connection).await?;
        Ok(answer.into_iter().skip(1).collect())
    }

    /// A connection over which the script runs: one to a server that is loading, out of memory or a replica is none.
    async fn open(&self) -> Result<MultiplexedConnection, RedisError> {
        let RedisUrl { client, connect, answer } = &self.url;
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(*connect)).set_response_timeout(Some(*answer));
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let probe: Vec<i64> =
            self.script.key(format!("{PREFIX}probe")).arg(1).arg(1_000).invoke_async(&mut connection).await?;
        debug_assert_eq!(probe.len(), 2);
        Ok(connection)
    }

    /// From now on each node counts for itself. The first who notices says so and keeps looking.
    fn lost(self: &Arc<Self>, error: &RedisError) {
        let before = std::mem::replace(&mut *self.link(), Link::Away);
        if matches!(before, Link::Away) {
            return;
        }
        tell(false);
        tracing::warn!(error = %chain(error), "Redis does not answer; each node counts limits for itself until it is back");
        tokio::spawn(look_for(Arc::downgrade(self)));
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends with the connection, or with the app.
async fn look_for(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(RETRY).await;
        let Some(shared) = shared.upgrade() else { return };
        if let Ok(connection) = shared.open().await {
            *shared.link() = Link::Up(connection);
            tell(true);
            tracing::info!("Redis is back; limits are counted by all nodes together again");
            return;
        }
    }
}

fn tell(is_up: bool) {
    metrics::gauge!("switchboard_redis_up").set(if is_up { 1.0 } else { 0.0 });
}
