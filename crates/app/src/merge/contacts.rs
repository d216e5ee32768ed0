//! Contacts, and which of them are one: what a person said about that is a fact like any other, so it may come before, after
//! or between what providers say of the numbers.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
    contact::{self, Contact, ContactDoc, ContactEdit, ContactKey, Place},
    fact::{Fact, FactBody, PartyFact},
    ids::{ContactId, TenantId},
    merge::Stamp,
};
use switchboard_store::{Conn, StoreError, contacts, insert::Insert};
use uuid::Uuid;

use super::{Understood, shelf::Shelf};

/// The contacts that a batch touches.
pub struct Contacts {
    tenant: TenantId,
    shelf: Shelf<Contact, ContactDoc>,
    /// What each contact that the batch speaks of is known by.
    keys: BTreeMap<Uuid, ContactKey>,
    /// One of them is part of another: without that, nobody looks for parts.
    has_parts: bool,
}

impl Contacts {
    /// Loads what these events are about, with all that is put together with it.
    pub async fn load(conn: &mut Conn<'_>, tenant: TenantId, events: &[Understood]) -> Result<Self, StoreError> {
        let mut keys = BTreeMap::new();
        let mut wanted = BTreeSet::new();
        for (event, fact) in events.iter().flat_map(|event| event.facts.iter().map(move |fact| (event, fact))) {
            if let Some(key) = party(fact).and_then(|party| contact::key_of(tenant, event.connection_id, party)) {
                keys.insert(key.id.uuid(), key);
            }
            if let FactBody::ContactEdit(edit) = &fact.body {
                keys.insert(edit.contact.uuid(), edit.key());
                if let Some(Place::PartOf(whole)) = edit.place {
                    wanted.insert(whole.uuid());
                }
            }
        }
        wanted.extend(keys.keys().copied());
        let wanted: Vec<Uuid> = wanted.into_iter().collect();
        let mut rows = contacts::with_parts(conn, tenant, &wanted).await?;
        let loaded: BTreeSet<Uuid> = rows.iter().map(|kept| kept.record.id.uuid()).collect();
        let wholes = rows.iter().filter_map(|kept| kept.record.merged_into).map(ContactId::uuid);
        let missing: Vec<Uuid> =
            wholes.filter(|id| !loaded.contains(id)).collect::<BTreeSet<_>>().into_iter().collect();
        rows.extend(contacts::with_parts(conn, tenant, &missing).await?);
        let has_parts = rows.iter().any(|kept| kept.doc.part_of().is_some());
        for kept in &rows {
            let key = ContactKey { id: kept.record.id, natural_key: kept.record.natural_key.clone() };
            keys.insert(kept.record.id.uuid(), key);
        }
        let shelf = Shelf::load(rows, |contact: &Contact| contact.id.uuid());
        Ok(Self { tenant, shelf, keys, has_parts })
    }

    /// Takes in what a fact says of the other party, and finds its contact.
    pub fn meet(&mut self, event: &Understood, fact: &Fact) -> Option<ContactId> {
        let party = party(fact)?;
        let key = contact::key_of(self.tenant, event.connection_id, party)?;
        self.shelf.doc_for(key.id.uuid(), event.received_at).apply(fact.stamp(), party);
        self.touch_whole_of(key.id.uuid());
        Some(key.id)
    }

    /// Takes in what a person said.
    pub fn edit(&mut self, event: &Understood, stamp: Stamp, edit: &ContactEdit) {
        let id = edit.contact.uuid();
        // What it was part of is one less.
        self.touch_whole_of(id);
        self.shelf.doc_for(id, event.received_at).apply_edit(stamp, edit);
        self.has_parts |= edit.place.is_some();
        self.touch_whole_of(id);
    }

    /// What is said of a part shows in the whole.
    fn touch_whole_of(&mut self, id: Uuid) {
        if !self.has_parts {
            return;
        }
        if let Some(whole) = self.shelf.doc(id).and_then(ContactDoc::part_of) {
            self.shelf.touch(whole.uuid());
        }
    }

    /// The loaded parts of each contact, sorted by their ids.
    fn parts(&self) -> BTreeMap<Uuid, BTreeMap<Uuid, ContactDoc>> {
        let mut parts: BTreeMap<Uuid, BTreeMap<Uuid, ContactDoc>> = BTreeMap::new();
        if self.has_parts {
            for (id, doc) in self.shelf.docs() {
                if let Some(whole) = doc.part_of() {
                    parts.entry(whole.uuid()).or_default().insert(id, doc.clone());
                }
            }
        }
        parts
    }

    /// Computes what the touched contacts have come to.
    pub fn settle(&mut self, at: Timestamp) -> Vec<NewChange> {
        let parts = self.parts();
        let (tenant, keys) = (self.tenant, &self.keys);
        let project = |id: Uuid, doc: &ContactDoc, _: Option<&Contact>| {
            let parts: Vec<(&ContactKey, &ContactDoc)> = match doc.part_of() {
                // A part is only itself.
                Some(_) => Vec::new(),
                None => {
                    parts.get(&id).into_iter().flatten().filter_map(|(id, doc)| Some((keys.get(id)?, doc))).collect()
                }
            };
            Some(doc.project(tenant, keys.get(&id)?, &parts))
        };
        let changes = self
            .shelf
            .settle(RecordKind::Contact, at, project, |contact| contact.merged_into.map(|_| MERGED.to_owned()));
        changes.into_iter().filter_map(|(change, _)| told(change)).collect()
    }

    /// What is to be written.
    pub fn save(self, now: Timestamp) -> Insert {
        self.shelf.save(now)
    }
}

/// The state of a contact that is part of another.
const MERGED: &str = "merged";

/// The difference as people are told of it: a contact that became part of another went away, one that was taken out again
/// is new, and of one that is part of another there is nothing to tell.
fn told(change: NewChange) -> Option<NewChange> {
    let (was_part, is_part) = (change.from_state.is_some(), change.to_state.is_some());
    match (was_part, is_part) {
        (false, false) => Some(change),
        (false, true) if change.verb == Verb::Created => None,
        (false, true) => Some(NewChange { verb: Verb::Merged, ..change }),
        (true, false) => Some(NewChange { verb: Verb::Created, ..change }),
        (true, true) => None,
    }
}

/// The other side that a fact speaks of.
pub(crate) fn party(fact: &Fact) -> Option<&PartyFact> {
    match &fact.body {
        FactBody::Leg(leg) => leg.contact.as_ref(),
        FactBody::Message(message) => message.contact.as_ref(),
        FactBody::Contact(party) => Some(party),
        FactBody::Voicemail(_)
        | FactBody::Recording(_)
        | FactBody::Transcript(_)
        | FactBody::Analysis(_)
        | FactBody::ContactEdit(_) => None,
    }
}
