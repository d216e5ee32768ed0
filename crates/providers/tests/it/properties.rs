//! What must hold for any input and any order.

use bytes::Bytes;
use proptest::prelude::*;
use switchboard_domain::{
    fact::{Fact, FactBody},
    leg::LegDoc,
    message::MessageDoc,
    recording::RecordingDoc,
    voicemail::VoicemailDoc,
};
use switchboard_providers::{Expectation, Provider as _, StoredItem, Verified, dialpad::Dialpad, registry};

use crate::{
    events::facts_of,
    fixtures::{RECEIVED_AT, request},
};

/// Every fact about one record at a time, so that the documents can be compared.
const SETS: [&[&str]; 4] = [
    &[
        "call-01-ringing",
        "call-02-connected",
        "call-03-hangup",
        "call-08-recording",
        "call-09-call_transcription",
        "call-10-recap_summary",
        "call-10b-recap_action_items",
        "pull-call-01-concluded",
    ],
    &["call-04-missed", "call-04b-hangup-unanswered"],
    &["call-05-voicemail", "call-06-voicemail_uploaded", "call-07-transcription-voicemail"],
    &["sms-02-outbound-pending", "sms-03-outbound-delivered", "sms-04-outbound-failed", "pull-sms-01-sent"],
];

#[derive(Debug, Default, PartialEq)]
struct Docs {
    leg: LegDoc,
    voicemail: VoicemailDoc,
    recording: RecordingDoc,
    message: MessageDoc,
}

fn merged(facts: &[Fact]) -> Docs {
    let mut docs = Docs::default();
    for fact in facts {
        match &fact.body {
            FactBody::Leg(it) => docs.leg.apply(fact.stamp(), it, None),
            FactBody::Voicemail(it) => docs.voicemail.apply(fact.stamp(), it),
            FactBody::Recording(it) => docs.recording.apply(fact.stamp(), it),
            FactBody::Message(it) => docs.message.apply(fact.stamp(), it, None),
            FactBody::Transcript(_) | FactBody::Contact(_) | FactBody::ContactEdit(_) | FactBody::Analysis(_) => {}
        }
    }
    docs
}

/// Values of the types that bodies have, and of those that they should not have.
fn member() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        Just("ringing".to_owned()),
        Just("voicemail_uploaded".to_owned()),
        Just("inbound".to_owned()),
        Just("+14155550123".to_owned()),
        Just("TRUE".to_owned()),
        Just("1788000000000".to_owned()),
        ".{0,60}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text.prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let name =
            prop_oneof![Just("id"), Just("type"), Just("name"), Just("phone"), Just("url"), Just("recording_type")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(name.prop_map(str::to_owned), inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn event() -> impl Strategy<Value = serde_json::Value> {
    let name = prop::sample::select(vec![
        "call_id",
        "state",
        "id",
        "from_number",
        "to_number",
        "message_status",
        "direction",
        "event_timestamp",
        "text",
        "text_content",
        "mms",
        "mms_url",
        "date_ended",
        "date_connected",
        "duration",
        "contact",
        "target",
        "recording_details",
        "recording_url",
        "admin_recording_urls",
        "transcription_text",
        "voicemail_link",
        "labels",
        "external_number",
        "master_call_id",
        "on_duty_status",
        "action",
        "changed_by",
        "phones",
        "lines",
        "call_id",
    ]);
    prop::collection::btree_map(name.prop_map(str::to_owned), member(), 0..20)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

fn read_everything(body: &Bytes) {
    let secrets = ["secret".into()];
    let request = request(body.clone());
    for provider in registry::all() {
        let _ = provider.verify(&request, &Expectation::Unsigned);
        let _ = provider.verify(&request, &Expectation::Secrets(&secrets));
        let verified = Verified { secret: None, payload: body.clone() };
        for item in provider.split(&request, &verified) {
            let _ = provider.normalize(StoredItem {
                kind: &item.kind,
                body: &item.body,
                received_at: RECEIVED_AT,
                context: None,
            });
        }
        for kind in ["pull.call", "pull.transcript", "pull.sms", "contact", "unknown", "never heard of"] {
            let _ = provider.normalize(StoredItem { kind, body, received_at: RECEIVED_AT, context: None });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_with_any_repetition_ends_the_same(
        set in prop::sample::select(SETS.to_vec()),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        seed in any::<u64>(),
    ) {
        let facts: Vec<Fact> = set.iter().flat_map(|file| facts_of(file)).collect();
        let expected = merged(&facts);
        let mut shuffled = facts.clone();
        shuffled.extend(picks.iter().map(|pick| pick.get(&facts).clone()));
        // A permutation drawn from the seed: sort by a keyed hash of the position.
        let mut order: Vec<usize> = (0..shuffled.len()).collect();
        order.sort_by_key(|position| {
            (u64::try_from(*position).unwrap() + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        let shuffled: Vec<Fact> = order.into_iter().map(|position| shuffled[position].clone()).collect();
        prop_assert_eq!(merged(&shuffled), expected);
    }

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        read_everything(&body.into());
    }

    #[test]
    fn random_events_never_panic_and_are_read_the_same_twice(event in event()) {
        let body = Bytes::from(event.to_string());
        read_everything(&body);
        let verified = Verified { secret: None, payload: body.clone() };
        let items = Dialpad.split(&request(body.clone()), &verified);
        prop_assert_eq!(items.len(), 1);
        prop_assert_eq!(&items[0].body, &body);
        let stored = StoredItem { kind: &items[0].kind, body: &body, received_at: RECEIVED_AT, context: None };
        prop_assert_eq!(Dialpad.normalize(stored), Dialpad.normalize(stored));
    }
}
