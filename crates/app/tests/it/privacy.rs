//! What is erased is nowhere any more and stays away, what is exported is all of one contact and nothing of another, and
//! what was kept long enough goes.

use std::{collections::BTreeMap, time::Duration};

use futures::TryStreamExt;
use serde_json::{Value, json};
use switchboard_app::{
    audit::Origin,
    idempotency::{self, Begun},
    intake::{self, HookRoute},
    jobs::{self, Retention},
    privacy::{
        contacts::{self, ContactsError},
        retention,
    },
    rebuild::{self, Mode},
    replay::{self, Replay},
};
use switchboard_domain::{
    change::Verb,
    ids::{ContactId, deterministic},
    job::JobState,
    retention::RetentionKind,
};
use switchboard_store::{
    TenantScope, changes,
    contacts::KeptContact,
    media::MediaKey,
    record,
    work::{self, JobFilter},
};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::{
    jobs::{Setting, merged},
    support::{fixture, signed},
};

/// Everything in the fixtures that belongs to Jordan Lee, as bytes that must be nowhere after erasing.
const JORDAN: [&str; 12] = [
    "4155550123",
    "Jordan",
    "jordan@example.com",
    "6131436978913280",
    "Is my order on the way?",
    "Where is my order?",
    "6421977457180672",
    "6421977457180673",
    "6421977457180674",
    "6421977457180690",
    "6095823680520192",
    "4503599627370496",
];
const NUMBER: &str = "+14155550123";
const OTHERS_NUMBER: &str = "+14155550199";
const LOADED: [&str; 20] = [
    "call-13-queue-operator-leg",
    "sms-03-outbound-delivered",
    "call-03-hangup",
    "call-08-recording",
    "call-01-ringing",
    "sms-02-outbound-pending",
    "call-12-queue-entry-leg",
    "call-06-voicemail_uploaded",
    "call-02-connected",
    "call-05-voicemail",
    "call-09-call_transcription",
    "contact-01-updated",
    "call-10-recap_summary",
    "call-07-transcription-voicemail",
    "call-04-missed",
    "call-04b-hangup-unanswered",
    "agent-status",
    "sms-01-inbound",
    "sms-04-outbound-failed",
    "sms-05-inbound-mms",
];

fn by() -> Origin {
    Origin::operator("test")
}

fn contact(scope: TenantScope, number: &str) -> ContactId {
    deterministic(scope.tenant().uuid(), number)
}

/// A payload with its audio at the fake.
fn at_fake(s: &Setting, mut payload: Value) -> Value {
    let Some(details) = payload.get_mut("recording_details").and_then(Value::as_array_mut) else { return payload };
    let mut urls = Vec::new();
    for recording in details {
        let url = json!(format!("{}/blob/{}", s.address, recording["id"].as_str().unwrap()));
        recording["url"] = url.clone();
        urls.push(url);
    }
    payload["recording_url"] = json!(urls);
    payload
}

/// The same payload, of somebody else.
fn of_other(payload: &Value) -> Value {
    let mut text = payload.to_string();
    for (from, to) in [
        ("+14155550123", OTHERS_NUMBER),
        ("Jordan Lee", "Sam Other"),
        ("jordan@example.com", "sam@example.com"),
        ("6131436978913280", "7131436978913280"),
        ("64219774571806", "74219774571806"),
        ("6095823680520192", "7095823680520192"),
        ("4503599627370496", "5503599627370496"),
        ("Is my order on the way?", "See you at noon"),
    ] {
        text = text.replace(from, to);
    }
    serde_json::from_str(&text).unwrap()
}

/// Jordan and somebody else, each with calls, texts, a voicemail, audio and a transcript.
async fn load(t: &TestDb) -> Setting {
    let s = Setting::new(t).await;
    *s.fake.audio.lock().unwrap() = audio();
    for name in LOADED {
        s.push(t, &at_fake(&s, fixture(name))).await;
        t.clock.advance(Duration::from_millis(10));
    }
    for name in ["call-03-hangup", "call-08-recording", "sms-01-inbound"] {
        s.push(t, &at_fake(&s, of_other(&fixture(name)))).await;
        t.clock.advance(Duration::from_millis(10));
    }
    // Dead, and names Jordan all the same.
    s.push(t, &json!({ "hello": "world", "about": NUMBER })).await;
    t.clock.advance(Duration::from_millis(10));
    *s.fake.transcript.lock().unwrap() = Some(fixture("pull-transcript-01"));
    s.run_due(t).await;
    t.clock.advance(Duration::from_mins(10));
    s
}

