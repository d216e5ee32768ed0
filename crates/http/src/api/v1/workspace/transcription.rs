//! `GET` and `PUT /api/v1/workspace/transcription`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_app::speech::{self, SettingsError, Shown, Wish};
use switchboard_domain::{
    Timestamp,
    ids::ConnectionId,
    transcription::{CallerChannel, TranscriptionSettings},
};
use utoipa::ToSchema;

use crate::{
    api::v1::words,
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

fn channel() -> utoipa::openapi::schema::Object {
    words(CallerChannel::ALL.iter().map(|channel| channel.as_str()))
}

/// A connection that writes recordings down.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranscriptionChoice {
    #[schema(value_type = String, example = "con_01980000000070008000000000000000")]
    pub id: ConnectionId,
    pub name: String,
    /// The word of its kind: `openai`, `deepgram`, `assemblyai`.
    pub provider: String,
}

/// How recordings are written down.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TranscriptionSettings)]
pub struct TranscriptionSettingsView {
    /// The feature `transcription_enabled` is on for this workspace.
    pub is_on: bool,
    /// The connection that was chosen; null: the first one that can.
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    /// The connection that is used; null: there is none, and nothing is written down.
    #[schema(value_type = Option<String>)]
    pub used_connection_id: Option<ConnectionId>,
    /// Connections that can be chosen.
    pub connections: Vec<TranscriptionChoice>,
    /// ISO 639-1; null: found out for each recording.
    pub language: Option<String>,
    /// Card numbers, security codes, social security numbers and IBANs are taken out of transcripts that are made here, and
    /// silenced in the recording.
    pub redact_own: bool,
    /// They are taken out of what the providers of calls send: transcripts, voicemail texts, recaps.
    pub redact_provider: bool,
    /// Shorter recordings are left out.
    pub min_seconds: i64,
    /// Null: no limit.
    pub minutes_per_month: Option<i64>,
    /// Minutes of this month (UTC), each begun one whole.
    pub minutes_used: i64,
    /// Which channel of a recording with two carries whoever placed the call.
    #[schema(schema_with = channel)]
    pub caller_channel: CallerChannel,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
}

impl From<Shown> for TranscriptionSettingsView {
    fn from(shown: Shown) -> Self {
        let TranscriptionSettings {
            connection_id,
            language,
            redact_own,
            redact_provider,
            min_seconds,
            minutes_per_month,
            caller_channel,
            updated_at,
        } = shown.settings;
        let choices = shown.connections.into_iter().map(|connection| TranscriptionChoice {
            id: connection.id,
            name: connection.name,
            provider: connection.provider,
        });
        Self {
            is_on: shown.is_on,
            connection_id,
            used_connection_id: shown.used,
            connections: choices.collect(),
            language,
            redact_own,
            redact_provider,
            min_seconds,
            minutes_per_month,
            minutes_used: shown.minutes_used,
            caller_channel,
            updated_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTranscription {
    /// Null: the first connection that can.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Two letters, such as `es`; null: found out for each recording.
    #[serde(default)]
    language: Option<String>,
    redact_own: bool,
    redact_provider: bool,
    /// 0 to 3,600.
    min_seconds: i64,
    /// 0 to 10,000,000; null: no limit.
    #[serde(default)]
    minutes_per_month: Option<i64>,
    #[schema(schema_with = channel)]
    caller_channel: CallerChannel,
}

/// How this workspace has its recordings written down, and how much of the month's minutes is used.
#[utoipa::path(get, path = "/api/v1/workspace/transcription", operation_id = "get_transcription_settings", tag = "workspace",
    responses((status = 200, description = "What holds", body = TranscriptionSettingsView)))]
pub async fn get(State(web): State<Web>, auth: TenantAuth) -> Result<Json<TranscriptionSettingsView>, Problem> {
    Ok(Json(speech::settings(&web.app, auth.scope).await?.into()))
}

/// Sets how recordings are written down, as a whole.
///
/// It holds for recordings that are saved from now on, and for those that are transcribed again.
#[utoipa::path(put, path = "/api/v1/workspace/transcription", operation_id = "set_transcription_settings", tag = "workspace",
    request_body = SetTranscription,
    responses((status = 200, description = "What holds now", body = TranscriptionSettingsView)))]
pub async fn set(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SetTranscription>,
) -> Result<Json<TranscriptionSettingsView>, Problem> {
    let wish = Wish {
        connection_id: asked.connection_id,
        language: asked.language.filter(|language| !language.is_empty()),
        redact_own: asked.redact_own,
        redact_provider: asked.redact_provider,
        min_seconds: asked.min_seconds,
        minutes_per_month: asked.minutes_per_month,
        caller_channel: asked.caller_channel,
    };
    Ok(Json(speech::set(&web.app, auth.scope, wish, &by).await?.into()))
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Invalid(faults) => Self::fields(faults),
            SettingsError::Store(error) => error.into(),
            SettingsError::Connections(error) => error.into(),
        }
    }
}
