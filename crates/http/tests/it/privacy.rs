//! Retention, exports and erasures over HTTP: who may, what bad input gets, and the way to the file.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use switchboard_app::scheduler;
use switchboard_domain::ids::TenantId;
use switchboard_store::platform;
use switchboard_testkit::{Build, Engine, TestDb};

use crate::{
    accounts::{Held, Visitor},
    site::{Answer, Site},
};

async fn put(site: &Site<'_>, held: &Held, body: &Value) -> Answer {
    let request = Request::builder().method("PUT").uri("/api/v1/retention");
    let request = request.header("authorization", format!("Bearer {}", held.access));
    let request = request.header("content-type", "application/json");
    site.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_contact_is_exported_and_erased_by_people_only() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let visitor = Visitor::new(&site);
    let held = visitor.sign_up("Beta Corp", "ann@example.com").await;
    let tenant: TenantId = held.body["user"]["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let all = platform::list_tenants(&t.db, None, 10).await.unwrap();
    let (_, scope) = all.into_iter().find(|(held, _)| held.id == tenant).unwrap();
    let connection = t.connection(scope).await;
    let contact = Build::new(&t, scope, connection).contact(7, t.now());
    let (id, number) = (contact.record.id, contact.record.phone.clone().unwrap());
    t.save(scope, &[contact]).await;

    let foreign = site.post(&format!("/api/v1/contacts/{id}/erase"), &json!({ "number": number })).await;
    assert_eq!((foreign.status.as_u16(), foreign.code().as_str()), (403, "forbidden"));
    assert!(foreign.json()["detail"].as_str().unwrap().contains("privacy.write"));
    let elsewhere = Visitor::new(&site).sign_up("Gamma Corp", "eve@example.com").await;
    for action in ["erase", "export"] {
        let path = format!("/api/v1/contacts/{id}/{action}");
        let answer = visitor.post_as(&path, Some(&elsewhere.access), &json!({ "number": number })).await;
        assert_eq!(answer.status, 404, "{action} of another workspace's contact");
    }

    let asked = visitor.post_as(&format!("/api/v1/contacts/{id}/export"), Some(&held.access), &json!({})).await;
    assert_eq!((asked.status.as_u16(), asked.json()["state"].as_str()), (202, Some("making")), "{asked:?}");
    scheduler::run_due(&site.app).await.unwrap();
    let path = format!("/api/v1/exports/{}", asked.json()["id"].as_str().unwrap());
    let made = visitor.get(&path, &held.access).await.json();
    assert_eq!(made["state"], "ready", "{made}");
    let listed = visitor.get("/api/v1/exports", &held.access).await.json();
    assert_eq!(listed["data"][0], made);
    let led = visitor.get(made["file_url"].as_str().unwrap(), &held.access).await;
    assert_eq!(led.status, 302);
    let link = led.header("location").strip_prefix("https://switchboard.example").unwrap().to_owned();
    let file = site.anonymous("GET", &link).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/zip"));
    assert!(file.body.starts_with(b"PK"));
    assert_eq!(visitor.get(&path, &elsewhere.access).await.status, 404);

    let erase = format!("/api/v1/contacts/{id}/erase");
    let wrong = visitor.post_as(&erase, Some(&held.access), &json!({ "number": "+14155550000" })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["field"]), (400, &json!("number")));
    let right = visitor.post_as(&erase, Some(&held.access), &json!({ "number": number })).await;
    assert_eq!(right.status, 202, "{right:?}");
    assert_eq!(visitor.post_as(&erase, Some(&held.access), &json!({ "number": number })).await.status, 409);
    scheduler::run_due(&site.app).await.unwrap();
    assert_eq!(visitor.get(&format!("/api/v1/contacts/{id}"), &held.access).await.status, 404);
    assert_eq!(visitor.get(&path, &held.access).await.status, 404, "the export goes with the contact");
    let said = visitor.get("/api/v1/audit?action=contact.erased", &held.access).await;
    assert_eq!(said.json()["data"].as_array().unwrap().len(), 1, "{said:?}");
    assert!(!String::from_utf8_lossy(&said.body).contains(&number[1..]));
    drop(site);
    t.remove().await;
}

#[tokio::test]
async fn rules_are_shown_to_all_and_set_by_admins_within_bounds() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let shown = site.get("/api/v1/retention").await.json();
    assert_eq!((&shown["plan"], &shown["plan_days"]), (&json!("Starter"), &json!(372)));
    assert_eq!(shown["data"].as_array().unwrap().len(), 6);
    let held = Visitor::new(&site).sign_up("Beta Corp", "ann@example.com").await;
    for (rules, field) in [(json!({ "calls": 0 }), "calls"), (json!({ "events": 6 }), "events")] {
        let refused = put(&site, &held, &json!({ "rules": rules })).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (400, &json!(field)));
    }
    for nonsense in [json!({ "rules": { "cats": 3 } }), json!({ "rules": { "calls": "3" } }), json!({})] {
        assert_eq!(put(&site, &held, &nonsense).await.status, 400, "{nonsense}");
    }
    let set = put(&site, &held, &json!({ "rules": { "calls": 365, "events": null } })).await;
    assert_eq!((set.status.as_u16(), &set.json()["data"][0]["days"]), (200, &json!(365)), "{set:?}");
    let gone = put(&site, &held, &json!({ "rules": { "calls": null } })).await;
    assert_eq!(gone.json()["data"][0]["days"], Value::Null);
    drop(site);
    t.remove().await;
}
