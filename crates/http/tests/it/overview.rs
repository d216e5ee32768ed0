//! What a person sees first: the day's numbers, a search over everything, views that are kept, and lists as files.

use std::time::Duration;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use switchboard_domain::{
    call::{CallOutcome, CallStatus, Direction},
    ids::ContactId,
};
use switchboard_store::{activity, record::Kept};
use switchboard_testkit::{TestDb, both_engines};

use crate::{
    people::sign_up,
    site::{Answer, Site},
};

type Call = Kept<switchboard_domain::call::Call>;

async fn ask(site: &Site<'_>, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    request = if body.is_some() { request.header("content-type", "application/json") } else { request };
    site.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
}

fn missed(site: &Site<'_>, number: u32, ago: u64, contact: ContactId) -> Call {
    let mut call = site.build().call(number, site.t.now() - Duration::from_mins(ago));
    call.record.status = CallStatus::Missed;
    call.record.outcome = Some(CallOutcome::Missed);
    call.record.duration_seconds = Some(0);
    call.record.contact_id = Some(contact);
    call
}

both_engines! {
    async fn today_is_counted_and_compared(t: &TestDb) {
        let site = Site::new(t).await;
        let empty = site.get("/api/v1/overview").await.json();
        assert_eq!((&empty["today"]["calls"], &empty["today"]["answer_rate"]), (&json!(0), &Value::Null));
        assert_eq!(empty["connections"][0]["state"], "waiting");
        assert_eq!(empty["hours"].as_array().unwrap().len(), 24);

        // The clock of tests may stand shortly after midnight of UTC.
        t.execute("UPDATE tenants SET time_zone = 'UTC'").await;
        t.clock.advance(Duration::from_secs(86_400 - u64::try_from(t.now().as_seconds()).unwrap() % 86_400 + 12 * 3_600));
        let build = site.build();
        let (ann, bob) = (build.contact(1, t.now()), build.contact(2, t.now()));
        let (ann_id, bob_id) = (ann.record.id, bob.record.id);
        t.save(site.scope, &[ann, bob]).await;
        let mut back = build.call(4, t.now() - Duration::from_mins(20));
        back.record.direction = Some(Direction::Outbound);
        back.record.contact_id = Some(bob_id);
        let mut live = build.call(5, t.now() - Duration::from_mins(1));
        (live.record.status, live.record.outcome, live.record.duration_seconds) = (CallStatus::Active, None, None);
        let before = missed(&site, 6, 7 * 24 * 60 + 5, ann_id);
        let later = missed(&site, 7, 7 * 24 * 60 - 60, ann_id);
        let calls = [missed(&site, 1, 60, ann_id), missed(&site, 2, 50, ann_id), missed(&site, 3, 30, bob_id), back, live, before, later];
        t.save(site.scope, &calls).await;
        t.save(site.scope, &[build.message(1, t.now() - Duration::from_mins(5))]).await;
        let mut heard = build.voicemail(2, t.now());
        heard.record.is_heard = true;
        t.save(site.scope, &[build.voicemail(1, t.now()), heard]).await;
        let mut tx = t.db.begin(site.scope).await.unwrap();
        tx.write(vec![activity::heard(site.scope.tenant(), [(site.connection, t.now())])], t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();

        let seen = site.get("/api/v1/overview").await.json();
        let today = &seen["today"];
        assert_eq!((&today["calls"], &today["inbound_calls"], &today["talk_seconds"]), (&json!(5), &json!(4), &json!(30)), "{seen}");
        assert_eq!((&today["answer_rate"], &today["not_returned"]), (&json!(0.0), &json!(1)));
        assert_eq!(today["response"], json!({ "median_seconds": 600, "p90_seconds": 600, "count": 1 }));
        // The later of last week's two lies behind the same time of the day.
        assert_eq!((&seen["last_week"]["calls"], &seen["last_week"]["not_returned"]), (&json!(1), &json!(1)));
        assert_eq!(seen["hours"][11]["last_week"].as_i64().unwrap() + seen["hours"][13]["last_week"].as_i64().unwrap(), 2);
        assert_eq!((&seen["hours"][13]["today"], &seen["live_calls"], &seen["unheard_voicemails"]), (&Value::Null, &json!(1), &json!(1)));
        assert_eq!((&seen["not_returned"][0]["name"], &seen["not_returned"][0]["calls"]), (&json!("Contact 1"), &json!(2)));
        assert_eq!((&seen["connections"][0]["state"], &seen["connections"][0]["last_event_at"]), (&json!("ok"), &json!(t.now())));
        assert_eq!(seen["recent"].as_array().unwrap().len(), 10);
    }

    async fn a_search_finds_a_few_of_each_kind(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        let contact = build.contact(77, t.now());
        let calls: Vec<Call> = (0..8).map(|n| {
            let mut call = build.call(n, t.now() + Duration::from_secs(n.into()));
            call.record.contact_id = Some(contact.record.id);
            call
        }).collect();
        t.save(site.scope, &calls).await;
        t.save(site.scope, &[contact]).await;
        t.save(site.scope, &[build.message(1, t.now())]).await;
        let found = site.get("/api/v1/search?q=0077").await.json();
        assert_eq!((found["contacts"].as_array().unwrap().len(), found["calls"].as_array().unwrap().len()), (1, 5));
        assert_eq!(found["calls"][0]["external_id"], "7");
        assert_eq!(found["messages"], json!([]));
        assert_eq!(site.get("/api/v1/search?q=text&limit=1").await.json()["messages"][0]["text"], "text 1");
        // The lists go on where the search stops.
        let page = site.get("/api/v1/calls?q=contact+77&limit=6").await.json();
        assert_eq!((page["data"].as_array().unwrap().len(), &page["has_more"]), (6, &json!(true)));
        assert_eq!(site.get("/api/v1/contacts?q=nobody").await.json()["data"], json!([]));
        assert_eq!(site.get("/api/v1/calls?q=%21").await.json()["data"], json!([]));
        assert_eq!(site.get(&format!("/api/v1/calls?q={}", "x".repeat(201))).await.code(), "invalid_parameter");
        assert_eq!(site.get("/api/v1/calls?qq=1").await.code(), "invalid_parameter");
    }
}

#[tokio::test]
async fn views_are_ones_own_unless_shared() {
    let t = TestDb::new(switchboard_testkit::Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let owner = sign_up(&site, "Acme Two", "owner@example.com").await;
    let stranger = sign_up(&site, "Strangers", "stranger@example.com").await;
    let view = json!({ "noun": "calls", "name": " Missed today ", "filters": { "status": "missed" } });
    let made = ask(&site, &owner, "POST", "/api/v1/views", Some(&view)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(
        (&made["name"], &made["is_own"], &made["is_shared"]),
        (&json!("Missed today"), &json!(true), &json!(false))
    );
    let path = format!("/api/v1/views/{}", made["id"].as_str().unwrap());

    let change = json!({ "is_shared": true, "filters": { "q": "ann" } });
    assert_eq!(ask(&site, &stranger, "PATCH", &path, Some(&change)).await.code(), "not_found");
    let changed = ask(&site, &owner, "PATCH", &path, Some(&change)).await.json();
    assert_eq!((&changed["name"], &changed["filters"]), (&json!("Missed today"), &json!({ "q": "ann" })));
    let listed = |token: String, noun: &'static str| {
        let site = &site;
        async move {
            ask(site, &token, "GET", &format!("/api/v1/views?noun={noun}"), None).await.json()["data"]
                .as_array()
                .unwrap()
                .len()
        }
    };
    assert_eq!(listed(owner.clone(), "calls").await, 1);
    assert_eq!(listed(owner.clone(), "contacts").await, 0);
    assert_eq!(listed(stranger, "calls").await, 0);

    assert_eq!(site.post("/api/v1/views", &view).await.code(), "forbidden");
    let nameless = json!({ "noun": "calls", "name": " " });
    assert_eq!(ask(&site, &owner, "POST", "/api/v1/views", Some(&nameless)).await.code(), "invalid_body");
    assert_eq!(ask(&site, &owner, "DELETE", &path, None).await.status, 204);
    assert_eq!(listed(owner.clone(), "calls").await, 0);
    let actions: Vec<Value> = ask(&site, &owner, "GET", "/api/v1/audit?target_kind=view", None).await.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].clone())
        .collect();
    assert_eq!(actions, ["view.removed", "view.saved", "view.saved"]);
}

