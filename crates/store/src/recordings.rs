//! Audio files of calls.

use switchboard_domain::{
    recording::{Recording, RecordingDoc},
};

use crate::{
    record::{Columns, KeptDoc},
    sql::{Arg, json},
};

/// A recording as its table keeps it.
pub type KeptRecording = KeptDoc<Recording, RecordingDoc>;

impl Columns for Recording {
    const TABLE: &'static str = "recordings";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "external_id",
        "kind",
        "url",
        "duration_ms",
        "status",
        "media",
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
            (&self.external_id).into(),
            self.kind.as_str().into(),
            (&self.url).into(),
            self.duration_ms.into(),
            self.status.as_str().into(),
            self.media.as_ref().map(json).into(),
            self.occurred_at.into(),
        ]
    }
}
