//! What each fixture normalises to, compared with `snapshots/`; and the few meanings that must never be lost in a
//! large diff.

use insta::assert_json_snapshot;
use serde_json::json;
use switchboard_domain::{
    call::{CallOutcome, CallOwner, CallStatus, Phase, project},
    fact::{Fact, FactBody, LegFact, MessageFact, VoicemailFact},
    ids::{CallId, ConnectionId, LegId, TenantId},
    leg::{Leg, LegDoc},
    message::MessageStatus,
};
use switchboard_providers::{dialpad::Dialpad, registry};
use uuid::Uuid;

use crate::fixtures;

#[test]
fn every_fixture_says_what_it_said_before() {
    for provider in registry::all() {
        for (name, body) in fixtures::all(provider.slug(), "json") {
            let items = fixtures::items(*provider, &name, &body);
            for (n, item) in items.iter().enumerate() {
                let part = if items.len() == 1 { String::new() } else { format!("-{}", n + 1) };
                let seen = json!({
                    "kind": item.kind,
                    "lane": item.lane,
                    "external_id": item.external_id,
                    "occurred_at": item.occurred_at,
                    "facts": fixtures::facts(*provider, item).map_err(|malformed| malformed.reason),
                });
                assert_json_snapshot!(format!("{}__{name}{part}", provider.slug()), seen);
            }
        }
    }
}

pub fn facts_of(file: &str) -> Vec<Fact> {
    let body = fixtures::read("dialpad", &format!("{file}.json"));
    let items = fixtures::items(&Dialpad, file, &body);
    fixtures::facts(&Dialpad, &items[0]).unwrap()
}

fn facts_of_body(body: &str) -> Vec<Fact> {
    let items = fixtures::items(&Dialpad, "call", &body.to_owned().into());
    fixtures::facts(&Dialpad, &items[0]).unwrap()
}

fn leg(facts: &[Fact]) -> LegFact {
    facts.iter().find_map(|fact| if let FactBody::Leg(leg) = &fact.body { Some(*leg.clone()) } else { None }).unwrap()
}

fn voicemail(facts: &[Fact]) -> Option<VoicemailFact> {
    facts.iter().find_map(|fact| if let FactBody::Voicemail(it) = &fact.body { Some(*it.clone()) } else { None })
}

fn message(facts: &[Fact]) -> MessageFact {
    facts.iter().find_map(|fact| if let FactBody::Message(it) = &fact.body { Some(*it.clone()) } else { None }).unwrap()
}

fn call_of(files: &[&str]) -> switchboard_domain::call::Call {
    let mut doc = LegDoc::default();
    for file in files {
        for fact in facts_of(file) {
            if let FactBody::Leg(leg) = &fact.body {
                doc.apply(fact.stamp(), leg, None);
            }
        }
    }
    let owner = CallOwner {
        id: CallId::from_uuid(Uuid::nil()),
        tenant_id: TenantId::from_uuid(Uuid::nil()),
        connection_id: ConnectionId::from_uuid(Uuid::nil()),
        provider: "dialpad".into(),
        external_id: "1".into(),
    };
    let leg = Leg {
        id: LegId::from_uuid(Uuid::nil()),
        tenant_id: owner.tenant_id,
        connection_id: owner.connection_id,
        call_id: owner.id,
        external_id: "1".into(),
        doc,
    };
    project(&owner, &[&leg])
}

#[test]
fn an_answered_call_is_answered_and_has_its_recording() {
    let files = ["call-01-ringing", "call-02-connected", "call-03-hangup", "call-08-recording"];
    let call = call_of(&files);
    assert_eq!((call.status, call.outcome), (CallStatus::Ended, Some(CallOutcome::Answered)));
    assert_eq!(call.duration_seconds, Some(120));
    assert_eq!(call.recording_url.as_deref(), Some("https://dialpad.com/r/4503599627370496"));
    assert_eq!((call.from_number.as_deref(), call.agent_name.as_deref()), (Some("+14155550123"), Some("Alex Rivera")));
    // A hang-up that never came changes nothing but where the end is known from.
    assert_eq!(call_of(&["call-01-ringing", "call-02-connected", "call-08-recording"]).status, CallStatus::Ended);
}

#[test]
fn a_pulled_call_and_its_events_are_the_same_call() {
    let pushed = call_of(&["call-01-ringing", "call-02-connected", "call-03-hangup"]);
    let both = call_of(&["pull-call-01-concluded", "call-01-ringing", "call-02-connected", "call-03-hangup"]);
    assert_eq!(
        (both.status, both.ended_at, both.duration_seconds),
        (pushed.status, pushed.ended_at, pushed.duration_seconds)
    );
    let alone = call_of(&["pull-call-01-concluded"]);
    assert_eq!((alone.status, alone.is_voicemail), (CallStatus::Ended, false));
}

#[test]
fn a_missed_call_is_missed_whichever_of_its_two_events_comes() {
    assert_eq!(call_of(&["call-04-missed", "call-04b-hangup-unanswered"]).status, CallStatus::Missed);
    assert_eq!(call_of(&["call-04b-hangup-unanswered"]).status, CallStatus::Missed);
}

