//! `GET /api/v1/admin/overview`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_domain::{Timestamp, tenant::TenantStatus};
use switchboard_store::{cursor, platform, work};
use utoipa::ToSchema;

use crate::{extract::AdminAuth, problem::Problem, state::Web};

/// How the installation stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// How many tenants there are of each status.
    pub tenants: BTreeMap<&'static str, i64>,
    /// Work that waits, runs or is dead, by state and kind.
    pub work: BTreeMap<String, BTreeMap<String, i64>>,
    /// How many seconds the oldest work that is due has been due for; 0 if none is.
    pub work_late_seconds: u64,
    /// Events that are stored and not merged yet; counted to 10,000.
    pub events_waiting: i64,
    /// How many seconds the oldest of them has waited.
    pub events_late_seconds: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Shows how many tenants there are, what waits, and for how long.
#[utoipa::path(get, path = "/api/v1/admin/overview", operation_id = "get_overview", tag = "admin",
    responses((status = 200, description = "How the installation stands", body = Overview)))]
pub async fn handler(State(web): State<Web>, _admin: AdminAuth) -> Result<Json<Overview>, Problem> {
    let (db, now) = (&web.app.db, web.app.now());
    let mut tenants: BTreeMap<&'static str, i64> = TenantStatus::ALL.iter().map(|s| (s.as_str(), 0)).collect();
    tenants.extend(platform::count_tenants(db).await?.into_iter().map(|(status, count)| (status.as_str(), count)));
    let mut by_state: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for row in work::counts_of_installation(db).await? {
        by_state.entry(row.state.to_string()).or_default().insert(row.kind, row.count);
    }
    let late = |since: Option<Timestamp>| since.map_or(0, |since| now.since(since).as_secs());
    let (oldest, events_waiting) = cursor::backlog(db).await?;
    Ok(Json(Overview {
        tenants,
        work: by_state,
        work_late_seconds: late(work::oldest_ready(db, now).await?),
        events_waiting,
        events_late_seconds: late(oldest),
        at: now,
    }))
}
