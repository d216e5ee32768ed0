//! Keeps an own copy of a recording, because providers delete theirs and their addresses need their credentials.
//!
//! May run twice: it only reads from the provider, and writes the same bytes under the same key.

use serde::{Deserialize, Serialize};
use switchboard_domain::{
    connection::ConnectionStatus,
    fact::{Fact, FactBody, RecordingFact},
    ids::RecordingId,
    merge::Authority,
    recording::{MediaStatus, Recording, StoredMedia},
};
use switchboard_store::{
    media::{MediaKey, MediaWriter},
    record,
    recordings::KeptRecording,
};
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::{
    connections::{self, ConnectionsError},
    media::AudioType,
    merge,
};

/// The longest recording that is kept: some 14 hours of MP3 at 32 kbit/s.
const MAX_BYTES: u64 = 200 * 1024 * 1024;

/// Bytes that are named of what is no audio.
const FIRST_BYTES: usize = 16;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FetchRecording {
    pub id: Uuid,
}

impl Job for FetchRecording {
    const KIND: Kind = Kind::FetchRecording;

    fn lane(&self) -> String {
        format!("fetch_recording:{}", self.id)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let mut reader = context.app.db.read(context.scope).await?;
        let kept: Option<KeptRecording> = record::lookup(&mut reader.conn(), context.scope, self.id).await?;
        drop(reader);
        let key = MediaKey::recording(context.scope.tenant(), RecordingId::from_uuid(self.id));
        // Erased meanwhile, and perhaps after an earlier attempt had written the file.
        let Some(recording) = kept.map(|kept| kept.record) else { return remove(context, &key).await };
        let is_settled = matches!(recording.status, MediaStatus::Saved | MediaStatus::Removed);
        let Some(url) = recording.url.clone().filter(|_| !is_settled) else { return Ok(()) };
        match fetch(context, &recording, &url).await {
            Ok(None) => Ok(()),
            Ok(Some(saved)) => {
                say(context, &recording, "recording.saved", saved).await?;
                if is_kept(context, self.id).await? { Ok(()) } else { remove(context, &key).await }
            }
            Err(failure) => {
                let last = match &failure {
                    Failure::GiveUp { reason } => Some(reason.clone()),
                    Failure::Retry { reason, .. } if context.is_last_attempt() => Some(reason.clone()),
                    _ => None,
                };
                if let Some(reason) = last {
                    say(context, &recording, "recording.failed", StoredMedia::Failed { reason }).await?;
                }
                Err(failure)
            }
        }
    }
}

/// The record is still there and names the file: it was not erased while we fetched.
async fn is_kept(context: &Context<'_>, id: Uuid) -> Result<bool, Failure> {
    let mut reader = context.app.db.read(context.scope).await?;
    let kept: Option<KeptRecording> = record::lookup(&mut reader.conn(), context.scope, id).await?;
    Ok(kept.is_some_and(|kept| kept.record.status == MediaStatus::Saved))
}

async fn remove(context: &Context<'_>, key: &MediaKey) -> Result<(), Failure> {
    context.app.media.remove(key).await.map_err(|error| Failure::of(&error))
}

/// Fetches the audio into the media store. `None` when the connection is gone or switched off.
async fn fetch(context: &Context<'_>, recording: &Recording, url: &str) -> Result<Option<StoredMedia>, Failure> {
    let (app, scope) = (context.app, context.scope);
    let connection = match connections::find(app, scope, recording.connection_id).await {
        Ok(connection) if connection.status != ConnectionStatus::Disabled => connection,
        Ok(_) | Err(ConnectionsError::NotFound) => return Ok(None),
        Err(error) => return Err(Failure::of(&error)),
    };
    let source = connections::audio_of(app, scope, &connection).await?;
    let key = MediaKey::recording(scope.tenant(), RecordingId::from_uuid(recording.id.uuid()));
    let mut writer = app.media.write(&key, MAX_BYTES);
    let downloaded = match source.download(url, MAX_BYTES, &mut writer).await {
        Ok(downloaded) => downloaded,
        Err(error) => {
            abort(writer).await;
            // A key that is refused is the connection's trouble, not only this recording's.
            connections::note_audio(app, scope, connection.id, &error).await?;
            return Err(error.into());
        }
    };
    // What it is, its own bytes say. The content type is what browsers are told later; a provider's word for it could
    // make them run a page.
    let Some(audio) = AudioType::of(writer.head()) else {
        let first: Vec<u8> = writer.head().iter().take(FIRST_BYTES).copied().collect();
        abort(writer).await;
        let first = first.escape_ascii();
        return Err(Failure::give_up(format!("what the provider sent is no audio file; it begins with `{first}`")));
    };
    writer.finish().await.map_err(|error| Failure::of(&error))?;
    Ok(Some(StoredMedia::Saved {
        key: key.as_str().to_owned(),
        content_type: audio.content_type().to_owned(),
        bytes: i64::try_from(downloaded.bytes).unwrap_or(i64::MAX),
        sha256: downloaded.sha256,
    }))
}

async fn abort(writer: MediaWriter) {
    if let Err(error) = writer.abort().await {
        tracing::debug!(%error, "an unfinished file was not cleared away");
    }
}

/// Logs what became of our copy, and applies it.
async fn say(context: &Context<'_>, recording: &Recording, kind: &str, stored: StoredMedia) -> Result<(), Failure> {
    let fact = RecordingFact {
        leg_external_id: recording.leg_external_id.clone(),
        external_id: recording.external_id.clone(),
        kind: None,
        url: None,
        duration_ms: None,
        started_at: None,
        stored: Some(stored),
    };
    let body = FactBody::Recording(Box::new(fact));
    let facts = vec![Fact { at: context.app.now(), authority: Authority::Derived, body }];
    let lane = format!("call:{}", recording.leg_external_id);
    merge::apply_own(context.app, context.scope, recording.connection_id, facts, kind, &lane).await?;
    Ok(())
}
