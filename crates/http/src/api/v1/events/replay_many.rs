//! `POST /api/v1/events/replay`

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use switchboard_app::{
    App,
    events::{self, About},
    replay::{self, PAGE, Replay},
};
use switchboard_domain::{
    Timestamp,
    event::EventStatus,
    ids::{ConnectionId, EventId, JobId},
};
use switchboard_store::{TenantScope, events::EventFilter};
use utoipa::ToSchema;

use crate::{
    api::v1::event_status,
    extract::{By, JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Events of one request with a filter, at most.
const MOST: u64 = 100_000;

/// Which events: by id, or by what the list is narrowed by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayEvents {
    /// At most 200 ids. Alone: nothing below goes with it.
    #[schema(value_type = Option<Vec<String>>, max_items = 200)]
    ids: Option<Vec<EventId>>,
    /// All events that fit, as a job.
    filter: Option<ReplayFilter>,
    /// Of those that fit, at most so many, the oldest first.
    #[serde(default = "most")]
    #[schema(minimum = 1, maximum = 100_000)]
    at_most: u64,
}

const fn most() -> u64 {
    MOST
}

/// What the list of events is narrowed by. An empty filter is all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayFilter {
    /// `pending` ones are merged anyway.
    #[schema(schema_with = event_status, required = false)]
    status: Option<EventStatus>,
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    provider: Option<String>,
    event_type: Option<String>,
    /// The provider's ids of what they are about, at most 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    external_ids: Vec<String>,
    /// A call, message, voicemail, recording or transcript.
    record_id: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    received_from: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    received_before: Option<Timestamp>,
}

/// What became of the request.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ReplayStarted)]
pub struct ReplayStarted {
    /// The job that does it, page by page; its progress says how far it is. Null where the events were named.
    #[schema(value_type = Option<String>)]
    job_id: Option<JobId>,
    /// Processed before: merged again without setting anything off.
    replayed: u64,
    /// Dead before: tried again like new ones.
    requeued: u64,
    /// Waiting already: left alone.
    left: u64,
}

/// Has many events read again.
#[utoipa::path(post, path = "/api/v1/events/replay", operation_id = "replay_events", tag = "events",
    request_body = ReplayEvents,
    responses((status = 202, description = "They are on their way", body = ReplayStarted)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<ReplayEvents>,
) -> Result<(StatusCode, Json<ReplayStarted>), Problem> {
    let started = match (asked.ids, asked.filter) {
        (Some(ids), None) => {
            if ids.is_empty() || i64::try_from(ids.len()).unwrap_or(i64::MAX) > PAGE {
                return Err(Problem::new(Code::InvalidBody, format!("ids: name 1 to {PAGE} events")));
            }
            let done = replay::these(&web.app, auth.scope, &ids, &by).await?;
            ReplayStarted { job_id: None, replayed: done.replayed, requeued: done.requeued, left: done.left }
        }
        (None, Some(filter)) => match wanted(&web.app, auth.scope, filter, asked.at_most).await? {
            Some(replay) => {
                let job_id = Some(replay::ask(&web.app, auth.scope, &replay, &by).await?);
                ReplayStarted { job_id, ..ReplayStarted::default() }
            }
            None => ReplayStarted::default(),
        },
        _ => return Err(Problem::new(Code::InvalidBody, "send either `ids` or a `filter`")),
    };
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// The replay that was asked for; `None` when it is about a record that is not there.
async fn wanted(app: &App, scope: TenantScope, asked: ReplayFilter, at_most: u64) -> Result<Option<Replay>, Problem> {
    if !(1..=MOST).contains(&at_most) {
        return Err(Problem::new(Code::InvalidBody, format!("at_most: a number from 1 to {MOST}")));
    }
    if asked.external_ids.len() > 200 {
        return Err(Problem::new(Code::InvalidBody, "external_ids: at most 200"));
    }
    if asked.status == Some(EventStatus::Pending) {
        return Err(Problem::new(Code::InvalidBody, "status: pending events are merged in a moment anyway"));
    }
    let filter = EventFilter {
        connection_id: asked.connection_id,
        provider: asked.provider,
        event_type: asked.event_type,
        external_ids: asked.external_ids,
        received_from: asked.received_from,
        received_before: asked.received_before,
        ..EventFilter::default()
    };
    let about: Option<About> = asked
        .record_id
        .map(|id| id.parse())
        .transpose()
        .map_err(|error| Problem::new(Code::InvalidBody, format!("record_id: {error}")))?;
    let filter = match about {
        None => Some(filter),
        Some(record) => events::about(app, scope, record, filter).await?,
    };
    Ok(filter.map(|filter| Replay { filter, status: asked.status, most: Some(at_most) }))
}