fn audio() -> Vec<u8> {
    [b"ID3\x04", vec![7_u8; 10_000].as_slice()].concat()
}

/// Every row of every table, as the bytes of all its columns, with the table's name.
struct Dump(Vec<(String, Vec<u8>)>);

impl Dump {
    async fn of(t: &TestDb) -> Self {
        let columns = match t.engine() {
            Engine::Sqlite => {
                "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
            }
            // Rows of partitions are read through their parents.
            Engine::Postgres => {
                "SELECT c.relname || '.' || a.attname || CASE a.atttypid WHEN 'bytea'::regtype THEN '!' ELSE '' END \
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
                 AND a.attnum > 0 AND NOT a.attisdropped"
            }
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for place in t.query_texts(columns).await {
            let (table, column) = place.split_once('.').unwrap();
            tables.entry(table.to_owned()).or_default().push(match (t.engine(), column.strip_suffix('!')) {
                (Engine::Sqlite, _) => format!("coalesce(hex(CAST(\"{column}\" AS BLOB)), '')"),
                (Engine::Postgres, Some(bytes)) => format!("coalesce(encode(\"{bytes}\", 'hex'), '')"),
                (Engine::Postgres, None) => {
                    format!("coalesce(encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex'), '')")
                }
            });
        }
        let mut rows = Vec::new();
        for (table, columns) in tables {
            let query = format!("SELECT {} FROM \"{table}\"", columns.join(" || '7c' || "));
            rows.extend(t.query_texts(&query).await.into_iter().map(|row| (table.clone(), hex::decode(row).unwrap())));
        }
        Self(rows)
    }

    /// The tables in which a text stands.
    fn places(&self, text: &str) -> Vec<&str> {
        let holds = |row: &[u8]| row.windows(text.len()).any(|part| part == text.as_bytes());
        self.0.iter().filter(|(_, row)| holds(row)).map(|(table, _)| table.as_str()).collect()
    }
}

async fn nothing_of_jordan(t: &TestDb, s: &Setting) {
    let dump = Dump::of(t).await;
    for text in JORDAN {
        assert_eq!(dump.places(text), Vec::<&str>::new(), "{text}");
    }
    no_difference(s).await;
}

async fn files(s: &Setting) -> usize {
    let later = "2030-01-01T00:00:00Z".parse().unwrap();
    s.app.media.list(s.scope.tenant(), later).try_collect::<Vec<_>>().await.unwrap().len()
}

async fn is_there(t: &TestDb, scope: TenantScope, number: &str) -> bool {
    let mut reader = t.db.read(scope).await.unwrap();
    let found: Option<KeptContact> =
        record::lookup(&mut reader.conn(), scope, contact(scope, number).uuid()).await.unwrap();
    found.is_some()
}

async fn count(t: &TestDb, table: &str) -> usize {
    t.query_texts(&format!("SELECT CAST(1 AS text) FROM {table}")).await.len()
}

async fn erase(t: &TestDb, s: &Setting) {
    contacts::erase(&s.app, s.scope, &by(), contact(s.scope, NUMBER), NUMBER).await.unwrap();
    s.run_due(t).await;
    let mut reader = t.db.read(s.scope).await.unwrap();
    let kinds = vec!["erase_contact".to_owned()];
    let filter = JobFilter { kinds, ..JobFilter::default() };
    let job = work::list(&mut reader.conn(), s.scope, &filter, 1).await.unwrap().remove(0);
    assert_eq!(job.state, JobState::Done, "{:?}", job.last_error);
}

both_engines! {
    async fn an_erased_contact_is_in_no_column_and_nothing_brings_it_back(t: &TestDb) {
        let s = load(t).await;
        assert_eq!(count(t, "recordings").await, 3);
        assert_eq!(files(&s).await, 3, "each recording was fetched");
        let dump = Dump::of(t).await;
        for text in JORDAN {
            assert!(!dump.places(text).is_empty(), "{text} is not loaded");
        }
        remember_an_answer(&s).await;
        erase(t, &s).await;
        erased_answer_later(&s, 410).await;

        assert!(!is_there(t, s.scope, NUMBER).await && is_there(t, s.scope, OTHERS_NUMBER).await);
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "voicemails").await), (1, 1, 0));
        assert_eq!(files(&s).await, 1, "the other's audio stays");
        nothing_of_jordan(t, &s).await;
        told_of_deletion(t, &s).await;

        // The same deliveries once more, and late ones that we had not seen.
        for name in LOADED {
            let route = HookRoute::Token("token".to_owned());
            let again = intake::receive(&s.app, route, signed(&at_fake(&s, fixture(name))), None).await.unwrap();
            assert_eq!(again.stored, 0, "{name}");
        }
        s.push(t, &fixture("call-10b-recap_action_items")).await;
        let mut unseen = fixture("call-04-missed");
        unseen["call_id"] = json!(6_421_977_457_180_700_i64);
        s.push(t, &unseen).await;
        assert_eq!(Dump::of(t).await.places("6421977457180700"), Vec::<&str>::new(), "a call before the erasure");
        nothing_of_jordan(t, &s).await;

        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        nothing_of_jordan(t, &s).await;
        let applied = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert!(!applied.applied);
        assert_eq!(count(t, "calls").await, 1);

        // Whoever calls again is met anew.
        t.clock.advance(Duration::from_mins(1));
        let now = t.now().as_millis();
        let mut later = fixture("call-01-ringing");
        later["call_id"] = json!(6_421_977_457_180_800_i64);
        for name in ["event_timestamp", "date_started", "date_rang", "date_first_rang"] {
            later[name] = json!(now);
        }
        s.push(t, &later).await;
        assert!(is_there(t, s.scope, NUMBER).await);
        assert_eq!(count(t, "calls").await, 2);
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        // And can be forgotten once more.
        t.clock.advance(Duration::from_mins(1));
        erase(t, &s).await;
        nothing_of_jordan(t, &s).await;
        s.end().await;
    }

    async fn an_erasure_that_is_broken_off_goes_on_and_lets_nothing_in_meanwhile(t: &TestDb) {
        let s = load(t).await;
        break_messages(t, true).await;
        contacts::erase(&s.app, s.scope, &by(), contact(s.scope, NUMBER), NUMBER).await.unwrap();
        let twice = contacts::erase(&s.app, s.scope, &by(), contact(s.scope, NUMBER), NUMBER).await;
        assert!(matches!(twice, Err(ContactsError::BeingErased)));
        s.run_due(t).await;
        assert!(count(t, "messages").await > 1 && count(t, "calls").await == 1, "it stopped half-way");

        let mut during = fixture("call-01-ringing");
        during["call_id"] = json!(6_421_977_457_180_900_i64);
        during["event_timestamp"] = json!(t.now().as_millis());
        s.push(t, &during).await;
        assert_eq!(count(t, "calls").await, 1);
        break_messages(t, false).await;
        t.clock.advance(Duration::from_mins(10));
        s.run_due(t).await;
        nothing_of_jordan(t, &s).await;
        assert_eq!(Dump::of(t).await.places("6421977457180900"), Vec::<&str>::new());
        assert_eq!((count(t, "calls").await, count(t, "messages").await), (1, 1));
        s.end().await;
    }

    async fn erasing_asks_for_the_number_and_touches_no_other_tenant(t: &TestDb) {
        let s = load(t).await;
        let id = contact(s.scope, NUMBER);
        for wrong in ["", "+14155550199", "Jordan Lee"] {
            let refused = contacts::erase(&s.app, s.scope, &by(), id, wrong).await;
            assert!(matches!(refused, Err(ContactsError::NotConfirmed)), "{wrong}");
        }
        let stranger = t.tenant("Stranger").await;
        let refused = contacts::erase(&s.app, stranger, &by(), id, NUMBER).await;
        assert!(matches!(refused, Err(ContactsError::NotFound)));
        assert!(matches!(contacts::export(&s.app, stranger, &by(), id).await, Err(ContactsError::NotFound)));
        assert_eq!(t.query_texts("SELECT kind FROM work WHERE kind IN ('erase_contact', 'export_contact')").await.len(), 0);
        s.end().await;
    }

    async fn an_export_holds_all_of_one_contact_and_nothing_of_another(t: &TestDb) {
        let s = load(t).await;
        let asked = contacts::export(&s.app, s.scope, &by(), contact(s.scope, NUMBER)).await.unwrap();
        s.run_due(t).await;
        let (made, job) = contacts::find_export(&s.app, s.scope, asked.id).await.unwrap().unwrap();
        assert_eq!(job.map(|job| job.state), Some(JobState::Done));
        let archive = bytes(&s, made.media_key.as_ref().unwrap()).await;
        assert_eq!(made.bytes, Some(i64::try_from(archive.len()).unwrap()));
        let entries = unzip(&archive);
        let lines = |name: &str| String::from_utf8(entries[name].clone()).unwrap().lines().count();
        assert_eq!(lines("contact.ndjson"), 1);
        assert_eq!(lines("calls.ndjson"), count(t, "calls").await - 1);
        assert_eq!(lines("messages.ndjson"), count(t, "messages").await - 1);
        assert_eq!((lines("voicemails.ndjson"), lines("transcripts.ndjson")), (1, 1));
        assert_eq!(lines("recordings.ndjson"), 2);
        let audios: Vec<&Vec<u8>> = entries.iter().filter(|(name, _)| name.starts_with("media/")).map(|(_, b)| b).collect();
        assert_eq!(audios, [&audio(), &audio()]);
        let all: Vec<u8> = entries.values().flatten().copied().collect();
        let holds = |text: &str| all.windows(text.len()).any(|part| part == text.as_bytes());
        for text in JORDAN {
            assert!(holds(text), "{text}");
        }
        for text in [OTHERS_NUMBER, "Sam Other", "See you at noon", "7131436978913280", "74219774571806"] {
            assert!(!holds(text), "{text}");
        }
        // Everything that was sent about them, and nothing else: what names nobody is nobody's.
        assert_eq!(lines("events.ndjson"), sent_about_jordan(t).await);

        // Erasing takes it along, and so does time.
        erase(t, &s).await;
        assert!(contacts::find_export(&s.app, s.scope, asked.id).await.unwrap().is_none());
        assert_eq!(files(&s).await, 1);
        let other = contacts::export(&s.app, s.scope, &by(), contact(s.scope, OTHERS_NUMBER)).await.unwrap();
        s.run_due(t).await;
        assert_eq!(files(&s).await, 2);
        t.clock.advance(Duration::from_hours(8 * 24));
        jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
        s.run_due(t).await;
        assert!(contacts::find_export(&s.app, s.scope, other.id).await.unwrap().is_none());
        assert_eq!(files(&s).await, 1);
        s.end().await;
    }

    async fn what_was_kept_long_enough_goes_and_a_rebuild_leaves_it_gone(t: &TestDb) {
        let s = load(t).await;
        let (calls, messages, voicemails) =
            (count(t, "calls").await, count(t, "messages").await, count(t, "voicemails").await);
        run_retention(t, &s).await;
        assert_eq!((count(t, "calls").await, files(&s).await), (calls, 3), "without a rule nothing goes");

        t.clock.advance(Duration::from_hours(40 * 24));
        // Younger than the rule.
        let mut young = fixture("call-01-ringing");
        young["call_id"] = json!(6_421_977_457_180_800_i64);
        for name in ["event_timestamp", "date_started", "date_rang", "date_first_rang"] {
            young[name] = json!(t.now().as_millis());
        }
        s.push(t, &young).await;
        set(&s, &[(RetentionKind::Calls, Some(30))]).await;
        assert_eq!(count(t, "calls").await, calls + 1, "a rule is carried out by the daily run");
        run_retention(t, &s).await;
        assert_eq!((count(t, "calls").await, count(t, "call_legs").await), (1, 1));
        assert_eq!((count(t, "messages").await, count(t, "voicemails").await), (messages, voicemails));
        assert_eq!((count(t, "transcripts").await, count(t, "recordings").await), (0, 1), "the voicemail's audio stays");
        assert_eq!(files(&s).await, 1);
        told_of_deletion(t, &s).await;
        no_difference(&s).await;

        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert_eq!(count(t, "calls").await, 1, "a replay makes nothing again whose time was over");
        no_difference(&s).await;

        set(&s, &[(RetentionKind::Voicemails, Some(10)), (RetentionKind::Messages, Some(30))]).await;
        run_retention(t, &s).await;
        assert_eq!((count(t, "messages").await, count(t, "voicemails").await, files(&s).await), (0, 0, 0));
        assert_eq!(count(t, "call_links").await, 1, "links that were kept for a voicemail go with it");
        no_difference(&s).await;
        s.end().await;
    }

    async fn a_rebuild_starts_from_copies_where_the_log_was_cut(t: &TestDb) {
        let s = load(t).await;
        t.clock.advance(Duration::from_hours(40 * 24));
        // A late word on a call whose first events are about to go.
        s.push(t, &fixture("call-10b-recap_action_items")).await;
        let mut young = fixture("sms-01-inbound");
        young["id"] = json!(6_095_823_680_520_999_i64);
        young["created_date"] = json!(t.now().as_millis());
        young["event_timestamp"] = json!(t.now().as_millis());
        s.push(t, &young).await;
        let before = (count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await);
        let keys = t.query_texts("SELECT CAST(1 AS text) FROM event_keys").await.len();
        set(&s, &[(RetentionKind::Events, Some(7))]).await;
        run_retention(t, &s).await;
        assert_eq!(count(t, "webhook_events").await, 2);
        let kept = t.query_texts("SELECT CAST(1 AS text) FROM event_keys").await.len();
        assert!(kept < keys && kept >= 2, "keys of 40 days ago are gone: {kept} of {keys}");
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await), before);
        no_difference(&s).await;

        // What the log still says is put right; what only the copies know stays.
        t.execute("UPDATE messages SET status = 'failed' WHERE external_id = '6095823680520999'").await;
        let applied = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert_eq!((applied.differing, applied.applied), (1, true));
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await), before);
        no_difference(&s).await;
        s.end().await;
    }

    async fn audio_alone_can_go(t: &TestDb) {
        let s = load(t).await;
        t.clock.advance(Duration::from_hours(40 * 24));
        set(&s, &[(RetentionKind::Recordings, Some(30))]).await;
        run_retention(t, &s).await;
        let statuses = t.query_texts("SELECT DISTINCT status FROM recordings").await;
        assert_eq!((statuses, files(&s).await), (vec!["removed".to_owned()], 0));
        assert!(count(t, "calls").await > 1);
        no_difference(&s).await;
        // It is not fetched again.
        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert_eq!(files(&s).await, 0);
        s.end().await;
    }

    async fn a_stray_file_is_found_and_rules_have_bounds(t: &TestDb) {
        let s = load(t).await;
        let key = MediaKey::parse(&format!("{}/{}", s.scope.tenant().uuid(), uuid::Uuid::from_u128(1))).unwrap();
        let mut writer = s.app.media.write(&key, 10);
        tokio::io::AsyncWriteExt::write_all(&mut writer, b"stray").await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(files(&s).await, 4);
        // The file's age is the machine's; the clock of the test goes beyond it.
        t.clock.set("2030-01-01T00:00:00Z".parse().unwrap());
        run_retention(t, &s).await;
        assert_eq!(files(&s).await, 3);

        for (kind, days) in [(RetentionKind::Calls, 0), (RetentionKind::Events, 6), (RetentionKind::Messages, 36_501)] {
            let wishes = [(kind, Some(days))].into();
            assert!(retention::set(&s.app, s.scope, &by(), &wishes).await.is_err(), "{kind} {days}");
        }
        let shown = retention::show(&s.app, s.scope).await.unwrap();
        assert_eq!((shown.plan.as_deref(), shown.plan_days), (Some("Starter"), Some(372)));
        assert!(shown.kinds.iter().all(|kept| kept.days.is_none()));
        s.end().await;
    }
}

