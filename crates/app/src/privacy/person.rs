//! One contact with everything of theirs: who it is, in which calls, messages and voicemails they took part.

use std::collections::BTreeSet;

use switchboard_domain::{
    call::Direction,
    ids::{ContactId, deterministic},
    leg::LegDoc,
    message::Message,
};
use switchboard_store::{
    StoreError, TenantScope, calls, connections,
    contacts::{self, KeptContact},
    messages::KeptMessage,
    personal::{self, Wanted},
    record,
};
use uuid::Uuid;

use crate::App;

/// Rows that one look reads.
const PAGE: i64 = 2_000;
/// Connections of a tenant that are looked at. More than any has.
const CONNECTIONS: i64 = 1_000;

/// Somebody, as all our records know them.
#[derive(Debug, Clone)]
pub struct Person {
    /// The contact that was asked for, those that are part of it, and those that a provider says are the same person but
    /// names no number of.
    pub contacts: Vec<KeptContact>,
    pub wanted: Wanted,
}

impl Person {
    /// The person behind a contact, with every number that is part of it; `None` when the tenant has no such contact.
    pub async fn lookup(app: &App, scope: TenantScope, id: ContactId) -> Result<Option<Self>, StoreError> {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let Some(contact) = contacts::lookup(conn, scope, id).await? else { return Ok(None) };
        let own = contact.record.id;
        let mut people = contacts::with_parts(conn, scope.tenant(), &[own.uuid()]).await?;
        people.sort_by_key(|kept| (kept.record.id != own, kept.record.id));
        let mut same: BTreeSet<Uuid> = BTreeSet::new();
        for connection in connections::list(conn, scope, None, CONNECTIONS).await? {
            let by_id = |external: &String| deterministic::<ContactId>(connection.id.uuid(), external).uuid();
            same.extend(people.iter().flat_map(|kept| kept.record.external_ids.iter().map(by_id)));
        }
        same.retain(|other| people.iter().all(|kept| kept.record.id.uuid() != *other));
        let same: Vec<Uuid> = same.into_iter().collect();
        people.extend(record::find::<KeptContact>(conn, scope.tenant(), &same).await?);
        let numbers: BTreeSet<String> = people.iter().filter_map(|kept| kept.record.phone.clone()).collect();
        let ids: BTreeSet<ContactId> =
            people.iter().map(|kept| kept.record.id).chain(same.into_iter().map(ContactId::from_uuid)).collect();
        let wanted = Wanted { contacts: ids.into_iter().collect(), numbers: numbers.into_iter().collect() };
        Ok(Some(Self { contacts: people, wanted }))
    }

    /// Took this leg.
    pub fn is_on(&self, leg: &LegDoc) -> bool {
        leg.contact_id.value().is_some_and(|contact| self.wanted.contacts.contains(&contact))
            || leg.external_number.get().is_some_and(|number| self.wanted.numbers.contains(number))
    }

    /// Somebody else took this leg.
    pub fn is_others(&self, leg: &LegDoc) -> bool {
        leg.contact_id.value().is_some() && !self.is_on(leg)
    }

    /// Wrote or got this message.
    pub fn is_in(&self, message: &Message) -> bool {
        let is_theirs = |number: &String| self.wanted.numbers.contains(number);
        message.contact_id.is_some_and(|contact| self.wanted.contacts.contains(&contact))
            || match message.direction {
                Some(Direction::Inbound) => message.from_number.iter().any(is_theirs),
                Some(Direction::Outbound) => message.to_numbers.iter().any(is_theirs),
                Some(Direction::Internal) | None => false,
            }
    }

    /// The calls that they took part in.
    pub async fn calls(&self, app: &App, scope: TenantScope) -> Result<Vec<Uuid>, StoreError> {
        let mut calls = BTreeSet::new();
        let mut after = None;
        loop {
            let mut reader = app.db.read(scope).await?;
            let conn = &mut reader.conn();
            let page = personal::legs(conn, scope, &self.wanted, after, PAGE).await?;
            let hits: Vec<Uuid> = page.iter().filter(|leg| leg.is_hit).map(|leg| leg.call_id).collect();
            if !hits.is_empty() {
                let legs = calls::legs_of_calls(conn, scope.tenant(), &hits).await?;
                calls.extend(legs.iter().filter(|kept| self.is_on(&kept.leg.doc)).map(|kept| kept.leg.call_id.uuid()));
            }
            after = page.last().copied();
            if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                return Ok(calls.into_iter().collect());
            }
        }
    }

    /// The messages that they wrote or got, oldest first.
    pub async fn messages(&self, app: &App, scope: TenantScope) -> Result<Vec<Uuid>, StoreError> {
        let mut messages = Vec::new();
        let mut after = None;
        loop {
            let mut reader = app.db.read(scope).await?;
            let conn = &mut reader.conn();
            let page = personal::messages(conn, scope, &self.wanted, after, PAGE).await?;
            let hits: Vec<Uuid> = page.iter().filter(|message| message.is_hit).map(|message| message.id).collect();
            let mut found: Vec<KeptMessage> = record::find(conn, scope.tenant(), &hits).await?;
            found.retain(|kept| self.is_in(&kept.record));
            found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
            messages.extend(found.iter().map(|kept| kept.record.id.uuid()));
            after = page.last().copied();
            if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                return Ok(messages);
            }
        }
    }

    /// The voicemails that they left, those of calls that are gone included.
    pub async fn voicemails(&self, app: &App, scope: TenantScope) -> Result<Vec<Uuid>, StoreError> {
        let mut reader = app.db.read(scope).await?;
        personal::voicemails(&mut reader.conn(), scope, &self.wanted).await
    }

    /// Whether a text that nobody could read names one of their numbers.
    pub fn is_named_in(&self, body: &[u8]) -> bool {
        let digits =
            self.wanted.numbers.iter().map(|number| number.trim_start_matches('+')).filter(|text| text.len() >= 7);
        digits.into_iter().any(|text| body.windows(text.len()).any(|part| part == text.as_bytes()))
    }
}
