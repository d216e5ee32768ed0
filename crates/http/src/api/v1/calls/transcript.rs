//! `GET /api/v1/calls/{id}/transcript`
//!
//! Asks for `records.read` and not for `records.export`: whoever reads the call reads the same words there, and exporting is
//! about taking out many at once. That it was taken is in the audit log all the same.

use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use switchboard_app::transcripts::{self, Format, TranscriptError};
use switchboard_domain::ids::CallId;
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{By, IdPath, QueryString, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// How it is written out.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptForm {
    /// Plain text, line by line.
    #[default]
    Txt,
    /// WebVTT, for players: timed from where the recording begins.
    Vtt,
    Json,
}

impl From<TranscriptForm> for Format {
    fn from(form: TranscriptForm) -> Self {
        match form {
            TranscriptForm::Txt => Self::Text,
            TranscriptForm::Vtt => Self::Vtt,
            TranscriptForm::Json => Self::Json,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportTranscript {
    /// `txt` unless said.
    #[serde(default)]
    #[param(inline)]
    format: TranscriptForm,
}

/// The transcript of a call as a file. 409 while there is none.
#[utoipa::path(get, path = "/api/v1/calls/{id}/transcript", operation_id = "export_call_transcript", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare"), ExportTranscript),
    responses((status = 200, description = "The file", content(
        (String = "text/plain"), (String = "text/vtt"), (serde_json::Value = "application/json")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
    QueryString(asked): QueryString<ExportTranscript>,
) -> Result<Response, Problem> {
    let format = Format::from(asked.format);
    let file = transcripts::export(&web.app, auth.scope, &by, id, format).await?;
    let disposition = format!("attachment; filename=\"{id}.{}\"", format.as_str());
    Ok(([(CONTENT_TYPE, format.content_type().to_owned()), (CONTENT_DISPOSITION, disposition)], file).into_response())
}

impl From<TranscriptError> for Problem {
    fn from(error: TranscriptError) -> Self {
        match error {
            TranscriptError::NoSuchCall => Self::not_found("call"),
            TranscriptError::None => Self::new(Code::Conflict, error.to_string()),
            TranscriptError::Store(error) => error.into(),
        }
    }
}
