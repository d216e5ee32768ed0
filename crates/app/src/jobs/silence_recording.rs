//! Silences in our copy of a recording what was taken out of its transcript.
//!
//! May run twice: silence is silent.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::RecordingId;
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::speech;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SilenceRecording {
    pub id: Uuid,
}

impl Job for SilenceRecording {
    const KIND: Kind = Kind::SilenceRecording;

    fn lane(&self) -> String {
        format!("silence_recording:{}", self.id)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        speech::silence(context, RecordingId::from_uuid(self.id)).await
    }
}
