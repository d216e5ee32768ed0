//! `GET /api/v1/events/{id}`

use axum::{Json, extract::State};
use switchboard_app::events;
use switchboard_domain::ids::EventId;

use super::EventDetail;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One event, with what was sent.
#[utoipa::path(get, path = "/api/v1/events/{id}", operation_id = "get_event", tag = "events",
    params(("id" = String, Path, description = "An event's id, prefixed or bare")),
    responses((status = 200, description = "The event", body = EventDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<EventId>,
) -> Result<Json<EventDetail>, Problem> {
    let found = events::find(&web.app, auth.scope, id).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("event"))?.into()))
}
