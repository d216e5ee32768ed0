//! Where the recordings of a call stand, for people, and having them written down again.

use switchboard_domain::{
    audit::Action,
    feature::Feature,
    ids::CallId,
    recording::{MediaStatus, Recording, RecordingKind},
    transcription::Transcription,
};
use switchboard_store::{Conn, StoreError, TenantScope, calls, recordings, transcriptions, transcripts, work};

use super::{choose, save, settings};
use crate::{
    App,
    audit::{self, Entry, Origin},
    connections::ConnectionsError,
    features,
    jobs::{self, TranscribeRecording},
    wake::Signal,
};

/// Whether recordings of a tenant are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    On,
    /// The feature is off for the tenant.
    SwitchedOff,
    /// There is nobody to ask.
    NoConnection,
}

impl Availability {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::SwitchedOff => "switched_off",
            Self::NoConnection => "no_connection",
        }
    }
}

/// A recording with a copy here, and where it stands; `None` where nothing was ever to be done with it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub recording: Recording,
    pub transcription: Option<Transcription>,
}

/// Where the recordings of a call stand.
#[derive(Debug, Clone)]
pub struct OfCall {
    pub availability: Availability,
    /// The provider of the call wrote down itself what was said: nothing is to be done.
    pub has_own: bool,
    pub recordings: Vec<Standing>,
}

impl OfCall {
    /// Somebody may ask for it now.
    pub fn can_ask(&self) -> bool {
        let is_free = |standing: &Standing| standing.transcription.as_ref().is_none_or(|row| !row.state.is_open());
        self.availability == Availability::On
            && !self.has_own
            && !self.recordings.is_empty()
            && self.recordings.iter().all(is_free)
    }
}

/// It cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("transcription is switched off for this workspace")]
    SwitchedOff,
    #[error("no connection writes recordings down; connect an OpenAI-compatible server, Deepgram or AssemblyAI")]
    NoConnection,
    #[error("the call's provider wrote down itself what was said")]
    HasTranscript,
    #[error("no recording of this call is kept here")]
    NoRecording,
    #[error("it is being written down already")]
    Busy,
    #[error("the recordings could not be read")]
    Store(#[from] StoreError),
    #[error("the connections could not be read")]
    Connections(#[from] ConnectionsError),
}

/// Where the recordings of a call stand.
pub async fn of_call(app: &App, scope: TenantScope, id: CallId) -> Result<OfCall, AgainError> {
    let availability = availability(app, scope).await?;
    let mut reader = app.db.read(scope).await?;
    read(&mut reader.conn(), scope, id, availability).await
}

async fn availability(app: &App, scope: TenantScope) -> Result<Availability, AgainError> {
    if !features::effective(app, scope).await?.is_on(Feature::Transcription) {
        return Ok(Availability::SwitchedOff);
    }
    let settings = settings::read(app, scope).await?;
    let has_one = choose(app, scope, &settings).await?.is_some();
    Ok(if has_one { Availability::On } else { Availability::NoConnection })
}

async fn read(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: CallId,
    availability: Availability,
) -> Result<OfCall, AgainError> {
    let call = calls::lookup(conn, scope, id).await?.ok_or(AgainError::NoSuchCall)?.record;
    let has_own = transcripts::of_call(conn, scope, call.id).await?.iter().any(|kept| kept.doc.is_whole());
    let is_ours =
        |recording: &Recording| recording.status == MediaStatus::Saved && recording.kind != RecordingKind::Voicemail;
    let kept = recordings::of_call(conn, scope, call.id).await?.into_iter().map(|kept| kept.record);
    let kept: Vec<Recording> = kept.filter(is_ours).collect();
    let ids: Vec<uuid::Uuid> = kept.iter().map(|recording| recording.id.uuid()).collect();
    let rows = transcriptions::of_recordings(conn, scope, &ids).await?;
    let row_of = |recording: &Recording| rows.iter().find(|row| row.recording_id == recording.id).cloned();
    let standing = |recording: Recording| Standing { transcription: row_of(&recording), recording };
    Ok(OfCall { availability, has_own, recordings: kept.into_iter().map(standing).collect() })
}

/// Has the recordings of a call written down, once more where they were.
pub async fn again(app: &App, scope: TenantScope, id: CallId, by: &Origin) -> Result<OfCall, AgainError> {
    let availability = availability(app, scope).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let shown = read(&mut tx.conn(), scope, id, availability).await?;
    match availability {
        Availability::On => {}
        Availability::SwitchedOff => return Err(AgainError::SwitchedOff),
        Availability::NoConnection => return Err(AgainError::NoConnection),
    }
    if shown.has_own {
        return Err(AgainError::HasTranscript);
    }
    if shown.recordings.is_empty() {
        return Err(AgainError::NoRecording);
    }
    if !shown.can_ask() {
        return Err(AgainError::Busy);
    }
    let mut jobs = Vec::new();
    for Standing { recording, transcription } in &shown.recordings {
        let fresh = || Transcription::new(scope.tenant(), recording.id, now);
        let row = transcription.as_ref().map_or_else(fresh, |row| row.again(now));
        save(&mut tx, &row).await?;
        jobs.push(jobs::row(app, scope.tenant(), &TranscribeRecording::asked(recording.id, row.attempt), now));
    }
    work::insert(&mut tx.conn(), &jobs, now).await?;
    let entry = Entry::new(by, Action::TranscriptionAsked).on("call", id).with("recordings", jobs.len());
    audit::record(&mut tx, app, entry).await?;
    let after = read(&mut tx.conn(), scope, id, availability).await?;
    if tx.commit(now).await?.is_some() {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    app.wake.send(Signal::Work);
    Ok(after)
}
