//! `PATCH /api/v1/calls/{id}/notes/{note_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::calls;
use switchboard_domain::ids::{CallId, NoteId};
use utoipa::ToSchema;

use super::{add_note::note_text, work::WorkView};
use crate::{
    extract::{By, IdsPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditNote {
    #[schema(schema_with = note_text)]
    text: String,
}

/// Changes the words of a note. Only whoever wrote it may.
#[utoipa::path(patch, path = "/api/v1/calls/{id}/notes/{note_id}", operation_id = "edit_call_note", tag = "calls",
    request_body = EditNote,
    params(("id" = String, Path, description = "A call's id, prefixed or bare"),
        ("note_id" = String, Path, description = "A note's id, prefixed or bare")),
    responses((status = 200, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, note): IdsPath<CallId, NoteId>,
    JsonBody(asked): JsonBody<EditNote>,
) -> Result<Json<WorkView>, Problem> {
    let work = calls::edit_note(&web.app, auth.scope, &by, id, note, &asked.text).await?;
    Ok(Json((&work).into()))
}
