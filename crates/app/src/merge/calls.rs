//! Legs become calls. Which legs belong together is what providers say in up to four ids per event; the ids of one call
//! form a set that only grows, and its least member names the call, whatever order they arrive in.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use switchboard_domain::{
    Timestamp,
    call::{self, Call, CallOwner},
    change::{NewChange, RecordKind, Verb},
    contact::ContactId,
    fact::LegFact,
    ids::{CallId, ConnectionId, LegId, TenantId, deterministic},
    leg::{Leg, LegDoc},
    merge::Stamp,
};
use switchboard_store::{
    Conn, StoreError,
    calls::{self, KeptLeg, Link},
    insert::Insert,
    record::{self, Kept},
};
use uuid::Uuid;

use super::diff;

/// An id as the provider writes it, ordered as a number where it is one: shorter first, then by its digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ExternalId(String);

impl Ord for ExternalId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for ExternalId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The calls and legs that a batch touches.
pub struct Calls {
    tenant: TenantId,
    links: HashMap<(ConnectionId, ExternalId), CallId>,
    members: HashMap<CallId, BTreeSet<ExternalId>>,
    legs: HashMap<LegId, KeptLeg>,
    /// The legs of each call.
    legs_of: HashMap<CallId, BTreeSet<LegId>>,
    rows: HashMap<CallId, Kept<Call>>,
    /// Those that changed, as they were loaded.
    stored: HashMap<CallId, Kept<Call>>,
    loaded: HashSet<CallId>,
    dirty_links: BTreeSet<(ConnectionId, ExternalId)>,
    dirty_legs: BTreeSet<LegId>,
    dirty: BTreeSet<CallId>,
    /// Calls that turned out to be part of another, and of which.
    superseded: BTreeMap<CallId, CallId>,
    /// Touched by the present event, with the provider that spoke of them.
    touched: BTreeMap<CallId, String>,
    /// Superseded by the present event: what to say of those that existed.
    gone: Vec<(Kept<Call>, CallId)>,
}

impl Calls {
    /// Loads every call that one of these ids belongs to, whole.
    pub async fn load(
        conn: &mut Conn<'_>,
        tenant: TenantId,
        ids: &BTreeMap<ConnectionId, BTreeSet<String>>,
    ) -> Result<Self, StoreError> {
        let mut found = BTreeSet::new();
        let mut loaded = Self::empty(tenant);
        for (connection, external_ids) in ids {
            let external_ids: Vec<String> = external_ids.iter().cloned().collect();
            for link in calls::links_around(conn, tenant, *connection, &external_ids).await? {
                let id = ExternalId(link.external_id);
                found.insert(link.call_id.uuid());
                loaded.members.entry(link.call_id).or_default().insert(id.clone());
                loaded.links.insert((link.connection_id, id), link.call_id);
            }
        }
        let found: Vec<Uuid> = found.into_iter().collect();
        if found.is_empty() {
            return Ok(loaded);
        }
        let legs = calls::legs_of_calls(conn, tenant, &found).await?;
        for kept in legs {
            loaded.legs_of.entry(kept.leg.call_id).or_default().insert(kept.leg.id);
            loaded.legs.insert(kept.leg.id, kept);
        }
        let calls: Vec<Kept<Call>> = record::find(conn, tenant, &found).await?;
        loaded.rows = calls.into_iter().map(|kept| (kept.record.id, kept)).collect();
        loaded.loaded = loaded.rows.keys().copied().collect();
        Ok(loaded)
    }

    fn empty(tenant: TenantId) -> Self {
        Self {
            tenant,
            links: HashMap::new(),
            members: HashMap::new(),
            legs: HashMap::new(),
            legs_of: HashMap::new(),
            rows: HashMap::new(),
            stored: HashMap::new(),
            loaded: HashSet::new(),
            dirty_links: BTreeSet::new(),
            dirty_legs: BTreeSet::new(),
            dirty: BTreeSet::new(),
            superseded: BTreeMap::new(),
            touched: BTreeMap::new(),
            gone: Vec::new(),
        }
    }

    /// The ids of all loaded calls: what hangs on them is loaded next.
    pub fn ids(&self) -> Vec<Uuid> {
        self.members.keys().map(|id| id.uuid()).collect()
    }

