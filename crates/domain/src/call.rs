//! A call: what a person would call one call, joined from the legs that providers report.
//!
//! Nothing here is stored by arrival. A call is computed from its legs each time one of them learns something, so it
//! cannot drift from them and a late leg is no special case.

use serde::Serialize;

use crate::{
    call_work::WorkDoc,
    clock::Timestamp,
    contact::ContactId,
    ids::{CallId, ConnectionId, TenantId},
    leg::Leg,
    phone, text_enum,
};

mod times;

text_enum! {
    pub enum Direction {
        Inbound "inbound",
        Outbound "outbound",
        /// From one extension to another, where a provider reports those as calls of their own kind.
        Internal "internal",
    }
}

text_enum! {
    /// Where a call stands.
    pub enum CallStatus {
        Ringing "ringing",
        Active "active",
        Ended "ended",
        Missed "missed",
        /// Blocked or refused before anybody could answer.
        Rejected "rejected",
        /// Went to voicemail. Whether a message was left is another question: see [`CallOutcome`].
        Voicemail "voicemail",
    }
}

impl CallStatus {
    /// Somebody is ringing or talking.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Ringing | Self::Active)
    }
}

text_enum! {
    /// What came of a call, once it is over.
    pub enum CallOutcome {
        Answered "answered",
        Missed "missed",
        /// The caller gave up while waiting in a queue.
        Abandoned "abandoned",
        /// A message was left.
        Voicemail "voicemail",
        /// We called and nobody answered.
        NoAnswer "no_answer",
        Rejected "rejected",
        /// The other side was on the telephone.
        Busy "busy",
        /// The call could not be set up.
        Failed "failed",
        /// No line was free on the way.
        Congestion "congestion",
    }
}

text_enum! {
    /// Who took a leg, where the provider tells people from menus.
    pub enum AnsweredBy {
        Person "person",
        /// A menu, an announcement, a mailbox: nobody that one can talk to.
        Machine "machine",
    }
}

text_enum! {
    /// Why nobody took a leg, where the provider says more than that nobody did.
    pub enum LegResult {
        Busy "busy",
        Failed "failed",
        Congestion "congestion",
        /// It ended in a mailbox.
        Voicemail "voicemail",
    }
}

text_enum! {
    /// What a moment means for the course of a leg. The order breaks ties between moments of the same time.
    pub enum Phase {
        /// Worth a line in the timeline, says nothing of the course.
        Note "note",
        Ringing "ringing",
        Active "active",
        /// Ended, however it went.
        Over "over",
        Rejected "rejected",
        Missed "missed",
        /// The greeting was reached.
        Voicemail "voicemail",
    }
}

impl Phase {
    /// The latest decisive moment says what became of the leg.
    pub const fn is_decisive(self) -> bool {
        matches!(self, Self::Active | Self::Rejected | Self::Missed | Self::Voicemail)
    }
}

/// Whose call it is: what a projection cannot learn from legs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOwner {
    pub id: CallId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    /// The least of all the provider's ids of this call; it names the call.
    pub external_id: String,
}

/// A call as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a call, each with a column of its own")]
pub struct Call {
    pub id: CallId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub external_id: String,
    pub direction: Option<Direction>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub status: CallStatus,
    /// `None` while the call is live.
    pub outcome: Option<CallOutcome>,
    /// The provider's id of the user who took it, or whose phone rang.
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub started_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Whole seconds from answer to end; `None` until the call is over, 0 when nobody answered.
    pub duration_seconds: Option<i64>,
    /// Whole seconds that it rang: until it was answered, else until it was over.
    pub ring_seconds: Option<i64>,
    /// Whole seconds that the other side waited, from the queue's first moment or else the call's, until somebody answered or
    /// it was over.
    pub wait_seconds: Option<i64>,
    /// Whole seconds during which a person of ours talked to the other side; legs that overlap count once.
    pub talk_seconds: Option<i64>,
    /// The provider did not say when it started: `started_at` is when it must have been at the latest.
    pub start_estimated: bool,
    /// The provider's id of the queue that it waited in.
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    /// The menu that it went through.
    pub ivr: Option<String>,
    /// The line it came in or went out by.
    pub trunk: Option<String>,
    /// The number of ours that was called.
    pub did: Option<String>,
    /// What it is billed to.
    pub account_code: Option<String>,
    /// The country of the other side's number, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub recording_url: Option<String>,
    /// A message was left.
    pub is_voicemail: bool,
    pub summary: Option<String>,
    pub is_internal: bool,
    pub is_transferred: bool,
    pub leg_count: i64,
    /// Somebody marked it as dealt with.
    pub is_resolved: bool,
    /// What people put on it, sorted.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub tags: Vec<String>,
    pub note_count: i64,
    /// When a note was last written, changed or taken away.
    pub noted_at: Option<Timestamp>,
    /// What lists sort by: when it started, else when we first heard of it.
    pub occurred_at: Timestamp,
}

