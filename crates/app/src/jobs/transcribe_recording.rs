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
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct TranscribeRecording {
    pub id: Uuid,
    /// The provider said that it is done: looked at beside the one that asks now and then.
    #[serde(default)]
    pub is_told: bool,
}

impl TranscribeRecording {
    pub fn of(id: RecordingId) -> Self {
        Self { id: id.uuid(), is_told: false }
    }
}

impl Job for TranscribeRecording {
    const KIND: Kind = Kind::TranscribeRecording;
    const IS_BULK: bool = true;

    /// Who was told does not wait behind the one that asks now and then; the row sees to it that only one of them writes.
    fn lane(&self) -> String {
        format!("transcribe_recording:{}{}", self.id, if self.is_told { ":told" } else { "" })
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        speech::run(context, RecordingId::from_uuid(self.id)).await
    }
}
