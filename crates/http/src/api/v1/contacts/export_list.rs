//! `GET /api/v1/contacts/export`

use axum::{
    extract::{Query, State},
    response::Response,
};
use switchboard_domain::view::Noun;
use switchboard_store::{
    Conn, StoreError, TenantScope,
    contacts::{self, ContactFilter, KeptContact},
    page::{Page, Window},
};

use super::list::ContactFilters;
use crate::{
    export::{self, Cell, Exported, Taking, maybe, text},
    extract::{AsFile, By, ClientInfo, ListQuery, TenantAuth},
    problem::Problem,
    state::Web,
};

impl Exported for KeptContact {
    type Filter = ContactFilter;
    const NOUN: Noun = Noun::Contacts;
    const HEAD: &'static [&'static str] =
        &["id", "name", "company", "phone", "numbers", "emails", "kind", "first_heard_of"];

    async fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &ContactFilter,
        window: Window,
    ) -> Result<Page<Self>, StoreError> {
        contacts::list(conn, scope, filter, window).await
    }

    fn cells(self) -> Vec<Cell> {
        let contact = self.record;
        vec![
            text(contact.id),
            maybe(contact.name),
            maybe(contact.company),
            maybe(contact.phone),
            text(contact.numbers.join("; ")),
            text(contact.emails.join("; ")),
            maybe(contact.kind),
            Cell::Moment(contact.occurred_at),
        ]
    }
}

/// The whole list as a file (CSV or XLSX), newest first, narrowed as the list is.
///
/// Nothing in it is run by a spreadsheet: in CSV a value that would be (numbers that begin with `+` among them) has an
/// apostrophe in front, in XLSX a text is never a formula. Times are UTC in CSV, and on the workspace's clock in XLSX.
#[utoipa::path(get, path = "/api/v1/contacts/export", operation_id = "export_contacts", tag = "contacts", params(ContactFilters, AsFile),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    ClientInfo(client): ClientInfo,
    ListQuery(asked, form): ListQuery<ContactFilters, AsFile>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    let taking = Taking { scope: auth.scope, by: &by, asked: &pairs, filter, form, language: client.language };
    export::file::<KeptContact>(&web, taking).await
}
