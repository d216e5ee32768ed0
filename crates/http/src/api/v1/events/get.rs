//! `GET /api/v1/events/{id}`

use axum::{Json, extract::State};
use switchboard_app::events;
use switchboard_domain::{ids::EventId, role::Permission};

use super::detail::EventDetailView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One event, with what was sent, what it says and what came of it.
///
/// What was sent names people. Who may not read records (`records.read`) gets the event without it.
#[utoipa::path(get, path = "/api/v1/events/{id}", operation_id = "get_event", tag = "events",
    params(("id" = String, Path, description = "An event's id, prefixed or bare")),
    responses((status = 200, description = "The event", body = EventDetailView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<EventId>,
) -> Result<Json<EventDetailView>, Problem> {
    let with_contents = auth.actor.may(Permission::RecordsRead);
    let found = events::detail(&web.app, auth.scope, id, with_contents).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("event"))?.into()))
}
