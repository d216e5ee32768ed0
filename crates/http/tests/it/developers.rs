//! The log, its failures and what was refused, as who looks for a fault meets them.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use switchboard_app::{pipeline, reactions::Reactions};
use switchboard_domain::ids::EventId;
use switchboard_store::{platform, work};
use switchboard_testkit::both_engines;

use crate::{
    records::{event, work as work_row},
    site::{HOOK, Site},
};

const RINGING: &str = r#"{"call_id": 101, "state": "ringing", "direction": "inbound", "event_timestamp": 1788000000000,
    "date_started": 1788000000000, "external_number": "+14155550101", "internal_number": "+14155550102"}"#;

/// Delivers a call that rings and has it merged.
async fn ringing(site: &mut Site<'_>) -> EventId {
    site.run_intake();
    let request = Request::post(format!("/hooks/{HOOK}")).header("content-type", "application/json");
    let request = request.header("x-delivery-token", "abc").body(Body::from(RINGING)).unwrap();
    assert_eq!(site.send(request).await.status, 200);
    let list = site.get("/api/v1/events").await.json();
    let id: EventId = list["data"][0]["id"].as_str().unwrap().parse().unwrap();
    pipeline::process_one(&site.app, site.scope, id, Reactions::Off).await.unwrap();
    id
}

