//! The description: it is the committed one, and every operation in it refuses strangers and hides what is not theirs.

use std::{collections::BTreeMap, time::Duration};

use axum::{body::Body, http::Request};
use bytes::Bytes;
use futures::stream;
use serde_json::Value;
use switchboard_app::{
    accounts::{Client, Opening, open_session_in},
    audit::Origin,
    import,
    insights::{
        cards::{self, CardWish},
        lists::{self, ListWish},
    },
    notifications, report_schedules,
};
use switchboard_domain::{ids::ExportId, report_schedule::Every, role::Role, view::Noun};
use switchboard_store::{
    people::{
        invitations::{self, Invitation},
        memberships,
        users::{self, NewUser},
    },
    scorecards::ScorecardItem,
    sql::Sql,
    views::{self, View},
};
use switchboard_testkit::{Engine, TestDb};

use crate::{
    people::sign_up,
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

/// What strangers may do. Everything else of the API asks who they are, in the guard.
const FOR_STRANGERS: [&str; 15] = [
    "sign_up",
    "sign_in",
    "refresh",
    "sign_out",
    "finish_second_factor",
    "get_csrf_token",
    "verify_email",
    "forgot_password",
    "reset_password",
    "get_sign_in_provider",
    "start_provider_sign_in",
    "look_at_invitation",
    "look_at_shared_call",
    // By a signed link, which is all that mail programs have.
    "leave_report_schedule",
    // With a name and a password in it, which make the account; without them it asks for a sign-in.
    "accept_invitation",
];

fn is_for_strangers(operation: &Value) -> bool {
    operation["x-caller"] == "anyone" && operation["operationId"] != "accept_invitation"
}

/// The guard writes `x-caller` where it holds the route: `guard.rs` shows that the one never comes without the other.
#[test]
fn the_guard_holds_every_operation_that_is_not_for_strangers() {
    let mut open = Vec::new();
    for (method, path, operation) in operations(&document()) {
        let (caller, permission) = (operation["x-caller"].as_str(), operation["x-permission"].as_str());
        match (caller, permission) {
            (Some("anyone"), None) => open.push(operation["operationId"].as_str().unwrap().to_owned()),
            (Some("person" | "platform"), None) => {
                assert_eq!(operation["security"], serde_json::json!([{ "bearer": [] }]), "{method} {path}");
            }
            (Some("tenant"), None) | (None, Some(_)) => {}
            _ => panic!("{method} {path} says not who may call it: {caller:?}, {permission:?}"),
        }
        assert_eq!(path.starts_with("/api/v1/admin/"), caller == Some("platform"), "{method} {path}");
    }
    open.sort();
    let mut expected = FOR_STRANGERS;
    expected.sort_unstable();
    assert_eq!(open, expected, "a route that strangers may call belongs into the list, and no other");
}

/// Fills the parameters of a path.
fn filled(path: &str, id: &str) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(match part {
            "{id}" => id,
            // Of something below it; which, no longer matters where that is not there.
            _ if part.starts_with('{') => "00000000-0000-0000-0000-000000000000",
            _ => part,
        });
    }
    filled
}

/// The least body that an operation takes: its required members, with values that mean something.
fn body_of(document: &Value, operation: &Value) -> Option<Value> {
    let schema = operation["requestBody"]["content"]["application/json"].get("schema")?;
    Some(sample(document, schema, 0))
}

fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return sample(document, &document["components"]["schemas"][name], depth);
    }
    if let Some(example) = schema.get("example").or_else(|| schema["enum"].get(0)) {
        return example.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let member = |name: &Value| {
                let name = name.as_str().unwrap();
                (name.to_owned(), sample(document, &schema["properties"][name], depth + 1))
            };
            Value::Object(required.iter().filter(|_| depth < 8).map(member).collect())
        }
        "array" => Value::Array(Vec::new()),
        "boolean" => Value::Bool(true),
        "integer" | "number" => 1.into(),
        _ => "a value that is long enough".into(),
    }
}

