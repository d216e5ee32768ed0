//! What is erased is nowhere any more and stays away, what is exported is all of one contact and nothing of another, and
//! what was kept long enough goes.

mod erasing;
mod exporting;
mod keeping;

use std::{collections::BTreeMap, time::Duration};

use futures::TryStreamExt;
use serde_json::{Value, json};
use switchboard_app::{
    audit::Origin,
    privacy::contacts,
    rebuild::{self, Mode},
};
use switchboard_domain::{
    change::Verb,
    ids::{ContactId, deterministic},
    job::JobState,
};
use switchboard_store::{
    TenantScope, changes,
    contacts::KeptContact,
    record,
    work::{self, JobFilter},
};
use switchboard_testkit::{Engine, TestDb};

use crate::{jobs::Setting, support::fixture};

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

async fn sent_about_jordan(t: &TestDb) -> usize {
    let bodies = match t.engine() {
        Engine::Sqlite => "SELECT CAST(body AS text) FROM webhook_events",
        Engine::Postgres => "SELECT convert_from(body, 'UTF8') FROM webhook_events",
    };
    let own = ["4155550123", "6421977457180672", "6421977457180674"];
    t.query_texts(bodies).await.iter().filter(|body| own.iter().any(|text| body.contains(text))).count()
}
