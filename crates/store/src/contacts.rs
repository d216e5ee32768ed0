//! People and companies on the other side.
//!
//! A contact that a person made part of another keeps its row: see [`switchboard_domain::contact`]. Calls, messages and
//! voicemails go on naming the contact of the number that they are of, so merging two contacts writes two rows and not a
//! history. Whoever lists or shows records asks here, at that moment, which contact that is now and what it is called
//! ([`present`]), and which numbers' records a contact has ([`identities`]).

use std::collections::{BTreeSet, HashMap};

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    call::Call,
    change::RecordKind,
    contact::{Contact, ContactDoc, ContactKind},
    ids::{ContactId, TenantId},
    message::Message,
    voicemail::Voicemail,
    words::Words,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    conn::fetch_optional,
    page::{self, Dated, Filter, Page, Window},
    record::{Columns, Kept, KeptDoc},
    search::{Entry, Found},
    sql::{Arg, Sql, json},
};

/// A contact as its table keeps it.
pub type KeptContact = KeptDoc<Contact, ContactDoc>;

impl Columns for Contact {
    const TABLE: &'static str = "contacts";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "natural_key",
        "name",
        "company",
        "phone",
        "numbers",
        "emails",
        "kind",
        "external_ids",
        "merged_into",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            (&self.natural_key).into(),
            (&self.name).into(),
            (&self.company).into(),
            (&self.phone).into(),
            json(&self.numbers).into(),
            json(&self.emails).into(),
            self.kind.map(|kind| kind.as_str().to_owned()).into(),
            json(&self.external_ids).into(),
            self.merged_into.map(ContactId::uuid).into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["name", "company", "phone", "numbers", "emails", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let mut words = Words::default();
        for text in self.name.iter().chain(&self.company).chain(&self.emails) {
            words.text(text);
        }
        for number in self.phone.iter().chain(&self.numbers) {
            words.number(number);
        }
        if self.phone.is_none() {
            // So that it has words whatever a person takes away.
            words.text(&self.natural_key);
        }
        let (id, tenant) = (self.id.uuid(), self.tenant_id);
        Some(Entry { id, tenant, kind: RecordKind::Contact, call_id: None, words, occurred_at: self.occurred_at })
    }
}

/// What a list of contacts is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    /// One of its numbers.
    pub phone: Option<String>,
    pub kind: Option<ContactKind>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_before: Option<Timestamp>,
    /// Only what a search found.
    pub found: Option<Found>,
    /// Only contacts that changed here at or after this moment; the list is then ordered by that change, oldest first.
    pub updated_since: Option<Timestamp>,
}

impl Filter for ContactFilter {
    fn narrow(&self, sql: &mut Sql, branch: usize) {
        sql.push(" AND merged_into IS NULL");
        if let Some(phone) = &self.phone {
            if branch == 0 {
                sql.push(" AND phone = ").bind(phone);
            } else {
                sql.push(" AND id IN (SELECT p.merged_into FROM contacts p WHERE p.tenant_id = contacts.tenant_id");
                sql.push(" AND p.phone = ").bind(phone).push(" AND p.merged_into IS NOT NULL)");
            }
        }
        sql.and_found_itself(self.found.as_ref());
        sql.and(" AND kind = ", self.kind.map(ContactKind::as_str))
            .and_occurred(self.occurred_from, self.occurred_before);
    }