/// The call that these legs make. `legs` may come in any order and must not be empty.
pub fn project(owner: &CallOwner, legs: &[&Leg]) -> Call {
    let mut legs: Vec<&Leg> = legs.to_vec();
    // By time, then by id: every choice below ("the first that …") is the same whoever computes it.
    legs.sort_by(|a, b| (a.doc.began_at(), &a.external_id).cmp(&(b.doc.began_at(), &b.external_id)));
    let any = |ask: &dyn Fn(&Leg) -> bool| legs.iter().any(|leg| ask(leg));

    let direction =
        legs.iter().filter_map(|leg| leg.doc.direction.value()).min_by_key(|way| *way == Direction::Internal);
    // What colleagues say to each other meanwhile is part of the call, and says nothing of its other side.
    let facing: Vec<&Leg> = legs.iter().copied().filter(|leg| times::faces(leg, direction)).collect();
    let status = joined_status(&legs);
    let answering = times::answering(&facing);
    let agent_leg = answering
        .filter(|leg| has_user(leg))
        .or_else(|| facing.iter().copied().find(|leg| leg.doc.is_answered() && has_user(leg)))
        .or_else(|| facing.iter().copied().find(|leg| has_user(leg)));
    let agent = agent_leg.and_then(|leg| leg.doc.target.get());

    let external = facing.iter().find_map(|leg| leg.doc.external_number.cloned());
    let internal = facing.iter().find_map(|leg| leg.doc.internal_number.cloned());
    let country = external.as_deref().filter(|_| direction != Some(Direction::Internal)).and_then(phone::country);
    let did = did(&facing, direction, internal.as_deref());
    let (from_number, to_number) = match direction {
        Some(Direction::Outbound | Direction::Internal) => (internal, external),
        _ => (external, internal),
    };

    let started_at = legs.iter().filter_map(|leg| leg.doc.start()).min();
    let answered_at = legs.iter().filter_map(|leg| leg.doc.answered_at()).min();
    let ended_at = if status.is_live() { None } else { legs.iter().filter_map(|leg| leg.doc.ended_at()).max() };
    let times = times::Times::of(status, &facing, started_at, ended_at);
    let is_voicemail = any(&|leg| leg.doc.message_left);
    let work = WorkDoc::of_legs(legs.iter().map(|leg| &leg.doc));
    let said = |pick: &dyn Fn(&Leg) -> Option<String>| legs.iter().find_map(|leg| pick(leg));

    Call {
        id: owner.id,
        tenant_id: owner.tenant_id,
        connection_id: owner.connection_id,
        provider: owner.provider.clone(),
        external_id: owner.external_id.clone(),
        direction,
        from_number,
        to_number,
        status,
        outcome: outcome(status, &legs, direction, is_voicemail),
        agent_id: agent.filter(|agent| agent.is_user()).map(|agent| agent.external_id.clone()),
        agent_name: agent.and_then(|agent| agent.name.clone()),
        contact_id: legs.iter().find_map(|leg| leg.doc.contact_id.value()),
        contact_name: legs.iter().find_map(|leg| leg.doc.contact_name.cloned()),
        started_at,
        answered_at,
        ended_at,
        duration_seconds: duration_seconds(status, &legs, answered_at, ended_at),
        ring_seconds: times.ring,
        wait_seconds: times.wait,
        talk_seconds: times.talk,
        start_estimated: started_at.is_some()
            && !legs.iter().any(|leg| leg.doc.started_at.value().is_some() && leg.doc.start() == started_at),
        queue: said(&|leg| leg.doc.queue()),
        ring_group: said(&|leg| leg.doc.ring_group.cloned()),
        ivr: said(&|leg| leg.doc.ivr.cloned()),
        trunk: said(&|leg| leg.doc.trunk.cloned()),
        did,
        account_code: said(&|leg| leg.doc.account_code.cloned()),
        country,
        recording_url: legs.iter().find_map(|leg| leg.doc.recording_urls.first().cloned()),
        is_voicemail,
        summary: legs.iter().find_map(|leg| leg.doc.summary.cloned()),
        is_internal: is_internal(&facing, direction),
        is_transferred: any(&|leg| leg.doc.is_transferred.value() == Some(true)),
        leg_count: i64::try_from(legs.len()).unwrap_or(i64::MAX),
        is_resolved: work.resolved().is_some(),
        tags: work.tags(),
        note_count: i64::try_from(work.note_count()).unwrap_or(i64::MAX),
        noted_at: work.noted_at(),
        occurred_at: legs.iter().map(|leg| leg.doc.began_at()).min().unwrap_or_default(),
    }
}

