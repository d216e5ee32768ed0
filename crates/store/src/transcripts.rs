//! What was said in calls.

use switchboard_domain::{
    change::RecordKind,
    ids::CallId,
    transcript::{Transcript, TranscriptDoc},
    words::Words,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    record::{self, Columns, KeptDoc},
    search::Entry,
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
        "language",
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
            (&self.language).into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["call_id", "lines", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let mut words = Words::default();
        for line in &self.lines {
            words.text(&line.content);
        }
        let (id, tenant, call_id) = (self.id.uuid(), self.tenant_id, Some(self.call_id.uuid()));
        Some(Entry { id, tenant, kind: RecordKind::Call, call_id, words, occurred_at: self.occurred_at })
    }
}

/// The transcripts of one call, oldest first.
pub async fn of_call(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<KeptTranscript>, StoreError> {
    of_calls(conn, scope, &[call.uuid()]).await
}

/// The transcripts of several calls, oldest first.
pub async fn of_calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    calls: &[Uuid],
) -> Result<Vec<KeptTranscript>, StoreError> {
    let mut found: Vec<KeptTranscript> = record::find_of_calls(conn, scope.tenant(), calls).await?;
    found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
    Ok(found)
}