fn request(
    document: &Value,
    (method, path, operation): &(String, String, Value),
    id: &str,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut request = Request::builder().method(method.as_str()).uri(filled(path, id));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match body_of(document, operation) {
        Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

#[tokio::test]
async fn every_operation_refuses_strangers() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let wrong_key = format!("raw_{}", "f".repeat(64));
    let document = document();
    let nobody = "00000000-0000-0000-0000-000000000000";
    for of in operations(&document).iter().filter(|(.., operation)| !is_for_strangers(operation)) {
        let (method, path, _) = of;
        let code = async |headers: &[(&str, &str)]| site.send(request(&document, of, nobody, headers)).await.code();
        assert_eq!(code(&[]).await, "missing_credentials", "{method} {path}");
        assert_eq!(code(&[("x-app-api-key", &wrong_key)]).await, "invalid_credentials", "{method} {path}");
        assert_eq!(code(&[("authorization", "Bearer made.up.token")]).await, "invalid_credentials", "{method} {path}");
        // The way in is not shorter for those who ask for the answer to be kept.
        assert_eq!(code(&[("idempotency-key", "k")]).await, "missing_credentials", "{method} {path}");
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
    let (member, session, invitation) = person(site).await;
    let (rule, notification) = notification(site).await;
    let ids = BTreeMap::from([
        ("calls", call.record.id.to_string()),
        ("messages", message.record.id.to_string()),
        ("outgoing-messages", outgoing(site).await),
        ("voicemails", voicemail.record.id.to_string()),
        ("recordings", recording.record.id.to_string()),
        ("contacts", contact.record.id.to_string()),
        ("events", event.to_string()),
        ("jobs", job.to_string()),
        ("connections", site.connection.to_string()),
        ("apps", site.app_id.to_string()),
        ("exports", export(site).await),
        ("imports", import(site).await),
        ("report-schedules", schedule(site, &member).await),
        ("keyword-lists", keywords(site).await),
        ("scorecards", scorecard(site).await),
        ("views", view(site).await),
        ("notifications", notification),
        ("notification-rules", rule),
        ("members", member),
        ("me", session),
        ("invitations", invitation),
        // Whatever it is, only who runs the installation may.
        ("admin", site.scope.tenant().to_string()),
    ]);
    t.save(site.scope, &[call]).await;
    t.save(site.scope, &[message]).await;
    t.save(site.scope, &[voicemail]).await;
    t.save(site.scope, &[recording]).await;
    t.save(site.scope, &[contact]).await;
    ids
}

/// Somebody who works in the site's tenant, their session, and an invitation of theirs.
async fn person(site: &Site<'_>) -> (String, String, String) {
    let t = site.t;
    let user = NewUser {
        id: t.id(),
        email: "owner@example.com".into(),
        full_name: "Olga Ower".into(),
        password_hash: None,
        is_platform_admin: false,
        email_verified_at: None,
        created_at: t.now(),
    };
    let invitation = Invitation {
        id: t.id(),
        email: "somebody@example.com".into(),
        role: Role::Agent,
        invited_by: user.id,
        created_at: t.now(),
        expires_at: t.now() + Duration::from_hours(1),
        accepted_at: None,
        revoked_at: None,
    };
    let mut tx = t.db.begin_platform().await.unwrap();
    users::insert(&mut tx, &user).await.unwrap();
    memberships::insert(&mut tx, site.scope.tenant(), user.id, Role::Owner, t.now()).await.unwrap();
    invitations::insert(&mut tx, site.scope, &invitation, b"a hash").await.unwrap();
    let place = Some((site.scope.tenant(), Role::Owner));
    let opening = Opening { user: user.id, place, is_browser: false, impersonated_by: None };
    let tokens = open_session_in(&site.app, &mut tx, opening, &Client::default()).await.unwrap();
    tx.commit().await.unwrap();
    (user.id.to_string(), tokens.session.to_string(), invitation.id.to_string())
}

/// A file of call records that somebody brought.
async fn import(site: &Site<'_>) -> String {
    let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"src,dst,start,session\n"))]);
    let brought = import::upload(&site.app, site.scope, &Origin::operator("test"), "cdr.csv", body).await.unwrap();
    brought.id.to_string()
}

/// A report that is sent by itself.
async fn schedule(site: &Site<'_>, member: &str) -> String {
    let wish = report_schedules::Wish {
        report: Some(report_schedules::ReportKind::Volume),
        every: Some(Every::Day),
        time: Some("08:00".parse().unwrap()),
        user_ids: Some(vec![member.parse().unwrap()]),
        ..report_schedules::Wish::default()
    };
    let made = report_schedules::create(&site.app, site.scope, wish, &Origin::operator("test")).await.unwrap();
    made.schedule.id.to_string()
}

