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
    export::{self, Exported, maybe},
    extract::{By, QueryString, TenantAuth},
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

    fn cells(self) -> Vec<String> {
        let voicemail = self.record;
        vec![
            voicemail.id.to_string(),
            voicemail.occurred_at.to_string(),
            voicemail.call_id.to_string(),
            maybe(voicemail.from_number),
            maybe(voicemail.to_number),
            maybe(voicemail.contact_name),
            maybe(voicemail.agent_name),
            maybe(voicemail.duration_ms),
            voicemail.is_heard.to_string(),
            maybe(voicemail.transcript),
            voicemail.provider,
        ]
    }
}

/// The whole list as CSV for spreadsheets, newest first, narrowed as the list is.
///
/// A value that a spreadsheet would run as a formula has an apostrophe in front; that goes for numbers that begin with `+`.
#[utoipa::path(get, path = "/api/v1/voicemails/export", operation_id = "export_voicemails", tag = "voicemails", params(VoicemailFilters),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    QueryString(asked): QueryString<VoicemailFilters>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    export::file::<KeptVoicemail>(&web, auth.scope, &by, &pairs, filter).await
}
