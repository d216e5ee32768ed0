//! A record into facts: one leg, with the moments that it had, and its recordings.

use switchboard_domain::{
    Timestamp,
    call::{AnsweredBy, Direction, Phase},
    fact::{Fact, FactBody, LegFact, MomentFact, PartyFact, RecordingFact, Target},
    leg::TIME_FAULT,
    recording::RecordingKind,
};

use super::{
    context::Context,
    keys,
    leg::{Disposition, Leg},
    record::Record,
    split,
    wall::{Clock, Times},
};
use crate::contract::{Malformed, StoredItem};

/// Columns of which at least one tells legs apart.
const IDENTIFYING: [&str; 6] = ["acctid", "uniqueid", "session", "src", "dst", "start"];

pub fn normalize(item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
    if let Some(why) = split::unread(item.kind) {
        return Err(Malformed::new(why));
    }
    let record = Record::read(item.body).ok_or_else(|| {
        Malformed::new(
            "this is no call record: expected JSON, XML or a row with columns such as uniqueid, src, dst and start",
        )
    })?;
    if !IDENTIFYING.iter().any(|column| record.get(column).is_some()) {
        let why = "the call record says neither who nor when: all of AcctId, uniqueid, session, src, dst and start are missing";
        return Err(Malformed::new(why));
    }
    let context = Context::read(item.context);
    let leg = Leg { record: &record, context: &context };
    if leg.is_fork() {
        return Ok(Vec::new());
    }
    let clock = Clock::new(context.zone.as_deref(), &record, item.received_at);
    let times = if item.kind == split::PULLED { clock.of_an_answer() } else { clock }.place(&record);
    Ok(facts(&leg, &times, item.received_at))
}

fn facts(leg: &Leg<'_>, times: &Times, received_at: Timestamp) -> Vec<Fact> {
    let id = keys::leg(leg.record);
    let said = said_of(leg, times, &id);
    let at = times.end.or(times.start).unwrap_or(received_at);
    let mut facts = moments(leg, times, &said);
    let recordings: Vec<Fact> = leg.recordings().into_iter().map(|name| recording(&id, name, at, &said)).collect();
    facts.push(Fact::provider(at, FactBody::Leg(Box::new(said))));
    facts.extend(recordings);
    facts
}

/// Everything that the record says, at the leg's end: a record is written when it is over.
fn said_of(leg: &Leg<'_>, times: &Times, id: &str) -> LegFact {
    let answered_by = leg.answered_by();
    let is_person = answered_by == Some(AnsweredBy::Person);
    let began = times.began();
    let talked = leg.record.seconds("billsec");
    let connected_at = if is_person { connected_at(times, talked) } else { None };
    let direction = leg.direction();
    let text = |value: Option<&str>| value.map(|text| text.chars().take(200).collect::<String>());
    LegFact {
        external_id: id.to_owned(),
        related: keys::call(leg.record).into_iter().collect(),
        moment: Some(MomentFact {
            phase: Phase::Over,
            name: leg.record.get("disposition").unwrap_or("ended").to_owned(),
        }),
        direction,
        external_number: leg.theirs(),
        internal_number: leg.ours(),
        contact: contact(leg, direction),
        target: target(leg, direction),
        started_at: times.start,
        estimated_start: times.estimated,
        queued_at: leg.queue().and(began),
        rang_at: None,
        connected_at,
        ended_at: times.end,
        duration_ms: talked.filter(|_| is_person).map(|seconds| seconds * 1_000),
        total_ms: leg.record.seconds("duration").map(|seconds| seconds * 1_000),
        is_internal: direction.map(|way| way == Direction::Internal).filter(|internal| *internal),
        is_transferred: leg.is_transfer().then_some(true),
        was_recorded: (!leg.recordings().is_empty()).then_some(true),
        answered_by,
        result: leg.result(),
        queue: text(leg.queue()),
        ring_group: text(leg.ring_group()),
        ivr: text(leg.ivr()),
        trunk: text(leg.trunk()),
        did: leg.did(),
        account_code: text(leg.record.get("accountcode")),
        attributes: attributes(leg, times),
        ..LegFact::default()
    }
}

