//! `GET /api/v1/reports/{kind}/file`

use axum::{
    body::Body,
    extract::{Path, State},
    response::Response,
};
use switchboard_app::report_files::report::{self, ReportFileError, Wanted};
use switchboard_domain::report_schedule::FileFormat;
use switchboard_rules::report::ReportKind;

use super::ReportQuery;
use crate::{
    export,
    extract::{AsFile, By, ClientInfo, ListQuery, TenantAuth},
    problem::Problem,
    state::Web,
};

/// A report as a file: CSV for programs, XLSX for spreadsheets, PDF for paper. That it was taken out is in the audit log.
///
/// It takes what the report itself takes. Nothing in it is run by a spreadsheet.
#[utoipa::path(get, path = "/api/v1/reports/{kind}/file", operation_id = "export_report", tag = "reports",
    params(("kind" = String, Path, description = "Which report, by the last word of its address", example = "volume"),
        ReportQuery, AsFile),
    responses((status = 200, description = "The file", content((String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    ClientInfo(client): ClientInfo,
    Path(kind): Path<String>,
    ListQuery(asked, form): ListQuery<ReportQuery, AsFile>,
) -> Result<Response, Problem> {
    let kind = ReportKind::parse(&kind).ok_or_else(|| Problem::not_found("report"))?;
    let (filter, asked) = asked.filter(&web, auth.scope).await?;
    let format = form.format.unwrap_or(FileFormat::Csv);
    let wanted = Wanted { kind, filter, asked, format, language: form.lang.unwrap_or(client.language) };
    let file = report::export(&web.app, auth.scope, &wanted, &by).await?;
    Ok(export::sent(&file.name, file.format, Body::from(file.bytes)))
}

impl From<ReportFileError> for Problem {
    fn from(error: ReportFileError) -> Self {
        match error {
            ReportFileError::Report(error) => error.into(),
            ReportFileError::File(error) => error.into(),
            ReportFileError::Store(error) => error.into(),
        }
    }
}
