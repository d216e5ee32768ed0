//! `GET /api/v1/voicemails/export`

use axum::{
    extract::{Query, State},
    response::Response,
};
use switchboard_domain::view::Noun;
use switchboard_store::{
    Conn, StoreError, TenantScope,
    page::{Page, Window},
    voicemails::{self, KeptVoicemail, VoicemailFilter},
};

use super::list::VoicemailFilters;
use crate::{
    export::{self, Cell, Exported, Taking, count, maybe, text},
    extract::{AsFile, By, ClientInfo, ListQuery, TenantAuth},
    problem::Problem,
    state::Web,
};

impl Exported for KeptVoicemail {
    type Filter = VoicemailFilter;
    const NOUN: Noun = Noun::Voicemails;
    const HEAD: &'static [&'static str] = &[
        "id",
        "occurred_at",
        "call_id",
        "from_number",
        "to_number",
        "contact_name",
        "agent_name",
        "duration_ms",
        "is_heard",
        "transcript",
        "provider",
    ];

    async fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &VoicemailFilter,
        window: Window,
    ) -> Result<Page<Self>, StoreError> {
        voicemails::list(conn, scope, filter, window).await
    }

    fn cells(self) -> Vec<Cell> {
        let voicemail = self.record;
        vec![
            text(voicemail.id),
            Cell::Moment(voicemail.occurred_at),
            text(voicemail.call_id),
            maybe(voicemail.from_number),
            maybe(voicemail.to_number),
            maybe(voicemail.contact_name),
            maybe(voicemail.agent_name),
            count(voicemail.duration_ms),
            text(voicemail.is_heard),
            maybe(voicemail.transcript),
            text(voicemail.provider),
        ]
    }
}

/// The whole list as a file (CSV or XLSX), newest first, narrowed as the list is.
///
/// Nothing in it is run by a spreadsheet: in CSV a value that would be (numbers that begin with `+` among them) has an
/// apostrophe in front, in XLSX a text is never a formula. Times are UTC in CSV, and on the workspace's clock in XLSX.
#[utoipa::path(get, path = "/api/v1/voicemails/export", operation_id = "export_voicemails", tag = "voicemails", params(VoicemailFilters, AsFile),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    ClientInfo(client): ClientInfo,
    ListQuery(asked, form): ListQuery<VoicemailFilters, AsFile>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    let taking = Taking { scope: auth.scope, by: &by, asked: &pairs, filter, form, language: client.language };
    export::file::<KeptVoicemail>(&web, taking).await
}
