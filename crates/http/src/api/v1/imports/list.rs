//! `GET /api/v1/imports`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::import;
use switchboard_domain::ids::ImportId;
use utoipa::IntoParams;

use super::ImportView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListImports {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<ImportId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists files of call records that were brought, newest first.
#[utoipa::path(get, path = "/api/v1/imports", operation_id = "list_imports", tag = "imports", params(ListImports),
    responses((status = 200, description = "A page of imports", body = Paged<ImportView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListImports>,
) -> Result<Json<Paged<ImportView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let found = import::list(&web.app, auth.scope, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |import| import.id.to_string(), ImportView::from)))
}