/// A text that the site's app had sent.
async fn outgoing(site: &Site<'_>) -> String {
    let asked = serde_json::json!({ "from_number": "+14155550100", "to_number": "+14155550123", "text": "hello" });
    let answer = site.post("/api/v1/messages", &asked).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The first rule of the site's tenant, and what it told.
async fn notification(site: &Site<'_>) -> (String, String) {
    let rule = notifications::list_rules(&site.app, site.scope).await.unwrap().swap_remove(0).rule.id;
    let told = notifications::test(&site.app, site.scope, rule, &Origin::operator("test")).await.unwrap();
    (rule.to_string(), told.entry.notification.id.to_string())
}

async fn export(site: &Site<'_>) -> String {
    let t = site.t;
    let id: ExportId = t.id();
    let mut sql = Sql::new("INSERT INTO exports (id, tenant_id, kind, requested_by, created_at) VALUES ");
    let tenant = site.scope.tenant().uuid();
    sql.bind_row(true, [id.uuid().into(), tenant.into(), "contact".into(), "test".into(), t.now().into()]);
    let mut tx = t.db.begin(site.scope).await.unwrap();
    sql.execute(&mut tx.conn()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    id.to_string()
}

/// A list of words that are listened for.
async fn keywords(site: &Site<'_>) -> String {
    let phrases = Some(vec!["refund".to_owned()]);
    let wish = ListWish { name: Some("Money".into()), phrases, ..ListWish::default() };
    lists::create(&site.app, site.scope, wish, &Origin::operator("test")).await.unwrap().list.id.to_string()
}

/// Questions that calls are judged by.
async fn scorecard(site: &Site<'_>) -> String {
    let items = Some(vec![ScorecardItem { question: "Did the agent greet?".into(), weight: 1 }]);
    let wish = CardWish { name: Some("Service".into()), items, ..CardWish::default() };
    cards::create(&site.app, site.scope, wish, &Origin::operator("test")).await.unwrap().id.to_string()
}

/// A view that everybody of the tenant sees.
async fn view(site: &Site<'_>) -> String {
    let now = site.t.now();
    let view = View {
        id: site.t.id(),
        tenant_id: site.scope.tenant(),
        user_id: site.t.id(),
        noun: Noun::Calls,
        name: "All".into(),
        filters: BTreeMap::new(),
        is_shared: true,
        created_at: now,
        updated_at: now,
    };
    let mut tx = site.t.db.begin(site.scope).await.unwrap();
    views::insert(&mut tx.conn(), &view).await.unwrap();
    tx.commit(now).await.unwrap();
    view.id.to_string()
}

/// Asked as the owner of another tenant, who may do everything there, and as its app.
#[tokio::test]
async fn what_belongs_to_another_tenant_is_not_there() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let t = TestDb::new(engine).await;
        let site = Site::new(&t).await;
        let ids = ids(&site).await;
        let (_, key) = key_of(&t, t.tenant("Stranger").await).await;
        let owner = format!("Bearer {}", sign_up(&site, "Strangers", "stranger@example.com").await);
        let document = document();
        let mut tried = 0;
        for of in operations(&document).iter().filter(|(_, path, _)| path.contains("{id}")) {
            let (method, path, operation) = of;
            let noun = path.split('/').nth(3).unwrap();
            let id = ids.get(noun).unwrap_or_else(|| panic!("give an id of `{noun}` to this test"));
            let headers = [("authorization", owner.as_str())];
            let answer = site.send(request(&document, of, id, &headers)).await;
            let expected = if noun == "admin" { (403, "forbidden") } else { (404, "not_found") };
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), expected, "{method} {path}: {answer:?}");
            // An app of that tenant learns no more: what it may not do at all it is told before.
            let answer = site.send(request(&document, of, id, &[("x-app-api-key", &key)])).await;
            assert!(matches!(answer.code().as_str(), "not_found" | "forbidden"), "{method} {path}: {answer:?}");
            // The id is right: its owner gets something else than "there is no such".
            let is_read = method == "GET" && !path.ends_with("/audio") && operation["x-permission"].is_string();
            if is_read {
                let own = site.send(request(&document, of, id, &[("x-app-api-key", &site.key)])).await;
                assert_ne!(own.status, 404, "{method} {path}: {own:?}");
            }
            tried += 1;
        }
        assert!(tried >= 30, "{tried}");
        t.remove().await;
    }
}
