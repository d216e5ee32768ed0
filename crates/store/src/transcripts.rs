//! What was said in calls.

use switchboard_domain::{
    transcript::{Transcript, TranscriptDoc},
};

use crate::{
    record::{Columns, KeptDoc},
    sql::{Arg, json},
};

/// A transcript as its table keeps it.
pub type KeptTranscript = KeptDoc<Transcript, TranscriptDoc>;

impl Columns for Transcript {
    const TABLE: &'static str = "transcripts";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "is_complete",
        "lines",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            self.call_id.uuid().into(),
            self.leg_id.uuid().into(),
            (&self.leg_external_id).into(),
            self.is_complete.into(),
            json(&self.lines).into(),
            self.occurred_at.into(),
        ]
    }
}
