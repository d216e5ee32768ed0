//! `GET /api/v1/recordings/{id}/audio`

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use switchboard_app::media;
use switchboard_domain::{ids::RecordingId, recording::StoredMedia};
use switchboard_store::{record, recordings::KeptRecording};

use crate::{
    extract::{IdPath, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Leads to the audio of a recording.
///
/// The answer is a redirect to a link that works for a short time without a key, so that a player can follow it.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/audio", operation_id = "get_recording_audio", tag = "recordings",
    params(("id" = String, Path, description = "A recording's id, prefixed or bare")),
    responses((status = 302, description = "Where the audio is", headers(("location" = String)))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<RecordingId>,
) -> Result<Response, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found: Option<KeptRecording> = record::lookup(&mut reader.conn(), auth.scope, id.uuid()).await?;
    drop(reader);
    match found.ok_or_else(|| Problem::not_found("recording"))?.record.media {
        Some(StoredMedia::Saved { key, content_type, .. }) => {
            // Without a host: a page that was opened by another name than BACKEND_URL may play it too.
            let path = media::signed_path(&web.app, &key, &content_type);
            Ok((StatusCode::FOUND, [(header::LOCATION, path)]).into_response())
        }
        Some(StoredMedia::Failed { reason } | StoredMedia::Removed { reason }) => {
            Err(Problem::new(Code::NotFound, format!("there is no copy of this recording: {reason}")))
        }
        None => Err(Problem::new(Code::NotFound, "there is no copy of this recording yet")),
    }
}
