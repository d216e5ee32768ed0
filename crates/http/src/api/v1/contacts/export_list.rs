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
    export::{self, Exported, maybe},
    extract::{By, QueryString, TenantAuth},
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

    fn cells(self) -> Vec<String> {
        let contact = self.record;
        vec![
            contact.id.to_string(),
            maybe(contact.name),
            maybe(contact.company),
            maybe(contact.phone),
            contact.numbers.join("; "),
            contact.emails.join("; "),
            maybe(contact.kind),
            contact.occurred_at.to_string(),
        ]
    }
}

/// The whole list as CSV for spreadsheets, newest first, narrowed as the list is.
///
/// A value that a spreadsheet would run as a formula has an apostrophe in front; that goes for numbers that begin with `+`.
#[utoipa::path(get, path = "/api/v1/contacts/export", operation_id = "export_contacts", tag = "contacts", params(ContactFilters),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    Query(pairs): Query<Vec<(String, String)>>,
    QueryString(asked): QueryString<ContactFilters>,
) -> Result<Response, Problem> {
    let filter = {
        let mut reader = web.app.db.read(auth.scope).await?;
        asked.filter(&mut reader.conn(), auth.scope).await?
    };
    export::file::<KeptContact>(&web, auth.scope, &by, &pairs, filter).await
}
