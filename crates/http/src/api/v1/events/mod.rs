//! Events: the log of what providers sent, and what became of each.

use serde::Serialize;
use switchboard_app::events::EventState;
use switchboard_domain::{
    Timestamp,
    event::{EventStatus, Source},
    ids::{ConnectionId, DeliveryId, EventId, JobId},
};
use utoipa::ToSchema;

use super::{event_status, source};

pub mod detail;
pub mod get;
pub mod list;
pub mod replay;
pub mod replay_many;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    #[schema(value_type = String)]
    pub id: EventId,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    #[schema(value_type = String)]
    pub delivery_id: DeliveryId,
    pub provider: String,
    /// What it is about: `call.ringing`, `sms.delivered`, `unknown`.
    pub event_type: String,
    /// The provider's id of the thing it is about.
    pub external_id: Option<String>,
    #[schema(schema_with = source)]
    pub source: Source,
    #[schema(schema_with = event_status)]
    pub status: EventStatus,
    /// The job that stands for it, when it failed.
    #[schema(value_type = Option<String>)]
    pub job_id: Option<JobId>,
    pub attempts: i32,
    pub last_error: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// When it happened, by the provider's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// The length of what was sent.
    pub body_bytes: i64,
}

impl From<EventState> for EventView {
    fn from(state: EventState) -> Self {
        let event = state.event;
        Self {
            id: event.id,
            connection_id: event.connection_id,
            delivery_id: event.delivery_id,
            provider: event.provider,
            event_type: event.event_type,
            external_id: event.external_id,
            source: event.source,
            status: state.status,
            job_id: state.job_id,
            attempts: state.attempts,
            last_error: state.last_error,
            next_attempt_at: state.next_attempt_at,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            body_bytes: event.body_bytes,
        }
    }
}