#[tokio::test]
async fn an_export_is_the_whole_list_and_runs_in_no_spreadsheet() {
    let t = TestDb::new(switchboard_testkit::Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let owner = sign_up(&site, "Acme Two", "owner@example.com").await;
    let tenant = t.query_texts("SELECT hex(id) FROM tenants WHERE name = 'Acme Two'").await.remove(0);
    let build = site.build();
    let rows: Vec<_> = (0..450)
        .map(|n| {
            let mut message = build.message(n, t.now() + Duration::from_secs(n.into()));
            message.record.text = Some(if n == 449 { "=cmd|'/c calc'!A1".to_owned() } else { format!("text \"{n}\"") });
            message
        })
        .collect();
    t.save(site.scope, &rows).await;
    // They are given to whom the person who signed up may see.
    t.execute(&format!("UPDATE messages SET tenant_id = x'{tenant}'; UPDATE search_words SET tenant_id = x'{tenant}'"))
        .await;

    let answer =
        ask(&site, &owner, "GET", "/api/v1/messages/export?direction=inbound&from_number=%2B14155550123", None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"messages.csv\"");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 451);
    assert!(lines[0].starts_with("\"id\",\"occurred_at\""), "{}", lines[0]);
    assert!(lines[1].contains("\"'=cmd|'/c calc'!A1\"") && lines[1].contains("\"'+14155550123\""), "{}", lines[1]);
    assert!(lines[450].contains("\"text \"\"0\"\"\""), "{}", lines[450]);
    let none = ask(&site, &owner, "GET", "/api/v1/messages/export?direction=outbound", None).await;
    assert_eq!(String::from_utf8(none.body.to_vec()).unwrap().lines().count(), 1);
    for noun in ["calls", "voicemails", "contacts"] {
        assert_eq!(ask(&site, &owner, "GET", &format!("/api/v1/{noun}/export"), None).await.status, 200, "{noun}");
    }

    // It has no pages, and a key that was not given it may not.
    assert_eq!(ask(&site, &owner, "GET", "/api/v1/messages/export?limit=5", None).await.code(), "invalid_parameter");
    assert_eq!(site.get("/api/v1/messages/export").await.code(), "forbidden");
    let entries = ask(&site, &owner, "GET", "/api/v1/audit?action=records.exported", None).await.json();
    let entry = &entries["data"][4]["details"];
    assert_eq!(
        entry,
        &json!({ "noun": "messages", "format": "csv", "filters": { "direction": "inbound", "from_number": "…" } })
    );
}
