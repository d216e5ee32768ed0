//! `GET /api/v1/events`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::events;
use switchboard_domain::{
    event::EventStatus,
    ids::{ConnectionId, EventId},
    job::JobState,
};
use switchboard_store::events::EventFilter;
use utoipa::IntoParams;

use super::EventView;
use crate::{
    api::v1::{Paged, words},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// Only those that failed: `retrying` or `dead`.
    #[param(schema_with = failed, required = false)]
    status: Option<EventStatus>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Exactly this type: `call.ringing`.
    event_type: Option<String>,
    /// The provider's id of the thing it is about.
    external_id: Option<String>,
    /// Begin with the oldest.
    #[serde(default)]
    oldest_first: bool,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<EventId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

fn failed() -> utoipa::openapi::schema::Object {
    words(["retrying", "dead"])
}

/// Lists events, newest first.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "list_events", tag = "events", params(ListEvents),
    responses((status = 200, description = "A page of events", body = Paged<EventView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListEvents>,
) -> Result<Json<Paged<EventView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let failed = match asked.status {
        None => None,
        Some(EventStatus::Dead) => Some(JobState::Dead),
        Some(EventStatus::Retrying) => Some(JobState::Ready),
        Some(EventStatus::Processed | EventStatus::Pending) => {
            return Err(Problem::parameter("status", "`retrying` or `dead`; leave it out to see all events"));
        }
    };
    let filter = EventFilter {
        connection_id: asked.connection_id,
        event_type: asked.event_type,
        external_id: asked.external_id,
        cursor: asked.cursor,
        oldest_first: asked.oldest_first,
    };
    let found = events::list(&web.app, auth.scope, &filter, failed, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |state| state.event.id.to_string(), EventView::from)))
}
