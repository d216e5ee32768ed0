//! `POST /api/v1/voicemails/{id}/heard`

use axum::{Json, extract::State};
use switchboard_app::voicemails;
use switchboard_domain::ids::VoicemailId;

use super::VoicemailView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Marks a voicemail as listened to.
#[utoipa::path(post, path = "/api/v1/voicemails/{id}/heard", operation_id = "mark_voicemail_heard", tag = "voicemails",
    params(("id" = String, Path, description = "A voicemail's id, prefixed or bare")),
    responses((status = 200, description = "The voicemail", body = VoicemailView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<VoicemailId>,
) -> Result<Json<VoicemailView>, Problem> {
    let kept = voicemails::set_heard(&web.app, auth.scope, &by, id, true).await?;
    Ok(Json(kept.ok_or_else(|| Problem::not_found("voicemail"))?.into()))
}
