//! The file of a recording: read into memory to be taken apart, and silenced where secrets were spoken.
//!
//! PCI DSS 3.3.1 forbids keeping security codes in audio as well, encrypted or not. So what was taken out of the text is
//! overwritten in our copy of the sound, in place: the file keeps its length and every other byte.

use bytes::Bytes;
use futures::StreamExt;
use switchboard_domain::{
    fact::{Fact, FactBody, RecordingFact},
    ids::RecordingId,
    merge::Authority,
    recording::{Recording, StoredMedia},
    transcription::AudioState,
};
use switchboard_providers::speech::wav::{self, Wav};
use switchboard_store::{media::MediaKey, record, recordings::KeptRecording, transcriptions};
use tokio::io::AsyncWriteExt;

use super::save;
use crate::{
    jobs::{Context, Failure},
    merge::{self, Own},
    vault,
};

/// A recording's file.
pub(super) struct Sound {
    pub bytes: Bytes,
    pub content_type: String,
    /// `None` where it cannot be taken apart.
    pub wav: Option<Wav>,
}

/// Reads our copy. `None` where there is none.
pub(super) async fn load(context: &Context<'_>, recording: &Recording) -> Result<Option<Sound>, Failure> {
    let Some(StoredMedia::Saved { key, content_type, .. }) = &recording.media else { return Ok(None) };
    let key = MediaKey::parse(key).map_err(|error| Failure::of(&error))?;
    let mut media = match context.app.media.read(&key, None).await {
        Ok(media) => media,
        Err(switchboard_store::media::MediaError::NotFound) => return Ok(None),
        Err(error) => return Err(Failure::of(&error)),
    };
    if media.size > wav::MAX_BYTES as u64 {
        return Err(Failure::give_up("the recording is longer than 200 MB, the most that is written down"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(media.size).unwrap_or(0));
    while let Some(chunk) = media.stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| Failure::of(&error))?);
    }
    let wav = Wav::parse(&bytes);
    Ok(Some(Sound { bytes: bytes.into(), content_type: content_type.clone(), wav }))
}

/// Overwrites in our copy what the transcription says. Twice is the same as once.
pub(crate) async fn silence(context: &Context<'_>, id: RecordingId) -> Result<(), Failure> {
    let (app, scope) = (context.app, context.scope);
    let (row, recording) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let row = transcriptions::find(conn, scope, id).await?;
        let kept: Option<KeptRecording> = record::lookup(conn, scope, id.uuid()).await?;
        (row, kept.map(|kept| kept.record))
    };
    let (Some(row), Some(recording)) = (row, recording) else { return Ok(()) };
    if row.audio != AudioState::Pending {
        return Ok(());
    }
    let _place = app.speech.place()?;
    let Some(Sound { bytes, content_type, wav }) = load(context, &recording).await? else {
        return settle(context, &recording, None).await;
    };
    let Some(wav) = wav else { return settle(context, &recording, None).await };
    let mut bytes = Vec::from(bytes);
    wav.silence(&mut bytes, &row.silence);
    let key = MediaKey::recording(scope.tenant(), id);
    let mut writer = app.media.write(&key, bytes.len() as u64);
    writer
        .write_all(&bytes)
        .await
        .map_err(|error| Failure::retry(format!("the file could not be written: {error}")))?;
    writer.finish().await.map_err(|error| Failure::of(&error))?;
    let saved = StoredMedia::Saved {
        key: key.as_str().to_owned(),
        content_type,
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(vault::sha256(&bytes)),
    };
    settle(context, &recording, Some(saved)).await
}

/// Notes that it is silent now. Without a file there is nothing that could be heard.
async fn settle(context: &Context<'_>, recording: &Recording, saved: Option<StoredMedia>) -> Result<(), Failure> {
    let (app, scope) = (context.app, context.scope);
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let Some(mut row) = transcriptions::lock(&mut tx.conn(), scope, recording.id, now).await? else {
        // Erased while it was being silenced: the file goes again.
        drop(tx);
        let key = MediaKey::recording(scope.tenant(), recording.id);
        return app.media.remove(&key).await.map_err(|error| Failure::of(&error));
    };
    let mut has_jobs = false;
    if let Some(saved) = saved {
        let fact = RecordingFact {
            leg_external_id: recording.leg_external_id.clone(),
            external_id: recording.external_id.clone(),
            kind: None,
            url: None,
            duration_ms: None,
            started_at: None,
            stored: Some(saved),
        };
        let facts = vec![Fact { at: now, authority: Authority::Derived, body: FactBody::Recording(Box::new(fact)) }];
        let lane = format!("call:{}", recording.leg_external_id);
        let own = Own { connection_id: recording.connection_id, facts, kind: "recording.silenced", lane: &lane };
        has_jobs = merge::apply_own_in(app, &mut tx, own).await?;
    }
    row.audio = AudioState::Silenced;
    row.silence.clear();
    row.updated_at = now;
    save(&mut tx, &row).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(())
}

/// Whether our copy can be silenced, and what it is; read from its beginning.
pub(super) async fn kind(app: &crate::App, recording: &Recording) -> (bool, String) {
    use switchboard_store::media::ByteRange;
    const HEAD: u64 = 64 * 1024;
    let Some(StoredMedia::Saved { key, content_type, .. }) = &recording.media else { return (false, String::new()) };
    let Ok(key) = MediaKey::parse(key) else { return (false, content_type.clone()) };
    let Ok(mut media) = app.media.read(&key, Some(ByteRange::From(0, Some(HEAD)))).await else {
        return (false, content_type.clone());
    };
    let mut head = Vec::new();
    while let Some(Ok(chunk)) = media.stream.next().await {
        head.extend_from_slice(&chunk);
    }
    (Wav::parse(&head).is_some(), content_type.clone())
}
