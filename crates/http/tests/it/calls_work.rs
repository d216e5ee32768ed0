//! What people do with calls, over the API.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use switchboard_domain::{
    call::{Direction, Phase},
    fact::{LegFact, MomentFact},
    leg::LegDoc,
    merge::Stamp,
};
use switchboard_store::sql::Sql;
use switchboard_testkit::both_engines;

use crate::site::{Answer, Site};

async fn call(site: &Site<'_>, number: u32) -> String {
    let (t, build) = (site.t, site.build());
    let at = t.now() + std::time::Duration::from_secs(number.into());
    t.save(site.scope, &[build.call(number, at)]).await;
    // What the call is computed from again, once somebody writes on it.
    let mut doc = LegDoc::default();
    let said = LegFact {
        direction: Some(Direction::Inbound),
        external_number: Some("+14155550123".into()),
        internal_number: Some("+14155550999".into()),
        started_at: Some(at),
        connected_at: Some(at),
        moment: Some(MomentFact { phase: Phase::Over, name: "hangup".into() }),
        ..LegFact::default()
    };
    doc.apply(Stamp::provider(at), &said, None);
    t.save_legs(site.scope, &[build.leg(number, number, doc)]).await;
    let mut sql = Sql::new("INSERT INTO call_links (connection_id, external_id, tenant_id, call_id) VALUES ");
    let (connection, tenant) = (site.connection.uuid(), site.scope.tenant().uuid());
    let call = build.call_id(number).uuid();
    sql.bind_row(true, [connection.into(), number.to_string().into(), tenant.into(), call.into()]);
    let mut tx = t.db.begin(site.scope).await.unwrap();
    sql.execute(&mut tx.conn()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    build.call_id(number).to_string()
}

async fn ask(site: &Site<'_>, method: &str, path: &str, body: &Value) -> Answer {
    let request = site.request(method, path).header("content-type", "application/json");
    site.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn listed(site: &Site<'_>, query: &str) -> Vec<String> {
    let page = site.get(&format!("/api/v1/calls?{query}")).await.json();
    page["data"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn notes_tags_and_resolutions_are_seen_and_filtered_by(t: &TestDb) {
        let site = Site::new(t).await;
        let (one, two) = (call(&site, 1).await, call(&site, 2).await);
        let path = format!("/api/v1/calls/{one}");
        let answer = ask(&site, "POST", &format!("{path}/notes"), &json!({ "text": "call back" })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let note = answer.json()["notes"][0]["id"].as_str().unwrap().to_owned();
        t.clock.advance(std::time::Duration::from_secs(1));
        let edited = ask(&site, "PATCH", &format!("{path}/notes/{note}"), &json!({ "text": "call back today" })).await.json();
        assert_eq!(edited["notes"][0]["text"], "call back today");
        assert!(edited["notes"][0]["edited_at"].is_string());
        let tagged = ask(&site, "PUT", &format!("{path}/tags"), &json!({ "tags": ["say \"hi\"", "100%"] })).await;
        assert_eq!(tagged.json()["tags"], json!(["100%", "say \"hi\""]), "{tagged:?}");
        let resolved = ask(&site, "POST", &format!("{path}/resolve"), &json!({})).await.json();
        assert_eq!(resolved["resolved"]["by"]["name"], "Test app", "{resolved}");

        assert_eq!(listed(&site, "tag=100%25").await, [one.as_str()]);
        assert_eq!(listed(&site, "tag=say%20%22hi%22").await, [one.as_str()]);
        assert_eq!(listed(&site, "tag=hi").await, [""; 0]);
        assert_eq!(listed(&site, "tag=SAY%20%22hi%22").await, [""; 0]);
        assert_eq!(listed(&site, "is_resolved=true").await, [one.as_str()]);
        assert_eq!(listed(&site, "is_resolved=false").await, [two.as_str()]);
        assert_eq!(listed(&site, "number=%2B14155550123&limit=10").await, [two.as_str(), one.as_str()]);
        assert_eq!(listed(&site, "number=%2B14155550999&status=missed,ended").await, [two.as_str(), one.as_str()]);
        assert_eq!(listed(&site, "outcome=missed").await, [""; 0]);
        assert_eq!(site.get("/api/v1/tags").await.json()["data"][0], json!({ "tag": "100%", "calls": 1 }));
        let shown = site.get(&path).await.json();
        assert_eq!((shown["note_count"].as_i64(), shown["is_resolved"].as_bool()), (Some(1), Some(true)));

        t.clock.advance(std::time::Duration::from_secs(1));
        let gone = ask(&site, "DELETE", &format!("{path}/notes/{note}"), &json!({})).await.json();
        assert_eq!(gone["notes"], json!([]));
        ask(&site, "POST", &format!("{path}/reopen"), &json!({})).await;
        assert_eq!(site.get(&path).await.json()["resolved"], Value::Null);
        let refused = ask(&site, "PUT", &format!("{path}/tags"), &json!({ "tags": ["x".repeat(41)] })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].as_str()), (400, Some("tags")));
    }

    async fn a_link_opens_for_strangers_and_says_why_it_does_not(t: &TestDb) {
        let site = Site::new(t).await;
        let path = format!("/api/v1/calls/{}/shares", call(&site, 1).await);
        let made = ask(&site, "POST", &path, &json!({ "include": ["summary"], "note": "as agreed" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let token = made["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
        let look = async |token: &str| {
            let request = Request::post("/api/v1/shared/look").header("content-type", "application/json");
            site.send(request.body(Body::from(json!({ "token": token }).to_string())).unwrap()).await
        };
        let shown = look(&token).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        let shown = shown.json();
        assert_eq!((shown["note"].as_str(), shown["shared_by"].as_str()), (Some("as agreed"), Some("Test app")));
        assert_eq!((&shown["recordings"], &shown["transcript"]), (&Value::Null, &Value::Null));
        assert!(!shown.to_string().contains("+1415"), "{shown}");
        let listed = site.get(&path).await.json();
        assert_eq!((&listed["data"][0]["look_count"], listed["data"][0].get("url")), (&json!(1), None));

        assert_eq!(look("nonsense").await.code(), "not_found");
        let gone = ask(&site, "DELETE", &format!("{path}/{}", made["id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(gone.status, 204, "{gone:?}");
        let ended = look(&token).await;
        assert_eq!((ended.status.as_u16(), ended.code().as_str()), (410, "link_ended"));
    }
}
