//! Has a recording written down by the tenant's speech service, and asks how far it is.
//!
//! May run twice, and often does: where a recording stands is kept in its row (`app::speech`), and what must not be submitted
//! twice is not.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::RecordingId;
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::speech;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TranscribeRecording {
    pub id: Uuid,
    /// Why it does not wait behind the one that asks now and then: a person asked (`asked:2`, for the second attempt), or the
    /// provider said that it is done (`told:2`). The row sees to it that only one of them writes.
    #[serde(default)]
    pub because: Option<String>,
}

impl TranscribeRecording {
    pub fn of(id: RecordingId) -> Self {
        Self { id: id.uuid(), because: None }
    }

    /// A person asked for this attempt.
    pub fn asked(id: RecordingId, attempt: i64) -> Self {
        Self { id: id.uuid(), because: Some(format!("asked:{attempt}")) }
    }

    /// The provider said that this attempt is done.
    pub fn told(id: RecordingId, attempt: i64) -> Self {
        Self { id: id.uuid(), because: Some(format!("told:{attempt}")) }
    }
}

impl Job for TranscribeRecording {
    const KIND: Kind = Kind::TranscribeRecording;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        match &self.because {
            Some(because) => format!("transcribe_recording:{}:{because}", self.id),
            None => format!("transcribe_recording:{}", self.id),
        }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        speech::run(context, RecordingId::from_uuid(self.id)).await
    }
}