    /// Takes in one fact about a leg.
    pub fn apply(
        &mut self,
        connection: ConnectionId,
        provider: &str,
        received_at: Timestamp,
        stamp: Stamp,
        fact: &LegFact,
        contact: Option<ContactId>,
    ) {
        let leg_id: LegId = deterministic(connection.uuid(), &fact.external_id);
        // What people did with a call does not bring it back once its time was over and the log knows no more of it.
        if fact.work.is_some() && !self.legs.contains_key(&leg_id) {
            return;
        }
        let ids = std::iter::once(&fact.external_id).chain(&fact.related);
        let call_id = self.call_of(connection, ids);
        let kept = self.legs.entry(leg_id).or_insert_with(|| KeptLeg {
            leg: Leg {
                id: leg_id,
                tenant_id: self.tenant,
                connection_id: connection,
                call_id,
                external_id: fact.external_id.clone(),
                doc: LegDoc::default(),
            },
            created_at: received_at,
        });
        self.legs_of.entry(kept.leg.call_id).or_default().insert(leg_id);
        kept.created_at = kept.created_at.min(received_at);
        kept.leg.doc.apply(stamp, fact, contact);
        self.dirty_legs.insert(leg_id);
        self.touched.insert(call_id, provider.to_owned());
    }

    /// The call that these ids name, joining what they show to belong together.
    pub fn call_of<'i>(&mut self, connection: ConnectionId, ids: impl Iterator<Item = &'i String>) -> CallId {
        let ids: BTreeSet<ExternalId> = ids.map(|id| ExternalId(id.clone())).collect();
        let known: BTreeSet<CallId> =
            ids.iter().filter_map(|id| self.links.get(&(connection, id.clone())).copied()).collect();
        let mut members = ids.clone();
        for call in &known {
            members.extend(self.members.get(call).cloned().unwrap_or_default());
        }
        let Some(least) = members.first() else { return CallId::from_uuid(Uuid::nil()) };
        let call_id: CallId = deterministic(connection.uuid(), &least.0);
        let is_settled = known.len() == 1 && known.contains(&call_id);
        if is_settled && self.members.get(&call_id).is_some_and(|held| held.len() == members.len()) {
            return call_id;
        }
        for old in known.into_iter().filter(|old| *old != call_id) {
            self.supersede(old, call_id);
        }
        for id in &members {
            let key = (connection, id.clone());
            if self.links.insert(key.clone(), call_id) != Some(call_id) {
                self.dirty_links.insert(key);
            }
        }
        self.members.insert(call_id, members);
        call_id
    }

    fn supersede(&mut self, old: CallId, into: CallId) {
        self.members.remove(&old);
        // A chain of supersessions within one batch ends at its last link.
        for target in self.superseded.values_mut().filter(|target| **target == old) {
            *target = into;
        }
        self.superseded.remove(&into);
        self.superseded.insert(old, into);
        for leg in self.legs_of.remove(&old).unwrap_or_default() {
            if let Some(kept) = self.legs.get_mut(&leg) {
                kept.leg.call_id = into;
                self.dirty_legs.insert(leg);
                self.legs_of.entry(into).or_default().insert(leg);
            }
        }
        let provider = self.touched.remove(&old);
        self.dirty.remove(&old);
        // Its row goes; should it lead again in this batch, it is a new one.
        self.loaded.remove(&old);
        self.stored.remove(&old);
        if let Some(kept) = self.rows.remove(&old) {
            self.touched.insert(into, kept.record.provider.clone());
            self.gone.push((kept, into));
        } else if let Some(provider) = provider {
            self.touched.insert(into, provider);
        }
    }

    /// The call of a leg that was spoken of before.
    pub fn call_of_leg(&self, connection: ConnectionId, leg_external_id: &str) -> Option<CallId> {
        self.links.get(&(connection, ExternalId(leg_external_id.to_owned()))).copied()
    }

    pub fn get(&self, call: CallId) -> Option<&Call> {
        self.rows.get(&call).map(|kept| &kept.record)
    }

    /// Computes what the touched calls have come to. Returns the differences, and the calls whose children must be looked
    /// at again.
    pub fn settle(&mut self, at: Timestamp) -> (Vec<NewChange>, BTreeSet<CallId>) {
        let mut changes: Vec<NewChange> = Vec::new();
        let mut affected = BTreeSet::new();
        for (kept, _) in std::mem::take(&mut self.gone) {
            let state = Some(kept.record.status.to_string());
            let change = NewChange::of(RecordKind::Call, kept.record.id, Verb::Merged, at);
            changes.push(NewChange { from_state: state, ..change });
            affected.insert(kept.record.id);
        }
        for (call_id, provider) in std::mem::take(&mut self.touched) {
            if let Some(change) = self.settle_one(call_id, &provider, at) {
                changes.push(change);
                affected.insert(call_id);
            }
        }
        (changes, affected)
    }

    fn settle_one(&mut self, call_id: CallId, provider: &str, at: Timestamp) -> Option<NewChange> {
        let legs: Vec<&KeptLeg> = self.legs_of.get(&call_id)?.iter().filter_map(|leg| self.legs.get(leg)).collect();
        let first = legs.first()?;
        let before = self.rows.get(&call_id);
        let owner = CallOwner {
            id: call_id,
            tenant_id: self.tenant,
            connection_id: first.leg.connection_id,
            provider: before.map_or_else(|| provider.to_owned(), |kept| kept.record.provider.clone()),
            external_id: self.members.get(&call_id)?.first()?.0.clone(),
        };
        let created_at = legs.iter().map(|kept| kept.created_at).min()?;
        let legs: Vec<&Leg> = legs.into_iter().map(|kept| &kept.leg).collect();
        let record = call::project(&owner, &legs);
        let change = match before {
            Some(kept) if kept.record == record => None,
            before => Some(NewChange {
                kind: RecordKind::Call,
                record_id: call_id.uuid(),
                verb: if before.is_none() { Verb::Created } else { Verb::Updated },
                from_state: before.map(|kept| kept.record.status.to_string()),
                to_state: Some(record.status.to_string()),
                fields: before.map(|kept| diff::fields(&kept.record, &record)).unwrap_or_default(),
                occurred_at: at,
            }),
        };
        if change.is_some() || before.is_none_or(|kept| kept.created_at != created_at) {
            let before = self.rows.insert(call_id, Kept { record, created_at, updated_at: created_at });
            if let Some(before) = before.filter(|_| self.loaded.contains(&call_id)) {
                self.stored.entry(call_id).or_insert(before);
            }
            self.dirty.insert(call_id);
        }
        change
    }

    /// Removes the calls that are part of others now, and returns what is to be written.
    pub async fn save(mut self, conn: &mut Conn<'_>, now: Timestamp) -> Result<[Insert; 4], StoreError> {
        let link = |(connection_id, id): &(ConnectionId, ExternalId)| {
            let call_id = *self.links.get(&(*connection_id, id.clone()))?;
            Some(Link { connection_id: *connection_id, external_id: id.0.clone(), call_id })
        };
        let links: Vec<Link> = self.dirty_links.iter().filter_map(link).collect();
        // Every id that any order of the same facts would have given this call, and not only those that this one did.
        let aliases: BTreeMap<CallId, CallId> = links
            .iter()
            .map(|link| (deterministic(link.connection_id.uuid(), &link.external_id), link.call_id))
            .filter(|(alias, call)| alias != call)
            .collect();
        let mut groups: BTreeMap<CallId, Vec<Uuid>> = BTreeMap::new();
        for (old, into) in &self.superseded {
            groups.entry(*into).or_default().push(old.uuid());
        }
        for (into, old) in groups {
            calls::supersede(conn, self.tenant, &old, into).await?;
        }
        let legs: Vec<&KeptLeg> = self.dirty_legs.iter().filter_map(|id| self.legs.get(id)).collect();
        let legs = calls::upsert_legs(&legs, now);
        for id in &self.dirty {
            if let Some(kept) = self.rows.get_mut(id) {
                kept.updated_at = now;
            }
        }
        let pair = |id| Some((self.stored.get(id), self.rows.get(id)?));
        let calls: Vec<(Option<&Kept<Call>>, &Kept<Call>)> = self.dirty.iter().filter_map(pair).collect();
        Ok([
            calls::upsert_links(self.tenant, &links),
            calls::upsert_aliases(self.tenant, &aliases),
            legs,
            record::upsert(&calls),
        ])
    }
}
