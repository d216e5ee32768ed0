//! `GET` and `POST /api/v1/calls/{id}/transcription`

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use switchboard_app::speech::{self, AgainError, OfCall, Standing};
use switchboard_domain::{
    Timestamp,
    ids::{CallId, RecordingId},
    transcription::{AudioState, SkipCode, TranscriptionState},
};
use utoipa::ToSchema;

use crate::{
    api::v1::words,
    extract::{By, IdPath, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

fn state() -> utoipa::openapi::schema::Object {
    words(TranscriptionState::ALL.iter().map(|state| state.as_str()))
}

fn audio() -> utoipa::openapi::schema::Object {
    words(AudioState::ALL.iter().map(|state| state.as_str()))
}

fn availability() -> utoipa::openapi::schema::Object {
    words(["on", "switched_off", "no_connection"])
}

/// Where one recording stands on its way to a transcript.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingTranscription {
    #[schema(value_type = String, example = "rec_01980000000080008000000000000000")]
    pub recording_id: RecordingId,
    /// `unknown`: this server stopped while the recording was being sent, and the provider cannot be asked; a person decides.
    #[schema(schema_with = state)]
    pub state: TranscriptionState,
    /// Why it was skipped: `too_short`, `over_budget`, `has_transcript`, `no_connection` or `switched_off`.
    #[schema(value_type = Option<String>)]
    pub code: Option<SkipCode>,
    /// What went wrong and what to do about it.
    pub reason: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    /// Minutes that it took of the month's.
    pub minutes: i64,
    /// How often something was taken out of the text, by kind: `card_number`, `security_code`, `card_expiry`,
    /// `social_security_number`, `iban`.
    pub redacted: BTreeMap<String, u32>,
    /// Whether what was taken out of the text can still be heard in the recording.
    #[schema(schema_with = audio)]
    pub audio: AudioState,
    /// Why it can be heard.
    pub audio_reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Where the recordings of a call stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallTranscription {
    /// Whether this workspace has its recordings written down at all.
    #[schema(schema_with = availability)]
    pub availability: &'static str,
    /// The call's provider wrote down itself what was said.
    pub has_own: bool,
    /// Recordings with a copy here; one of which nothing was asked yet is not listed in `recordings`.
    pub recording_count: usize,
    /// `POST` to this address would begin.
    pub can_ask: bool,
    pub recordings: Vec<RecordingTranscription>,
}

impl From<OfCall> for CallTranscription {
    fn from(shown: OfCall) -> Self {
        let (can_ask, recording_count) = (shown.can_ask(), shown.recordings.len());
        let view = |standing: Standing| {
            let row = standing.transcription?;
            Some(RecordingTranscription {
                recording_id: row.recording_id,
                state: row.state,
                code: row.code,
                reason: row.reason,
                provider: row.provider,
                model: row.model,
                minutes: row.minutes,
                redacted: row.found,
                audio: row.audio,
                audio_reason: row.audio_reason,
                updated_at: row.updated_at,
            })
        };
        Self {
            availability: shown.availability.as_str(),
            has_own: shown.has_own,
            recording_count,
            can_ask,
            recordings: shown.recordings.into_iter().filter_map(view).collect(),
        }
    }
}

/// Where the recordings of a call stand on their way to a transcript.
#[utoipa::path(get, path = "/api/v1/calls/{id}/transcription", operation_id = "get_call_transcription", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "Where they stand", body = CallTranscription)))]
pub async fn get(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<CallTranscription>, Problem> {
    Ok(Json(speech::of_call(&web.app, auth.scope, id).await?.into()))
}

/// Has the recordings of a call written down, once more where they were.
///
/// 409 where nothing can be done: transcription is off, no connection can, no recording is kept here, the provider wrote it down
/// itself, or it is being done already. Minutes of the month are used again.
#[utoipa::path(post, path = "/api/v1/calls/{id}/transcription", operation_id = "transcribe_call", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 202, description = "It begins", body = CallTranscription)))]
pub async fn ask(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
) -> Result<(StatusCode, Json<CallTranscription>), Problem> {
    let begun = speech::again(&web.app, auth.scope, id, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(begun.into())))
}

impl From<AgainError> for Problem {
    fn from(error: AgainError) -> Self {
        match error {
            AgainError::NoSuchCall => Self::not_found("call"),
            AgainError::SwitchedOff
            | AgainError::NoConnection
            | AgainError::HasTranscript
            | AgainError::NoRecording
            | AgainError::Busy => Self::new(Code::Conflict, error.to_string()),
            AgainError::Store(error) => error.into(),
            AgainError::Connections(error) => error.into(),
        }
    }
}
