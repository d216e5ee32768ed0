//! Call records of telephone systems: what each given payload comes to is tested with the databases (`app`); here are the
//! things that need none: that order and repetition change nothing, and that every form of a record says the same.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use switchboard_domain::{
    call::{Call, CallOutcome, CallOwner, Direction, project},
    fact::{Fact, FactBody},
    ids::{CallId, ConnectionId, TenantId, deterministic},
    leg::{Leg, LegDoc},
};
use switchboard_providers::{
    Item, Provider as _, StoredItem,
    cloud_ucm::{self, CloudUcm},
    generic::files::{FileReader, Plan, sniff},
};
use uuid::Uuid;

use crate::fixtures;

const CONTEXT: &str = r#"{"zone":"America/Chicago","strip":"9"}"#;

fn facts_of(body: &Bytes) -> Vec<Fact> {
    let read = |item: &Item| {
        let stored = StoredItem {
            kind: &item.kind,
            body: &item.body,
            received_at: fixtures::RECEIVED_AT,
            context: Some(CONTEXT),
        };
        CloudUcm.normalize(stored).unwrap()
    };
    cloud_ucm::items(body).iter().flat_map(read).collect()
}

/// The calls that facts make, by the id that joins their legs.
fn calls_of(facts: &[Fact]) -> BTreeMap<String, Call> {
    let connection = ConnectionId::from_uuid(Uuid::from_u128(7));
    let (tenant, call) = (TenantId::from_uuid(Uuid::nil()), CallId::from_uuid(Uuid::nil()));
    let mut legs: BTreeMap<String, (String, Leg)> = BTreeMap::new();
    for fact in facts {
        let FactBody::Leg(said) = &fact.body else { continue };
        let joined = said.related.first().unwrap_or(&said.external_id).clone();
        let (_, leg) = legs.entry(said.external_id.clone()).or_insert_with(|| {
            let id = deterministic(connection.uuid(), &said.external_id);
            let external_id = said.external_id.clone();
            let doc = LegDoc::default();
            (joined, Leg { id, tenant_id: tenant, connection_id: connection, call_id: call, external_id, doc })
        });
        leg.doc.apply(fact.stamp(), said, None);
    }
    let mut calls: BTreeMap<String, Vec<&Leg>> = BTreeMap::new();
    for (joined, leg) in legs.values() {
        calls.entry(joined.clone()).or_default().push(leg);
    }
    let call_of = |(joined, legs): (String, Vec<&Leg>)| {
        let owner = CallOwner {
            id: call,
            tenant_id: tenant,
            connection_id: connection,
            provider: "clouducm".into(),
            external_id: joined.clone(),
        };
        (joined, project(&owner, &legs))
    };
    calls.into_iter().map(call_of).collect()
}

fn only_call(file: &str) -> Call {
    let calls = calls_of(&facts_of(&fixtures::read("clouducm", file)));
    assert_eq!(calls.len(), 1, "{file}");
    calls.into_values().next().unwrap()
}

#[test]
fn a_push_a_row_and_an_element_say_the_same() {
    let push = only_call("01-inbound-answered-recording.json");
    assert_eq!(only_call("16-tcp-csv-row.txt"), push);
    let element = only_call("17-push.xml");
    assert_eq!(
        (element.started_at, element.talk_seconds, &element.from_number),
        (push.started_at, push.talk_seconds, &push.from_number)
    );
    let items = |file: &str| cloud_ucm::items(&fixtures::read("clouducm", file));
    let (push, row) = (items("01-inbound-answered-recording.json"), items("16-tcp-csv-row.txt"));
    assert_eq!(push[0].dedup, row[0].dedup, "one event, however it comes");
    let pulled = cloud_ucm::pulled_records(&fixtures::read("clouducm", "08-transfer-cdrapi-response.json"));
    assert_eq!(pulled.len(), 4);
    assert!(
        pulled.iter().any(|item| item.dedup == push[0].dedup),
        "what was pushed and is asked for is one event as well"
    );
}

#[test]
fn numbers_are_found_whatever_is_dialled_in_front_of_them() {
    let dialled = only_call("02-outbound-answered.json");
    assert_eq!(dialled.to_number.as_deref(), Some("+13125550177"), "without the 9");
    let abroad = only_call("12-international-outbound.json");
    assert_eq!((abroad.to_number.as_deref(), abroad.country.as_deref()), (Some("+442079460018"), Some("GB")));
    assert_eq!(abroad.agent_name.as_deref(), Some("Zoë \"Front\" O’Neil"));
    assert_eq!((abroad.account_code.as_deref(), abroad.trunk.as_deref()), (Some("SALES-EU"), Some("Intl_SIP")));
}

#[test]
fn who_consults_a_colleague_talks_to_the_customer_once() {
    let call = only_call("07-transfer-legs-pushed.json");
    assert_eq!((call.direction, call.outcome), (Some(Direction::Inbound), Some(CallOutcome::Answered)));
    assert_eq!((call.talk_seconds, call.ring_seconds, call.leg_count), (Some(240), Some(6), 3));
    assert_eq!(call.agent_id.as_deref(), Some("1001"));
    assert!(call.is_transferred);
    assert!(!call.is_internal, "what they said to each other does not make it a call between colleagues");
    assert!(only_call("06-internal-extension-call.json").is_internal);
}

