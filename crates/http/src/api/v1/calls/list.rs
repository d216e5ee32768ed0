//! `GET /api/v1/calls`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, CallStatus, Direction},
    ids::{ConnectionId, ContactId},
};
use switchboard_store::{
    calls::{self, CallFilter},
    page::Cursor,
};
use utoipa::IntoParams;

use super::CallView;
use crate::{
    api::v1::{Paged, call_outcome, direction},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCalls {
    /// One status, or several with commas: ringing, active, ended, missed, rejected, voicemail.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>, example = "ringing,active")]
    status: Vec<CallStatus>,
    #[param(schema_with = call_outcome, required = false)]
    outcome: Option<CallOutcome>,
    #[param(schema_with = direction, required = false)]
    direction: Option<Direction>,
    /// Exactly this number, in E.164.
    from_number: Option<String>,
    /// Exactly this number, in E.164.
    to_number: Option<String>,
    /// Exactly this number, in E.164, on either side.
    number: Option<String>,
    /// The provider's id of a user.
    agent_id: Option<String>,
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Only calls on which a message was left, or only the others.
    is_voicemail: Option<bool>,
    /// Only calls that somebody marked as dealt with, or only the others.
    is_resolved: Option<bool>,
    /// Only calls with this tag, exactly as written.
    tag: Option<String>,
    /// Calls that began at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_from: Option<Timestamp>,
    /// Calls that began before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_before: Option<Timestamp>,
    /// Calls that changed at this time or later; the list then begins with the oldest change.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_since: Option<Timestamp>,
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists calls, newest first.
#[utoipa::path(get, path = "/api/v1/calls", operation_id = "list_calls", tag = "calls", params(ListCalls),
    responses((status = 200, description = "A page of calls", body = Paged<CallView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListCalls>,
) -> Result<Json<Paged<CallView>>, Problem> {
    let window = query::window(asked.cursor, asked.limit, asked.updated_since)?;
    let filter = CallFilter {
        statuses: query::unique(asked.status),
        outcome: asked.outcome,
        direction: asked.direction,
        from_number: asked.from_number,
        to_number: asked.to_number,
        number: asked.number,
        agent_id: asked.agent_id,
        contact_id: asked.contact_id,
        connection_id: asked.connection_id,
        is_voicemail: asked.is_voicemail,
        is_resolved: asked.is_resolved,
        tag: asked.tag,
        occurred_from: asked.occurred_from,
        occurred_before: asked.occurred_before,
        updated_since: asked.updated_since,
    };
    let mut reader = web.app.db.read(auth.scope).await?;
    let page = calls::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, CallView::from)))
}