#[tokio::test]
async fn a_month_is_dropped_when_every_tenants_rule_has_left_it_behind() {
    let t = TestDb::new(Engine::Postgres).await;
    let s = load(&t).await;
    let stranger = t.tenant("Stranger").await;
    t.clock.set("2026-12-15T00:00:00Z".parse().unwrap());
    let month = async || {
        t.query_texts("SELECT relname::text FROM pg_class WHERE relname = 'webhook_events_2026_08'").await.len()
    };
    set(&s, &[(RetentionKind::Events, Some(30))]).await;
    jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
    s.run_due(&t).await;
    assert_eq!(
        (month().await, count(&t, "webhook_events").await),
        (1, 0),
        "its rows went, the month is the stranger's too"
    );
    retention::set(&s.app, stranger, &by(), &[(RetentionKind::Events, Some(60))].into()).await.unwrap();
    jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
    s.run_due(&t).await;
    assert_eq!(month().await, 0);
    no_difference(&s).await;
    s.end().await;
    t.remove().await;
}

async fn set(s: &Setting, wishes: &[(RetentionKind, Option<i64>)]) {
    let wishes: BTreeMap<_, _> = wishes.iter().copied().collect();
    retention::set(&s.app, s.scope, &by(), &wishes).await.unwrap();
}