/// A key of the site's app that may do only this.
async fn key_for(site: &Site<'_>, scopes: &[&str]) -> String {
    let body = json!({ "key": { "scopes": scopes }, "keep_others": true });
    let answer = site.post(&format!("/api/v1/apps/{}/keys", site.app_id), &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["api_key"].as_str().unwrap().to_owned()
}

async fn get_with(site: &Site<'_>, key: &str, path: &str) -> Value {
    let request = Request::get(path).header("x-app-api-key", key).body(Body::empty()).unwrap();
    site.send(request).await.json()
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn an_event_shows_what_was_sent_what_it_says_and_what_came_of_it(t: &TestDb) {
        let mut site = Site::new(t).await;
        let id = ringing(&mut site).await;
        let shown = site.get(&format!("/api/v1/events/{id}")).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        let shown = shown.json();
        assert_eq!(shown["body"], json!({ "encoding": "json", "content": RINGING }));
        assert_eq!(shown["payload"]["call_id"], 101);
        assert_eq!(shown["verdict"], "unsigned");
        assert_eq!(shown["headers"]["x-delivery-token"], "•••• (3 characters)");
        assert_eq!(shown["facts"][0]["body"]["record"], "leg");
        assert_eq!(shown["facts_error"], Value::Null);
        let record = &shown["records"][0];
        assert_eq!(record["kind"], "call");
        let call = site.get(&format!("/api/v1/calls/{}", record["id"].as_str().unwrap())).await;
        assert_eq!(call.status, 200, "the link leads somewhere");
        let changes = shown["changes"].as_array().unwrap();
        let made = changes.iter().find(|change| change["kind"] == "call").unwrap();
        assert_eq!((&made["verb"], &made["id"], &made["to_state"]), (&json!("created"), &record["id"], &json!("ringing")));

        // From the other end: the events about the call.
        let about = site.get(&format!("/api/v1/events?record_id={}", record["id"].as_str().unwrap())).await.json();
        assert_eq!(ids(&about), [id.to_string()]);
        let none = site.get(&format!("/api/v1/events?record_id={}", t.id::<switchboard_domain::ids::CallId>())).await;
        assert_eq!(none.json()["data"], json!([]));
    }

    async fn who_may_not_read_records_gets_the_event_without_contents(t: &TestDb) {
        let mut site = Site::new(t).await;
        let id = ringing(&mut site).await;
        let key = key_for(&site, &["events.read"]).await;
        let shown = get_with(&site, &key, &format!("/api/v1/events/{id}")).await;
        assert_eq!((&shown["is_withheld"], &shown["event_type"]), (&json!(true), &json!("call.ringing")));
        for field in ["headers", "body", "payload", "facts", "records", "changes"] {
            assert_eq!(shown[field], Value::Null, "{field}");
        }
    }

    async fn events_are_narrowed_by_what_became_of_them(t: &TestDb) {
        let site = Site::new(t).await;
        let dead = event(&site, "dead").await;
        work_row(&site, Some(dead), Some("not understood")).await;
        let retrying = event(&site, "retrying").await;
        work_row(&site, Some(retrying), None).await;
        let pending = event(&site, "pending").await;
        for (status, wanted) in [("dead", dead), ("retrying", retrying), ("pending", pending)] {
            let found = site.get(&format!("/api/v1/events?status={status}")).await.json();
            assert_eq!(ids(&found), [wanted.to_string()], "{status}");
            assert_eq!(found["data"][0]["status"], status);
        }
        // Nobody has moved the cursor.
        assert_eq!(site.get("/api/v1/events?status=processed").await.json()["data"], json!([]));
        let about = site.get("/api/v1/events?external_id=dead,unheard&provider=dialpad").await.json();
        assert_eq!(ids(&about), [dead.to_string()]);
        let later = site.get("/api/v1/events?received_from=2099-01-01T00:00:00Z").await.json();
        assert_eq!(later["data"], json!([]));
        assert_eq!(site.get("/api/v1/events?record_id=nonsense").await.status, 400);
    }

    async fn many_events_are_replayed_by_name_or_by_a_job(t: &TestDb) {
        let site = Site::new(t).await;
        let dead = event(&site, "dead").await;
        let job = work_row(&site, Some(dead), Some("not understood")).await;
        let pending = event(&site, "pending").await;
        let named = site.post("/api/v1/events/replay", &json!({ "ids": [dead, pending] })).await;
        assert_eq!(named.status, 202, "{named:?}");
        assert_eq!(named.json(), json!({ "job_id": null, "replayed": 0, "requeued": 1, "left": 1 }));
        assert_eq!(site.get(&format!("/api/v1/jobs/{job}")).await.json()["state"], "ready");

        let asked = site.post("/api/v1/events/replay", &json!({ "filter": { "event_type": "call.ringing", "external_ids": ["dead"] } })).await;
        let started = asked.json();
        let job = site.get(&format!("/api/v1/jobs/{}", started["job_id"].as_str().unwrap())).await.json();
        assert_eq!((&job["kind"], &job["state"]), (&json!("replay_events"), &json!("ready")));
        assert_eq!(job["payload"]["event_type"], "call.ringing");
        assert!(job["payload"]["received_before"].is_string(), "what comes later was not meant");
        let stranger = t.query_texts("SELECT action FROM audit_log WHERE action = 'event.replayed'").await;
        assert_eq!(stranger.len(), 2, "both are written down");
        for wrong in [json!({}), json!({ "ids": [] }), json!({ "ids": [dead], "filter": {} }), json!({ "filter": { "status": "pending" } })] {
            assert_eq!(site.post("/api/v1/events/replay", &wrong).await.status, 400, "{wrong}");
        }
    }

    async fn dead_jobs_are_requeued_together_or_put_aside(t: &TestDb) {
        let site = Site::new(t).await;
        let one = work_row(&site, None, Some("no answer")).await;
        let two = work_row(&site, None, Some("no answer")).await;
        let three = work_row(&site, None, Some("no answer")).await;
        let counts = site.get("/api/v1/jobs/summary").await.json();
        assert_eq!(counts["data"], json!([{ "kind": "event", "state": "dead", "count": 3 }]));

        let aside = site.post(&format!("/api/v1/jobs/{one}/discard"), &json!({})).await;
        assert_eq!((aside.status.as_u16(), aside.json()["state"].clone()), (200, json!("discarded")));
        let again = site.post(&format!("/api/v1/jobs/{one}/discard"), &json!({})).await;
        assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "conflict"));
        let named = site.post("/api/v1/jobs/requeue", &json!({ "ids": [two] })).await;
        assert_eq!((named.status.as_u16(), named.json()), (202, json!({ "requeued": 1, "has_more": false })));
        let other = site.post("/api/v1/jobs/requeue", &json!({ "kind": "catch_up" })).await;
        assert_eq!(other.json()["requeued"], 0);
        let rest = site.post("/api/v1/jobs/requeue", &json!({})).await;
        assert_eq!(rest.json()["requeued"], 1, "what was put aside stays there");
        let mut reader = t.db.read(site.scope).await.unwrap();
        let job = work::lookup(&mut reader.conn(), site.scope, three).await.unwrap().unwrap();
        assert_eq!((job.state.as_str(), job.attempts), ("ready", 0));
        drop(reader);
        let back = site.post(&format!("/api/v1/jobs/{one}/requeue"), &json!({})).await;
        assert_eq!(back.status, 202, "it can be taken back: {back:?}");
    }

    async fn refused_deliveries_are_shown_to_whose_connection_they_met(t: &TestDb) {
        let site = Site::new(t).await;
        let other = t.tenant("Other").await;
        let theirs = t.connection(other).await;
        for owner in [Some((site.scope.tenant(), site.connection)), Some((other.tenant(), theirs)), None] {
            let rejection = platform::Rejection {
                id: t.id(),
                owner,
                path: "/hooks/…".into(),
                reason: "the signature does not fit".into(),
                address: Some("192.0.2.1".into()),
                headers: json!({ "x-signature": "abc", "user-agent": "curl" }),
                body_bytes: 12,
                received_at: t.now(),
            };
            platform::insert_rejection(&t.db, &rejection).await.unwrap();
        }
        let list = site.get("/api/v1/rejected-deliveries").await.json();
        let rows = list["data"].as_array().unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["connection_id"], site.connection.to_string());
        assert_eq!(rows[0]["reason"], "the signature does not fit");
        assert_eq!(rows[0]["headers"], json!({ "x-signature": "•••• (3 characters)", "user-agent": "curl" }));
        let one = site.get(&format!("/api/v1/rejected-deliveries?connection_id={}", site.connection)).await.json();
        assert_eq!(one["data"].as_array().unwrap().len(), 1);
        let none = site.get(&format!("/api/v1/rejected-deliveries?connection_id={theirs}")).await.json();
        assert_eq!(none["data"], json!([]));
    }
}