/// Whether nobody outside takes part: the call's own direction says so, or the legs with its other side do where a provider
/// calls a colleague's call inbound or outbound. A leg that says otherwise has somebody outside on it: what colleagues said to
/// each other meanwhile, as in an attended transfer, does not take the customer's call away.
fn is_internal(facing: &[&Leg], direction: Option<Direction>) -> bool {
    let says = |wanted: bool| facing.iter().any(|leg| leg.doc.is_internal.value() == Some(wanted));
    direction == Some(Direction::Internal) || (says(true) && !says(false))
}

/// The number of ours that was called: what the provider says it is, else what an inbound call was for, if that is a whole
/// number and no extension.
fn did(legs: &[&Leg], direction: Option<Direction>, internal: Option<&str>) -> Option<String> {
    let called = internal.filter(|number| direction == Some(Direction::Inbound) && number.starts_with('+'));
    legs.iter().find_map(|leg| leg.doc.did.cloned()).or_else(|| called.map(str::to_owned))
}

fn has_user(leg: &Leg) -> bool {
    leg.doc.target.get().is_some_and(super::fact::Target::is_user)
}

/// A call is live while one of its legs is. A leg that only ever rang does not keep a call alive once another leg was
/// answered and ended later: ring groups leave such legs behind without a last word.
fn joined_status(legs: &[&Leg]) -> CallStatus {
    let statuses: Vec<CallStatus> = legs.iter().map(|leg| leg.doc.status()).collect();
    let has = |wanted: CallStatus| statuses.contains(&wanted);
    if has(CallStatus::Active) {
        return CallStatus::Active;
    }
    let talk_ended = legs.iter().filter(|leg| leg.doc.is_answered()).filter_map(|leg| leg.doc.ended_at()).max();
    let still_rings = legs
        .iter()
        .zip(&statuses)
        .any(|(leg, status)| *status == CallStatus::Ringing && leg.doc.last_live_at() > talk_ended);
    if still_rings {
        return CallStatus::Ringing;
    }
    if has(CallStatus::Ended) && legs.iter().any(|leg| leg.doc.is_answered()) {
        return CallStatus::Ended;
    }
    [CallStatus::Voicemail, CallStatus::Missed, CallStatus::Rejected, CallStatus::Ended]
        .into_iter()
        .find(|wanted| has(*wanted))
        .unwrap_or(CallStatus::Ringing)
}

