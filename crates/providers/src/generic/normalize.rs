//! What a record says, as facts.

use switchboard_domain::{
    call::{AnsweredBy, Direction, LegResult, Phase},
    fact::{Fact, FactBody, LegFact, MomentFact, PartyFact, Target},
};

use super::{
    RECORD,
    record::{CallRecord, Outcome},
};
use crate::contract::{Malformed, StoredItem};

pub(super) fn facts(item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
    if item.kind != RECORD {
        return Err(Malformed::new(format!("an event of kind `{RECORD}` was expected")));
    }
    // serde's own words quote what they stumbled over.
    let record: CallRecord = serde_json::from_slice(item.body).map_err(|error| {
        Malformed::new(format!(
            "the body is no call record of our form: see line {}, column {} and docs/import.md",
            error.line(),
            error.column()
        ))
    })?;
    if record.id.is_empty() {
        return Err(Malformed::new("a call record needs an `id`"));
    }
    if record.ended_at < record.started_at {
        return Err(Malformed::new("`ended_at` is before `started_at`"));
    }
    Ok(vec![Fact::provider(record.ended_at, FactBody::Leg(Box::new(leg(record))))])
}

fn leg(record: CallRecord) -> LegFact {
    let is_internal = record.direction == Direction::Internal;
    let ours_is_from = record.direction != Direction::Inbound;
    let (ours, theirs, their_name) = if ours_is_from {
        (record.from, record.to, record.to_name)
    } else {
        (record.to, record.from, record.from_name)
    };
    let millis = |from, to| switchboard_domain::Timestamp::since(to, from).as_millis().try_into().ok();
    let talked = record.answered_at.filter(|_| record.outcome == Outcome::Answered);
    let contact = PartyFact { phone: theirs.clone(), name: their_name, ..PartyFact::default() };
    let agent = record.agent.map(|agent| Target {
        external_id: agent.clone(),
        kind: "user".to_owned(),
        name: record.agent_name,
        email: None,
        phone: Some(agent),
    });
    LegFact {
        related: record.call.filter(|call| *call != record.id).into_iter().collect(),
        external_id: record.id,
        moment: Some(MomentFact { phase: Phase::Over, name: record.outcome.as_str().to_owned() }),
        direction: Some(record.direction),
        contact: (!is_internal && contact.phone.is_some()).then_some(contact),
        external_number: theirs,
        internal_number: ours,
        target: agent,
        started_at: Some(record.started_at),
        queued_at: record.queue.as_ref().map(|_| record.started_at),
        rang_at: Some(record.started_at),
        connected_at: record.answered_at,
        ended_at: Some(record.ended_at),
        duration_ms: record.answered_at.and_then(|answered| millis(answered, record.ended_at)),
        total_ms: millis(record.started_at, record.ended_at),
        talk_ms: talked.and_then(|answered| millis(answered, record.ended_at)),
        is_internal: Some(is_internal),
        answered_by: match record.outcome {
            Outcome::Answered => Some(AnsweredBy::Person),
            Outcome::Voicemail | Outcome::Machine => Some(AnsweredBy::Machine),
            _ => None,
        },
        result: match record.outcome {
            Outcome::Busy => Some(LegResult::Busy),
            Outcome::Failed => Some(LegResult::Failed),
            Outcome::Congestion => Some(LegResult::Congestion),
            Outcome::Voicemail => Some(LegResult::Voicemail),
            Outcome::Answered | Outcome::NoAnswer | Outcome::Machine => None,
        },
        queue: record.queue,
        ring_group: record.ring_group,
        ivr: record.ivr,
        trunk: record.trunk,
        did: record.did,
        account_code: record.account_code,
        ..LegFact::default()
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::Timestamp;

    use super::*;

    fn record() -> CallRecord {
        let at = |second: i64| Timestamp::from_millis(1_773_153_000_000 + second * 1_000);
        CallRecord {
            id: "1773153000.801".into(),
            call: Some("1773153000.801".into()),
            started_at: at(0),
            answered_at: Some(at(8)),
            ended_at: at(190),
            outcome: Outcome::Answered,
            direction: Direction::Inbound,
            from: Some("+13125550142".into()),
            from_name: Some("RIVERA ANA".into()),
            to: Some("1001".into()),
            to_name: None,
            agent: Some("1001".into()),
            agent_name: None,
            queue: Some("6500".into()),
            ring_group: None,
            ivr: None,
            trunk: Some("main".into()),
            did: None,
            account_code: None,
        }
    }

    fn said(record: &CallRecord) -> Result<LegFact, Malformed> {
        let item = record.item();
        let stored = StoredItem { kind: &item.kind, body: &item.body, received_at: Timestamp::EPOCH, context: None };
        let facts = facts(stored)?;
        match &facts[..] {
            [Fact { body: FactBody::Leg(leg), .. }] => Ok((**leg).clone()),
            other => panic!("one leg was expected: {other:?}"),
        }
    }

    #[test]
    fn a_record_says_one_leg_with_both_sides_where_they_belong() {
        let leg = said(&record()).unwrap();
        assert_eq!(leg.external_number.as_deref(), Some("+13125550142"));
        assert_eq!(leg.internal_number.as_deref(), Some("1001"));
        assert_eq!((leg.duration_ms, leg.total_ms), (Some(182_000), Some(190_000)));
        assert_eq!((leg.answered_by, leg.related.is_empty()), (Some(AnsweredBy::Person), true));
        let outbound = CallRecord { direction: Direction::Outbound, call: Some("c".into()), ..record() };
        let leg = said(&outbound).unwrap();
        assert_eq!(leg.external_number.as_deref(), Some("1001"));
        assert_eq!(leg.related, ["c"]);
        let mailbox = said(&CallRecord { outcome: Outcome::Voicemail, ..record() }).unwrap();
        assert_eq!((mailbox.answered_by, mailbox.result), (Some(AnsweredBy::Machine), Some(LegResult::Voicemail)));
    }

    #[test]
    fn a_record_that_cannot_be_is_malformed_and_nothing_of_it_is_quoted() {
        let backwards = CallRecord { ended_at: Timestamp::EPOCH, ..record() };
        assert!(said(&backwards).unwrap_err().reason.contains("before"));
        let body = br#"{"id": 5, "secret": "+34600000000"}"#;
        let error = facts(StoredItem { kind: RECORD, body, received_at: Timestamp::EPOCH, context: None }).unwrap_err();
        assert!(!error.reason.contains("600000000"), "{error}");
    }

    #[test]
    fn the_same_record_is_the_same_item() {
        assert_eq!(record().item(), record().item());
        let other = CallRecord { outcome: Outcome::NoAnswer, ..record() };
        assert_ne!(record().item().dedup, other.item().dedup);
    }
}
