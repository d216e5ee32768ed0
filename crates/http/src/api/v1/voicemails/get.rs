//! `GET /api/v1/voicemails/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::VoicemailId;
use switchboard_store::voicemails;

use super::VoicemailView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One voicemail.
#[utoipa::path(get, path = "/api/v1/voicemails/{id}", operation_id = "get_voicemail", tag = "voicemails",
    params(("id" = String, Path, description = "A voicemail's id, prefixed or bare")),
    responses((status = 200, description = "The voicemail", body = VoicemailView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<VoicemailId>,
) -> Result<Json<VoicemailView>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = voicemails::lookup(&mut reader.conn(), auth.scope, id).await?;
    Ok(Json(found.filter(|kept| !kept.record.is_removed).ok_or_else(|| Problem::not_found("voicemail"))?.into()))
}