fn outcome(status: CallStatus, legs: &[&Leg], direction: Option<Direction>, is_voicemail: bool) -> Option<CallOutcome> {
    let answered = legs.iter().any(|leg| leg.doc.is_answered());
    let mailbox = legs.iter().any(|leg| leg.doc.result.value() == Some(LegResult::Voicemail));
    let handled = legs.iter().any(|leg| leg.doc.was_handled_by_system());
    Some(match status {
        CallStatus::Ringing | CallStatus::Active => return None,
        _ if answered => CallOutcome::Answered,
        _ if is_voicemail || mailbox => CallOutcome::Voicemail,
        CallStatus::Rejected => CallOutcome::Rejected,
        _ if direction == Some(Direction::Outbound) => failure(legs).unwrap_or(CallOutcome::NoAnswer),
        _ if handled => CallOutcome::Abandoned,
        _ => failure(legs).unwrap_or(CallOutcome::Missed),
    })
}

/// Why a call that nobody took failed: what its last leg came to, unless some leg simply rang.
fn failure(legs: &[&Leg]) -> Option<CallOutcome> {
    if legs.iter().any(|leg| leg.doc.result.is_none()) {
        return None;
    }
    match legs.last()?.doc.result.value()? {
        LegResult::Busy => Some(CallOutcome::Busy),
        LegResult::Failed => Some(CallOutcome::Failed),
        LegResult::Congestion => Some(CallOutcome::Congestion),
        LegResult::Voicemail => Some(CallOutcome::Voicemail),
    }
}

