//! `GET /api/v1/audit`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::audit::{self, AuditFilter, Chain};
use switchboard_domain::{Timestamp, audit::Action};
use utoipa::IntoParams;

use super::AuditView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAudit {
    /// Who did it: an id (`usr_…`, `app_…`), or `user`, `app`, `operator`, `system`.
    actor: Option<String>,
    #[param(schema_with = super::action)]
    action: Option<Action>,
    /// What kind of record it was done to: `connection`, `app`, `key`, `user`, `contact`, …
    target_kind: Option<String>,
    /// The id of the record that it was done to.
    target: Option<String>,
    /// From this moment on.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Before this moment.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<i64>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists what was done in this workspace, newest first.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "list_audit", tag = "audit", params(ListAudit),
    responses((status = 200, description = "A page of entries", body = Paged<AuditView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListAudit>,
) -> Result<Json<Paged<AuditView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let filter = AuditFilter {
        actor: asked.actor,
        action: asked.action,
        target_kind: asked.target_kind,
        target: asked.target,
        since: asked.since,
        until: asked.until,
    };
    let found = audit::list(&web.app, Chain::Tenant(auth.scope), &filter, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |entry| entry.seq.to_string(), AuditView::from)))
}
