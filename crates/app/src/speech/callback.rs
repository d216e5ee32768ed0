//! What a provider tells us later. Nothing is believed before the secret fits: the token in the address is made for one
//! recording and one attempt, and is kept as its hash; AssemblyAI shows a second secret in a header.
//!
//! AssemblyAI's body says which work is over and no more; it is looked up there. Deepgram's holds the words, and an address
//! that only Deepgram was told is all that vouches for them, so it is worth no more than one transcript of one recording.

use secrecy::SecretString;
use switchboard_domain::transcription::{Transcription, TranscriptionState as State};
use switchboard_providers::{
    OutboundError,
    contract::RawRequest,
    speech::{Provider, assemblyai, deepgram},
};
use switchboard_store::{
    StoreError, TenantScope, calls, record,
    recordings::KeptRecording,
    transcriptions::{self, Awaited},
};

use super::{answer, audio, settings, work};
use crate::{
    App,
    jobs::{self, Failure, TranscribeRecording},
    vault,
};

/// What the header's secret is made for.
const PURPOSE: &str = "speech callback";

/// An answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    #[error("nothing is awaited at this address; the work was done, given up, or begun anew")]
    Unknown,
    #[error("the secret in the header does not fit")]
    WrongSecret,
    #[error("the answer is not of the documented form")]
    Unreadable(#[source] OutboundError),
    #[error("the answer could not be stored; send it again in a moment")]
    Store(#[from] StoreError),
    #[error("the answer could not be written down now; send it again in a moment")]
    Later,
}

pub(super) fn hash(token: &str) -> String {
    hex::encode(vault::sha256(token.as_bytes()))
}

pub(super) fn url(app: &App, token: &str) -> String {
    format!("{}/hooks/speech/{token}", app.settings.backend_url)
}

/// What AssemblyAI shows beside the token: made from it, so that it need not be kept.
pub(super) fn secret(app: &App, token: &str) -> SecretString {
    SecretString::from(hex::encode(app.vault.mac(PURPOSE, &[token.as_bytes()])))
}

/// Whose answer is awaited at an address. Asked before the body is read.
pub async fn awaited(app: &App, token: &str) -> Result<Awaited, CallbackError> {
    transcriptions::find_awaited(&app.db, &hash(token)).await?.ok_or(CallbackError::Unknown)
}

/// Takes an answer in.
pub async fn receive(app: &App, awaited: Awaited, token: &str, request: &RawRequest) -> Result<(), CallbackError> {
    let scope = awaited.scope();
    let (row, kept): (_, Option<KeptRecording>) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let row = transcriptions::find(conn, scope, awaited.recording_id).await?;
        (row, record::lookup(conn, scope, awaited.recording_id.uuid()).await?)
    };
    let (Some(row), Some(kept)) = (row, kept) else { return Err(CallbackError::Unknown) };
    match row.provider.as_deref().and_then(Provider::parse) {
        Some(Provider::AssemblyAi) => told(app, scope, &row, token, request).await,
        Some(Provider::Deepgram) => heard(app, scope, &row, kept, request).await,
        Some(Provider::OpenAi) | None => Err(CallbackError::Unknown),
    }
}

/// The work is over, they say: it is looked at now and not at the next turn.
async fn told(
    app: &App,
    scope: TenantScope,
    row: &Transcription,
    token: &str,
    request: &RawRequest,
) -> Result<(), CallbackError> {
    let shown = request.header(assemblyai::SECRET_HEADER).and_then(|shown| hex::decode(shown).ok()).unwrap_or_default();
    if !app.vault.verify_mac(PURPOSE, &[token.as_bytes()], &shown) {
        return Err(CallbackError::WrongSecret);
    }
    if row.state.is_open() {
        jobs::add(app, scope, &TranscribeRecording::told(row.recording_id, row.attempt)).await?;
    }
    Ok(())
}

/// The answer itself.
async fn heard(
    app: &App,
    scope: TenantScope,
    row: &Transcription,
    kept: KeptRecording,
    request: &RawRequest,
) -> Result<(), CallbackError> {
    if !matches!(row.state, State::Sending | State::Running) {
        return Ok(());
    }
    let mut heard = deepgram::read(&request.body).map_err(CallbackError::Unreadable)?;
    let recording = kept.record;
    let (call, settings) = {
        let mut reader = app.db.read(scope).await?;
        let call = calls::lookup(&mut reader.conn(), scope, recording.call_id).await?.map(|kept| kept.record);
        drop(reader);
        (call, settings::read(app, scope).await?)
    };
    answer::without_made_up(&mut heard, None);
    let (is_wav, content_type) = audio::kind(app, &recording).await;
    let known = work::Known { recording: &recording, call: call.as_ref(), settings: &settings };
    work::finish(app, scope, row, heard, &known, is_wav, &content_type).await.map_err(|failure| match failure {
        Failure::LeaseLost | Failure::NotTried { .. } | Failure::Retry { .. } | Failure::GiveUp { .. } => {
            CallbackError::Later
        }
    })
}
