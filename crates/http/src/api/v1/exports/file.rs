//! `GET /api/v1/exports/{id}/file`

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use switchboard_app::{
    audit::{self, Entry},
    jobs::EXPORT_CONTENT_TYPE,
    media,
    privacy::contacts,
};
use switchboard_domain::{audit::Action, ids::ExportId};

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Leads to the file of an export.
///
/// The answer is a redirect to a link that works for a short time without a key, so that a browser can follow it. Who was
/// led there is written down in the audit log.
#[utoipa::path(get, path = "/api/v1/exports/{id}/file", operation_id = "get_export_file", tag = "privacy",
    params(("id" = String, Path, description = "An export's id, prefixed or bare")),
    responses((status = 302, description = "Where the file is", headers(("location" = String)))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ExportId>,
) -> Result<Response, Problem> {
    let found = contacts::find_export(&web.app, auth.scope, id).await?;
    let (export, _) = found.ok_or_else(|| Problem::not_found("export"))?;
    let is_there = export.expires_at.is_some_and(|end| end > web.app.now());
    let Some(key) = export.media_key.filter(|_| is_there) else {
        return Err(Problem::new(Code::NotFound, "the export has no file (yet, or any more)"));
    };
    audit::record_alone(&web.app, auth.scope, Entry::new(&by, Action::ExportDownloaded).on("export", id)).await?;
    let url = media::signed_url(&web.app, &key, EXPORT_CONTENT_TYPE);
    Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response())
}
