//! `POST /api/v1/contacts/{id}/export`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::privacy::contacts;
use switchboard_domain::ids::ContactId;

use crate::{
    api::v1::exports::ExportView,
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Has everything about a contact put into an archive.
///
/// A job does it. The archive holds the contact, calls with their legs, voicemails, recordings with their audio, transcripts,
/// messages, and what the provider sent about them. It can be had for 7 days.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/export", operation_id = "export_contact", tag = "privacy",
    params(("id" = String, Path, description = "A contact's id, prefixed or bare")),
    responses((status = 202, description = "A job makes it; ask for the export again", body = ExportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ContactId>,
) -> Result<(StatusCode, Json<ExportView>), Problem> {
    let export = contacts::export(&web.app, auth.scope, &by, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportView::of(export, None, web.app.now()))))
}
