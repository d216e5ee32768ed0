//! What merges must not bring back: people who were erased, and records whose time was over.
//!
//! It is asked at the edge of every merge, between an event's facts and the records. Not where deliveries come in: there
//! nobody knows yet what an item is about, and a provider is waiting. An event that is withheld was in the log for a moment;
//! its contents go in the transaction that would have merged it.

use std::collections::{BTreeSet, HashMap, HashSet};

use switchboard_domain::{
    Timestamp,
    fact::{Fact, FactBody},
    ids::{ConnectionId, ContactId, EventId},
    recording::RecordingKind,
    retention::RetentionKind,
};
use switchboard_store::{
    Conn, StoreError, TenantScope, TenantTx, calls,
    withheld::{self, Withheld},
    work,
};

use super::subject::{self, Hasher, Subject};
use crate::{
    App,
    jobs::{self, EraseContact},
    merge::Understood,
};

/// Events about somebody or something that was erased.
#[derive(Debug, Default)]
pub struct Erased {
    pub events: HashSet<EventId>,
    /// Legs and messages that these events name and that were not known to be erased: they are now.
    pub(crate) drawn_in: BTreeSet<Subject>,
    /// Who it is about.
    pub people: BTreeSet<ContactId>,
}

/// Which of these events are about what was erased. Costs nothing where nobody was.
pub async fn erased_among(
    app: &App,
    conn: &mut Conn<'_>,
    scope: TenantScope,
    withheld: &Withheld,
    events: &[Understood],
) -> Result<Erased, StoreError> {
    let mut found = Erased::default();
    let Some(sealed) = &withheld.erasure_key else { return Ok(found) };
    let about: Vec<(EventId, Vec<(Subject, Timestamp)>)> =
        events.iter().map(|event| (event.event_id, subject::of_event(scope.tenant(), event))).collect();
    let hasher = Hasher::open(app, scope, sealed)?;
    let subjects: BTreeSet<&Subject> = about.iter().flat_map(|(_, subjects)| subjects).map(|(one, _)| one).collect();
    let hashes: Vec<Vec<u8>> = subjects.iter().map(|subject| hasher.hash(subject)).collect();
    let erased_at: HashMap<Vec<u8>, Timestamp> = withheld::find(conn, scope, &hashes).await?.into_iter().collect();
    if erased_at.is_empty() {
        return Ok(found);
    }
    let erased: HashMap<&Subject, Timestamp> = subjects
        .into_iter()
        .zip(&hashes)
        .filter_map(|(subject, hash)| Some((subject, *erased_at.get(hash)?)))
        .collect();
    let is_erased = |subject: &Subject, at: Timestamp, drawn_in: &BTreeSet<Subject>| match erased.get(subject) {
        Some(until) => !subject.is_person() || at <= *until,
        None => drawn_in.contains(subject),
    };
    // One event of a call names the person, the next only the call: until nothing more is drawn in.
    loop {
        let before = found.events.len();
        for (event, subjects) in &about {
            let hit = subjects.iter().any(|(subject, at)| is_erased(subject, *at, &found.drawn_in));
            if !hit || !found.events.insert(*event) {
                continue;
            }
            for (subject, at) in subjects {
                match subject {
                    Subject::Contact(person) if is_erased(subject, *at, &found.drawn_in) => {
                        found.people.insert(*person);
                    }
                    Subject::Contact(_) => {}
                    thing if !erased.contains_key(thing) => {
                        found.drawn_in.insert(thing.clone());
                    }
                    _ => {}
                }
            }
        }
        if found.events.len() == before {
            return Ok(found);
        }
    }
}

/// Takes out of `events` what must not come back. The caller has locked the tenant and merges the rest.
pub async fn withhold(app: &App, tx: &mut TenantTx, events: &mut [Understood]) -> Result<(), StoreError> {
    if tx.withheld().is_nothing() {
        return Ok(());
    }
    let known = tx.withheld().clone();
    let scope = tx.scope();
    let erased = erased_among(app, &mut tx.conn(), scope, &known, events).await?;
    for event in events.iter_mut() {
        if erased.events.contains(&event.event_id) {
            event.facts.clear();
        } else {
            drop_expired(&known, &mut event.facts);
        }
    }
    if erased.events.is_empty() {
        return Ok(());
    }
    let ids: Vec<EventId> = erased.events.iter().copied().collect();
    withheld::empty_events(&mut tx.conn(), scope, &ids).await?;
    forget(app, tx, &known, &erased.drawn_in).await?;
    if knows(tx, &erased.drawn_in).await? {
        // Earlier events of the same call got through, because they named nobody.
        let now = app.now();
        let job = |contact: &ContactId| jobs::row(app, scope.tenant(), &EraseContact::late(*contact), now);
        let rows: Vec<_> = erased.people.iter().map(job).collect();
        work::insert(&mut tx.conn(), &rows, now).await?;
    }
    metrics::counter!("switchboard_events_withheld_total").increment(ids.len() as u64);
    Ok(())
}

