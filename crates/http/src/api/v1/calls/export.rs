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
    export::{self, Cell, Exported, Taking, count, maybe, moment, text},
    extract::{AsFile, By, ClientInfo, ListQuery, TenantAuth},
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
    const PAPER: &'static [(&'static str, &'static str, &'static str)] = &[
        ("occurred_at", "Time", "Hora"),
        ("direction", "Direction", "Sentido"),
        ("outcome", "Outcome", "Resultado"),
        ("from_number", "From", "De"),
        ("to_number", "To", "A"),
        ("contact_name", "Contact", "Contacto"),
        ("agent_name", "Agent", "Agente"),
        ("queue", "Queue", "Cola"),
        ("wait_seconds", "Wait", "Espera"),
        ("duration_seconds", "Duration", "Duración"),
    ];

    async fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &CallFilter,
        window: Window,
    ) -> Result<Page<Self>, StoreError> {
        calls::list(conn, scope, filter, window).await
    }

    fn cells(self) -> Vec<Cell> {
        let call = self.record;
        vec![
            text(call.id),
            Cell::Moment(call.occurred_at),
            maybe(call.direction),
            text(call.status),
            maybe(call.outcome),
            maybe(call.from_number),
            maybe(call.to_number),
            maybe(call.contact_name),
            maybe(call.agent_name),
            moment(call.started_at),
            moment(call.answered_at),
            moment(call.ended_at),
            count(call.duration_seconds),
            count(call.ring_seconds),
            count(call.wait_seconds),
            count(call.talk_seconds),
            maybe(call.agent_id),
            maybe(call.queue),
            maybe(call.ring_group),
            maybe(call.ivr),
            maybe(call.trunk),
            maybe(call.did),
            maybe(call.country),
            maybe(call.account_code),
            text(call.is_voicemail),
            text(call.is_transferred),
            text(call.is_resolved),
            text(call.tags.join("; ")),
            Cell::Count(call.note_count),
            maybe(call.summary),
            text(call.provider),
            text(call.external_id),
        ]
    }
}

/// The whole list as a file, newest first, narrowed as the list is; as PDF its newest 5,000.
///
/// Nothing in it is run by a spreadsheet: in CSV a value that would be (numbers that begin with `+` among them) has an
/// apostrophe in front, in XLSX a text is never a formula. Times are UTC in CSV, and on the workspace's clock elsewhere.
#[utoipa::path(get, path = "/api/v1/calls/export", operation_id = "export_calls", tag = "calls", params(CallFilters, AsFile),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    ClientInfo(client): ClientInfo,
    ListQuery(asked, form): ListQuery<CallFilters, AsFile>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    let taking = Taking { scope: auth.scope, by: &by, asked: &pairs, filter, form, language: client.language };
    export::file::<Kept<Call>>(&web, taking).await
}
