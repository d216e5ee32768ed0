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
    export::{self, Cell, Exported, Taking, maybe, text},
    extract::{AsFile, By, ClientInfo, ListQuery, TenantAuth},
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

    fn cells(self) -> Vec<Cell> {
        let message = self.record;
        vec![
            text(message.id),
            Cell::Moment(message.occurred_at),
            maybe(message.direction),
            text(message.status),
            maybe(message.from_number),
            text(message.to_numbers.join("; ")),
            maybe(message.contact_name),
            maybe(message.text),
            text(message.media_urls.join(" ")),
            maybe(message.delivery_result),
            maybe(message.agent_id),
            text(message.provider),
            text(message.external_id),
        ]
    }
}

/// The whole list as a file (CSV or XLSX), newest first, narrowed as the list is.
///
/// Nothing in it is run by a spreadsheet: in CSV a value that would be (numbers that begin with `+` among them) has an
/// apostrophe in front, in XLSX a text is never a formula. Times are UTC in CSV, and on the workspace's clock in XLSX.
#[utoipa::path(get, path = "/api/v1/messages/export", operation_id = "export_messages", tag = "messages", params(MessageFilters, AsFile),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    ClientInfo(client): ClientInfo,
    ListQuery(asked, form): ListQuery<MessageFilters, AsFile>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    let taking = Taking { scope: auth.scope, by: &by, asked: &pairs, filter, form, language: client.language };
    export::file::<KeptMessage>(&web, taking).await
}
