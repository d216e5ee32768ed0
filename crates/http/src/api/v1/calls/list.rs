//! `GET /api/v1/calls`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, CallStatus, Direction},
    change::RecordKind,
    ids::{ConnectionId, ContactId},
};
use switchboard_store::{
    Conn, TenantScope,
    calls::{self, CallFilter},
};
use utoipa::IntoParams;

use super::CallView;
use crate::{
    api::v1::{Paged, call_outcome, direction},
    extract::{ListQuery, Paging, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallFilters {
    /// Words that it is found by: a name or any word of one by its beginning, any three or more digits of a number, and what
    /// was said or summed up. Finds the latest 500.
    #[param(max_length = 200, example = "ann 0123")]
    q: Option<String>,
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
    /// The provider's id of a user, or an extension.
    agent_id: Option<String>,
    /// The provider's id of a queue.
    queue: Option<String>,
    /// The provider's id of a ring group.
    ring_group: Option<String>,
    /// The provider's id of a menu that the caller went through.
    ivr: Option<String>,
    /// The line it came in or went out by, exactly as written.
    trunk: Option<String>,
    /// The number of yours that was called.
    did: Option<String>,
    /// The country of the other side's number, ISO 3166-1 alpha-2.
    #[param(example = "US")]
    country: Option<String>,
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Only calls on which a message was left, or only the others.
    is_voicemail: Option<bool>,
    /// Only calls that were passed on, or only the others.
    is_transferred: Option<bool>,
    /// Only calls between colleagues, or only the others.
    is_internal: Option<bool>,
    /// Only calls whose conversation was recorded, or only the others.
    has_recording: Option<bool>,
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
}

impl CallFilters {
    /// What the store looks for, with what `q` finds.
    pub async fn filter(self, conn: &mut Conn<'_>, scope: TenantScope) -> Result<CallFilter, Problem> {
        let found = query::found(conn, scope, RecordKind::Call, self.q.as_deref()).await?;
        Ok(CallFilter {
            statuses: query::unique(self.status),
            outcome: self.outcome,
            direction: self.direction,
            from_number: self.from_number,
            to_number: self.to_number,
            number: self.number,
            agent_id: self.agent_id,
            queue: self.queue,
            ring_group: self.ring_group,
            ivr: self.ivr,
            trunk: self.trunk,
            did: self.did,
            country: self.country,
            contact_id: self.contact_id,
            connection_id: self.connection_id,
            is_voicemail: self.is_voicemail,
            is_transferred: self.is_transferred,
            is_internal: self.is_internal,
            has_recording: self.has_recording,
            is_resolved: self.is_resolved,
            tag: self.tag,
            occurred_from: self.occurred_from,
            occurred_before: self.occurred_before,
            found,
            updated_since: self.updated_since,
        })
    }
}

/// Lists calls, newest first.
#[utoipa::path(get, path = "/api/v1/calls", operation_id = "list_calls", tag = "calls", params(CallFilters, Paging),
    responses((status = 200, description = "A page of calls", body = Paged<CallView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    ListQuery(asked, paging): ListQuery<CallFilters>,
) -> Result<Json<Paged<CallView>>, Problem> {
    let window = query::window(paging.cursor, paging.limit, asked.updated_since)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let filter = asked.filter(&mut reader.conn(), auth.scope).await?;
    let page = calls::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, CallView::from)))
}
