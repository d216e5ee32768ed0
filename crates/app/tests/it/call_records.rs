//! Call records of telephone systems, from the wire to calls: every given payload gives what is expected of it, in any order,
//! twice over and four at a time.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use switchboard_app::{
    audit::Origin,
    connecting::{self, Values},
    intake::{self, HookRoute, Received, Refused},
    record_stream, record_webhook,
    runtime::{Role, Runtime},
    tenants::{self, NewTenant},
};
use switchboard_domain::{call::Call, ids::ConnectionId};
use switchboard_providers::{cloud_ucm, contract::RawRequest, registry};
use switchboard_store::{
    TenantScope,
    calls::{self, CallFilter},
    page::Window,
    recordings,
};
use switchboard_testkit::{TestDb, both_engines};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, settled};

const PASSWORD: &str = "a password of a device";

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../providers/fixtures/clouducm")
}

fn read(file: &str) -> Bytes {
    std::fs::read(folder().join(file)).unwrap().into()
}

/// What each file is expected to come to: those that were given, and our own.
fn expected() -> Vec<(String, Value)> {
    let files = |name: &str| {
        let read: Value = serde_json::from_slice(&read(&format!("expected/{name}.json"))).unwrap();
        read["files"].as_object().unwrap().clone().into_iter()
    };
    files("given").chain(files("ours")).collect()
}

/// The bodies that a file is sent as: a list is as many pushes.
fn bodies(file: &str) -> Vec<Bytes> {
    let body = read(file);
    match serde_json::from_slice::<Vec<Value>>(&body) {
        Ok(list) => list.iter().map(|one| one.to_string().into()).collect(),
        Err(_) => vec![body],
    }
}

struct Site {
    app: TestApp,
    runtime: Option<Runtime>,
}

impl Site {
    async fn new(t: &TestDb) -> Self {
        let mut app = TestApp::new(t);
        let runtime = Runtime::start(&app.app, Role::All, app.committer.take().unwrap(), None).await.unwrap();
        Self { app, runtime: Some(runtime) }
    }

    /// A workspace in Chicago whose telephone system signs in with its subdomain.
    async fn workspace(&self, name: &str) -> (TenantScope, ConnectionId, String) {
        let app = &self.app.app;
        let by = Origin::system("test");
        let zone = Some("America/Chicago".to_owned());
        let new = NewTenant { name: name.to_owned(), plan: None, time_zone: zone, owner: None };
        let made = tenants::create(app, &new, &by).await.unwrap();
        let (scope, id) = (made.scope, made.webhook.connection);
        let password = Some(SecretString::from(PASSWORD));
        record_webhook::replace(app, scope, id, None, password, &by).await.unwrap();
        let strip: Values = [("strip_outbound_prefix".to_owned(), Some("9".into()))].into();
        connecting::update(app, scope, id, None, &strip, &by).await.unwrap();
        (scope, id, made.webhook.username)
    }

    async fn push(&self, user: &str, body: Bytes) -> Result<Received, Refused> {
        let route = HookRoute::Workspace(user.to_owned());
        intake::receive(&self.app.app, route, request(user, PASSWORD, body), None).await
    }

    async fn stop(mut self) {
        self.runtime.take().unwrap().stop().await;
    }
}

fn request(user: &str, password: &str, body: Bytes) -> RawRequest {
    let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    RawRequest { headers: vec![("authorization".to_owned(), header)], body }
}

/// A call with the names of its recordings and the agents of its legs.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    call: Call,
    recordings: Vec<String>,
    agents: Vec<String>,
}

/// The calls of a workspace, oldest first.
async fn seen(t: &TestDb, scope: TenantScope) -> Vec<Seen> {
    let mut reader = t.db.read(scope).await.unwrap();
    let conn = &mut reader.conn();
    let window = Window::After { cursor: None, limit: 200 };
    let page = calls::list(conn, scope, &CallFilter::default(), window).await.unwrap();
    let mut all = Vec::new();
    for kept in page.items {
        let mut names: Vec<String> = recordings::of_call(conn, scope, kept.record.id)
            .await
            .unwrap()
            .into_iter()
            .map(|kept| kept.record.external_id)
            .collect();
        names.sort();
        let legs = calls::legs(conn, scope, kept.record.id).await.unwrap();
        let answered = legs.iter().filter(|kept| kept.leg.doc.is_answered());
        let mut agents: Vec<String> =
            answered.filter_map(|kept| Some(kept.leg.doc.target.get()?.external_id.clone())).collect();
        agents.sort();
        agents.dedup();
        all.push(Seen { call: kept.record, recordings: names, agents });
    }
    all.sort_by_key(|seen| (seen.call.occurred_at, seen.call.external_id.clone()));
    all
}

