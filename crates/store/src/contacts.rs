//! People and companies on the other side.

use switchboard_domain::{
    Timestamp,
    contact::{Contact, ContactDoc, ContactKind},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    page::{self, Dated, Filter, Page, Window},
    record::{Columns, KeptDoc},
    sql::{Arg, Sql, json},
};

/// A contact as its table keeps it.
pub type KeptContact = KeptDoc<Contact, ContactDoc>;

impl Columns for Contact {
    const TABLE: &'static str = "contacts";
    const COLUMNS: &'static [&'static str] =
        &["id", "tenant_id", "natural_key", "name", "phone", "emails", "kind", "external_ids", "occurred_at"];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            (&self.natural_key).into(),
            (&self.name).into(),
            (&self.phone).into(),
            json(&self.emails).into(),
            self.kind.map(|kind| kind.as_str().to_owned()).into(),
            json(&self.external_ids).into(),
            self.occurred_at.into(),
        ]
    }
}

/// What a list of contacts is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    pub phone: Option<String>,
    pub kind: Option<ContactKind>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_before: Option<Timestamp>,
    /// Only contacts that changed here at or after this moment; the list is then ordered by that change, oldest first.
    pub updated_since: Option<Timestamp>,
}

impl Filter for ContactFilter {
    fn narrow(&self, sql: &mut Sql, _branch: usize) {
        sql.and(" AND phone = ", self.phone.as_deref())
            .and(" AND kind = ", self.kind.map(ContactKind::as_str))
            .and_occurred(self.occurred_from, self.occurred_before);
    }

    fn updated_since(&self) -> Option<Timestamp> {
        self.updated_since
    }
}

impl Dated for Contact {
    fn key(&self) -> (Timestamp, Uuid) {
        (self.occurred_at, self.id.uuid())
    }
}

/// A page of a tenant's contacts.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &ContactFilter,
    window: Window,
) -> Result<Page<KeptContact>, StoreError> {
    page::list(conn, scope, filter, window).await
}

/// How many contacts fit the filter.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, filter: &ContactFilter) -> Result<i64, StoreError> {
    page::count::<KeptContact>(conn, scope, filter).await
}