async fn run_retention(t: &TestDb, s: &Setting) {
    jobs::add(&s.app, s.scope, &Retention {}).await.unwrap();
    s.run_due(t).await;
    merged(t).await;
}

async fn no_difference(s: &Setting) {
    let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
    assert_eq!(report.differences, []);
}

/// Something that was deleted was said to be.
async fn told_of_deletion(t: &TestDb, s: &Setting) {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let all = changes::list_after(&mut reader.conn(), s.scope, 0, 10_000).await.unwrap();
    for kind in ["call", "recording", "transcript"] {
        assert!(all.iter().any(|change| change.verb == Verb::Deleted && change.kind.as_str() == kind), "{kind}");
    }
}

/// An answer that shows the number, kept for a client that asks again.
async fn remember_an_answer(s: &Setting) {
    let Begun::First(claim) = idempotency::begin(&s.app, s.scope, "key-1", &[b"request"]).await.unwrap() else {
        panic!()
    };
    idempotency::finish(&s.app, claim, 200, format!("{{\"to\":\"{NUMBER}\"}}").as_bytes()).await.unwrap();
    erased_answer_later(s, 200).await;
}

async fn erased_answer_later(s: &Setting, status: u16) {
    let Begun::Answered(answer) = idempotency::begin(&s.app, s.scope, "key-1", &[b"request"]).await.unwrap() else {
        panic!()
    };
    assert_eq!(answer.status, status);
}

