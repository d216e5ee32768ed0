//! `GET /api/v1/messages/export`

use axum::{
    extract::{Query, State},
    response::Response,
};
use switchboard_domain::view::Noun;
use switchboard_store::{
    Conn, StoreError, TenantScope,
    messages::{self, KeptMessage, MessageFilter},
    page::{Page, Window},
};

use super::list::MessageFilters;
use crate::{
    export::{self, Exported, maybe},
    extract::{By, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

impl Exported for KeptMessage {
    type Filter = MessageFilter;
    const NOUN: Noun = Noun::Messages;
    const HEAD: &'static [&'static str] = &[
        "id",
        "occurred_at",
        "direction",
        "status",
        "from_number",
        "to_numbers",
        "contact_name",
        "text",
        "media_urls",
        "delivery_result",
        "agent_id",
        "provider",
        "external_id",
    ];

    async fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &MessageFilter,
        window: Window,
    ) -> Result<Page<Self>, StoreError> {
        messages::list(conn, scope, filter, window).await
    }

    fn cells(self) -> Vec<String> {
        let message = self.record;
        vec![
            message.id.to_string(),
            message.occurred_at.to_string(),
            maybe(message.direction),
            message.status.to_string(),
            maybe(message.from_number),
            message.to_numbers.join("; "),
            maybe(message.contact_name),
            maybe(message.text),
            message.media_urls.join(" "),
            maybe(message.delivery_result),
            maybe(message.agent_id),
            message.provider,
            message.external_id,
        ]
    }
}

/// The whole list as CSV for spreadsheets, newest first, narrowed as the list is.
///
/// A value that a spreadsheet would run as a formula has an apostrophe in front; that goes for numbers that begin with `+`.
#[utoipa::path(get, path = "/api/v1/messages/export", operation_id = "export_messages", tag = "messages", params(MessageFilters),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    QueryString(asked): QueryString<MessageFilters>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    export::file::<KeptMessage>(&web, auth.scope, &by, &pairs, filter).await
}
