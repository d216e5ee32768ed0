//! `kill -9` at random moments under load: what was acknowledged is there, once, and the records are right.
//!
//! Senders behave as Dialpad does, only more stubbornly: an event that was not acknowledged is sent again until it is, and
//! some are sent again although they were. `CHAOS_ROUNDS` says how often the server is killed (10 by default, on each
//! engine), `CHAOS_SEED` repeats a run.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, Hasher as _},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Client;
use serde_json::{Value, json};
use switchboard_domain::ids::ConnectionId;
use switchboard_sandbox::{DialpadConfig, RunningSandbox, Sandbox, SandboxConfig};
use switchboard_store::{
    Db, DbOptions, TenantScope, changes,
    events::{self, EventFilter},
    platform,
};
use switchboard_testkit::{Engine, TestDb};
use tokio::{sync::watch, time::timeout};

use crate::support::{Home, PATIENCE, Server, client, free_port, within};

const SECRET: &str = "the-secret-of-the-crash-test-webhook";
pub const INTERNAL: &str = "an-internal-secret-of-more-than-32-characters";
const SENDERS: u64 = 12;
/// Events that are acknowledged before each kill at least.
const LOAD: u64 = 10;
/// The states of one call, in the order of life.
pub const STATES: [&str; 4] = ["ringing", "connected", "hangup", "call_transcription"];
/// When each call begins: apart, so that no two are alike.
const BEGIN_MS: i64 = 1_790_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_sqlite_nothing_acknowledged_is_lost() {
    let home = Home::new();
    let options = DbOptions::Sqlite { path: home.data_dir().join("switchboard.db") };
    survive(home, &options).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_postgres_nothing_acknowledged_is_lost() {
    let database = TestDb::new(Engine::Postgres).await;
    let options = database.options().clone();
    let DbOptions::Postgres { url, .. } = &options else { unreachable!("it was asked for") };
    survive(Home::new().set("DATABASE_URL", url.clone()), &options).await;
    database.remove().await;
}

async fn survive(home: Home, options: &DbOptions) {
    let rounds = number("CHAOS_ROUNDS").unwrap_or(10);
    let dice = Arc::new(Dice(AtomicU64::new(seed())));

    let sandbox = stand_in().await;
    let port = free_port();
    let home = home
        .set("PORT", port.to_string())
        .set("INTERNAL_API_SECRET", INTERNAL)
        .set("DIALPAD_API_URL", sandbox.url())
        .set("DIALPAD_API_KEY", "sandbox-api-key");
    let server = home.serve(&[]);
    let key = connect(&server).await;
    let connections = home.json(&["connections", "list"]);
    let connection: ConnectionId = connections[0]["connection_id"].as_str().unwrap().parse().unwrap();

    let load = Load::start(&server.url, &dice);
    let server = kill_and_restart(&home, server, rounds, &dice, &load).await;
    let acknowledged = load.finish().await;
    eprintln!("{} events acknowledged, {rounds} kills", acknowledged.len());
    assert!(acknowledged.len() as u64 >= rounds * LOAD, "hardly any load: {}", acknowledged.len());

    let db = Db::connect(options).await.unwrap();
    switchboard_store::migrate::migrate(&db, "2026-11-20T00:00:00Z".parse().unwrap()).await.unwrap();
    within(Duration::from_mins(2), "every event is merged", async || {
        let (_, waiting) = switchboard_store::cursor::backlog(&db).await.unwrap();
        (waiting == 0).then_some(())
    })
    .await;
    let scope = platform::find_connection(&db, connection).await.unwrap().unwrap().scope();
    stored_once(&db, scope, &acknowledged).await;
    numbered_without_gaps(&db, scope).await;
    records_are_right(&server, &key, &acknowledged).await;
    let check = home.call(&["events", "rebuild", "--check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    db.close().await;
    assert_eq!(server.terminate().code, Some(0));
    sandbox.shutdown().await;
}

/// What the dice begin with; said, so that a run can be repeated.
pub fn seed() -> u64 {
    let seed = number("CHAOS_SEED").unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
    eprintln!("CHAOS_SEED={seed} repeats this run");
    seed
}

pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

pub async fn stand_in() -> RunningSandbox {
    let dialpad = DialpadConfig { limits: false, ..DialpadConfig::default() };
    Sandbox::start(SandboxConfig { dialpad, ..SandboxConfig::default() }).await.unwrap()
}

/// An app whose webhook on the fixed URL has our secret; returns its key.
pub async fn connect(server: &Server) -> String {
    let bearer = format!("Bearer {INTERNAL}");
    let headers = [("authorization", bearer.as_str())];
    let (status, app) = server.post("/internal/apps", &headers, &json!({"name": "Crash"})).await;
    assert!(status < 300, "{status} {app}");
    let path = format!("/internal/webhooks/create?app_id={}", app["app_id"].as_str().unwrap());
    let wish = json!({"webhook_url": format!("{}/webhooks/dialpad", server.url), "webhook_secret": SECRET});
    let (status, made) = server.post(&path, &headers, &wish).await;
    assert!(status < 300, "{status} {made}");
    app["api_key"].as_str().unwrap().to_owned()
}

/// Repeatable randomness: SplitMix64.
pub struct Dice(pub AtomicU64);

impl Dice {
    pub fn roll(&self, sides: u64) -> u64 {
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

async fn kill_and_restart(home: &Home, mut server: Server, rounds: u64, dice: &Dice, load: &Load) -> Server {
    let mut acknowledged = load.acknowledged.subscribe();
    for _ in 0..rounds {
        let enough = *acknowledged.borrow_and_update() + LOAD;
        timeout(PATIENCE, acknowledged.wait_for(|count| *count >= enough)).await.expect("there is load").unwrap();
        // The random moment is what this test is about.
        tokio::time::sleep(Duration::from_millis(20 + dice.roll(400))).await;
        server.kill();
        load.up.send_replace(false);
        server = home.serve(&[]);
        load.up.send_replace(true);
    }
    server
}

/// Call and state of an event.
type Key = (i64, &'static str);

/// Senders that go on until they are told to finish.
struct Load {
    up: watch::Sender<bool>,
    /// How many events were acknowledged so far.
    acknowledged: watch::Sender<u64>,
    stop: Arc<AtomicBool>,
    senders: Vec<tokio::task::JoinHandle<Vec<Key>>>,
}

impl Load {
    fn start(url: &str, dice: &Arc<Dice>) -> Self {
        let (up, watched) = watch::channel(true);
        let acknowledged = watch::Sender::new(0);
        let stop = Arc::new(AtomicBool::new(false));
        let senders = (0..SENDERS)
            .map(|number| {
                let sender = Sender {
                    number,
                    url: format!("{url}/webhooks/dialpad"),
                    client: client(),
                    dice: Arc::clone(dice),
                    up: watched.clone(),
                    acknowledged: acknowledged.clone(),
                };
                let stop = Arc::clone(&stop);
                tokio::spawn(async move { sender.run(&stop).await })
            })
            .collect();
        Self { up, acknowledged, stop, senders }
    }

    /// What was acknowledged, each event once.
    async fn finish(self) -> Vec<Key> {
        self.stop.store(true, Ordering::Relaxed);
        let mut acknowledged = Vec::new();
        for sender in self.senders {
            acknowledged.extend(sender.await.unwrap());
        }
        acknowledged
    }
}

struct Sender {
    number: u64,
    url: String,
    client: Client,
    dice: Arc<Dice>,
    up: watch::Receiver<bool>,
    acknowledged: watch::Sender<u64>,
}

impl Sender {
    /// One call after the other, each to its end.
    async fn run(mut self, stop: &AtomicBool) -> Vec<Key> {
        let mut acknowledged = Vec::new();
        for nth in 0_u64.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let call = i64::try_from(6_000_000_000_000_000 + self.number * 1_000_000 + nth).unwrap();
            let mut order: Vec<usize> = (0..STATES.len()).collect();
            for at in (1..order.len()).rev() {
                order.swap(at, usize::try_from(self.dice.roll(u64::try_from(at).unwrap() + 1)).unwrap());
            }
            for state in order {
                self.deliver(call, state).await;
                acknowledged.push((call, STATES[state]));
                self.acknowledged.send_modify(|count| *count += 1);
                if self.dice.roll(5) == 0 {
                    self.deliver(call, state).await;
                }
            }
        }
        acknowledged
    }

    /// Until it is acknowledged.
    async fn deliver(&mut self, call: i64, state: usize) {
        let body = signed(&event(call, state));
        loop {
            let sent = self.client.post(&self.url).header("content-type", "application/jwt").body(body.clone());
            match sent.send().await.map(|answer| answer.status().as_u16()) {
                Ok(200..=299) => return,
                Ok(503) | Err(_) => {}
                Ok(status) => panic!("{status} for a signed event"),
            }
            if !*self.up.borrow_and_update() {
                self.up.wait_for(|up| *up).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
    }
}

fn begin_of(call: i64) -> i64 {
    BEGIN_MS + (call % 100_000_000) * 1_000
}

pub fn event(call: i64, state: usize) -> Value {
    let begin = begin_of(call);
    let (rang, connected, ended) = (begin + 500, begin + 4_000, begin + 64_000);
    let mut event = json!({
        "call_id": call, "state": STATES[state], "direction": "inbound", "date_started": begin, "date_rang": rang,
        "external_number": "+14155550155", "internal_number": "+14155550101",
        "contact": {"id": 1, "type": "local", "name": "Jo", "phone": "+14155550155", "email": ""},
        "target": {"id": 2, "type": "user", "name": "Alex", "phone": "+14155550101", "email": "a@example.com"},
    });
    let (at, connected, ended) = match state {
        0 => (rang, None, None),
        1 => (connected, Some(connected), None),
        2 => (ended, Some(connected), Some(ended)),
        _ => (ended + 30_000, Some(connected), Some(ended)),
    };
    event["event_timestamp"] = json!(at);
    event["date_connected"] = json!(connected);
    event["date_ended"] = json!(ended);
    event
}

pub fn signed(event: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), event, &key).unwrap()
}

async fn stored_once(db: &Db, scope: TenantScope, acknowledged: &[Key]) {
    let mut stored: HashMap<(String, String), usize> = HashMap::new();
    let mut filter = EventFilter { oldest_first: true, ..EventFilter::default() };
    loop {
        let mut reader = db.read(scope).await.unwrap();
        let page = events::list(&mut reader.conn(), scope, &filter, 1_000).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.cursor = Some(last.id);
        for event in page {
            let about = event.external_id.unwrap_or_default();
            *stored.entry((about, event.event_type)).or_default() += 1;
        }
    }
    for (call, state) in acknowledged {
        let count = stored.get(&(call.to_string(), format!("call.{state}"))).copied().unwrap_or_default();
        assert_eq!(count, 1, "{state} of {call} was acknowledged");
    }
    let all: usize = stored.values().sum();
    assert_eq!(all, acknowledged.len(), "nothing else is there");
}

async fn numbered_without_gaps(db: &Db, scope: TenantScope) {
    let mut last = 0;
    loop {
        let mut reader = db.read(scope).await.unwrap();
        let page = changes::list_after(&mut reader.conn(), scope, last, 1_000).await.unwrap();
        if page.is_empty() {
            let (_, counted) = changes::range(&mut reader.conn(), scope).await.unwrap();
            assert_eq!(counted, last, "the counter is where the last change is");
            return;
        }
        for change in page {
            assert_eq!(change.seq, last + 1);
            last = change.seq;
        }
    }
}

/// Each call has what all its events together say, whenever they came.
async fn records_are_right(server: &Server, key: &str, acknowledged: &[Key]) {
    let mut expected: HashSet<i64> = acknowledged.iter().map(|(call, _)| *call).collect();
    let mut cursor: Option<String> = None;
    loop {
        let path = match &cursor {
            Some(cursor) => format!("/api/v1/calls?limit=200&cursor={cursor}"),
            None => "/api/v1/calls?limit=200".to_owned(),
        };
        let (status, page) = server.get(&path, &[("x-app-api-key", key)]).await;
        assert_eq!(status, 200, "{page}");
        for call in page["data"].as_array().unwrap_or_else(|| panic!("{page}")) {
            let id: i64 = call["external_id"].as_str().and_then(|id| id.parse().ok()).unwrap();
            assert!(expected.remove(&id), "nobody sent {call}");
            right(id, call);
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert!(expected.is_empty(), "{} calls are missing", expected.len());
}

fn right(id: i64, call: &Value) {
    let at = |name: &str| -> i64 {
        let text = call[name].as_str().unwrap_or_else(|| panic!("no {name} in {call}"));
        text.parse::<switchboard_domain::Timestamp>().unwrap().as_millis()
    };
    let begin = begin_of(id);
    assert_eq!((at("started_at"), at("ended_at")), (begin, begin + 64_000), "{call}");
    assert_eq!((at("answered_at"), call["duration_seconds"].as_i64()), (begin + 4_000, Some(60)), "{call}");
    assert_eq!((&call["direction"], &call["status"]), (&json!("inbound"), &json!("ended")), "{call}");
}
