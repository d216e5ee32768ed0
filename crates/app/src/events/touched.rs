//! Which records an event is about, and which events a record: the same question from both ends.
//!
//! Nothing of this is stored, because each merge would have to write it. Ids of records follow from what the provider calls
//! them, so they are computed; only which call a leg belongs to has to be looked up.

use std::{collections::BTreeSet, time::Duration};

use switchboard_domain::{
    Timestamp,
    call::Call,
    change::RecordKind,
    contact,
    fact::{Fact, FactBody},
    ids::{
        CallId, ConnectionId, Id, IdError, MessageId, RecordingId, TenantId, TranscriptId, VoicemailId, deterministic,
    },
    message::Message,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    analyses::KeptAnalysis,
    calls,
    contacts::{self, KeptContact},
    events::EventFilter,
    messages::KeptMessage,
    record::{self, Kept},
    recordings::KeptRecording,
    transcripts::KeptTranscript,
    voicemails::KeptVoicemail,
};
use uuid::Uuid;

use crate::{App, merge};

/// A record by kind and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    pub kind: RecordKind,
    pub id: Uuid,
}

/// The records that exist of those that these facts speak of, with the calls that they hang on.
pub(super) async fn records(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    connection: ConnectionId,
    facts: &[Fact],
) -> Result<BTreeSet<RecordRef>, StoreError> {
    let mut found = BTreeSet::new();
    let legs: BTreeSet<String> = facts.iter().flat_map(merge::leg_ids).cloned().collect();
    let legs: Vec<String> = legs.into_iter().collect();
    if !legs.is_empty() {
        let links = calls::links_of_ids(conn, tenant, connection, &legs).await?;
        let calls: Vec<Uuid> =
            links.iter().map(|link| link.call_id.uuid()).collect::<BTreeSet<_>>().into_iter().collect();
        add(&mut found, RecordKind::Call, &record::find::<Kept<Call>>(conn, tenant, &calls).await?, |kept| {
            kept.record.id.uuid()
        });
        add_children(conn, tenant, &calls, &mut found).await?;
    }
    let messages: Vec<Uuid> = facts.iter().filter_map(|fact| message_id(connection, fact)).collect();
    let messages = record::find::<KeptMessage>(conn, tenant, &messages).await?;
    add(&mut found, RecordKind::Message, &messages, |kept| kept.record.id.uuid());
    let parties: Vec<Uuid> = facts.iter().filter_map(|fact| contact_id(tenant, connection, fact)).collect();
    let parties: Vec<KeptContact> = contacts::with_parts(conn, tenant, &parties).await?;
    add(&mut found, RecordKind::Contact, &parties, |kept| kept.record.id.uuid());
    Ok(found)
}

fn add<R>(found: &mut BTreeSet<RecordRef>, kind: RecordKind, rows: &[R], id_of: impl Fn(&R) -> Uuid) {
    found.extend(rows.iter().map(|row| RecordRef { kind, id: id_of(row) }));
}

async fn add_children(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    calls: &[Uuid],
    found: &mut BTreeSet<RecordRef>,
) -> Result<(), StoreError> {
    let voicemails = record::find_of_calls::<KeptVoicemail>(conn, tenant, calls).await?;
    add(found, RecordKind::Voicemail, &voicemails, |kept| kept.record.id.uuid());
    let recordings = record::find_of_calls::<KeptRecording>(conn, tenant, calls).await?;
    add(found, RecordKind::Recording, &recordings, |kept| kept.record.id.uuid());
    let transcripts = record::find_of_calls::<KeptTranscript>(conn, tenant, calls).await?;
    add(found, RecordKind::Transcript, &transcripts, |kept| kept.record.id.uuid());
    let analyses = record::find_of_calls::<KeptAnalysis>(conn, tenant, calls).await?;
    add(found, RecordKind::Analysis, &analyses, |kept| kept.record.id.uuid());
    Ok(())
}

fn message_id(connection: ConnectionId, fact: &Fact) -> Option<Uuid> {
    let FactBody::Message(message) = &fact.body else { return None };
    Some(deterministic::<MessageId>(connection.uuid(), &message.external_id).uuid())
}

fn contact_id(tenant: TenantId, connection: ConnectionId, fact: &Fact) -> Option<Uuid> {
    if let FactBody::ContactEdit(edit) = &fact.body {
        return Some(edit.contact.uuid());
    }
    let key = merge::party(fact).and_then(|party| contact::key_of(tenant, connection, party))?;
    Some(key.id.uuid())
}