/// The web page's file has neither row numbers nor all columns of a push, and is the same legs.
#[test]
fn the_pages_file_over_what_was_pushed_adds_nothing() {
    let file = fixtures::read("records", "ucm-page.csv");
    let found = sniff(&file, None).unwrap();
    let plan = Plan {
        format: found.format.unwrap(),
        mapping: found.proposal(),
        found,
        zone: jiff::tz::TimeZone::get("America/Chicago").unwrap(),
        region: switchboard_domain::phone::Region::US,
    };
    let mut reader = FileReader::new(&file[..], &plan);
    let mut filed = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        filed.extend(row.items.unwrap().iter().flat_map(|item| facts_of(&item.body)));
    }
    assert!(!filed.is_empty());
    let pushed = facts_of(&fixtures::read("clouducm", "01-inbound-answered-recording.json"));
    let shown = |facts: &[Fact]| {
        let calls = calls_of(facts);
        assert_eq!(calls.len(), 1);
        let call = calls.into_values().next().unwrap();
        (call.external_id, call.leg_count, call.talk_seconds, call.agent_id, call.contact_name, call.recording_url)
    };
    let alone = shown(&pushed);
    assert_eq!(alone.1, 1);
    let both: Vec<Fact> = pushed.iter().chain(&filed).cloned().collect();
    assert_eq!(shown(&both), alone);
    let other_way: Vec<Fact> = filed.iter().chain(&pushed).cloned().collect();
    assert_eq!(shown(&other_way), alone);
}

#[test]
fn a_record_that_says_nothing_is_malformed_and_a_copy_is_nothing() {
    let read = |body: &str| {
        let stored =
            StoredItem { kind: "cdr", body: body.as_bytes(), received_at: fixtures::RECEIVED_AT, context: None };
        CloudUcm.normalize(stored)
    };
    assert!(read(r#"{"event":"x"}"#).unwrap_err().reason.contains("no call record"));
    assert!(read(r#"{"disposition":"BUSY"}"#).unwrap_err().reason.contains("neither who nor when"));
    assert_eq!(read(r#"{"uniqueid":"1.1","lastapp":"ForkCDR","src":"1"}"#), Ok(Vec::new()));
    assert!(
        read(r#"{"uniqueid":"1.1","src":"1001","disposition":"EXPLODED"}"#).is_ok(),
        "an unknown word is a failure, kept"
    );
}

/// Values that devices write, and values that none does.
fn value() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just("1773153000.801".into()),
        Just("1773153000104140-13125550142".into()),
        Just("2026-03-10 09:30:01".into()),
        Just("2026-11-01 01:30:00".into()),
        Just("0000-00-00 00:00:00".into()),
        Just("QUEUE[6500]".into()),
        Just("\"A\" <1001>".into()),
        Just("a.wav@b.wav@".into()),
        Just("ANSWERED".into()),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,40}".prop_map(Into::into),
    ]
}

fn record() -> impl Strategy<Value = serde_json::Value> {
    let names = vec![
        "AcctId",
        "src",
        "dst",
        "clid",
        "channel",
        "dstchannel",
        "lastapp",
        "lastdata",
        "start",
        "answer",
        "end",
        "duration",
        "billsec",
        "disposition",
        "uniqueid",
        "userfield",
        "caller_name",
        "recordfiles",
        "dstanswer",
        "session",
        "action_type",
        "src_trunk_name",
        "sn",
        "accountcode",
        "dstchannel_ext",
    ];
    prop::collection::btree_map(prop::sample::select(names).prop_map(str::to_owned), value(), 0..20)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_with_any_repetition_makes_the_same_calls(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..12), seed in any::<u64>()) {
        let facts: Vec<Fact> = fixtures::all("clouducm", "json")
            .iter()
            .filter(|(name, _)| !name.starts_with("unknown"))
            .flat_map(|(_, body)| facts_of(body))
            .collect();
        let expected = calls_of(&facts);
        let mut shuffled = facts.clone();
        shuffled.extend(picks.iter().map(|pick| pick.get(&facts).clone()));
        let key = |position: usize| (u64::try_from(position).unwrap() + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut order: Vec<usize> = (0..shuffled.len()).collect();
        order.sort_by_key(|position| key(*position));
        let shuffled: Vec<Fact> = order.into_iter().map(|position| shuffled[position].clone()).collect();
        prop_assert_eq!(calls_of(&shuffled), expected);
    }

    #[test]
    fn odd_records_never_panic_and_are_read_the_same_twice(records in prop::collection::vec(record(), 0..4)) {
        let body = Bytes::from(serde_json::Value::Array(records).to_string());
        for item in cloud_ucm::items(&body) {
            for context in [None, Some(CONTEXT)] {
                let stored = StoredItem { kind: &item.kind, body: &item.body, received_at: fixtures::RECEIVED_AT, context };
                prop_assert_eq!(CloudUcm.normalize(stored), CloudUcm.normalize(stored));
            }
        }
    }

    #[test]
    fn odd_rows_and_elements_never_panic(text in "[<>/='\"a-c,;&\\\\\n 0-9@]{0,200}") {
        for item in cloud_ucm::items(&Bytes::from(text.clone())) {
            let stored = StoredItem { kind: &item.kind, body: &item.body, received_at: fixtures::RECEIVED_AT, context: None };
            let _ = CloudUcm.normalize(stored);
        }
        let _ = cloud_ucm::serial(text.as_bytes());
    }
}
