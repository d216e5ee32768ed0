//! Audio files of calls.

use switchboard_domain::{
    ids::CallId,
    recording::{Recording, RecordingDoc},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    record::{self, Columns, KeptDoc},
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

/// The recordings of one call, oldest first.
pub async fn of_call(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<KeptRecording>, StoreError> {
    of_calls(conn, scope, &[call.uuid()]).await
}

/// The recordings of several calls, oldest first.
pub async fn of_calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    calls: &[Uuid],
) -> Result<Vec<KeptRecording>, StoreError> {
    let mut found: Vec<KeptRecording> = record::find_of_calls(conn, scope.tenant(), calls).await?;
    found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
    Ok(found)
}
