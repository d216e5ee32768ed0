//! Having recordings written down: a tenant's settings, and where each recording stands.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{RecordingId, TenantId},
    transcription::{Transcription, TranscriptionSettings},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    sql::{Arg, Sql, json},
};

/// The tenant's settings; `None` if nobody set any.
pub async fn settings(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<TranscriptionSettings>, StoreError> {
    Ok(fetch_optional!(
        conn,
        TranscriptionSettings,
        "SELECT connection_id, language, redact_own, redact_provider, min_seconds, minutes_per_month, caller_channel, \
         updated_at FROM transcription_settings WHERE tenant_id = $1",
        scope.tenant()
    )?)
}

/// Sets them, whole.
pub async fn set_settings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    settings: &TranscriptionSettings,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO transcription_settings (tenant_id, connection_id, language, redact_own, redact_provider, \
         min_seconds, minutes_per_month, caller_channel, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (tenant_id) DO UPDATE SET connection_id = excluded.connection_id, language = excluded.language, \
         redact_own = excluded.redact_own, redact_provider = excluded.redact_provider, \
         min_seconds = excluded.min_seconds, minutes_per_month = excluded.minutes_per_month, \
         caller_channel = excluded.caller_channel, updated_at = excluded.updated_at",
        scope.tenant(),
        settings.connection_id,
        &settings.language,
        settings.redact_own,
        settings.redact_provider,
        settings.min_seconds,
        settings.minutes_per_month,
        settings.caller_channel,
        now
    )?;
    Ok(())
}

/// Whether secrets are taken out of what a tenant's providers send; `None` if nobody said. Asked where deliveries come in,
/// before there is a scope.
pub async fn redacts_provider(db: &Db, tenant: TenantId) -> Result<Option<bool>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (bool,),
        "SELECT redact_provider FROM transcription_settings WHERE tenant_id = $1",
        tenant
    )?;
    Ok(row.map(|(is_on,)| is_on))
}

const COLUMNS: &str = "recording_id, tenant_id, state, code, reason, provider, connection_id, model, attempt, external_id, \
    upload_url, token_hash, minutes, period, found, audio, audio_reason, silence, submitted_at, created_at, updated_at";

/// Where a recording stands; `None` if nothing was ever to be done with it.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    recording: RecordingId,
) -> Result<Option<Transcription>, StoreError> {
    Ok(of_recordings(conn, scope, &[recording.uuid()]).await?.pop())
}

/// Where several recordings stand, in no order.
pub async fn of_recordings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    recordings: &[Uuid],
) -> Result<Vec<Transcription>, StoreError> {
    if recordings.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM transcriptions WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND recording_id IN ").bind_list(recordings);
    sql.fetch_all(conn).await
}

/// [`find`], and nobody else changes it before the transaction ends.
pub async fn lock(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    recording: RecordingId,
    now: Timestamp,
) -> Result<Option<Transcription>, StoreError> {
    execute!(
        conn,
        "UPDATE transcriptions SET updated_at = $3 WHERE tenant_id = $1 AND recording_id = $2",
        scope.tenant(),
        recording,
        now
    )?;
    find(conn, scope, recording).await
}

/// Writes where a recording stands, new or not.
pub async fn save(conn: &mut Conn<'_>, scope: TenantScope, row: &Transcription) -> Result<(), StoreError> {
    let mut sql = Sql::new("INSERT INTO transcriptions (");
    sql.push(COLUMNS).push(") VALUES ");
    let values: Vec<Arg> = vec![
        row.recording_id.uuid().into(),
        scope.tenant().uuid().into(),
        row.state.as_str().into(),
        row.code.map(|code| code.as_str().to_owned()).into(),
        (&row.reason).into(),
        (&row.provider).into(),
        row.connection_id.map(switchboard_domain::ids::ConnectionId::uuid).into(),
        (&row.model).into(),
        row.attempt.into(),
        (&row.external_id).into(),
        (&row.upload_url).into(),
        (&row.token_hash).into(),
        row.minutes.into(),
        (&row.period).into(),
        json(&row.found).into(),
        row.audio.as_str().into(),
        (&row.audio_reason).into(),
        json(&row.silence).into(),
        row.submitted_at.into(),
        row.created_at.into(),
        row.updated_at.into(),
    ];
    sql.bind_row(true, values);
    sql.push(
        " ON CONFLICT (recording_id) DO UPDATE SET state = excluded.state, code = excluded.code, \
         reason = excluded.reason, provider = excluded.provider, connection_id = excluded.connection_id, \
         model = excluded.model, attempt = excluded.attempt, external_id = excluded.external_id, \
         upload_url = excluded.upload_url, token_hash = excluded.token_hash, minutes = excluded.minutes, \
         period = excluded.period, found = excluded.found, audio = excluded.audio, \
         audio_reason = excluded.audio_reason, silence = excluded.silence, submitted_at = excluded.submitted_at, \
         updated_at = excluded.updated_at WHERE transcriptions.tenant_id = excluded.tenant_id",
    );
    sql.execute(conn).await?;
    Ok(())
}

/// What goes with its recording.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, recordings: &[Uuid]) -> Result<(), StoreError> {
    if recordings.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("DELETE FROM transcriptions WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND recording_id IN ").bind_list(recordings);
    sql.execute(conn).await?;
    Ok(())
}

/// Whom a provider's answer is for.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Awaited {
    pub recording_id: RecordingId,
    tenant_id: TenantId,
}

impl Awaited {
    /// The right to take the answer in: it is had by the token that only the provider was told.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// The recording whose provider was told the token with this SHA-256.
pub async fn find_awaited(db: &Db, token_hash: &str) -> Result<Option<Awaited>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Awaited,
        "SELECT recording_id, tenant_id FROM transcriptions WHERE token_hash = $1",
        token_hash
    )?)
}
