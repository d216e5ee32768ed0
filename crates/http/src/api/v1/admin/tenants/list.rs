//! `GET /api/v1/admin/tenants`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{ids::TenantId, tenant::TenantStatus};
use switchboard_store::platform::{self, TenantFilter};
use utoipa::IntoParams;

use super::TenantView;
use crate::{
    api::v1::Paged,
    extract::{AdminAuth, QueryString, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTenants {
    /// Only those of this status.
    #[param(schema_with = crate::api::v1::tenant_status)]
    status: Option<TenantStatus>,
    /// Part of the name or the subdomain.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<TenantId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists tenants, oldest first.
#[utoipa::path(get, path = "/api/v1/admin/tenants", operation_id = "list_tenants", tag = "admin", params(ListTenants),
    responses((status = 200, description = "A page of tenants", body = Paged<TenantView>)))]
pub async fn handler(
    State(web): State<Web>,
    _admin: AdminAuth,
    QueryString(asked): QueryString<ListTenants>,
) -> Result<Json<Paged<TenantView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let search = asked.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let filter = TenantFilter { status: asked.status, search };
    let found = platform::list_tenant_overviews(&web.app.db, filter, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |found| found.tenant.id.to_string(), TenantView::from)))
}
