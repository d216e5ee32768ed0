//! `GET /api/v1/exports`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::privacy::contacts;
use switchboard_domain::ids::ExportId;
use utoipa::IntoParams;

use super::ExportView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListExports {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<ExportId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists exports that were asked for and have not expired, newest first.
#[utoipa::path(get, path = "/api/v1/exports", operation_id = "list_exports", tag = "privacy", params(ListExports),
    responses((status = 200, description = "A page of exports", body = Paged<ExportView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListExports>,
) -> Result<Json<Paged<ExportView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let found = contacts::list_exports(&web.app, auth.scope, asked.cursor, limit + 1).await?;
    let now = web.app.now();
    Ok(Json(Paged::cut(
        found,
        limit,
        |(export, _)| export.id.to_string(),
        |(export, job)| ExportView::of(export, job, now),
    )))
}
