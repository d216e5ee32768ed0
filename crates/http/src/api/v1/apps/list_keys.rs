//! `GET /api/v1/apps/{id}/keys`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::apps;
use switchboard_domain::ids::{ApiKeyId, AppId};
use utoipa::IntoParams;

use super::KeyView;
use crate::{
    api::v1::Paged,
    extract::{IdPath, QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListKeys {
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<ApiKeyId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists the keys of an app, newest first, ended ones included.
#[utoipa::path(get, path = "/api/v1/apps/{id}/keys", operation_id = "list_app_keys", tag = "apps",
    params(("id" = String, Path, description = "An app's id, prefixed or bare"), ListKeys),
    responses((status = 200, description = "A page of keys", body = Paged<KeyView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<AppId>,
    QueryString(asked): QueryString<ListKeys>,
) -> Result<Json<Paged<KeyView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let found = apps::list_keys(&web.app, auth.scope, id, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |key| key.id.to_string(), KeyView::from)))
}
