//! `DELETE /api/v1/calls/{id}/notes/{note_id}`

use axum::{Json, extract::State};
use switchboard_app::calls;
use switchboard_domain::ids::{CallId, NoteId};

use super::work::WorkView;
use crate::{
    extract::{By, IdsPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Takes a note away. Only whoever wrote it may.
#[utoipa::path(delete, path = "/api/v1/calls/{id}/notes/{note_id}", operation_id = "remove_call_note", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare"),
        ("note_id" = String, Path, description = "A note's id, prefixed or bare")),
    responses((status = 200, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, note): IdsPath<CallId, NoteId>,
) -> Result<Json<WorkView>, Problem> {
    let work = calls::remove_note(&web.app, auth.scope, &by, id, note).await?;
    Ok(Json((&work).into()))
}
