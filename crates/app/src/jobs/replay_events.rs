//! Replays all events that fit a filter, page by page.
//!
//! May run twice: an event that waits for its replay is left alone, and merging one again changes nothing.

use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    event::EventStatus,
    ids::{ConnectionId, EventId},
};
use switchboard_store::events::EventFilter;

use super::{Context, Failure, Job, Kind};
use crate::replay::{self, Enqueued, Replay};

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayEvents {
    connection_id: Option<ConnectionId>,
    provider: Option<String>,
    event_type: Option<String>,
    #[serde(default)]
    external_ids: Vec<String>,
    status: Option<EventStatus>,
    received_from: Option<Timestamp>,
    /// When it was asked for, at the latest: what comes afterwards was not meant.
    received_before: Option<Timestamp>,
    most: Option<u64>,
}

/// How far it has come: shown to people, and where the next attempt goes on.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Progress {
    #[serde(flatten)]
    enqueued: Enqueued,
    at: Option<EventId>,
}

impl ReplayEvents {
    /// The job for a replay that is asked for now.
    pub fn of(replay: &Replay, now: Timestamp) -> Self {
        let EventFilter { connection_id, provider, event_type, external_ids, received_from, received_before, .. } =
            replay.filter.clone();
        let received_before = Some(received_before.map_or(now, |before| before.min(now)));
        let (status, most) = (replay.status, replay.most);
        Self { connection_id, provider, event_type, external_ids, status, received_from, received_before, most }
    }

    fn replay(&self) -> Replay {
        let filter = EventFilter {
            connection_id: self.connection_id,
            provider: self.provider.clone(),
            event_type: self.event_type.clone(),
            external_ids: self.external_ids.clone(),
            received_from: self.received_from,
            received_before: self.received_before,
            ..EventFilter::default()
        };
        Replay { filter, status: self.status, most: self.most }
    }
}

impl Job for ReplayEvents {
    const KIND: Kind = Kind::ReplayEvents;
    const IS_BULK: bool = true;
    const RUNS_WHILE_SUSPENDED: bool = true;

    fn lane(&self) -> String {
        "replay_events".to_owned()
    }

    /// Two of them are two things.
    fn unique_key(&self) -> Option<String> {
        None
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let replay = self.replay();
        let before = context.work.progress.clone().and_then(|progress| serde_json::from_value(progress).ok());
        let Progress { mut enqueued, mut at } = before.unwrap_or_default();
        loop {
            at = replay::step(context.app, context.scope, &replay, at, &mut enqueued).await?;
            context.set_progress(&Progress { enqueued, at }).await?;
            if at.is_none() {
                return Ok(());
            }
            if context.stop.is_cancelled() {
                return Err(Failure::NotTried { after: std::time::Duration::ZERO });
            }
        }
    }
}
