//! Trying things out over the API, as far as it is HTTP's: what is said without a sandbox, and what is asked of it.

use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use switchboard_app::sandbox::{Act, ReportTo, Scenario, Speed, StandIns, Telephones};
use switchboard_http::HttpOptions;
use switchboard_testkit::{Engine, TestDb};

use crate::{
    people::{ask, sign_up},
    site::{Site, settings},
};

const KEY: &str = "stand-in-key";
const USER: &str = "stand-in-user";

/// Stand-ins that write down what they are asked for.
#[derive(Default)]
struct Noted(Mutex<Vec<(String, String, Act)>>);

impl StandIns for Noted {
    fn reach(&self) -> &'static str {
        "http://127.0.0.1:1"
    }

    fn is_theirs(&self, key: &SecretString) -> bool {
        key.expose_secret().starts_with(KEY)
    }

    fn key(&self, ending: &str) -> SecretString {
        SecretString::from(format!("{KEY}-{ending}"))
    }

    fn act(&self, key: &SecretString, time_zone: &str, act: Act) -> Result<Vec<String>, String> {
        if matches!(&act, Act::Message { text, .. } if text == "no") {
            return Err("it is not to be".to_owned());
        }
        self.0.lock().unwrap().push((key.expose_secret().to_owned(), time_zone.to_owned(), act));
        Ok(vec!["42".to_owned()])
    }

    fn telephones(&self, ending: &str) -> Telephones {
        Telephones {
            host: "127.0.0.1".to_owned(),
            port: 1,
            certificate: "ab".repeat(32),
            user: format!("{USER}-{ending}"),
            password: SecretString::from("a password"),
        }
    }

    fn are_their_telephones(&self, user: &str) -> bool {
        user.starts_with(USER)
    }

    fn report_to(&self, user: &str, to: &ReportTo, _time_zone: &str) -> Result<(), String> {
        assert!(to.url.starts_with("http://127.0.0.1:1/hooks/") && to.username == user, "{to:?}");
        Ok(())
    }

    fn act_at_telephones(&self, user: &str, act: Act) -> Result<Vec<String>, String> {
        self.0.lock().unwrap().push((user.to_owned(), String::new(), act));
        Ok(vec!["session".to_owned()])
    }
}

#[tokio::test]
async fn without_a_sandbox_the_api_says_so() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let ann = sign_up(&site, "Acme", "ann@example.com").await;
    let shown = ask(&site, "GET", "/api/v1/sandbox", &ann, Value::Null).await.json();
    assert_eq!((shown["available"].as_bool(), shown["scenarios"].as_array().map(Vec::len)), (Some(false), Some(0)));
    for (path, body) in [("connect", json!({})), ("calls", json!({ "scenario": "missed" })), ("messages", json!({}))] {
        let answer = ask(&site, "POST", &format!("/api/v1/sandbox/{path}"), &ann, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("serve --sandbox"));
    }
}