/// When talk began: what the device says, if that can be; else the end less the talk.
fn connected_at(times: &Times, talked: Option<i64>) -> Option<Timestamp> {
    let counted = || {
        let talk = std::time::Duration::from_secs(u64::try_from(talked?).ok()?);
        Some((times.end? - talk).max(times.began()?))
    };
    times.answer.or_else(counted).or_else(|| times.began())
}

/// The other side. A colleague is no contact, and neither is a short number that nobody outside can have.
fn contact(leg: &Leg<'_>, direction: Option<Direction>) -> Option<PartyFact> {
    let phone = leg.theirs().filter(|number| number.starts_with('+'))?;
    let name = match direction? {
        Direction::Inbound => leg.caller_name().map(str::to_owned),
        Direction::Outbound => None,
        Direction::Internal => return None,
    };
    Some(PartyFact { phone: Some(phone), name, ..PartyFact::default() })
}

/// The extension. Its name is only known from calls that it makes.
fn target(leg: &Leg<'_>, direction: Option<Direction>) -> Option<Target> {
    let extension = leg.agent()?;
    let name = leg.caller_name().filter(|_| direction == Some(Direction::Outbound)).map(str::to_owned);
    Some(Target { external_id: extension.to_owned(), kind: "user".to_owned(), name, email: None, phone: None })
}

/// Smaller things, as JSON text.
fn attributes(leg: &Leg<'_>, times: &Times) -> Vec<(String, String)> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut attributes = Vec::new();
    for (name, column) in [("acct_id", "acctid"), ("uniqueid", "uniqueid"), ("action", "action_type")] {
        if let Some(value) = leg.record.get(column) {
            attributes.push((name.to_owned(), quoted(&value.chars().take(200).collect::<String>())));
        }
    }
    if leg.disposition() == Disposition::Unknown {
        let word: String = leg.record.get("disposition").unwrap_or_default().chars().take(60).collect();
        attributes.push(("disposition".to_owned(), quoted(&word)));
    }
    if let Some(minutes) = times.offset_minutes {
        attributes.push(("utc_offset_minutes".to_owned(), minutes.to_string()));
    }
    if let Some(fault) = &times.fault {
        attributes.push((TIME_FAULT.to_owned(), quoted(fault)));
    }
    attributes
}

/// When the leg began to ring (or reached a menu) and when somebody took it, for the timeline.
fn moments(leg: &Leg<'_>, times: &Times, said: &LegFact) -> Vec<Fact> {
    let moment = |at: Option<Timestamp>, phase: Phase, name: &str| {
        let moment = Some(MomentFact { phase, name: name.chars().take(60).collect() });
        let fact = LegFact {
            external_id: said.external_id.clone(),
            related: said.related.clone(),
            moment,
            ..LegFact::default()
        };
        Some(Fact::provider(at?, FactBody::Leg(Box::new(fact))))
    };
    let is_machine = said.answered_by == Some(AnsweredBy::Machine);
    let action = leg.record.get("action_type").or_else(|| leg.record.get("lastapp")).unwrap_or("started");
    let began = moment(times.start, if is_machine { Phase::Note } else { Phase::Ringing }, action);
    let answered = moment(said.connected_at, Phase::Active, "answered");
    began.into_iter().chain(answered).collect()
}

/// A recording, by its name on the device: that is also how it is asked for there.
fn recording(leg_id: &str, name: &str, at: Timestamp, said: &LegFact) -> Fact {
    let fact = RecordingFact {
        leg_external_id: leg_id.to_owned(),
        external_id: name.to_owned(),
        kind: Some(RecordingKind::Call),
        url: Some(format!("ucm:{name}")),
        duration_ms: None,
        started_at: said.connected_at.or(said.started_at),
        stored: None,
    };
    Fact::provider(at, FactBody::Recording(Box::new(fact)))
}
