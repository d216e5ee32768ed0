//! The live feed for clients of Socket.IO, frame by frame: who gets in, what they hear, and which rooms are shut.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::ConnectionId,
};
use switchboard_http::{HttpOptions, SocketTimes, Web, router};
use switchboard_store::{TenantScope, record::save};
use switchboard_testkit::{Build, TestDb, both_engines};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::site::{Site, key_of};

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serve(site: &Site<'_>, sockets: SocketTimes) -> SocketAddr {
    let options = HttpOptions { sockets, stopping: site.stop.clone(), ..HttpOptions::default() };
    let router = router(Web::new(Arc::clone(&site.app), options));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// A client that speaks just enough of the protocol.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens the line; nothing is said of who it is.
    async fn dial(address: SocketAddr) -> Self {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut client = Self(connect_async(url).await.unwrap().0);
        assert!(client.packet().await.starts_with("0{"), "the line is opened");
        client
    }

    async fn connect(address: SocketAddr, auth: Value) -> Self {
        let mut client = Self::dial(address).await;
        client.say(&format!("40{auth}")).await;
        let answer = client.packet().await;
        assert!(answer.starts_with("40{\"sid\""), "{answer}");
        client
    }

    async fn refused(address: SocketAddr, auth: Value) -> String {
        let mut client = Self::dial(address).await;
        client.say(&format!("40{auth}")).await;
        let answer = client.packet().await;
        let body = answer.strip_prefix("44").unwrap_or_else(|| panic!("{answer}"));
        serde_json::from_str::<Value>(body).unwrap()["message"].as_str().unwrap().to_owned()
    }

    async fn say(&mut self, packet: &str) {
        self.0.send(Message::text(packet)).await.unwrap();
    }

    async fn packet(&mut self) -> String {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a packet comes").unwrap().unwrap();
            match message {
                Message::Text(text) if text.as_str() == "2" => self.say("3").await,
                Message::Text(text) => return text.to_string(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next event, leaving out how far everything is known.
    async fn event(&mut self) -> (String, Value) {
        loop {
            let packet = self.packet().await;
            let body = packet.strip_prefix("42").unwrap_or_else(|| panic!("{packet}"));
            let (name, data): (String, Value) = serde_json::from_str(body).unwrap();
            if name != "complete_up_to" {
                return (name, data);
            }
        }
    }

    /// Says something that is answered, and returns the answer.
    async fn ask(&mut self, event: &str, id: &str) -> Value {
        self.say(&format!("427{}", json!([event, id]))).await;
        loop {
            let packet = self.packet().await;
            if let Some(body) = packet.strip_prefix("437") {
                return serde_json::from_str::<Value>(body).unwrap()[0].take();
            }
        }
    }
}

fn impatient() -> SocketTimes {
    SocketTimes { ask_again: Duration::from_millis(20), ..SocketTimes::default() }
}

/// A second tenant, with a key and a connection of its own.
async fn neighbour(t: &TestDb) -> (TenantScope, ConnectionId, String) {
    let scope = t.tenant("Neighbour").await;
    let connection = t.connection_with_hook(scope, vec![9; 32], true).await;
    let (_, key) = key_of(t, scope).await;
    (scope, connection, key)
}

async fn commit_message(site: &Site<'_>, scope: TenantScope, build: &Build, number: u32) {
    let message = build.message(number, site.t.now());
    let mut tx = site.t.db.begin(scope).await.unwrap();
    save(&mut tx.conn(), &[&message]).await.unwrap();
    tx.push_change(NewChange::of(RecordKind::Message, message.record.id, Verb::Created, site.t.now()));
    tx.commit(site.t.now()).await.unwrap();
    site.app.wake.send(switchboard_app::wake::Signal::Changes(scope.tenant()));
}

both_engines! {
    async fn who_connects_hears_what_changes_and_what_was_missed(t: &TestDb) {
        let site = Site::new(t).await;
        let address = serve(&site, SocketTimes::default()).await;
        let mut client = Client::connect(address, json!({ "token": site.key })).await;
        assert_eq!(client.event().await, ("hello".into(), json!({ "seq": 0, "complete_up_to": 0 })));
        site.commit_call(1, None, "ringing").await;
        site.commit_call(1, Some("ringing"), "ended").await;
        let (name, ring) = client.event().await;
        assert_eq!((name.as_str(), &ring["seq"], &ring["status"]), ("call.ring", &json!(1), &json!("ringing")));
        assert_eq!(client.event().await.0, "call.ended");

        let mut back = Client::connect(address, json!({ "apiKey": site.key, "since": 1 })).await;
        assert_eq!(back.event().await.0, "hello");
        let (name, ended) = back.event().await;
        assert_eq!((name.as_str(), &ended["seq"]), ("call.ended", &json!(2)));
        site.stop.cancel();
        // A node that stops says so.
        while client.packet().await != "41" {}
    }

    async fn strangers_and_those_who_may_no_longer_listen_hear_nothing(t: &TestDb) {
        let site = Site::new(t).await;
        let address = serve(&site, impatient()).await;
        assert!(Client::refused(address, json!({})).await.contains("Missing"));
        assert_eq!(Client::refused(address, json!({ "token": "raw_0" })).await, "Invalid API key");
        assert!(!Client::refused(address, json!({ "token": "a\nb" })).await.is_empty());
        let mut client = Client::connect(address, json!({ "token": site.key })).await;
        assert_eq!(client.event().await.0, "hello");
        t.execute("DELETE FROM api_keys").await;
        site.app.access.forget();
        while client.packet().await != "41" {}
        site.stop.cancel();
    }

    async fn another_tenants_rooms_are_shut_and_its_changes_unheard(t: &TestDb) {
        let site = Site::new(t).await;
        let address = serve(&site, SocketTimes::default()).await;
        let (theirs, connection, key) = neighbour(t).await;
        let mut own = Client::connect(address, json!({ "token": site.key })).await;
        let mut stranger = Client::connect(address, json!({ "token": key })).await;
        assert_eq!((own.event().await.0, stranger.event().await.0), ("hello".to_owned(), "hello".to_owned()));
        site.commit_call(1, None, "ringing").await;
        assert_eq!(own.event().await.0, "call.ring");
        let call = site.build().call_id(1).uuid().to_string();
        let contact = site.build().contact(1, t.now());
        let id = contact.record.id.uuid().to_string();
        site.commit(&contact, NewChange::of(RecordKind::Contact, contact.record.id, Verb::Created, t.now())).await;

        for (event, id) in [("join:call", &call), ("join:conversation", &id)] {
            let refused = stranger.ask(event, id).await;
            assert_eq!((&refused["ok"], refused["error"].as_str().is_some()), (&json!(false), true), "{event}");
            assert_eq!(own.ask(event, id).await, json!({ "ok": true }), "{event}");
        }
        assert_eq!(own.ask("join:call", "no id").await["ok"], false);

        // A message of the conversation is told twice to who is in it: as a change, and to the room.
        let mut message = site.build().message(1, t.now());
        message.record.contact_id = Some(contact.record.id);
        site.commit(&message, NewChange::of(RecordKind::Message, message.record.id, Verb::Created, t.now())).await;
        assert_eq!(own.event().await.0, "message.received");
        let (name, told) = own.event().await;
        assert_eq!((name.as_str(), &told["contactId"], &told["message"]["content"]), ("message:new", &json!(id), &json!("text 1")));
        site.commit_call(1, Some("ringing"), "ended").await;
        assert_eq!((own.event().await.0, own.event().await.0), ("call.ended".to_owned(), "call:updated".to_owned()));

        // The first that the stranger hears is its own.
        commit_message(&site, theirs, &Build::new(t, theirs, connection), 7).await;
        let (name, heard) = stranger.event().await;
        assert_eq!((name.as_str(), &heard["seq"], &heard["text"]), ("message.received", &json!(1), &json!("text 7")));
        // Whoever leaves a room hears no more of it than the others.
        own.say(&format!("42{}", json!(["leave:call", call]))).await;
        assert_eq!(own.ask("join:call", "no id").await["ok"], false, "the leaving was heard before this");
        site.commit_call(1, Some("ended"), "ended").await;
        site.commit_call(2, None, "ringing").await;
        assert_eq!((own.event().await.0, own.event().await.0), ("call.updated".to_owned(), "call.ring".to_owned()));
        site.stop.cancel();
    }

    async fn who_asks_for_rooms_without_end_is_sent_away(t: &TestDb) {
        let site = Site::new(t).await;
        let patient = SocketTimes { ask_again: Duration::from_hours(1), ..SocketTimes::default() };
        let address = serve(&site, patient).await;
        let mut client = Client::connect(address, json!({ "token": site.key })).await;
        assert_eq!(client.event().await.0, "hello", "from now on it is listened to");
        // As many as a wall of screens may have, and some that were mistaken.
        for _ in 0..300 {
            assert_eq!(client.ask("join:call", "no id").await["ok"], false);
        }
        client.say(&format!("427{}", json!(["join:call", "no id"]))).await;
        while client.packet().await != "41" {}
        site.stop.cancel();
    }

    async fn polling_does_as_well(t: &TestDb) {
        let site = Site::new(t).await;
        let address = serve(&site, SocketTimes::default()).await;
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let url = format!("http://{address}/socket.io/?EIO=4&transport=polling");
        let opened = http.get(&url).send().await.unwrap().text().await.unwrap();
        let opened: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
        let line = format!("{url}&sid={}", opened["sid"].as_str().unwrap());
        let said = http.post(&line).body(format!("40{}", json!({ "token": site.key }))).send().await.unwrap();
        assert_eq!(said.text().await.unwrap(), "ok");
        let mut heard = String::new();
        while !heard.contains("hello") {
            heard += &http.get(&line).send().await.unwrap().text().await.unwrap();
        }
        assert!(heard.contains("40{\"sid\""), "{heard}");
        assert_eq!(http.get(format!("{url}&sid=nobody")).send().await.unwrap().status(), 400);
        site.stop.cancel();
    }
}