#[tokio::test]
async fn what_is_played_happens_at_the_workspaces_own_connection() {
    let t = TestDb::new(Engine::Sqlite).await;
    let noted = Arc::new(Noted::default());
    let options = HttpOptions { stand_ins: Some(noted.clone()), ..HttpOptions::default() };
    let site = Site::with(&t, settings(), options).await;
    let ann = sign_up(&site, "Acme", "ann@example.com").await;
    let bob = sign_up(&site, "Bolt", "bob@example.com").await;
    let post = async |path: &str, token: &str, body: Value| {
        ask(&site, "POST", &format!("/api/v1/sandbox/{path}"), token, body).await
    };
    let none = post("messages", &ann, json!({})).await;
    assert_eq!((none.status.as_u16(), none.code().as_str()), (409, "conflict"));
    // One of a real account, one of the sandbox, and one of the sandbox in another workspace.
    let mut made = Vec::new();
    for (token, key) in [(&ann, "a real key"), (&ann, "stand-in-key-ann"), (&bob, "stand-in-key-bob")] {
        let new = json!({ "provider": "dialpad", "name": key, "credentials": { "api_key": key } });
        made.push(ask(&site, "POST", "/api/v1/connections", token, new).await.json()["id"].clone());
    }
    let shown = ask(&site, "GET", "/api/v1/sandbox", &ann, Value::Null).await.json();
    assert_eq!((&shown["connection_id"], shown["scenarios"][0].as_str()), (&made[1], Some("answered")));

    let played = post("calls", &ann, json!({ "scenario": "queue", "from": "+14155550199" })).await;
    assert_eq!(played.status, 202, "{played:?}");
    assert_eq!(played.json(), json!({ "connection_id": made[1], "external_ids": ["42"] }));
    assert_eq!(post("history", &ann, json!({ "days": 3, "calls": 9 })).await.status, 202);
    for (path, body, status) in [
        ("calls", json!({ "scenario": "missed", "connection_id": made[0] }), 409),
        ("calls", json!({ "scenario": "missed", "connection_id": made[2] }), 404),
        ("calls", json!({ "scenario": "dance" }), 400),
        ("calls", json!({ "scenario": "missed", "from": "+1" }), 400),
        ("messages", json!({ "text": " " }), 400),
        ("messages", json!({ "text": "no" }), 400),
        ("history", json!({ "days": 61 }), 400),
        ("history", json!({ "calls": 0 }), 400),
    ] {
        assert_eq!(post(path, &ann, body.clone()).await.status, status, "{path} {body}");
    }
    let call = Act::Call { scenario: Scenario::Queue, from: Some("+14155550199".into()), speed: Speed::Live };
    let key = "stand-in-key-ann".to_owned();
    let expected =
        vec![(key.clone(), "UTC".to_owned(), call), (key, "UTC".to_owned(), Act::History { days: 3, calls: 9 })];
    assert_eq!(*noted.0.lock().unwrap(), expected);
    let audit = ask(&site, "GET", "/api/v1/audit?action=sandbox.played", &ann, Value::Null).await.json();
    assert_eq!(audit["data"].as_array().unwrap().len(), 2, "{audit}");
}

#[tokio::test]
async fn a_telephone_system_of_the_sandbox_is_connected_once_and_played_at() {
    let t = TestDb::new(Engine::Sqlite).await;
    let noted = Arc::new(Noted::default());
    let options = HttpOptions { stand_ins: Some(noted.clone()), ..HttpOptions::default() };
    let site = Site::with(&t, settings(), options).await;
    let ann = sign_up(&site, "Acme", "ann@example.com").await;
    let bob = sign_up(&site, "Bolt", "bob@example.com").await;
    let connect = "/api/v1/sandbox/connect?provider=clouducm";
    let made = ask(&site, "POST", connect, &ann, json!({})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["id"].clone();
    assert_eq!(ask(&site, "POST", connect, &ann, json!({})).await.json()["id"], id);
    let shown = ask(&site, "GET", "/api/v1/sandbox", &ann, Value::Null).await.json();
    assert_eq!((&shown["telephones_connection_id"], &shown["connection_id"]), (&id, &Value::Null));
    assert!(shown["telephone_scenarios"].as_array().unwrap().contains(&json!("ring_group")), "{shown}");

    let play = json!({ "scenario": "ring_group", "connection_id": id });
    let played = ask(&site, "POST", "/api/v1/sandbox/calls", &ann, play.clone()).await;
    assert_eq!((played.status.as_u16(), &played.json()["external_ids"][0]), (202, &json!("session")));
    assert_eq!(ask(&site, "POST", "/api/v1/sandbox/calls", &bob, play).await.status, 404);
    let noted = noted.0.lock().unwrap();
    assert!(
        matches!(&noted[..], [(user, _, Act::Call { scenario: Scenario::RingGroup, .. })] if user.starts_with(USER))
    );
}