#[test]
fn a_greeting_is_no_message() {
    let greeting = facts_of("call-05-voicemail");
    assert_eq!((voicemail(&greeting), leg(&greeting).message_left), (None, false));
    let uploaded = voicemail(&facts_of("call-06-voicemail_uploaded")).unwrap();
    assert_eq!(
        (uploaded.duration_ms, uploaded.recording_external_id.as_deref()),
        (Some(18_240), Some("4503599627370497"))
    );
    let text = voicemail(&facts_of("call-07-transcription-voicemail")).unwrap();
    assert!(text.transcript.unwrap().starts_with("Hi, this is Jordan"));
    assert!(call_of(&["call-05-voicemail", "call-06-voicemail_uploaded"]).is_voicemail);
}

#[test]
fn a_recording_is_the_same_one_however_it_is_named() {
    let ids = |facts: &[Fact]| -> Vec<String> {
        facts
            .iter()
            .filter_map(
                |fact| if let FactBody::Recording(it) = &fact.body { Some(it.external_id.clone()) } else { None },
            )
            .collect()
    };
    assert_eq!(ids(&facts_of("call-03-hangup")), ["4503599627370496"]);
    assert_eq!(ids(&facts_of("call-14-admin_recording-strings")), ["4503599627370496", "4503599627370499"]);
    assert_eq!(
        leg(&facts_of("call-14-admin_recording-strings")).recording_urls,
        ["https://dialpad.com/r/4503599627370496"]
    );
}

#[test]
fn strings_read_like_the_numbers_they_stand_for() {
    let leg = leg(&facts_of("call-14-admin_recording-strings"));
    assert_eq!(leg.external_id, "9223372036854775807");
    assert_eq!((leg.duration_ms, leg.was_recorded, leg.is_internal), (Some(119_961), Some(true), Some(false)));
}

#[test]
fn both_legs_of_a_queue_call_name_each_other() {
    assert_eq!(leg(&facts_of("call-13-queue-operator-leg")).related, ["6421977457180690"]);
}

#[test]
fn the_least_that_can_be_a_call_is_one() {
    let facts = facts_of_body(r#"{"call_id":18446744073709551616,"state":"ringing"}"#);
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].at, fixtures::RECEIVED_AT);
    let leg = leg(&facts);
    assert_eq!((leg.external_id.as_str(), leg.moment.unwrap().phase), ("18446744073709551616", Phase::Ringing));
    assert_eq!((leg.contact, leg.target, leg.labels), (None, None, None));
}

#[test]
fn withheld_numbers_and_colleagues_are_no_contacts() {
    let withheld = r#"{"call_id":1,"state":"ringing","external_number":"blocked","contact":{}}"#;
    assert_eq!(leg(&facts_of_body(withheld)).contact, None);
    let colleague = r#"{"call_id":1,"state":"ringing","external_number":"+14155550199","is_internal":"TRUE"}"#;
    let party = leg(&facts_of_body(colleague)).contact.unwrap();
    assert_eq!(party.kind, Some(switchboard_domain::contact::ContactKind::User));
}

#[test]
fn every_status_of_a_text() {
    let status = |direction: &str, status: &str, result: &str| {
        let body = format!(
            r#"{{"id":7,"from_number":"+14155550123","direction":"{direction}","message_status":"{status}","message_delivery_result":"{result}"}}"#
        );
        message(&facts_of_body(&body)).status
    };
    assert_eq!(status("inbound", "pending", ""), Some(MessageStatus::Received));
    assert_eq!(status("outbound", "pending", ""), Some(MessageStatus::Pending));
    assert_eq!(status("outbound", "sent", ""), Some(MessageStatus::Sent));
    assert_eq!(status("outbound", "DELIVERED", "accepted"), Some(MessageStatus::Delivered));
    assert_eq!(status("outbound", "undelivered", "no_route"), Some(MessageStatus::Undelivered));
    assert_eq!(status("outbound", "failed", "rejected_spam"), Some(MessageStatus::Failed));
    assert_eq!(status("outbound", "success", "accepted"), Some(MessageStatus::Delivered));
    assert_eq!(status("outbound", "success", ""), Some(MessageStatus::Sent));
    assert_eq!(status("outbound", "teleported", ""), None);
}

#[test]
fn the_address_of_a_picture_is_not_a_text() {
    let mms = message(&facts_of("sms-05-inbound-mms"));
    assert_eq!(mms.text.as_deref(), Some("Look at this"));
    assert_eq!(mms.media_urls.as_deref(), Some(&["https://dialpad.com/mms/abc".to_owned()][..]));
    let bare = message(&facts_of_body(
        r#"{"id":7,"message_status":"pending","mms":"TRUE","text":"https://dialpad.com/mms/abc"}"#,
    ));
    assert_eq!((bare.text, bare.media_urls.map(|urls| urls.len())), (None, Some(1)));
}

#[test]
fn what_is_not_understood_says_what_was_expected() {
    let body = fixtures::read("dialpad", "unknown-01.json");
    let items = fixtures::items(&Dialpad, "unknown-01", &body);
    assert_eq!(items[0].kind, "unknown");
    let reason = fixtures::facts(&Dialpad, &items[0]).unwrap_err().reason;
    assert!(reason.contains("call_id"), "{reason}");
    assert!(!reason.contains("world"), "contents have no place in a reason");
}
