//! The records that a batch touches, in memory: loaded before, written after.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind},
    fact::{Fact, FactBody},
    ids::{CallId, ConnectionId, MessageId, TenantId, deterministic},
    message::{Message, MessageDoc, MessageOwner},
};
use switchboard_store::{Conn, StoreError, insert::Insert, record};
use uuid::Uuid;

use super::{Understood, calls::Calls, children::Children, contacts::Contacts, leg_ids, shelf::Shelf};
use crate::reactions::{self, Reaction};

/// Everything that a batch touches.
pub struct Workspace {
    tenant: TenantId,
    calls: Calls,
    children: Children,
    messages: Shelf<Message, MessageDoc>,
    /// The provider's id of each message that the batch speaks of.
    message_ids: BTreeMap<Uuid, String>,
    contacts: Contacts,
}

/// What one event came to.
#[derive(Default)]
pub struct Outcome {
    pub changes: Vec<NewChange>,
    pub reactions: Vec<Reaction>,
}

impl Workspace {
    /// Loads what these events are about, with a handful of queries.
    pub async fn load(conn: &mut Conn<'_>, tenant: TenantId, events: &[Understood]) -> Result<Self, StoreError> {
        let mut legs: BTreeMap<ConnectionId, BTreeSet<String>> = BTreeMap::new();
        let mut message_ids = BTreeMap::new();
        for (event, fact) in events.iter().flat_map(|event| event.facts.iter().map(move |fact| (event, fact))) {
            let ids = leg_ids(fact).into_iter().cloned();
            legs.entry(event.connection_id).or_default().extend(ids);
            if let FactBody::Message(message) = &fact.body {
                let id: MessageId = deterministic(event.connection_id.uuid(), &message.external_id);
                message_ids.insert(id.uuid(), message.external_id.clone());
            }
        }
        legs.retain(|_, ids| !ids.is_empty());
        let calls = Calls::load(conn, tenant, &legs).await?;
        let children = Children::load(conn, tenant, &calls.ids()).await?;
        let message_list: Vec<Uuid> = message_ids.keys().copied().collect();
        let messages =
            Shelf::load(record::find(conn, tenant, &message_list).await?, |message: &Message| message.id.uuid());
        let contacts = Contacts::load(conn, tenant, events).await?;
        Ok(Self { tenant, calls, children, messages, message_ids, contacts })
    }

    /// Takes in one fact of an event.
    pub fn apply(&mut self, event: &Understood, fact: &Fact) {
        let contact = self.contacts.meet(event, fact);
        let stamp = fact.stamp();
        match &fact.body {
            FactBody::Leg(leg) => {
                self.calls.apply(event.connection_id, &event.provider, event.received_at, stamp, leg, contact);
            }
            FactBody::Message(message) => {
                let id: MessageId = deterministic(event.connection_id.uuid(), &message.external_id);
                self.messages.doc_for(id.uuid(), event.received_at).apply(stamp, message, contact);
            }
            FactBody::Voicemail(_) | FactBody::Recording(_) | FactBody::Transcript(_) | FactBody::Analysis(_) => {
                for leg in leg_ids(fact) {
                    self.calls.call_of(event.connection_id, std::iter::once(leg));
                }
                self.children.apply(event, fact);
            }
            FactBody::ContactEdit(edit) => self.contacts.edit(event, stamp, edit),
            FactBody::Contact(_) => {}
        }
    }

    /// Computes what the records touched by this event have come to.
    pub fn settle(&mut self, event: &Understood) -> Outcome {
        let mut outcome = Outcome::default();
        let at = event.facts.iter().map(|fact| fact.at).max().unwrap_or(event.received_at);
        outcome.changes.extend(self.contacts.settle(at));

        let messages = self.messages.settle(
            RecordKind::Message,
            at,
            |id, doc, before| {
                let owner = MessageOwner {
                    tenant_id: self.tenant,
                    connection_id: event.connection_id,
                    provider: before.map_or_else(|| event.provider.clone(), |message| message.provider.clone()),
                    external_id: self.message_ids.get(&id)?.clone(),
                };
                Some(doc.project(&owner))
            },
            |message| Some(message.status.to_string()),
        );
        outcome.changes.extend(messages.into_iter().map(|(change, _)| change));

        let (changes, affected) = self.calls.settle(at);
        for change in changes {
            let call = self.calls.get(CallId::from_uuid(change.record_id));
            outcome.reactions.extend(call.and_then(|call| reactions::of_call(&change, call)));
            outcome.changes.push(change);
        }
        let (changes, reactions) = self.children.settle(self.tenant, at, &self.calls, &affected);
        outcome.changes.extend(changes);
        outcome.reactions.extend(reactions);
        outcome
    }

    /// Removes the calls that are part of others now, and returns what is to be written.
    pub async fn save(self, conn: &mut Conn<'_>, now: Timestamp) -> Result<Vec<Insert>, StoreError> {
        let mut rows = Vec::with_capacity(8);
        rows.extend(self.calls.save(conn, now).await?);
        rows.extend(self.children.save(now));
        rows.extend([self.messages.save(now), self.contacts.save(now)]);
        Ok(rows)
    }
}
