//! What calls' words come to, over the API: lists, scorecards, the switch, and a call that was read.

use axum::body::Body;
use serde_json::{Value, json};
use switchboard_app::insights;
use switchboard_domain::transcript::{LineKind, TranscriptLine};
use switchboard_testkit::both_engines;

use crate::site::{Answer, Site};

async fn ask(site: &Site<'_>, method: &str, path: &str, body: &Value) -> Answer {
    let request = site.request(method, path).header("content-type", "application/json");
    site.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn line(is_agent: bool, content: &str) -> TranscriptLine {
    let (speaker, is_agent) = (None, Some(is_agent));
    TranscriptLine { kind: LineKind::Speech, speaker, is_agent, content: content.into(), at: None, until: None }
}

both_engines! {
    async fn a_call_is_shown_as_it_was_read(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        t.save(site.scope, &[build.call(1, t.now())]).await;
        let path = format!("/api/v1/calls/{}/insights", build.call_id(1));
        let nothing = site.get(&path).await.json();
        assert_eq!((&nothing["insight"], &nothing["analysis"]), (&Value::Null, &Value::Null));
        assert_eq!(nothing["chat"]["is_connected"], json!(false));

        let list = ask(&site, "POST", "/api/v1/keyword-lists", &json!({ "name": "Churn", "phrases": ["refund", "REFUND"] })).await;
        assert_eq!((list.status.as_u16(), &list.json()["keywords"][0]["phrase"]), (201, &json!("refund")));
        let list = format!("/api/v1/keyword-lists/{}", list.json()["id"].as_str().unwrap());
        let mut transcript = build.transcript(1, t.now());
        transcript.record.is_complete = true;
        transcript.record.lines = vec![
            line(true, "Good morning, how can I help you?"),
            line(false, "I am very angry, this is terrible service and I want a refund."),
        ];
        t.save(site.scope, &[transcript]).await;
        insights::read_call(&site.app, site.scope, build.call_id(1)).await.unwrap().unwrap();
        let shown = site.get(&path).await.json();
        assert_eq!(shown["insight"]["sentiment"], json!("negative"), "{shown}");
        assert_eq!(shown["insight"]["turns"][0], json!({ "turn": 0, "speaker": "agent", "score": 0 }));
        let heard = &shown["keywords"][0];
        assert_eq!((&heard["phrase"], &heard["speaker"], &heard["turns"]), (&json!("refund"), &json!("customer"), &json!([1])));

        let changed = ask(&site, "PATCH", &list, &json!({ "speaker": "agent", "is_on": false })).await.json();
        assert_eq!((&changed["speaker"], &changed["is_on"]), (&json!("agent"), &json!(false)));
        let refused = ask(&site, "PATCH", &list, &json!({ "phrases": [] })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].as_str()), (400, Some("phrases")));
        assert_eq!(ask(&site, "DELETE", &list, &json!({})).await.status, 204);
        assert_eq!(site.get(&list).await.status, 404);
        assert_eq!(site.get(&path).await.json()["keywords"], json!([]));
        assert_eq!(ask(&site, "POST", "/api/v1/insights/refresh", &json!({})).await.status, 202);
    }

    async fn scorecards_wait_for_a_chat_server(t: &TestDb) {
        let site = Site::new(t).await;
        let items = json!([{ "question": "Did the agent greet?", "weight": 2 }]);
        let card = ask(&site, "POST", "/api/v1/scorecards", &json!({ "name": "Service", "items": items })).await;
        assert_eq!((card.status.as_u16(), &card.json()["items"]), (201, &items));
        let card = format!("/api/v1/scorecards/{}", card.json()["id"].as_str().unwrap());
        for wrong in [json!([]), json!([{ "question": "?", "weight": 0 }]), json!([{ "question": " ", "weight": 1 }])] {
            let refused = ask(&site, "PATCH", &card, &json!({ "items": wrong })).await;
            assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].as_str()), (400, Some("items")));
        }
        let set = ask(&site, "PATCH", "/api/v1/insights/settings", &json!({ "monthly_tokens": 1_000, "is_on": false })).await;
        assert_eq!((set.status.as_u16(), &set.json()["monthly_tokens"]), (200, &json!(1_000)));
        assert_eq!(site.get("/api/v1/insights/settings").await.json()["is_on"], json!(false));
        t.save(site.scope, &[site.build().call(1, t.now())]).await;
        let analyse = format!("/api/v1/calls/{}/analyse", site.build().call_id(1));
        let off = ask(&site, "POST", &analyse, &json!({})).await;
        assert_eq!((off.status.as_u16(), off.code().as_str()), (409, "conflict"));
        assert_eq!(ask(&site, "DELETE", &card, &json!({})).await.status, 204);
    }
}
