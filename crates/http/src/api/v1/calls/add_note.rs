//! `POST /api/v1/calls/{id}/notes`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::calls;
use switchboard_domain::ids::CallId;
use utoipa::ToSchema;

use super::work::WorkView;
use crate::{
    api::v1::text,
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

pub(super) fn note_text() -> utoipa::openapi::schema::Object {
    text(1, calls::NOTE_LENGTH)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddNote {
    #[schema(schema_with = note_text)]
    text: String,
}

/// Writes a note on a call, in the caller's name.
#[utoipa::path(post, path = "/api/v1/calls/{id}/notes", operation_id = "add_call_note", tag = "calls", request_body = AddNote,
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 201, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
    JsonBody(asked): JsonBody<AddNote>,
) -> Result<(StatusCode, Json<WorkView>), Problem> {
    let (_, work) = calls::add_note(&web.app, auth.scope, &by, id, &asked.text).await?;
    Ok((StatusCode::CREATED, Json((&work).into())))
}
