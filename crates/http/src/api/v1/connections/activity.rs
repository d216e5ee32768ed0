//! `GET /api/v1/connections/activity`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::traffic::{self, Traffic};
use utoipa::ToSchema;

use crate::{
    api::v1::{Paged, overview::HealthView},
    extract::TenantAuth,
    problem::Problem,
    state::Web,
};

/// How a connection stands, and what came over it of late.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionActivity)]
pub struct ActivityView {
    #[serde(flatten)]
    pub health: HealthView,
    /// Events of the last 24 hours.
    pub events: i64,
    /// Deliveries of the last 24 hours that were refused.
    pub rejected: i64,
    /// There was more in the last 24 hours than is counted here: `events` is of the newest 10,000 of the workspace.
    pub is_more: bool,
}

impl From<Traffic> for ActivityView {
    fn from(traffic: Traffic) -> Self {
        let Traffic { health, events, rejected, is_more } = traffic;
        Self { health: health.into(), events, rejected, is_more }
    }
}

/// Lists how the connections stand: whether what their providers send still arrives. The 100 oldest.
#[utoipa::path(get, path = "/api/v1/connections/activity", operation_id = "list_connection_activity", tag = "connections",
    responses((status = 200, description = "All of them", body = Paged<ActivityView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<ActivityView>>, Problem> {
    let found = traffic::of_connections(&web.app, auth.scope).await?;
    Ok(Json(Paged::whole(found.into_iter().map(ActivityView::from).collect())))
}