/// Holds the calls of a workspace that got one file to each line of what is expected of it.
fn check(file: &str, expected: &Value, seen: &[Seen]) {
    let text = |value: Option<&str>| value.map_or(Value::Null, Value::from);
    let one = |seen: &Seen, name: &str| -> Value {
        let call = &seen.call;
        match name {
            "direction" => text(call.direction.map(switchboard_domain::call::Direction::as_str)),
            "outcome" => text(call.outcome.map(switchboard_domain::call::CallOutcome::as_str)),
            "ring_s" => json!(call.ring_seconds),
            "talk_s" | "customer_talk_s" => json!(call.talk_seconds),
            "queue_wait_s" => json!(call.wait_seconds),
            "agent" => text(call.agent_id.as_deref()),
            "agents" => json!(seen.agents),
            "queue" => text(call.queue.as_deref()),
            "country" => text(call.country.as_deref()),
            "accountcode" => text(call.account_code.as_deref()),
            "start_utc" => text(call.started_at.map(|at| at.to_string()).as_deref()),
            "peer" => {
                let is_out = call.direction.is_some_and(|way| way.as_str() == "outbound");
                text(if is_out { call.to_number.as_deref() } else { call.from_number.as_deref() })
            }
            other => panic!("{file}: nobody knows what {other} is"),
        }
    };
    for (name, wanted) in expected.as_object().unwrap() {
        let is = match name.as_str() {
            "note" | "kind" | "bodies" | "array_of_bodies" | "http" | "utc_offset_from_uniqueid_min" => continue,
            "calls" => json!(seen.len()),
            "legs" => json!(seen.iter().map(|seen| seen.call.leg_count).sum::<i64>()),
            "recordings" if wanted.is_number() => json!(seen.iter().map(|seen| seen.recordings.len()).sum::<usize>()),
            "recordings" => json!(seen[0].recordings),
            "outcomes" => Value::Array(seen.iter().map(|seen| one(seen, "outcome")).collect()),
            "directions" => Value::Array(seen.iter().map(|seen| one(seen, "direction")).collect()),
            "talks" => Value::Array(seen.iter().map(|seen| one(seen, "talk_s")).collect()),
            single => one(&seen[0], single),
        };
        let is = if name == "directions" || name == "talks" || name == "outcomes" { sorted(&is) } else { is };
        let wanted = if wanted.is_array() && !name.contains("recordings") { sorted(wanted) } else { wanted.clone() };
        assert_eq!(is, wanted, "{file}: {name}");
    }
}

fn sorted(list: &Value) -> Value {
    let mut list: Vec<Value> = list.as_array().unwrap().clone();
    list.sort_by_key(Value::to_string);
    list.into()
}

fn shuffle(t: &TestDb, bodies: &mut [Bytes]) {
    for place in (1..bodies.len()).rev() {
        let mut random = [0; 2];
        t.random.fill(&mut random);
        bodies.swap(place, usize::from(u16::from_be_bytes(random)) % (place + 1));
    }
}

