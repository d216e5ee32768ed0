//! Live changes: over a real socket, because an upgrade needs one, and as a stream.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, http::Request};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::MappingId,
};
use switchboard_http::{HttpOptions, SocketTimes};
use switchboard_store::user_mappings::{self, UserMapping};
use switchboard_testkit::{Engine, TestDb, both_engines};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message},
};
use tower::ServiceExt;

use crate::{
    accounts::Visitor,
    site::{Site, settings},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whoever listens is asked again and again.
fn impatient() -> HttpOptions {
    let sockets = SocketTimes { ask_again: Duration::from_millis(20), ..SocketTimes::default() };
    HttpOptions { sockets, ..HttpOptions::default() }
}

async fn serve(site: &Site<'_>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = site.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

async fn connect(site: &Site<'_>, address: SocketAddr, query: &str) -> Socket {
    let url = format!("ws://{address}/ws?api_key={}{query}", site.key);
    connect_async(url).await.unwrap().0
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("a message comes").unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Messages up to and with the one that says so.
async fn until_complete(socket: &mut Socket, seq: i64) -> Vec<Value> {
    let mut seen = Vec::new();
    loop {
        let message = next(socket).await;
        if message["event"] == "complete_up_to" {
            if message["seq"] == seq {
                return seen;
            }
            continue;
        }
        seen.push(message);
    }
}

fn events(messages: &[Value]) -> Vec<(&str, i64)> {
    messages.iter().map(|message| (message["event"].as_str().unwrap(), message["seq"].as_i64().unwrap())).collect()
}

both_engines! {
    async fn changes_arrive_in_the_guides_words(t: &TestDb) {
        let site = Site::new(t).await;
        let mapping = UserMapping {
            id: t.id::<MappingId>(), app_id: site.app_id, dialpad_user_id: 5001, crm_user_id: "crm-7".into(),
            created_at: t.now(), updated_at: t.now(),
        };
        let mut tx = t.db.begin(site.scope).await.unwrap();
        user_mappings::save(&mut tx.conn(), site.scope, &mapping).await.unwrap();
        tx.commit(t.now()).await.unwrap();

        let address = serve(&site).await;
        let mut socket = connect(&site, address, "").await;
        assert_eq!(next(&mut socket).await, json!({ "event": "hello", "seq": 0, "complete_up_to": 0 }));
        site.commit_call(1, None, "ringing").await;
        site.commit_call(1, Some("ringing"), "active").await;
        site.commit_call(1, Some("active"), "ended").await;
        site.commit_call(1, Some("ended"), "ended").await;
        let message = site.build().message(1, t.now());
        let change = NewChange::of(RecordKind::Message, message.record.id, Verb::Created, t.now());
        site.commit(&message, change).await;

        let seen = until_complete(&mut socket, 5).await;
        let expected = [("call.ring", 1), ("call.started", 2), ("call.ended", 3), ("call.updated", 4), ("message.received", 5)];
        assert_eq!(events(&seen), expected);
        let ring = &seen[0];
        assert_eq!(ring["call_id"], site.build().call_id(1).uuid().to_string());
        assert_eq!((ring["status"].as_str(), ring["user_id"].as_str()), (Some("ringing"), Some("5001")));
        assert_eq!((ring["from_number"].as_str(), ring["direction"].as_str()), (Some("+14155550123"), Some("inbound")));
        assert_eq!(ring["target_crm_user"], "crm-7");
        assert_eq!((seen[2]["duration_seconds"].as_i64(), seen[4]["text"].as_str()), (Some(30), Some("text 1")));
        site.stop.cancel();
    }

    async fn who_comes_back_with_a_number_misses_nothing(t: &TestDb) {
        let site = Site::new(t).await;
        let address = serve(&site).await;
        for n in 1..=3 {
            site.commit_call(n, None, "ringing").await;
        }
        let mut socket = connect(&site, address, "&since=1").await;
        assert_eq!(next(&mut socket).await["seq"], 3);
        assert_eq!(events(&until_complete(&mut socket, 3).await), [("call.ring", 2), ("call.ring", 3)]);
        socket.send(Message::text(r#"{"type":"resume","since":0}"#)).await.unwrap();
        assert_eq!(until_complete(&mut socket, 3).await.len(), 3);
        // A number from another life of this server.
        socket.send(Message::text(r#"{"type":"resume","since":99}"#)).await.unwrap();
        assert_eq!(next(&mut socket).await, json!({ "event": "reset", "seq": 3 }));
        assert_eq!(until_complete(&mut socket, 3).await.len(), 0);
        // What is gone from the table is not quietly skipped.
        t.execute("DELETE FROM changes WHERE seq < 3").await;
        socket.send(Message::text(r#"{"type":"resume","since":1}"#)).await.unwrap();
        assert_eq!(next(&mut socket).await["event"], "reset");
        site.stop.cancel();
    }

    async fn the_stream_resumes_by_its_last_id(t: &TestDb) {
        let site = Site::new(t).await;
        for n in 1..=2 {
            site.commit_call(n, None, "ringing").await;
        }
        let request = site.request("GET", "/api/v1/changes/stream").header("last-event-id", "1").body(Body::empty()).unwrap();
        let response = site.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = response.into_body().into_data_stream();
        let mut text = String::new();
        while !text.contains("event: complete") {
            let chunk = timeout(PATIENCE, stream.next()).await.expect("a change comes").unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        assert!(text.contains("event: change\nid: 2\n") || text.contains("id: 2\n"), "{text}");
        assert!(!text.contains("\"seq\":1,"), "{text}");
        site.commit_call(3, None, "ringing").await;
        while !text.contains("\"seq\":3") {
            let chunk = timeout(PATIENCE, stream.next()).await.expect("a change comes").unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        // A node that stops ends its streams.
        site.stop.cancel();
        while timeout(PATIENCE, stream.next()).await.expect("the stream ends").is_some() {}
    }

    async fn a_stream_ends_when_its_key_opens_nothing_any_more(t: &TestDb) {
        let site = Site::with(t, settings(), impatient()).await;
        let request = site.request("GET", "/api/v1/changes/stream").body(Body::empty()).unwrap();
        let mut stream = site.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
        // A database that is away has refused nobody.
        t.execute("ALTER TABLE api_keys RENAME TO api_keys_away").await;
        site.app.access.forget();
        site.commit_call(1, None, "ringing").await;
        let mut text = String::new();
        while !text.contains("\"seq\":1") {
            let chunk = timeout(PATIENCE, stream.next()).await.expect("a change comes").unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        t.execute("ALTER TABLE api_keys_away RENAME TO api_keys").await;
        t.execute("DELETE FROM api_keys").await;
        site.app.access.forget();
        while timeout(PATIENCE, stream.next()).await.expect("the stream ends").is_some() {}
        site.stop.cancel();
    }

    /// A session is in one workspace at a time: what was opened in the other ends.
    async fn a_stream_ends_when_its_person_goes_or_is_sent_elsewhere(t: &TestDb) {
        let site = Site::with(t, settings(), impatient()).await;
        let ann = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let open = async |token: &str| {
            let request = Request::builder().uri("/api/v1/changes/stream");
            let request = request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
            let response = site.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 200);
            response.into_body().into_data_stream()
        };
        let mut stream = open(&ann.access).await;
        // It takes the session there.
        let body = json!({ "company_name": "Second" });
        let made = Visitor::new(&site).post_as("/api/v1/me/workspaces", Some(&ann.access), &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        while timeout(PATIENCE, stream.next()).await.expect("the stream ends").is_some() {}

        let mut stream = open(made.json()["access_token"].as_str().unwrap()).await;
        t.execute("DELETE FROM memberships").await;
        site.app.accounts.forget();
        while timeout(PATIENCE, stream.next()).await.expect("the stream ends").is_some() {}
        site.stop.cancel();
    }

    async fn an_open_socket_ends_when_its_key_opens_nothing_any_more(t: &TestDb) {
        let sockets = SocketTimes { ping_every: Duration::from_secs(1), ..SocketTimes::default() };
        let site = Site::with(t, settings(), HttpOptions { sockets, ..HttpOptions::default() }).await;
        let address = serve(&site).await;
        let mut socket = connect(&site, address, "").await;
        next(&mut socket).await;
        // Somebody reads all the time, so that every ping is answered.
        let closed = tokio::spawn(async move {
            loop {
                match socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame,
                    Some(Ok(_)) => {}
                    gone => panic!("{gone:?}"),
                }
            }
        });
        t.execute("UPDATE apps SET is_active = FALSE").await;
        site.app.access.forget();
        let frame = timeout(PATIENCE, closed).await.expect("it is closed").unwrap().expect("and told why");
        assert_eq!((u16::from(frame.code), frame.reason.as_str()), (1008, "this key may not listen any more"));
        site.stop.cancel();
    }

    async fn pages_of_changes_have_no_gaps_and_say_when_to_start_over(t: &TestDb) {
        let site = Site::new(t).await;
        for n in 1..=5 {
            site.commit_call(n, None, "ringing").await;
        }
        let first = site.get("/api/v1/changes?after=0&limit=3").await.json();
        assert_eq!((first["complete_up_to"].as_i64(), first["has_more"].as_bool()), (Some(3), Some(true)));
        let second = site.get("/api/v1/changes?after=3&limit=3").await.json();
        assert_eq!((second["complete_up_to"].as_i64(), second["has_more"].as_bool()), (Some(5), Some(false)));
        assert_eq!(second["data"][0]["seq"], 4);
        assert!(second["data"][0]["id"].as_str().unwrap().starts_with("call_"));
        assert_eq!(site.get("/api/v1/changes").await.json()["complete_up_to"], 5);
        let unknown = site.get("/api/v1/changes?after=9").await;
        assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (410, "reset_required"));
    }
}

#[tokio::test]
async fn without_a_key_there_is_no_upgrade() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let address = serve(&site).await;
    for (query, code) in [("", "missing_credentials"), ("?api_key=raw_0", "invalid_credentials")] {
        let Err(Error::Http(response)) = connect_async(format!("ws://{address}/ws{query}")).await else {
            panic!("it was let in")
        };
        assert_eq!(response.status().as_u16(), 401);
        let body: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
        assert_eq!(body["code"], code);
    }
}

#[tokio::test]
async fn a_removed_voicemail_says_nothing_of_what_was_in_it() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let address = serve(&site).await;
    let mut socket = connect(&site, address, "").await;
    next(&mut socket).await;
    let mut voicemail = site.build().voicemail(1, t.now());
    voicemail.record.is_removed = true;
    let change = NewChange::of(RecordKind::Voicemail, voicemail.record.id, Verb::Updated, t.now());
    site.commit(&voicemail, change).await;
    let message = next(&mut socket).await;
    assert_eq!(message["event"], "voicemail.removed");
    assert!(message.get("transcript").is_none() && message.get("from_number").is_none(), "{message}");
}

#[tokio::test]
async fn an_open_socket_ends_when_its_workspace_is_suspended() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let address = serve(&site).await;
    let mut socket = connect(&site, address, "").await;
    next(&mut socket).await;
    let by = switchboard_app::audit::Origin::operator("test");
    let suspended = switchboard_app::tenants::Standing::Suspended("unpaid");
    switchboard_app::tenants::set_standing(&site.app, site.scope, suspended, &by).await.unwrap();
    let closed = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| u16::from(frame.code)),
                Some(Ok(_)) => {}
                gone => panic!("{gone:?}"),
            }
        }
    };
    assert_eq!(timeout(PATIENCE, closed).await.expect("it is closed"), Some(1008));
    // Once resumed, what was said of it before does not count against it.
    switchboard_app::tenants::set_standing(&site.app, site.scope, switchboard_app::tenants::Standing::Active, &by)
        .await
        .unwrap();
    let mut again = connect(&site, address, "&since=0").await;
    next(&mut again).await;
    site.commit_call(1, None, "ringing").await;
    assert_eq!(until_complete(&mut again, 3).await.len(), 1);
}
