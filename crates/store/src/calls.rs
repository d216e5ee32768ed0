//! Calls, their legs, and the links that say which of a provider's ids belong to which call.

use std::collections::BTreeMap;

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction},
    change::RecordKind,
    ids::{CallId, ConnectionId, ContactId, LegId, TenantId},
    leg::{Leg, LegDoc},
    recording::RecordingKind,
    words::Words,
};
use uuid::Uuid;

use crate::{
    Conn, Engine, StoreError, TenantScope,
    conn::fetch_optional,
    contacts,
    insert::{self, Conflict, Insert},
    page::{self, Dated, Filter, Page, Window},
    record::{Columns, Kept},
    search::{self, Entry, Found},
    sql::{Arg, Sql, json},
};

/// A leg with the time of its first event.
#[derive(Debug, Clone)]
pub struct KeptLeg {
    pub leg: Leg,
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct LegRow {
    id: LegId,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    call_id: CallId,
    external_id: String,
    doc: Json<LegDoc>,
    created_at: Timestamp,
}

impl From<LegRow> for KeptLeg {
    fn from(row: LegRow) -> Self {
        let leg = Leg {
            id: row.id,
            tenant_id: row.tenant_id,
            connection_id: row.connection_id,
            call_id: row.call_id,
            external_id: row.external_id,
            doc: row.doc.0,
        };
        Self { leg, created_at: row.created_at }
    }
}

/// One of a provider's ids, and the call that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, FromRow)]
pub struct Link {
    pub connection_id: ConnectionId,
    pub external_id: String,
    pub call_id: CallId,
}

/// The links of these ids of one connection.
pub async fn links_of_ids(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    connection: ConnectionId,
    external_ids: &[String],
) -> Result<Vec<Link>, StoreError> {
    let mut sql = Sql::new("SELECT connection_id, external_id, call_id FROM call_links WHERE connection_id = ");
    sql.bind(connection.uuid()).push(" AND tenant_id = ").bind(tenant.uuid());
    sql.push(" AND external_id IN ").bind_list(external_ids);
    sql.fetch_all(conn).await
}

/// All links of these calls.
pub async fn links_of_calls(conn: &mut Conn<'_>, tenant: TenantId, calls: &[Uuid]) -> Result<Vec<Link>, StoreError> {
    let mut sql = Sql::new("SELECT connection_id, external_id, call_id FROM call_links WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(" AND call_id IN ").bind_list(calls);
    sql.fetch_all(conn).await
}

/// All links of the calls that any of these ids of one connection belong to.
pub async fn links_around(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    connection: ConnectionId,
    external_ids: &[String],
) -> Result<Vec<Link>, StoreError> {
    // As an array on PostgreSQL, so that its planner looks the calls up whatever it believes about their number.
    let (open, close) = match conn.engine() {
        Engine::Sqlite => (" AND call_id IN (SELECT", ")"),
        Engine::Postgres => (" AND call_id = ANY (ARRAY(SELECT", "))"),
    };
    let mut sql = Sql::new("SELECT connection_id, external_id, call_id FROM call_links WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(open).push(" call_id FROM call_links WHERE connection_id = ").bind(connection.uuid());
    sql.push(" AND tenant_id = ").bind(tenant.uuid());
    sql.push(" AND external_id IN ").bind_list(external_ids).push(close);
    sql.fetch_all(conn).await
}

/// What stores links, moving those that exist.
pub fn upsert_links(tenant: TenantId, links: &[Link]) -> Insert {
    let conflict = Conflict::Update { key: &["connection_id", "external_id"], fixed: &["tenant_id"] };
    let columns = ["connection_id", "external_id", "tenant_id", "call_id"];
    Insert::new("call_links", columns, conflict).with(links.iter().map(|link| {
        vec![
            link.connection_id.uuid().into(),
            (&link.external_id).into(),
            tenant.uuid().into(),
            link.call_id.uuid().into(),
        ]
    }))
}

/// What stores ids by which calls can be looked up besides their own.
pub fn upsert_aliases(tenant: TenantId, aliases: &BTreeMap<CallId, CallId>) -> Insert {
    let conflict = Conflict::Update { key: &["tenant_id", "alias_id"], fixed: &[] };
    let row = |(alias, call): (&CallId, &CallId)| vec![tenant.uuid().into(), alias.uuid().into(), call.uuid().into()];
    Insert::new("call_aliases", ["tenant_id", "alias_id", "call_id"], conflict).with(aliases.iter().map(row))
}

/// All legs of these calls.
pub async fn legs_of_calls(conn: &mut Conn<'_>, tenant: TenantId, calls: &[Uuid]) -> Result<Vec<KeptLeg>, StoreError> {
    let mut sql = Sql::new(
        "SELECT id, tenant_id, connection_id, call_id, external_id, doc, created_at FROM call_legs WHERE tenant_id = ",
    );
    sql.bind(tenant.uuid()).push(" AND call_id IN ").bind_list(calls);
    Ok(sql.fetch_all::<LegRow>(conn).await?.into_iter().map(KeptLeg::from).collect())
}

/// What stores legs as they are now.
pub fn upsert_legs(legs: &[&KeptLeg], now: Timestamp) -> Insert {
    let conflict = Conflict::Update { key: &["id"], fixed: &["tenant_id", "connection_id", "external_id"] };
    let columns = ["id", "tenant_id", "connection_id", "call_id", "external_id", "doc", "created_at", "updated_at"];
    let mut insert = Insert::new("call_legs", columns, conflict);
    for kept in legs {
        let values = vec![
            kept.leg.id.uuid().into(),
            kept.leg.tenant_id.uuid().into(),
            kept.leg.connection_id.uuid().into(),
            kept.leg.call_id.uuid().into(),
            (&kept.leg.external_id).into(),
            json(&kept.leg.doc).into(),
            kept.created_at.into(),
            now.into(),
        ];
        insert.push(values);
    }
    insert
}

/// Stores legs as they are now.
pub async fn save_legs(conn: &mut Conn<'_>, legs: &[&KeptLeg], now: Timestamp) -> Result<(), StoreError> {
    insert::write(conn, vec![upsert_legs(legs, now)]).await
}

impl Columns for Call {
    const TABLE: &'static str = "calls";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "external_id",
        "direction",
        "from_number",
        "to_number",
        "status",
        "outcome",
        "agent_id",
        "agent_name",
        "contact_id",
        "contact_name",
        "started_at",
        "answered_at",
        "ended_at",
        "duration_seconds",
        "ring_seconds",
        "wait_seconds",
        "talk_seconds",
        "start_estimated",
        "queue",
        "ring_group",
        "ivr",
        "trunk",
        "did",
        "account_code",
        "country",
        "recording_url",
        "is_voicemail",
        "summary",
        "is_internal",
        "is_transferred",
        "leg_count",
        "is_resolved",
        "tags",
        "note_count",
        "noted_at",
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
            (&self.to_number).into(),
            self.status.as_str().into(),
            self.outcome.map(|outcome| outcome.as_str().to_owned()).into(),
            (&self.agent_id).into(),
            (&self.agent_name).into(),
            self.contact_id.map(ContactId::uuid).into(),
            (&self.contact_name).into(),
            self.started_at.into(),
            self.answered_at.into(),
            self.ended_at.into(),
            self.duration_seconds.into(),
            self.ring_seconds.into(),
            self.wait_seconds.into(),
            self.talk_seconds.into(),
            self.start_estimated.into(),
            (&self.queue).into(),
            (&self.ring_group).into(),
            (&self.ivr).into(),
            (&self.trunk).into(),
            (&self.did).into(),
            (&self.account_code).into(),
            (&self.country).into(),
            (&self.recording_url).into(),
            self.is_voicemail.into(),
            (&self.summary).into(),
            self.is_internal.into(),
            self.is_transferred.into(),
            self.leg_count.into(),
            self.is_resolved.into(),
            json(&self.tags).into(),
            self.note_count.into(),
            self.noted_at.into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["summary", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let text = self.summary.as_deref()?;
        let mut words = Words::default();
        words.text(text);
        let (id, tenant) = (self.id.uuid(), self.tenant_id);
        Some(Entry { id, tenant, kind: RecordKind::Call, call_id: Some(id), words, occurred_at: self.occurred_at })
    }
}

/// Two or more calls turned out to be one: their records go, and what hung on them hangs on `into`. Their ids stay readable by
/// [`upsert_aliases`].
pub async fn supersede(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    superseded: &[Uuid],
    into: CallId,
) -> Result<(), StoreError> {
    let mut sql = Sql::new("DELETE FROM calls WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(" AND id IN ").bind_list(superseded);
    sql.execute(conn).await?;
    search::forget(conn, tenant, superseded).await?;
    // What those calls were once aliases of now leads to the new one, too.
    let mut sql = Sql::new("UPDATE call_aliases SET call_id = ");
    sql.bind(into.uuid()).push(" WHERE tenant_id = ").bind(tenant.uuid());
    sql.push(" AND call_id IN ").bind_list(superseded);
    sql.execute(conn).await?;
    for table in ["call_shares", "outgoing_messages"] {
        let mut sql = Sql::new("UPDATE ");
        sql.push(table).push(" SET call_id = ").bind(into.uuid());
        sql.push(" WHERE tenant_id = ").bind(tenant.uuid()).push(" AND call_id IN ").bind_list(superseded);
        sql.execute(conn).await?;
    }
    // A call that was once superseded and leads again is no alias any more.
    let mut sql = Sql::new("DELETE FROM call_aliases WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(" AND alias_id = ").bind(into.uuid());
    sql.execute(conn).await?;
    Ok(())
}

/// One call, by its id or by one that it once had.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: CallId) -> Result<Option<Kept<Call>>, StoreError> {
    let mut found = fetch_optional!(
        conn,
        Kept<Call>,
        "SELECT * FROM calls WHERE tenant_id = $1 AND id = coalesce(\
         (SELECT call_id FROM call_aliases WHERE tenant_id = $1 AND alias_id = $2), $2)",
        scope.tenant(),
        id
    )?;
    contacts::present(conn, scope.tenant(), found.as_mut_slice()).await?;
    Ok(found)
}

/// What a list of calls is narrowed by. All given conditions must hold; of several statuses, one.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    pub statuses: Vec<CallStatus>,
    pub outcome: Option<CallOutcome>,
    pub direction: Option<Direction>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    /// On either side.
    pub number: Option<String>,
    pub agent_id: Option<String>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    /// The menu that they went through.
    pub ivr: Option<String>,
    pub trunk: Option<String>,
    /// The number of ours that was called.
    pub did: Option<String>,
    /// ISO 3166-1 alpha-2, of the other side's number.
    pub country: Option<String>,
    pub contact_id: Option<ContactId>,
    pub connection_id: Option<ConnectionId>,
    pub is_voicemail: Option<bool>,
    pub is_transferred: Option<bool>,
    /// Between colleagues.
    pub is_internal: Option<bool>,
    /// There is audio of what was said.
    pub has_recording: Option<bool>,
    pub is_resolved: Option<bool>,
    /// One that is on it, exactly as written.
    pub tag: Option<String>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_before: Option<Timestamp>,
    /// Only what a search found.
    pub found: Option<Found>,
    /// Only calls that changed here at or after this moment; the list is then ordered by that change, oldest first.
    pub updated_since: Option<Timestamp>,
}

impl Filter for CallFilter {
    fn narrow(&self, sql: &mut Sql, branch: usize) {
        let statuses = self.statuses.len().max(1);
        sql.and(" AND status = ", self.statuses.get(branch % statuses).map(|status| status.as_str()))
            .and(" AND outcome = ", self.outcome.map(CallOutcome::as_str))
            .and(" AND direction = ", self.direction.map(Direction::as_str))
            .and(" AND from_number = ", self.from_number.as_deref())
            .and(" AND to_number = ", self.to_number.as_deref())
            .and(" AND agent_id = ", self.agent_id.as_deref())
            .and(" AND queue = ", self.queue.as_deref())
            .and(" AND ring_group = ", self.ring_group.as_deref())
            .and(" AND ivr = ", self.ivr.as_deref())
            .and(" AND trunk = ", self.trunk.as_deref())
            .and(" AND did = ", self.did.as_deref())
            .and(" AND country = ", self.country.as_deref())
            .and(" AND contact_id = ", self.contact_id.map(ContactId::uuid))
            .and(" AND connection_id = ", self.connection_id.map(ConnectionId::uuid))
            .and_occurred(self.occurred_from, self.occurred_before);
        sql.and_found(self.found.as_ref());
        self.narrow_to_number(sql, branch / statuses);
        self.narrow_to_recorded(sql);
        self.narrow_to_work(sql);
    }

    fn branches(&self) -> usize {
        self.statuses.len().max(1) * if self.number.is_some() { 2 } else { 1 }
    }

    fn updated_since(&self) -> Option<Timestamp> {
        self.updated_since
    }
}

impl CallFilter {
    /// Each side has an index of its own. What is on both is listed with the first.
    fn narrow_to_number(&self, sql: &mut Sql, side: usize) {
        let Some(number) = &self.number else { return };
        if side == 0 {
            sql.push(" AND from_number = ").bind(number);
        } else {
            sql.push(" AND to_number = ").bind(number);
            sql.push(" AND (from_number IS NULL OR from_number <> ").bind(number).push(")");
        }
    }

    fn narrow_to_recorded(&self, sql: &mut Sql) {
        let Some(is_wanted) = self.has_recording else { return };
        sql.push(if is_wanted { " AND EXISTS" } else { " AND NOT EXISTS" });
        sql.push(
            " (SELECT 1 FROM recordings r WHERE r.tenant_id = calls.tenant_id AND r.call_id = calls.id AND r.kind <> ",
        );
        sql.bind(RecordingKind::Voicemail.as_str()).push(")");
    }

    /// The words `is_resolved` and `tags <> '[]'` are those of the partial indexes.
    fn narrow_to_work(&self, sql: &mut Sql) {
        for (condition, is_wanted) in [
            ([" AND NOT is_voicemail", " AND is_voicemail"], self.is_voicemail),
            ([" AND NOT is_transferred", " AND is_transferred"], self.is_transferred),
            ([" AND NOT is_internal", " AND is_internal"], self.is_internal),
            ([" AND NOT is_resolved", " AND is_resolved"], self.is_resolved),
        ] {
            if let Some(is_wanted) = is_wanted {
                sql.push(condition[usize::from(is_wanted)]);
            }
        }
        if let Some(tag) = &self.tag {
            // In quotes it can be no part of another; written so, both engines answer alike and mind the case.
            let quoted = json(tag).get().to_owned();
            sql.push(" AND tags <> '[]' AND replace(CAST(tags AS text), ").bind(quoted);
            sql.push(", '') <> CAST(tags AS text)");
        }
    }
}

impl Dated for Call {
    fn key(&self) -> (Timestamp, Uuid) {
        (self.occurred_at, self.id.uuid())
    }
}

/// A page of a tenant's calls, each with its contact as it is now.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &CallFilter,
    window: Window,
) -> Result<Page<Kept<Call>>, StoreError> {
    let filters = contacts::spread(conn, scope, filter, filter.contact_id, |one, id| one.contact_id = Some(id)).await?;
    let mut page = page::list_any(conn, scope, &filters, window).await?;
    contacts::present(conn, scope.tenant(), &mut page.items).await?;
    Ok(page)
}

/// How many calls fit the filter.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, filter: &CallFilter) -> Result<i64, StoreError> {
    page::count::<Kept<Call>>(conn, scope, filter).await
}

/// The legs of one call, in the order in which they began.
pub async fn legs(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<KeptLeg>, StoreError> {
    let mut legs = legs_of_calls(conn, scope.tenant(), &[call.uuid()]).await?;
    legs.sort_by(|a, b| (a.leg.doc.began_at(), &a.leg.external_id).cmp(&(b.leg.doc.began_at(), &b.leg.external_id)));
    Ok(legs)
}

/// How many calls a tenant has, in numbers that people put side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct CallTotals {
    pub calls: i64,
    pub answered: i64,
    /// Those of which the words are here.
    pub transcribed: i64,
}

/// The tenant's totals.
pub async fn totals(conn: &mut Conn<'_>, scope: TenantScope) -> Result<CallTotals, StoreError> {
    let totals = fetch_optional!(
        conn,
        CallTotals,
        "SELECT count(*) AS calls, coalesce(CAST(sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END) AS BIGINT), 0) AS \
         answered, (SELECT count(DISTINCT call_id) FROM transcripts WHERE tenant_id = $1 AND is_complete) AS transcribed \
         FROM calls WHERE tenant_id = $1",
        scope.tenant()
    )?;
    Ok(totals.unwrap_or(CallTotals { calls: 0, answered: 0, transcribed: 0 }))
}

/// A tag, and how many calls have it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TagCount {
    pub tag: String,
    pub calls: i64,
}

/// Calls that are looked at for the tags in use.
const TAGGED: i64 = 10_000;

/// The tags on the newest 10,000 calls that have any, the most used first; at most `limit`.
pub async fn tags(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<TagCount>, StoreError> {
    let (each, order) = match conn.engine() {
        Engine::Sqlite => ("json_each(tagged.tags) AS each", "each.value"),
        Engine::Postgres => {
            ("LATERAL jsonb_array_elements_text(tagged.tags) AS each(value)", "each.value COLLATE \"C\"")
        }
    };
    let mut sql =
        Sql::new("SELECT each.value AS tag, count(*) AS calls FROM (SELECT tags FROM calls WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND tags <> '[]' ORDER BY occurred_at DESC, id DESC LIMIT ").bind(TAGGED);
    sql.push(") AS tagged, ").push(each).push(" GROUP BY each.value ORDER BY calls DESC, ").push(order);
    sql.push(" LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}
