//! Text messages.

use switchboard_domain::{
    Timestamp,
    call::Direction,
    change::RecordKind,
    ids::{ConnectionId, ContactId, MessageId},
    message::{Message, MessageDoc, MessageStatus},
    words::Words,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope, contacts,
    page::{self, Dated, Filter, Page, Window},
    record::{self, Columns, KeptDoc},
    search::{Entry, Found},
    sql::{Arg, Sql, json},
};

/// A message as its table keeps it.
pub type KeptMessage = KeptDoc<Message, MessageDoc>;

impl Columns for Message {
    const TABLE: &'static str = "messages";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "external_id",
        "direction",
        "from_number",
        "to_number",
        "to_numbers",
        "text",
        "media_urls",
        "status",
        "delivery_result",
        "agent_id",
        "target_name",
        "contact_id",
        "contact_name",
        "is_internal",
        "sent_at",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            (&self.external_id).into(),
            self.direction.map(|direction| direction.as_str().to_owned()).into(),
            (&self.from_number).into(),
            // For filters and for people: the first of them.
            self.to_numbers.first().cloned().into(),
            json(&self.to_numbers).into(),
            (&self.text).into(),
            json(&self.media_urls).into(),
            self.status.as_str().into(),
            (&self.delivery_result).into(),
            (&self.agent_id).into(),
            (&self.target_name).into(),
            self.contact_id.map(ContactId::uuid).into(),
            (&self.contact_name).into(),
            self.is_internal.into(),
            self.sent_at.into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["text", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let text = self.text.as_deref()?;
        let mut words = Words::default();
        words.text(text);
        let (id, tenant) = (self.id.uuid(), self.tenant_id);
        Some(Entry { id, tenant, kind: RecordKind::Message, call_id: None, words, occurred_at: self.occurred_at })
    }
}

/// What a list of messages is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    pub direction: Option<Direction>,
    pub status: Option<MessageStatus>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    /// The tenant's side, whoever wrote.
    pub own_number: Option<String>,
    /// The other side, whoever wrote.
    pub other_number: Option<String>,
    pub agent_id: Option<String>,
    pub contact_id: Option<ContactId>,
    pub connection_id: Option<ConnectionId>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_before: Option<Timestamp>,
    /// Only what a search found.
    pub found: Option<Found>,
    /// Only messages that changed here at or after this moment; the list is then ordered by that change, oldest first.
    pub updated_since: Option<Timestamp>,
}

const OWN_NUMBER: &str = " AND CASE WHEN direction = 'outbound' THEN from_number ELSE to_number END = ";
const OTHER_NUMBER: &str = " AND CASE WHEN direction = 'outbound' THEN to_number ELSE from_number END = ";

impl Filter for MessageFilter {
    fn narrow(&self, sql: &mut Sql, _branch: usize) {
        sql.and(" AND direction = ", self.direction.map(Direction::as_str))
            .and(" AND status = ", self.status.map(MessageStatus::as_str))
            .and(" AND from_number = ", self.from_number.as_deref())
            .and(" AND to_number = ", self.to_number.as_deref())
            .and(OWN_NUMBER, self.own_number.as_deref())
            .and(OTHER_NUMBER, self.other_number.as_deref())
            .and(" AND agent_id = ", self.agent_id.as_deref())
            .and(" AND contact_id = ", self.contact_id.map(ContactId::uuid))
            .and(" AND connection_id = ", self.connection_id.map(ConnectionId::uuid))
            .and_occurred(self.occurred_from, self.occurred_before);
        sql.and_found(self.found.as_ref());
    }

    fn updated_since(&self) -> Option<Timestamp> {
        self.updated_since
    }
}

impl Dated for Message {
    fn key(&self) -> (Timestamp, Uuid) {
        (self.occurred_at, self.id.uuid())
    }
}

/// A page of a tenant's messages.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &MessageFilter,
    window: Window,
) -> Result<Page<KeptMessage>, StoreError> {
    let filters = contacts::spread(conn, scope, filter, filter.contact_id, |one, id| one.contact_id = Some(id)).await?;
    let mut page = page::list_any(conn, scope, &filters, window).await?;
    contacts::present(conn, scope.tenant(), &mut page.items).await?;
    Ok(page)
}

/// One message, with its contact as it is now.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: MessageId) -> Result<Option<KeptMessage>, StoreError> {
    let mut found: Option<KeptMessage> = record::lookup(conn, scope, id.uuid()).await?;
    contacts::present(conn, scope.tenant(), found.as_mut_slice()).await?;
    Ok(found)
}

/// How many messages fit the filter.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, filter: &MessageFilter) -> Result<i64, StoreError> {
    page::count::<KeptMessage>(conn, scope, filter).await
}
