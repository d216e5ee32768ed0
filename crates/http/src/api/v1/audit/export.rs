//! `GET /api/v1/audit/export`

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, stream};
use serde::Deserialize;
use switchboard_app::{
    App,
    audit::{self, CSV_HEAD, Chain, Entry},
};
use switchboard_domain::audit::Action;
use switchboard_store::StoreError;
use utoipa::{IntoParams, ToSchema};

use super::AuditView;
use crate::{
    extract::{By, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

/// In what form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportForm {
    /// One JSON object a line.
    #[default]
    Ndjson,
    /// For spreadsheets; a value that one would run as a formula has an apostrophe in front.
    Csv,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportAudit {
    /// `ndjson` unless said.
    #[serde(default)]
    #[param(inline)]
    format: ExportForm,
}

/// The whole log of this workspace, oldest first, up to now. That it was taken is its next entry.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "export_audit", tag = "audit", params(ExportAudit),
    responses((status = 200, description = "One entry a line", content(
        (String = "application/x-ndjson"), (String = "text/csv")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    QueryString(asked): QueryString<ExportAudit>,
) -> Result<Response, Problem> {
    let chain = Chain::Tenant(auth.scope);
    let end = audit::end(&web.app, chain).await?;
    audit::record_alone(&web.app, auth.scope, Entry::new(&by, Action::AuditExported).with("entries", end)).await?;
    let (kind, file) = match asked.format {
        ExportForm::Ndjson => ("application/x-ndjson", "audit.ndjson"),
        ExportForm::Csv => ("text/csv; charset=utf-8", "audit.csv"),
    };
    let disposition = format!("attachment; filename=\"{file}\"");
    let body = Body::from_stream(lines(Arc::clone(&web.app), chain, end, asked.format));
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// Page after page up to `end`. A page that cannot be read breaks the download off, so that nobody takes it for whole.
fn lines(app: Arc<App>, chain: Chain, end: i64, form: ExportForm) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let head = (form == ExportForm::Csv).then(|| Ok(Bytes::from_static(CSV_HEAD.as_bytes())));
    let pages = stream::try_unfold(0, move |after| {
        let app = Arc::clone(&app);
        async move {
            if after >= end {
                return Ok(None);
            }
            let page = audit::export_page(&app, chain, after).await?;
            let Some(last) = page.last().map(|entry| entry.seq) else { return Ok(None) };
            let text: String =
                page.into_iter().filter(|entry| entry.seq <= end).map(|entry| line(entry, form)).collect();
            Ok(Some((Bytes::from(text), last)))
        }
    });
    futures::StreamExt::chain(stream::iter(head), pages)
}

fn line(entry: switchboard_store::audit::Entry, form: ExportForm) -> String {
    match form {
        ExportForm::Csv => audit::csv_line(&entry),
        // A view has no failing `Serialize`: it is numbers, text and JSON.
        ExportForm::Ndjson => serde_json::to_string(&AuditView::from(entry)).unwrap_or_default() + "\n",
    }
}