async fn sent_about_jordan(t: &TestDb) -> usize {
    let bodies = match t.engine() {
        Engine::Sqlite => "SELECT CAST(body AS text) FROM webhook_events",
        Engine::Postgres => "SELECT convert_from(body, 'UTF8') FROM webhook_events",
    };
    let own = ["4155550123", "6421977457180672", "6421977457180674"];
    t.query_texts(bodies).await.iter().filter(|body| own.iter().any(|text| body.contains(text))).count()
}

async fn bytes(s: &Setting, key: &str) -> Vec<u8> {
    let media = s.app.media.read(&MediaKey::parse(key).unwrap(), None).await.unwrap();
    media.stream.try_collect::<Vec<_>>().await.unwrap().concat()
}

/// The entries of an archive, by what its directory says.
fn unzip(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let short = |at: usize| usize::from(u16::from_le_bytes(archive[at..at + 2].try_into().unwrap()));
    let long = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().unwrap()) as usize;
    let end = archive.len() - 22;
    let mut at = long(end + 16);
    let mut entries = BTreeMap::new();
    for _ in 0..short(end + 10) {
        let (size, name, place) = (long(at + 24), short(at + 28), long(at + 42));
        let text = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).unwrap();
        let begin = place + 30 + short(place + 26) + short(place + 28);
        entries.insert(text, archive[begin..begin + size].to_vec());
        at += 46 + name + short(at + 30) + short(at + 32);
    }
    entries
}

/// Lets no message be deleted, or lets it again.
async fn break_messages(t: &TestDb, broken: bool) {
    let statement = match (t.engine(), broken) {
        (Engine::Sqlite, true) => {
            "CREATE TRIGGER broken BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'broken'); END"
        }
        (Engine::Sqlite, false) => "DROP TRIGGER broken",
        (Engine::Postgres, true) => {
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$; \
             CREATE TRIGGER broken BEFORE DELETE ON messages FOR EACH ROW EXECUTE FUNCTION broken()"
        }
        (Engine::Postgres, false) => "DROP TRIGGER broken ON messages",
    };
    t.execute(statement).await;
}
