//! Messages left after the tone.

use switchboard_domain::{
    Timestamp,
    change::RecordKind,
    ids::{CallId, ConnectionId, ContactId, VoicemailId},
    voicemail::{Voicemail, VoicemailDoc},
    words::Words,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope, contacts,
    page::{self, Dated, Filter, Page, Window},
    record::{self, Columns, KeptDoc},
    search::{Entry, Found},
    sql::{Arg, Sql},
};

/// A voicemail as its table keeps it.
pub type KeptVoicemail = KeptDoc<Voicemail, VoicemailDoc>;

impl Columns for Voicemail {
    const TABLE: &'static str = "voicemails";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "contact_id",
        "from_number",
        "to_number",
        "agent_id",
        "agent_name",
        "recording_external_id",
        "recording_url",
        "transcript",
        "duration_ms",
        "is_removed",
        "is_heard",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            self.call_id.uuid().into(),
            self.leg_id.uuid().into(),
            (&self.leg_external_id).into(),
            self.contact_id.map(ContactId::uuid).into(),
            (&self.from_number).into(),
            (&self.to_number).into(),
            (&self.agent_id).into(),
            (&self.agent_name).into(),
            (&self.recording_external_id).into(),
            (&self.recording_url).into(),
            (&self.transcript).into(),
            self.duration_ms.into(),
            self.is_removed.into(),
            self.is_heard.into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["transcript", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let text = self.transcript.as_deref()?;
        let mut words = Words::default();
        words.text(text);
        let (id, tenant) = (self.id.uuid(), self.tenant_id);
        Some(Entry { id, tenant, kind: RecordKind::Voicemail, call_id: None, words, occurred_at: self.occurred_at })
    }
}

/// What a list of voicemails is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct VoicemailFilter {
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub agent_id: Option<String>,
    pub call_id: Option<CallId>,
    pub contact_id: Option<ContactId>,
    pub connection_id: Option<ConnectionId>,
    pub is_heard: Option<bool>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_before: Option<Timestamp>,
    /// Only what a search found.
    pub found: Option<Found>,
    /// Only voicemails that changed here at or after this moment; the list is then ordered by that change, oldest first.
    pub updated_since: Option<Timestamp>,
}

impl Filter for VoicemailFilter {
    fn narrow(&self, sql: &mut Sql, _branch: usize) {
        sql.push(" AND NOT is_removed")
            .and(" AND from_number = ", self.from_number.as_deref())
            .and(" AND to_number = ", self.to_number.as_deref())
            .and(" AND agent_id = ", self.agent_id.as_deref())
            .and(" AND call_id = ", self.call_id.map(CallId::uuid))
            .and(" AND contact_id = ", self.contact_id.map(ContactId::uuid))
            .and(" AND connection_id = ", self.connection_id.map(ConnectionId::uuid))
            .and_occurred(self.occurred_from, self.occurred_before);
        sql.and_found(self.found.as_ref());
        if let Some(is_heard) = self.is_heard {
            sql.push(if is_heard { " AND is_heard" } else { " AND NOT is_heard" });
        }
    }

    fn updated_since(&self) -> Option<Timestamp> {
        self.updated_since
    }
}

impl Dated for Voicemail {
    fn key(&self) -> (Timestamp, Uuid) {
        (self.occurred_at, self.id.uuid())
    }
}

/// A page of a tenant's voicemails. Those that a person removed are left out.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &VoicemailFilter,
    window: Window,
) -> Result<Page<KeptVoicemail>, StoreError> {
    let filters = contacts::spread(conn, scope, filter, filter.contact_id, |one, id| one.contact_id = Some(id)).await?;
    let mut page = page::list_any(conn, scope, &filters, window).await?;
    contacts::present(conn, scope.tenant(), &mut page.items).await?;
    Ok(page)
}

/// One voicemail, with its contact as it is now.
pub async fn lookup(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: VoicemailId,
) -> Result<Option<KeptVoicemail>, StoreError> {
    let mut found: Option<KeptVoicemail> = record::lookup(conn, scope, id.uuid()).await?;
    contacts::present(conn, scope.tenant(), found.as_mut_slice()).await?;
    Ok(found)
}

/// How many voicemails fit the filter.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, filter: &VoicemailFilter) -> Result<i64, StoreError> {
    page::count::<KeptVoicemail>(conn, scope, filter).await
}
