//! `GET /api/v1/recordings/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::RecordingId;
use switchboard_store::{record, recordings::KeptRecording};

use super::RecordingView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One recording.
#[utoipa::path(get, path = "/api/v1/recordings/{id}", operation_id = "get_recording", tag = "recordings",
    params(("id" = String, Path, description = "A recording's id, prefixed or bare")),
    responses((status = 200, description = "The recording", body = RecordingView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<RecordingId>,
) -> Result<Json<RecordingView>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found: Option<KeptRecording> = record::lookup(&mut reader.conn(), auth.scope, id.uuid()).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("recording"))?.into()))
}
