//! The description: it is the committed one, and every operation in it refuses strangers and hides what is not theirs.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use serde_json::Value;
use switchboard_testkit::{Engine, TestDb};

use crate::{
    records,
    site::{Site, key_of},
};

fn document() -> Value {
    serde_json::to_value(switchboard_http::openapi()).unwrap()
}

/// Method, path and operation of everything described.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    found
}

#[test]
fn the_committed_description_is_the_codes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let mut made = switchboard_http::openapi().to_pretty_json().unwrap();
    made.push('\n');
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(made == committed, "docs/openapi.json is out of date: run this test with UPDATE_OPENAPI=1");
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name() {
    let document = document();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = std::collections::HashSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name), "{method} {path}");
        assert!(operation["responses"]["default"].is_object(), "{method} {path}");
        assert!(operation["summary"].is_string(), "{method} {path}");
    }
}

#[tokio::test]
async fn the_page_tells_of_every_operation_and_problem_and_needs_no_network() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let page = site.anonymous("GET", "/docs").await;
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    for (_, _, operation) in operations(&document()) {
        assert!(html.contains(&format!("id=\"{}\"", operation["operationId"].as_str().unwrap())));
    }
    for code in switchboard_http::problem::Code::ALL {
        assert!(html.contains(&format!("id=\"{}\"", code.as_str())));
    }
    assert!(!html.contains("<script") && !html.contains("src="), "the page brings everything with it");
    assert_eq!(site.anonymous("GET", "/openapi.json").await.json(), document());
}

#[tokio::test]
async fn every_operation_refuses_strangers() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let wrong_key = format!("raw_{}", "f".repeat(64));
    for (method, path, _) in operations(&document()) {
        let path = path.replace("{id}", "00000000-0000-0000-0000-000000000000");
        let missing = site.anonymous(&method, &path).await;
        assert_eq!(missing.code(), "missing_credentials", "{method} {path}");
        let wrong = Request::builder().method(method.as_str()).uri(&path).header("x-app-api-key", &wrong_key);
        let wrong = site.send(wrong.body(Body::empty()).unwrap()).await;
        assert_eq!(wrong.code(), "invalid_credentials", "{method} {path}");
        // The way in is not shorter for those who ask for the answer to be kept.
        let kept = Request::builder().method(method.as_str()).uri(&path).header("idempotency-key", "k");
        assert_eq!(site.send(kept.body(Body::empty()).unwrap()).await.code(), "missing_credentials", "{method} {path}");
    }
}

/// One id of each noun, of the site's tenant.
async fn ids(site: &Site<'_>) -> BTreeMap<&'static str, String> {
    let (t, build) = (site.t, site.build());
    let event = records::event(site, "1").await;
    let job = records::work(site, None, Some("refused")).await;
    let (call, message) = (build.call(1, t.now()), build.message(1, t.now()));
    let (voicemail, recording) = (build.voicemail(1, t.now()), build.recording(1, t.now()));
    let contact = build.contact(1, t.now());
    let ids = BTreeMap::from([
        ("calls", call.record.id.to_string()),
        ("messages", message.record.id.to_string()),
        ("voicemails", voicemail.record.id.to_string()),
        ("recordings", recording.record.id.to_string()),
        ("contacts", contact.record.id.to_string()),
        ("events", event.to_string()),
        ("jobs", job.to_string()),
        ("connections", site.connection.to_string()),
        ("apps", site.app_id.to_string()),
    ]);
    t.save(site.scope, &[call]).await;
    t.save(site.scope, &[message]).await;
    t.save(site.scope, &[voicemail]).await;
    t.save(site.scope, &[recording]).await;
    t.save(site.scope, &[contact]).await;
    ids
}

#[tokio::test]
async fn what_belongs_to_another_tenant_is_not_there() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let t = TestDb::new(engine).await;
        let site = Site::new(&t).await;
        let ids = ids(&site).await;
        let (_, stranger) = key_of(&t, t.tenant("Stranger").await).await;
        let mut tried = 0;
        for (method, path, _) in operations(&document()).into_iter().filter(|(_, path, _)| path.contains("{id}")) {
            let noun = path.split('/').nth(3).unwrap();
            let id = ids.get(noun).unwrap_or_else(|| panic!("give an id of `{noun}` to this test"));
            let uri = path.replace("{id}", id);
            let request = |key: &str| {
                Request::builder()
                    .method(method.as_str())
                    .uri(&uri)
                    .header("x-app-api-key", key)
                    .body(Body::empty())
                    .unwrap()
            };
            let answer = site.send(request(&stranger)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (404, "not_found"),
                "{method} {path}: {answer:?}"
            );
            // The id is right: its owner gets something else than "there is no such".
            if method == "GET" && !path.ends_with("/audio") {
                let own = site.send(request(&site.key)).await;
                assert_ne!(own.status, 404, "{method} {path}: {own:?}");
            }
            tried += 1;
        }
        assert!(tried >= 15, "{tried}");
        t.remove().await;
    }
}