/// A record by its id as people paste it: with the prefix that says which kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Call(CallId),
    Message(MessageId),
    Voicemail(VoicemailId),
    Recording(RecordingId),
    Transcript(TranscriptId),
}

impl std::str::FromStr for About {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        fn prefixed<I: Id>(text: &str) -> bool {
            text.strip_prefix(I::PREFIX).is_some_and(|rest| rest.starts_with('_'))
        }
        match text {
            _ if prefixed::<MessageId>(text) => text.parse().map(Self::Message),
            _ if prefixed::<VoicemailId>(text) => text.parse().map(Self::Voicemail),
            _ if prefixed::<RecordingId>(text) => text.parse().map(Self::Recording),
            _ if prefixed::<TranscriptId>(text) => text.parse().map(Self::Transcript),
            _ => text.parse().map(Self::Call),
        }
    }
}

/// How long before a record's first moment an event about it may have come: clocks differ.
const BEFORE: Duration = Duration::from_hours(24);
/// How long after its last change one may have come that changed nothing: providers repeat for a week at most.
const AFTER: Duration = Duration::from_hours(7 * 24);

/// Narrows a filter to the events about a record. `None` when there is no such record.
pub async fn about(
    app: &App,
    scope: TenantScope,
    record: About,
    filter: EventFilter,
) -> Result<Option<EventFilter>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let call = match record {
        About::Message(id) => {
            let found = record::lookup::<KeptMessage>(conn, scope, id.uuid()).await?;
            return Ok(found.map(|kept| {
                let Message { connection_id, external_id, occurred_at, .. } = kept.record;
                let ids = vec![external_id];
                narrowed(filter, connection_id, ids, occurred_at.min(kept.created_at), kept.updated_at)
            }));
        }
        About::Call(id) => calls::lookup(conn, scope, id).await?.map(|kept| kept.record.id),
        About::Voicemail(id) => {
            record::lookup::<KeptVoicemail>(conn, scope, id.uuid()).await?.map(|kept| kept.record.call_id)
        }
        About::Recording(id) => {
            record::lookup::<KeptRecording>(conn, scope, id.uuid()).await?.map(|kept| kept.record.call_id)
        }
        About::Transcript(id) => {
            record::lookup::<KeptTranscript>(conn, scope, id.uuid()).await?.map(|kept| kept.record.call_id)
        }
    };
    let Some(call) = call else { return Ok(None) };
    let Some(kept) = record::lookup::<Kept<Call>>(conn, scope, call.uuid()).await? else { return Ok(None) };
    let links = calls::links_of_calls(conn, scope.tenant(), &[call.uuid()]).await?;
    let mut ids: BTreeSet<String> = links.into_iter().map(|link| link.external_id).collect();
    let recordings = record::find_of_calls::<KeptRecording>(conn, scope.tenant(), &[call.uuid()]).await?;
    ids.extend(recordings.into_iter().map(|kept| kept.record.external_id));
    let from = kept.record.occurred_at.min(kept.created_at);
    Ok(Some(narrowed(filter, kept.record.connection_id, ids.into_iter().collect(), from, kept.updated_at)))
}

/// The filter, for these ids of a connection and the time in which something may have come about them.
fn narrowed(
    filter: EventFilter,
    connection: ConnectionId,
    ids: Vec<String>,
    first: Timestamp,
    last: Timestamp,
) -> EventFilter {
    let (from, before) = (first - BEFORE, last + AFTER);
    let elsewhere = filter.connection_id.is_some_and(|wanted| wanted != connection);
    let asked: BTreeSet<String> = filter.external_ids.into_iter().collect();
    let external_ids: Vec<String> =
        if asked.is_empty() { ids } else { ids.into_iter().filter(|id| asked.contains(id)).collect() };
    // Nothing can be about the record and something else: an id that no event has.
    let nothing = elsewhere || external_ids.is_empty();
    EventFilter {
        connection_id: Some(connection),
        external_ids: if nothing { vec![String::new()] } else { external_ids },
        received_from: Some(filter.received_from.map_or(from, |asked| asked.max(from))),
        received_before: Some(filter.received_before.map_or(before, |asked| asked.min(before))),
        ..filter
    }
}

/// Calls that these legs may have been before they were joined with others: a call has the id of its least leg.
pub(super) fn former_calls(connection: ConnectionId, facts: &[Fact]) -> Vec<Uuid> {
    let ids = facts.iter().flat_map(merge::leg_ids);
    ids.map(|id| deterministic::<CallId>(connection.uuid(), id).uuid()).collect()
}