    /// Its own number, or that of a contact that is part of it.
    fn branches(&self) -> usize {
        if self.phone.is_some() { 2 } else { 1 }
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

/// A page of a tenant's contacts. What is part of another is left out.
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

/// One contact, by its id or by that of one that is part of it now.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: ContactId) -> Result<Option<KeptContact>, StoreError> {
    Ok(fetch_optional!(
        conn,
        KeptContact,
        "SELECT * FROM contacts WHERE tenant_id = $1 AND id = coalesce(\
         (SELECT merged_into FROM contacts WHERE tenant_id = $1 AND id = $2), $2)",
        scope.tenant(),
        id
    )?)
}

/// These contacts, each with those that are part of it.
pub async fn with_parts(conn: &mut Conn<'_>, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<KeptContact>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Two branches, each with an index of its own; a contact may come out of both.
    let mut sql = Sql::new("SELECT * FROM contacts WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(" AND id IN ").bind_list(ids);
    sql.push(" UNION ALL SELECT * FROM contacts WHERE tenant_id = ").bind(tenant.uuid());
    sql.push(" AND merged_into IS NOT NULL AND merged_into IN ").bind_list(ids);
    sql.fetch_all(conn).await
}

/// Under which ids records name this contact: its own, and those of what is part of it. The id itself where there is no
/// such contact: then nothing is found under it.
pub async fn identities(conn: &mut Conn<'_>, scope: TenantScope, id: ContactId) -> Result<Vec<ContactId>, StoreError> {
    let tenant = scope.tenant().uuid();
    let mut sql = Sql::new("SELECT coalesce(merged_into, id) AS id FROM contacts WHERE tenant_id = ");
    sql.bind(tenant).push(" AND id = ").bind(id.uuid());
    let own = sql.fetch_all::<(ContactId,)>(conn).await?.pop().map_or(id, |(own,)| own);
    let mut sql = Sql::new("SELECT id FROM contacts WHERE tenant_id = ");
    sql.bind(tenant).push(" AND merged_into = ").bind(own.uuid()).push(" ORDER BY id");
    let parts = sql.fetch_all::<(ContactId,)>(conn).await?;
    Ok(std::iter::once(own).chain(parts.into_iter().map(|(part,)| part)).collect())
}

/// A filter once for each id that its contact has.
pub(crate) async fn spread<F: Clone>(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &F,
    contact: Option<ContactId>,
    narrow: impl Fn(&mut F, ContactId),
) -> Result<Vec<F>, StoreError> {
    let Some(contact) = contact else { return Ok(vec![filter.clone()]) };
    let of = |id: ContactId| {
        let mut filter = filter.clone();
        narrow(&mut filter, id);
        filter
    };
    Ok(identities(conn, scope, contact).await?.into_iter().map(of).collect())
}

/// What is shown of the contact of a number.
#[derive(Debug, Clone, FromRow)]
pub struct Shown {
    named: ContactId,
    /// The contact that it belongs to now.
    pub id: ContactId,
    pub name: Option<String>,
}

/// What these contacts are now, by the ids that records name.
pub async fn shown(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    ids: impl IntoIterator<Item = ContactId>,
) -> Result<HashMap<ContactId, Shown>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().map(ContactId::uuid).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(
        "SELECT c.id AS named, coalesce(r.id, c.id) AS id, CASE WHEN r.id IS NULL THEN c.name ELSE r.name END AS name \
         FROM contacts c LEFT JOIN contacts r ON r.tenant_id = c.tenant_id AND r.id = c.merged_into WHERE c.tenant_id = ",
    );
    sql.bind(tenant.uuid()).push(" AND c.id IN ").bind_list(&ids);
    Ok(sql.fetch_all::<Shown>(conn).await?.into_iter().map(|shown| (shown.named, shown)).collect())
}

/// A record that has a contact on its other side.
pub trait OfContact {
    fn contact_id(&mut self) -> &mut Option<ContactId>;

    /// What it is called: by the provider, until it is looked up.
    fn contact_name(&mut self) -> &mut Option<String>;
}

impl OfContact for Kept<Call> {
    fn contact_id(&mut self) -> &mut Option<ContactId> {
        &mut self.record.contact_id
    }
    fn contact_name(&mut self) -> &mut Option<String> {
        &mut self.record.contact_name
    }
}

impl<D> OfContact for KeptDoc<Message, D> {
    fn contact_id(&mut self) -> &mut Option<ContactId> {
        &mut self.record.contact_id
    }
    fn contact_name(&mut self) -> &mut Option<String> {
        &mut self.record.contact_name
    }
}

impl<D> OfContact for KeptDoc<Voicemail, D> {
    fn contact_id(&mut self) -> &mut Option<ContactId> {
        &mut self.record.contact_id
    }
    fn contact_name(&mut self) -> &mut Option<String> {
        &mut self.record.contact_name
    }
}

/// Puts the contacts of these records as they are now in the place of what the records were made with. Only for showing:
/// what is merged and written goes on naming the number's own contact.
pub async fn present<R: OfContact>(conn: &mut Conn<'_>, tenant: TenantId, records: &mut [R]) -> Result<(), StoreError> {
    let ids: Vec<ContactId> = records.iter_mut().filter_map(|record| *record.contact_id()).collect();
    let shown = shown(conn, tenant, ids).await?;
    for record in records {
        let Some(shown) = record.contact_id().and_then(|id| shown.get(&id)) else { continue };
        *record.contact_id() = Some(shown.id);
        if shown.name.is_some() {
            record.contact_name().clone_from(&shown.name);
        }
    }
    Ok(())
}