/// One answered leg: the provider's own count. Several (a transfer): from the first answer to the last end.
fn duration_seconds(
    status: CallStatus,
    legs: &[&Leg],
    answered_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
) -> Option<i64> {
    if status.is_live() {
        return None;
    }
    let answered: Vec<&&Leg> = legs.iter().filter(|leg| leg.doc.is_answered()).collect();
    let counted = match answered.as_slice() {
        [] => return Some(0),
        [only] => only.doc.duration_ms.value().filter(|duration| *duration > 0),
        _ => None,
    };
    let millis = match (counted, answered_at, ended_at) {
        (Some(millis), _, _) => millis,
        (None, Some(from), Some(to)) => to.as_millis() - from.as_millis(),
        _ => return None,
    };
    Some(((millis + 500) / 1_000).max(0))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        fact::{LegFact, MomentFact, Target},
        ids::deterministic,
        leg::LegDoc,
        merge::Stamp,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_788_000_000_000 + second * 1_000)
    }

    fn fact(id: &str, second: i64, phase: Phase, shape: impl FnOnce(&mut LegFact)) -> (i64, LegFact) {
        let mut fact = LegFact {
            external_id: id.into(),
            direction: Some(Direction::Inbound),
            started_at: Some(at(0)),
            moment: Some(MomentFact { phase, name: phase.to_string() }),
            ..LegFact::default()
        };
        shape(&mut fact);
        (second, fact)
    }

    fn call_of(facts: &[(i64, LegFact)]) -> Call {
        let connection = ConnectionId::from_uuid(Uuid::from_u128(7));
        let mut legs: Vec<Leg> = Vec::new();
        for (second, fact) in facts {
            let position = legs.iter().position(|leg| leg.external_id == fact.external_id).unwrap_or_else(|| {
                legs.push(Leg {
                    id: deterministic(connection.uuid(), &fact.external_id),
                    tenant_id: TenantId::from_uuid(Uuid::nil()),
                    connection_id: connection,
                    call_id: CallId::from_uuid(Uuid::nil()),
                    external_id: fact.external_id.clone(),
                    doc: LegDoc::default(),
                });
                legs.len() - 1
            });
            legs[position].doc.apply(Stamp::provider(at(*second)), fact, None);
        }
        let owner = CallOwner {
            id: CallId::from_uuid(Uuid::nil()),
            tenant_id: TenantId::from_uuid(Uuid::nil()),
            connection_id: connection,
            provider: "dialpad".into(),
            external_id: "1".into(),
        };
        project(&owner, &legs.iter().collect::<Vec<_>>())
    }

    fn user(id: &str) -> Target {
        Target { external_id: id.into(), kind: "user".into(), name: Some(id.into()), email: None, phone: None }
    }

    #[test]
    fn an_answered_call_ends_the_same_in_any_order() {
        let facts = [
            fact("1", 1, Phase::Ringing, |_| {}),
            fact("1", 6, Phase::Active, |fact| fact.connected_at = Some(at(6))),
            fact("1", 20, Phase::Over, |fact| {
                fact.connected_at = Some(at(6));
                fact.ended_at = Some(at(20));
                fact.duration_ms = Some(14_400);
            }),
        ];
        let expected = call_of(&facts);
        assert_eq!((expected.status, expected.outcome), (CallStatus::Ended, Some(CallOutcome::Answered)));
        assert_eq!(expected.duration_seconds, Some(14));
        for order in [[2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]] {
            assert_eq!(call_of(&order.map(|i| facts[i].clone())), expected);
        }
    }

    #[test]
    fn a_caller_who_hangs_up_in_the_greeting_left_no_message() {
        let call = call_of(&[fact("1", 31, Phase::Voicemail, |_| {})]);
        assert_eq!((call.status, call.is_voicemail), (CallStatus::Voicemail, false));
        assert_eq!(call.outcome, Some(CallOutcome::Missed));
        let left = call_of(&[fact("1", 31, Phase::Voicemail, |fact| fact.message_left = true)]);
        assert_eq!(left.outcome, Some(CallOutcome::Voicemail));
    }

    #[test]
    fn missed_and_hangup_are_one_missed_call() {
        let call = call_of(&[fact("1", 24, Phase::Missed, |_| {}), fact("1", 25, Phase::Over, |_| {})]);
        assert_eq!((call.status, call.duration_seconds), (CallStatus::Missed, Some(0)));
    }

    #[test]
    fn an_end_date_on_a_ringing_leg_is_not_an_end() {
        let call = call_of(&[fact("1", 0, Phase::Ringing, |fact| fact.ended_at = Some(at(0)))]);
        assert_eq!((call.status, call.ended_at), (CallStatus::Ringing, None));
    }

    #[test]
    fn one_answered_leg_makes_the_joined_call_answered() {
        let call = call_of(&[
            fact("1", 1, Phase::Ringing, |_| {}),
            fact("2", 9, Phase::Missed, |fact| fact.target = Some(user("a"))),
            fact("3", 9, Phase::Active, |fact| {
                fact.connected_at = Some(at(9));
                fact.target = Some(user("b"));
            }),
            fact("3", 30, Phase::Over, |fact| fact.ended_at = Some(at(30))),
        ]);
        assert_eq!((call.status, call.outcome), (CallStatus::Ended, Some(CallOutcome::Answered)));
        assert_eq!(call.agent_id.as_deref(), Some("b"));
        assert_eq!(call.leg_count, 3);
    }

    #[test]
    fn a_call_is_internal_when_nobody_outside_is_on_it() {
        let leg = |id: &str, second: i64, way: Direction, internal: Option<bool>| {
            fact(id, second, Phase::Over, |fact| {
                fact.direction = Some(way);
                fact.is_internal = internal;
            })
        };
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        let consulted = leg("2", 9, Direction::Internal, Some(true));
        assert!(call_of(std::slice::from_ref(&consulted)).is_internal);
        assert!(!call_of(&[leg("1", 1, inbound, None), consulted.clone()]).is_internal, "a consultation is no call");
        assert!(!call_of(&[leg("1", 1, inbound, Some(false)), consulted]).is_internal);
        // Dialpad: colleagues' calls keep a direction, and so do consultations.
        assert!(call_of(&[leg("1", 1, outbound, Some(true)), leg("2", 1, inbound, Some(true))]).is_internal);
        assert!(!call_of(&[leg("1", 1, inbound, Some(false)), leg("2", 5, outbound, Some(true))]).is_internal);
    }

    #[test]
    fn a_queue_nobody_answered_is_abandoned() {
        let call = call_of(&[fact("1", 40, Phase::Over, |fact| fact.queued_at = Some(at(2)))]);
        assert_eq!(call.outcome, Some(CallOutcome::Abandoned));
    }
}