both_engines! {
    /// Each file by itself, its bodies shuffled and each sent twice, four at a time.
    async fn every_given_payload_gives_what_is_expected_of_it(t: &TestDb) {
        let site = Arc::new(Site::new(t).await);
        for (n, (file, expected)) in expected().into_iter().enumerate() {
            let (scope, connection, user) = site.workspace(&format!("File {n}")).await;
            let mut all = bodies(&file);
            assert!(expected["bodies"].is_null() || expected["bodies"] == all.len(), "{file}");
            all.extend(all.clone());
            shuffle(t, &mut all);
            for four in all.chunks(4) {
                let pushes = four.iter().map(|body| site.push(&user, body.clone()));
                for pushed in futures::future::join_all(pushes).await {
                    pushed.unwrap();
                }
            }
            if expected["kind"] == "cdrapi_pull" {
                let items = cloud_ucm::pulled_records(&read(&file));
                let provider = registry::by_slug("clouducm").unwrap();
                intake::append_pulled(&site.app.app, scope.tenant(), connection, provider, items).await.unwrap();
            }
            settled(t).await;
            check(&file, &expected, &seen(t, scope).await);
        }
        Arc::into_inner(site).unwrap().stop().await;
    }

    /// All of them in one workspace: what is pushed, asked for and written as a row is one call, whatever comes first.
    async fn order_and_the_way_they_come_change_nothing(t: &TestDb) {
        let site = Site::new(t).await;
        let mut all: Vec<Bytes> = expected().iter().flat_map(|(file, _)| bodies(file)).collect();
        let mut reference = None;
        for round in 0..3 {
            let (scope, _, user) = site.workspace(&format!("Round {round}")).await;
            if round > 0 {
                shuffle(t, &mut all);
            }
            for body in &all {
                site.push(&user, body.clone()).await.unwrap();
            }
            settled(t).await;
            let calls = seen(t, scope).await;
            let shown = |seen: &Seen| {
                let call = &seen.call;
                // Without the one whose start is when it came.
                let outcome = call.outcome.map(|outcome| outcome.to_string());
                (call.external_id.clone(), call.talk_seconds, call.leg_count, seen.recordings.len(), outcome)
            };
            let mut shown: Vec<_> = calls.iter().map(shown).collect();
            shown.sort();
            // The transfer and the first call are in three files each.
            assert_eq!(shown.len(), 19, "{shown:#?}");
            assert_eq!(*reference.get_or_insert_with(|| shown.clone()), shown);
        }
        site.stop().await;
    }

    /// Who does not know the password is refused, and nothing of theirs is kept but that they tried.
    async fn only_the_password_decides(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let (scope, id, user) = site.workspace("Acme").await;
        let (_, _, other) = site.workspace("Bolt").await;
        let body = || Bytes::from_static(br#"{"uniqueid":"test","src":"1001","dst":"2002","sn":"EC74"}"#);
        let take = async |route: HookRoute, request: RawRequest| intake::receive(app, route, request, None).await;
        let own = || HookRoute::Workspace(user.clone());
        for wrong in [request(&user, "wrong", body()), request("nobody", PASSWORD, body()), request(&other, "x", body())] {
            assert!(matches!(take(own(), wrong.clone()).await, Err(Refused::Rejected(_))));
            assert!(matches!(take(HookRoute::Anywhere, wrong).await, Err(Refused::Rejected(_))));
        }
        let nothing = RawRequest { headers: Vec::new(), body: body() };
        assert!(matches!(take(own(), nothing).await, Err(Refused::Rejected(_))));
        let unknown = HookRoute::Workspace("nobody-at-all".into());
        assert!(matches!(take(unknown, request(&user, PASSWORD, body())).await, Err(Refused::UnknownConnection)));
        settled(t).await;
        assert!(seen(t, scope).await.is_empty());

        // By the guide's address, by the user alone, and by the serial number with the password.
        assert_eq!(take(own(), request(&user, PASSWORD, body())).await.unwrap().stored, 1);
        assert_eq!(take(HookRoute::Anywhere, request(&user, PASSWORD, body())).await.unwrap().duplicates, 1);
        let by = Origin::system("test");
        let serial: Values = [("serial".to_owned(), Some("EC74".into())), ("webhook_username".to_owned(), None)].into();
        connecting::update(app, scope, id, None, &serial, &by).await.unwrap();
        assert_eq!(take(HookRoute::Anywhere, request("admin", PASSWORD, body())).await.unwrap().duplicates, 1);

        // A replaced password goes on for a while; then it does not.
        let issued = record_webhook::replace(app, scope, id, Some("acme"), None, &by).await.unwrap();
        for password in [PASSWORD, issued.password.expose_secret()] {
            assert!(take(own(), request("acme", password, body())).await.is_ok());
        }
        t.clock.advance(std::time::Duration::from_hours(25));
        assert!(take(own(), request("acme", PASSWORD, body())).await.is_err());
        assert!(take(own(), request("acme", issued.password.expose_secret(), body())).await.is_ok());
        settled(t).await;
        let calls = seen(t, scope).await;
        assert_eq!((calls.len(), calls[0].call.start_estimated), (1, true));
        site.stop().await;
    }

    /// Guessing costs so much and no more, and neither who is known nor who signs in feels it.
    async fn an_address_that_guesses_is_not_listened_to_for_a_while(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let (_, _, user) = site.workspace("Acme").await;
        let body = || Bytes::from_static(br#"{"uniqueid":"test","src":"1001","dst":"2002"}"#);
        let take = async |password: &str, address: &str| {
            let route = HookRoute::Workspace(user.clone());
            intake::receive(app, route, request(&user, password, body()), Some(address.to_owned())).await
        };
        let (guesser, other) = ("192.0.2.1", "192.0.2.2");
        take(PASSWORD, guesser).await.unwrap();
        let before = app.accounts.passwords.computed();
        for guess in 0..20 {
            let refused = take(&format!("guess {guess}"), guesser).await;
            assert!(matches!(refused, Err(Refused::Rejected(_))), "{guess}: {refused:?}");
        }
        let refused = take("guess 20", guesser).await;
        assert!(matches!(refused, Err(Refused::Guessing { seconds: 1..=61 })), "{refused:?}");
        assert!(matches!(take("guess 20", other).await, Err(Refused::Rejected(_))), "compared for others");
        assert!(take(PASSWORD, guesser).await.is_ok(), "what was proved is not compared");
        assert_eq!(app.accounts.passwords.computed(), before, "people who sign in wait for nobody here");
        t.clock.advance(std::time::Duration::from_mins(1));
        assert!(matches!(take("guess 21", guesser).await, Err(Refused::Rejected(_))));
        site.stop().await;
    }

    /// What comes after an outage: thousands in one body, and as many pushes at once, none refused.
    async fn a_burst_is_taken_without_a_refusal(t: &TestDb) {
        let site = Site::new(t).await;
        let (scope, _, user) = site.workspace("Acme").await;
        let record = |n: usize| {
            json!({ "AcctId": n, "src": "1001", "dst": "1003", "start": "2026-03-10 10:20:00", "duration": 5, "billsec": 0,
                "disposition": "NO ANSWER", "userfield": "Internal", "uniqueid": format!("{}.{n}", 1_773_156_000), "session": format!("1773156000104140-{n}") })
        };
        let many: Vec<Value> = (0..2_000).map(record).collect();
        let received = site.push(&user, Value::from(many).to_string().into()).await.unwrap();
        assert_eq!(received, Received { stored: 2_000, duplicates: 0 });
        let pushes = (2_000..2_400).map(|n| site.push(&user, record(n).to_string().into()));
        for pushed in futures::future::join_all(pushes).await {
            assert_eq!(pushed.unwrap().stored, 1);
        }
        settled(t).await;
        let mut reader = t.db.read(scope).await.unwrap();
        assert_eq!(calls::count(&mut reader.conn(), scope, &CallFilter::default()).await.unwrap(), 2_400);
        drop(reader);
        site.stop().await;
    }

    /// Rows and objects over TCP, cut anywhere; from an address that is not listed, nothing.
    async fn streams_are_taken_from_listed_addresses(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let (scope, id, _) = site.workspace("Acme").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(record_stream::serve(Arc::clone(app), listener, stop.clone()));
        let say = async |bytes: &[u8], step: usize| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            for part in bytes.chunks(step) {
                // Who is not listed is cut off before it has said all.
                let _ = stream.write_all(part).await;
            }
            let _ = stream.shutdown().await;
            let mut rest = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
        };
        let row = read("16-tcp-csv-row.txt");
        say(&row, 100).await;
        settled(t).await;
        assert!(seen(t, scope).await.is_empty(), "nobody lists this address yet");

        let from: Values = [("stream_from".to_owned(), Some("192.0.2.0/24, 127.0.0.1".into()))].into();
        connecting::update(app, scope, id, None, &from, &Origin::system("test")).await.unwrap();
        say(&row, 100).await;
        let mut both = bodies("10-queue-abandoned.json").concat();
        both.push(0);
        both.extend_from_slice(&row);
        say(&both, 333).await;
        stop.cancel();
        serving.await.unwrap();
        settled(t).await;
        let calls = seen(t, scope).await;
        assert_eq!(calls.len(), 2);
        check("16-tcp-csv-row.txt", &json!({ "legs": 3 }), &calls);
        assert_eq!(calls[0].call.from_number.as_deref(), Some("+13125550142"));
        site.stop().await;
    }

    /// An open stream does not outlive the setting that let it in.
    async fn a_stream_ends_when_its_address_is_no_longer_listed(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let (scope, id, _) = site.workspace("Acme").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(record_stream::serve(Arc::clone(app), listener, stop.clone()));
        let listed = async |from: Option<&str>| {
            let from: Values = [("stream_from".to_owned(), from.map(Into::into))].into();
            connecting::update(app, scope, id, None, &from, &Origin::system("test")).await.unwrap();
        };
        listed(Some("127.0.0.1")).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut row = read("16-tcp-csv-row.txt").to_vec();
        row.push(b'\n');
        stream.write_all(&row).await.unwrap();
        let stored = async {
            while seen(t, scope).await.is_empty() {
                settled(t).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(2), stored).await.unwrap();
        listed(None).await;
        t.clock.advance(std::time::Duration::from_secs(6));
        for body in bodies("10-queue-abandoned.json") {
            let _ = stream.write_all(&body).await;
        }
        let mut rest = Vec::new();
        let closed = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
        let _ = tokio::time::timeout(std::time::Duration::from_mins(2), closed).await.expect("the stream is closed");
        settled(t).await;
        assert_eq!(seen(t, scope).await.len(), 1, "what came after it is nobody's");
        stop.cancel();
        serving.await.unwrap();
        site.stop().await;
    }

    /// What has no password must not be anybody's to claim: an address is one workspace's, unless serial numbers tell
    /// them apart.
    async fn nobody_lists_the_addresses_of_another_workspace(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let ((acme, first, _), (bolt, second, _)) = (site.workspace("Acme").await, site.workspace("Bolt").await);
        let list = async |scope: TenantScope, id: ConnectionId, from: &str, serial: Option<&str>| {
            let fields = [("stream_from", Some(from)), ("serial", serial)];
            let values: Values = fields.map(|(name, value)| (name.to_owned(), value.map(Into::into))).into();
            connecting::update(app, scope, id, None, &values, &Origin::system("test")).await.map(|_| ())
        };
        list(acme, first, "192.0.2.7", None).await.unwrap();
        for (from, serial) in [("0.0.0.0/0", None), ("192.0.2.0/24", None), ("192.0.2.7", Some("EC01")), ("198.51.100.1, 192.0.2.7", None)] {
            assert!(list(bolt, second, from, serial).await.is_err(), "{from} {serial:?}");
        }
        list(bolt, second, "192.0.2.8", None).await.unwrap();
        list(acme, first, "192.0.2.7", Some("EC00")).await.unwrap();
        assert!(list(bolt, second, "192.0.2.0/24", Some("EC00")).await.is_err(), "the same serial tells nothing apart");
        list(bolt, second, "192.0.2.0/24", Some("EC01")).await.unwrap();
        assert!(list(acme, first, "192.0.2.7", None).await.is_err(), "it is taken back only with the address");
        site.stop().await;
    }

    /// A record that says nothing is stored, answered, and dead with its reason.
    async fn nonsense_is_kept_and_explained(t: &TestDb) {
        let site = Site::new(t).await;
        let (scope, _, user) = site.workspace("Acme").await;
        for odd in ["hello", "{\"event\":1}", "{\"disposition\":\"BUSY\"}"] {
            assert_eq!(site.push(&user, odd.into()).await.unwrap().stored, 1, "{odd}");
        }
        assert_eq!(site.push(&user, "{}".into()).await.unwrap().stored, 0);
        settled(t).await;
        let dead = t.query_texts("SELECT last_error FROM work WHERE state = 'dead' ORDER BY last_error").await;
        assert_eq!(dead.len(), 3, "{dead:?}");
        assert!(dead.iter().all(|why| why.contains("call record")), "{dead:?}");
        assert!(seen(t, scope).await.is_empty());
        site.stop().await;
    }

    /// The button of the dashboard: a call of its own each time.
    async fn a_test_call_becomes_a_call(t: &TestDb) {
        let site = Site::new(t).await;
        let app = &site.app.app;
        let (scope, id, _) = site.workspace("Acme").await;
        let sent = record_webhook::send_test_call(app, scope, id, &Origin::system("test")).await.unwrap();
        settled(t).await;
        let calls = seen(t, scope).await;
        assert_eq!((calls.len(), calls[0].call.id), (1, sent.call));
        assert_eq!(calls[0].call.direction.map(|way| way.to_string()).as_deref(), Some("internal"));
        site.stop().await;
    }
}
