//! `GET /api/v1/apps`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::ids::AppId;
use switchboard_store::apps;
use utoipa::IntoParams;

use super::AppView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApps {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<AppId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists apps, oldest first.
#[utoipa::path(get, path = "/api/v1/apps", operation_id = "list_apps", tag = "apps", params(ListApps),
    responses((status = 200, description = "A page of apps", body = Paged<AppView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListApps>,
) -> Result<Json<Paged<AppView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = apps::list(&mut reader.conn(), auth.scope, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |app| app.id.to_string(), AppView::from)))
}
