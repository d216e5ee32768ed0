//! Merges an event again that failed, or that a person wants replayed.
//!
//! May run twice: merging an event that was merged changes nothing.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::EventId;
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::{
    pipeline::{self, EVENT_ATTEMPTS, ProcessError},
    reactions::Reactions,
};

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Event {
    pub id: Uuid,
    /// It was processed before, so what it once set off must not be set off again.
    #[serde(default)]
    pub replayed: bool,
}

impl Job for Event {
    const KIND: Kind = Kind::Event;
    const RUNS_WHILE_SUSPENDED: bool = true;
    const MAX_ATTEMPTS: i32 = EVENT_ATTEMPTS;
    // Only replays are added from here; the pipeline adds its own rows.
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        format!("event:{}", self.id)
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("event:{}", self.id))
    }

    fn event(&self) -> Option<EventId> {
        Some(EventId::from_uuid(self.id))
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let reactions = if self.replayed { Reactions::Off } else { Reactions::On };
        let done = pipeline::process_one(context.app, context.scope, EventId::from_uuid(self.id), reactions).await;
        done.map_err(|error| match error {
            ProcessError::Gone | ProcessError::Malformed(_) => Failure::give_up(error.to_string()),
            ProcessError::Store(error) => error.into(),
        })
    }
}
