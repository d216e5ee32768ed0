//! `POST /api/v1/events/{id}/replay`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::{events, replay};
use switchboard_domain::ids::EventId;

use super::EventView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Has an event read again.
///
/// One that was processed is merged again and causes no jobs; a dead one gets a new life; one that waits goes on waiting.
#[utoipa::path(post, path = "/api/v1/events/{id}/replay", operation_id = "replay_event", tag = "events",
    params(("id" = String, Path, description = "An event's id, prefixed or bare")),
    responses((status = 202, description = "It is on its way", body = EventView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<EventId>,
) -> Result<(StatusCode, Json<EventView>), Problem> {
    replay::one(&web.app, auth.scope, id, &by).await?.ok_or_else(|| Problem::not_found("event"))?;
    let found = events::find(&web.app, auth.scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(found.ok_or_else(|| Problem::not_found("event"))?.into())))
}
