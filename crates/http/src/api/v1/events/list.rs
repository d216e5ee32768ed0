//! `GET /api/v1/events`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::{
    App,
    events::{self, About, StatePage},
};
use switchboard_domain::{
    Timestamp,
    event::EventStatus,
    ids::{ConnectionId, EventId},
};
use switchboard_store::{TenantScope, events::EventFilter};
use utoipa::IntoParams;

use super::EventView;
use crate::{
    api::v1::{Paged, event_status},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// What became of them.
    #[param(schema_with = event_status, required = false)]
    status: Option<EventStatus>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// The provider's word: `dialpad`.
    provider: Option<String>,
    /// Exactly this type: `call.ringing`.
    event_type: Option<String>,
    /// The provider's id of the thing it is about, or several with commas.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>)]
    external_id: Vec<String>,
    /// About this record: the id of a call, message, voicemail, recording or transcript.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    record_id: Option<About>,
    /// Received at this moment or later.
    #[param(value_type = Option<String>, format = DateTime)]
    received_from: Option<Timestamp>,
    /// Received before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    received_before: Option<Timestamp>,
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

/// Lists events, newest first.
///
/// A page of a narrowed list looks at a part of the log and then says where the next one goes on, so it may be short, even
/// empty, while `has_more` is true: follow `next_cursor`.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "list_events", tag = "events", params(ListEvents),
    responses((status = 200, description = "A page of events", body = Paged<EventView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListEvents>,
) -> Result<Json<Paged<EventView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let page = page(&web.app, auth.scope, asked, limit).await?;
    Ok(Json(Paged {
        has_more: page.next.is_some(),
        next_cursor: page.next.map(|id| id.to_string()),
        data: page.events.into_iter().map(EventView::from).collect(),
    }))
}

async fn page(app: &App, scope: TenantScope, asked: ListEvents, limit: i64) -> Result<StatePage, Problem> {
    let filter = EventFilter {
        connection_id: asked.connection_id,
        provider: asked.provider,
        event_type: asked.event_type,
        external_ids: query::unique(asked.external_id),
        received_from: asked.received_from,
        received_before: asked.received_before,
        cursor: asked.cursor,
        oldest_first: asked.oldest_first,
    };
    let filter = match asked.record_id {
        None => Some(filter),
        Some(record) => events::about(app, scope, record, filter).await?,
    };
    match filter {
        Some(filter) => Ok(events::list(app, scope, &filter, asked.status, limit).await?),
        // A record that is not there has no events.
        None => Ok(StatePage::default()),
    }
}
