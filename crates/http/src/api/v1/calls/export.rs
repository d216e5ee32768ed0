//! `GET /api/v1/calls/export`

use axum::{
    extract::{Query, State},
    response::Response,
};
use switchboard_domain::{call::Call, view::Noun};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    calls::{self, CallFilter},
    page::{Page, Window},
    record::Kept,
};

use super::list::CallFilters;
use crate::{
    export::{self, Exported, maybe},
    extract::{By, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

impl Exported for Kept<Call> {
    type Filter = CallFilter;
    const NOUN: Noun = Noun::Calls;
    const HEAD: &'static [&'static str] = &[
        "id",
        "occurred_at",
        "direction",
        "status",
        "outcome",
        "from_number",
        "to_number",
        "contact_name",
        "agent_name",
        "started_at",
        "answered_at",
        "ended_at",
        "duration_seconds",
        "ring_seconds",
        "wait_seconds",
        "talk_seconds",
        "agent_id",
        "queue",
        "ring_group",
        "ivr",
        "trunk",
        "did",
        "country",
        "account_code",
        "is_voicemail",
        "is_transferred",
        "is_resolved",
        "tags",
        "note_count",
        "summary",
        "provider",
        "external_id",
    ];

    async fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &CallFilter,
        window: Window,
    ) -> Result<Page<Self>, StoreError> {
        calls::list(conn, scope, filter, window).await
    }

    fn cells(self) -> Vec<String> {
        let call = self.record;
        vec![
            call.id.to_string(),
            call.occurred_at.to_string(),
            maybe(call.direction),
            call.status.to_string(),
            maybe(call.outcome),
            maybe(call.from_number),
            maybe(call.to_number),
            maybe(call.contact_name),
            maybe(call.agent_name),
            maybe(call.started_at),
            maybe(call.answered_at),
            maybe(call.ended_at),
            maybe(call.duration_seconds),
            maybe(call.ring_seconds),
            maybe(call.wait_seconds),
            maybe(call.talk_seconds),
            maybe(call.agent_id),
            maybe(call.queue),
            maybe(call.ring_group),
            maybe(call.ivr),
            maybe(call.trunk),
            maybe(call.did),
            maybe(call.country),
            maybe(call.account_code),
            call.is_voicemail.to_string(),
            call.is_transferred.to_string(),
            call.is_resolved.to_string(),
            call.tags.join("; "),
            call.note_count.to_string(),
            maybe(call.summary),
            call.provider,
            call.external_id,
        ]
    }
}

/// The whole list as CSV for spreadsheets, newest first, narrowed as the list is.
///
/// A value that a spreadsheet would run as a formula has an apostrophe in front; that goes for numbers that begin with `+`.
#[utoipa::path(get, path = "/api/v1/calls/export", operation_id = "export_calls", tag = "calls", params(CallFilters),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    QueryString(asked): QueryString<CallFilters>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    export::file::<Kept<Call>>(&web, auth.scope, &by, &pairs, filter).await
}