/// Leaves the hashes of legs and messages.
pub(crate) async fn forget(
    app: &App,
    tx: &mut TenantTx,
    known: &Withheld,
    things: &BTreeSet<Subject>,
) -> Result<(), StoreError> {
    let Some(sealed) = known.erasure_key.as_ref().filter(|_| !things.is_empty()) else { return Ok(()) };
    let scope = tx.scope();
    let hasher = Hasher::open(app, scope, sealed)?;
    let hashes: Vec<Vec<u8>> = things.iter().map(|thing| hasher.hash(thing)).collect();
    withheld::insert(&mut tx.conn(), scope, &hashes, app.now()).await
}

/// Whether there are records of these legs.
async fn knows(tx: &mut TenantTx, things: &BTreeSet<Subject>) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    for (connection, legs) in legs_of(things) {
        if !calls::links_of_ids(&mut tx.conn(), tenant, connection, &legs).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The legs among these things, by connection.
pub(crate) fn legs_of(things: &BTreeSet<Subject>) -> HashMap<ConnectionId, Vec<String>> {
    let mut legs: HashMap<ConnectionId, Vec<String>> = HashMap::new();
    for thing in things {
        if let Subject::Leg(connection, id) = thing {
            legs.entry(*connection).or_default().push(id.clone());
        }
    }
    legs
}

/// Facts about records that were removed because their time was over say nothing more of them. What a call says of its
/// contact stands: contacts are not removed by the clock.
fn drop_expired(known: &Withheld, facts: &mut Vec<Fact>) {
    if known.removed_before.is_empty() {
        return;
    }
    let is_over = |kind, at| known.before(kind).is_some_and(|before| at < before);
    facts.retain_mut(|fact| {
        let (kind, at) = match &fact.body {
            FactBody::Leg(leg) => (RetentionKind::Calls, leg.started_at),
            FactBody::Message(message) => (RetentionKind::Messages, message.sent_at),
            FactBody::Voicemail(voicemail) => (RetentionKind::Voicemails, voicemail.left_at),
            FactBody::Recording(recording) if recording.kind == Some(RecordingKind::Voicemail) => {
                (RetentionKind::Voicemails, recording.started_at)
            }
            FactBody::Recording(recording) => (RetentionKind::Calls, recording.started_at),
            FactBody::Transcript(_) | FactBody::Analysis(_) => (RetentionKind::Calls, None),
            FactBody::Contact(_) | FactBody::ContactEdit(_) => return true,
        };
        if !is_over(kind, at.unwrap_or(fact.at)) {
            return true;
        }
        let party = match &mut fact.body {
            FactBody::Leg(leg) => leg.contact.take(),
            FactBody::Message(message) => message.contact.take(),
            _ => None,
        };
        match party {
            Some(party) => {
                fact.body = FactBody::Contact(Box::new(party));
                true
            }
            None => false,
        }
    });
}

#[cfg(test)]
mod tests {
    use switchboard_domain::fact::{LegFact, PartyFact};

    use super::*;

    #[test]
    fn a_call_whose_time_was_over_leaves_only_its_contact() {
        let at = Timestamp::from_millis(1_000_000);
        let known = Withheld { removed_before: [(RetentionKind::Calls, at)].into(), ..Withheld::default() };
        let leg = |started: i64, contact: Option<PartyFact>| {
            let started_at = Some(Timestamp::from_millis(started));
            Fact::provider(at, FactBody::Leg(Box::new(LegFact { started_at, contact, ..LegFact::default() })))
        };
        let voicemail = Fact::provider(Timestamp::EPOCH, FactBody::Voicemail(Box::default()));
        let mut facts = vec![leg(1, Some(PartyFact::default())), leg(1, None), leg(1_000_000, None), voicemail.clone()];
        drop_expired(&known, &mut facts);
        assert_eq!(facts.len(), 3);
        assert!(matches!(facts[0].body, FactBody::Contact(_)));
        assert!(matches!(facts[1].body, FactBody::Leg(_)));
        assert_eq!(facts[2], voicemail);
    }
}
