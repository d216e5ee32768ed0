//! What calls' words come to, over the API: lists, scorecards, the switch, and a call that was read.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use serde_json::{Value, json};
use switchboard_app::insights;
use switchboard_domain::transcript::{LineKind, TranscriptLine};
use switchboard_store::{TenantScope, platform};
use switchboard_testkit::{Build, both_engines};

use crate::{
    accounts::Visitor,
    site::{Answer, Site},
};

/// An owner: apps change no settings.
struct Owner<'s> {
    site: &'s Site<'s>,
    token: String,
    scope: TenantScope,
}

impl<'s> Owner<'s> {
    async fn new(site: &'s Site<'s>) -> Self {
        let held = Visitor::new(site).sign_up("Acme", "ann@example.com").await;
        let tenant = held.body["user"]["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let all = platform::list_tenants(&site.t.db, None, 10).await.unwrap();
        let scope = all.into_iter().find(|(known, _)| known.id == tenant).unwrap().1;
        Self { site, token: held.access, scope }
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let peer = SocketAddr::from(([192, 0, 2, 1], 40_000));
        let request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let request = request.header("content-type", "application/json");
        self.site.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).await.json()
    }
}

fn line(is_agent: bool, content: &str) -> TranscriptLine {
    let (speaker, is_agent) = (None, Some(is_agent));
    TranscriptLine { kind: LineKind::Speech, speaker, is_agent, content: content.into(), at: None, until: None }
}

both_engines! {
    async fn a_call_is_shown_as_it_was_read(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = Owner::new(&site).await;
        let build = Build::new(t, ann.scope, t.connection(ann.scope).await);
        t.save(ann.scope, &[build.call(1, t.now())]).await;
        let path = format!("/api/v1/calls/{}/insights", build.call_id(1));
        let nothing = ann.get(&path).await;
        assert_eq!((&nothing["insight"], &nothing["analysis"]), (&Value::Null, &Value::Null));
        assert_eq!(nothing["chat"]["is_connected"], json!(false));

        let list = ann.ask("POST", "/api/v1/keyword-lists", &json!({ "name": "Churn", "phrases": ["refund", "REFUND"] })).await;
        assert_eq!((list.status.as_u16(), &list.json()["keywords"][0]["phrase"]), (201, &json!("refund")));
        let list = format!("/api/v1/keyword-lists/{}", list.json()["id"].as_str().unwrap());
        let mut transcript = build.transcript(1, t.now());
        transcript.record.is_complete = true;
        transcript.record.lines = vec![
            line(true, "Good morning, how can I help you?"),
            line(false, "I am very angry, this is terrible service and I want a refund."),
        ];
        t.save(ann.scope, &[transcript]).await;
        insights::read_call(&site.app, ann.scope, build.call_id(1)).await.unwrap().unwrap();
        let shown = ann.get(&path).await;
        assert_eq!(shown["insight"]["sentiment"], json!("negative"), "{shown}");
        assert_eq!(shown["insight"]["turns"][0], json!({ "turn": 0, "speaker": "agent", "score": 0 }));
        let heard = &shown["keywords"][0];
        assert_eq!((&heard["phrase"], &heard["speaker"], &heard["turns"]), (&json!("refund"), &json!("customer"), &json!([1])));

        let changed = ann.ask("PATCH", &list, &json!({ "speaker": "agent", "is_on": false })).await.json();
        assert_eq!((&changed["speaker"], &changed["is_on"]), (&json!("agent"), &json!(false)));
        let refused = ann.ask("PATCH", &list, &json!({ "phrases": [] })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].as_str()), (400, Some("phrases")));
        assert_eq!(ann.ask("DELETE", &list, &json!({})).await.status, 204);
        assert_eq!(ann.ask("GET", &list, &Value::Null).await.status, 404);
        assert_eq!(ann.get(&path).await["keywords"], json!([]));
        assert_eq!(ann.ask("POST", "/api/v1/insights/refresh", &json!({})).await.status, 202);
    }

    async fn the_legs_of_a_call_are_one_transcript_everywhere(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = Owner::new(&site).await;
        let build = Build::new(t, ann.scope, t.connection(ann.scope).await);
        t.save(ann.scope, &[build.call(1, t.now())]).await;
        let list = ann.ask("POST", "/api/v1/keyword-lists", &json!({ "name": "Churn", "phrases": ["refund"] })).await;
        assert_eq!(list.status, 201);
        // The second leg's recording was written down first.
        for (leg, came, second, content) in [(2, 0, 60, "I want a refund."), (1, 5, 0, "You want a refund? I connect you.")] {
            let mut transcript = build.transcript(leg, t.now() + Duration::from_secs(came));
            let line = TranscriptLine { at: Some(t.now() + Duration::from_secs(second)), ..line(leg == 1, content) };
            (transcript.record.is_complete, transcript.record.lines) = (true, vec![line]);
            transcript.record.call_id = build.call_id(1);
            t.save(ann.scope, &[transcript]).await;
        }
        insights::read_call(&site.app, ann.scope, build.call_id(1)).await.unwrap().unwrap();
        let path = format!("/api/v1/calls/{}", build.call_id(1));
        let words = |value: &Value| {
            let lines = value["lines"].as_array().unwrap().iter();
            lines.map(|line| line["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let expected = ["You want a refund? I connect you.", "I want a refund."];
        assert_eq!(words(&ann.get(&path).await["transcript"]), expected);
        let file = ann.get(&format!("{path}/transcript?format=json")).await;
        assert_eq!(words(&file), expected);
        let insights = ann.get(&format!("{path}/insights")).await;
        let turn = |speaker: &str| {
            let heard = insights["keywords"].as_array().unwrap().iter().find(|heard| heard["speaker"] == speaker);
            heard.unwrap()["turns"].clone()
        };
        assert_eq!((turn("agent"), turn("customer")), (json!([0]), json!([1])));
    }

    async fn scorecards_wait_for_a_chat_server(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = Owner::new(&site).await;
        let items = json!([{ "question": "Did the agent greet?", "weight": 2 }]);
        let card = ann.ask("POST", "/api/v1/scorecards", &json!({ "name": "Service", "items": items })).await;
        assert_eq!((card.status.as_u16(), &card.json()["items"]), (201, &items));
        let card = format!("/api/v1/scorecards/{}", card.json()["id"].as_str().unwrap());
        for wrong in [json!([]), json!([{ "question": "?", "weight": 0 }]), json!([{ "question": " ", "weight": 1 }])] {
            let refused = ann.ask("PATCH", &card, &json!({ "items": wrong })).await;
            assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].as_str()), (400, Some("items")));
        }
        let set = ann.ask("PATCH", "/api/v1/insights/settings", &json!({ "monthly_tokens": 1_000, "is_on": false })).await;
        assert_eq!((set.status.as_u16(), &set.json()["monthly_tokens"]), (200, &json!(1_000)));
        assert_eq!(ann.get("/api/v1/insights/settings").await["is_on"], json!(false));
        let build = Build::new(t, ann.scope, t.connection(ann.scope).await);
        let mut transcript = build.transcript(1, t.now());
        transcript.record.is_complete = true;
        t.save(ann.scope, &[build.call(1, t.now())]).await;
        t.save(ann.scope, &[transcript]).await;
        let analyse = format!("/api/v1/calls/{}/analyse", build.call_id(1));
        let off = ann.ask("POST", &analyse, &json!({})).await;
        assert_eq!((off.status.as_u16(), off.code().as_str()), (409, "conflict"));
        assert_eq!(ann.ask("DELETE", &card, &json!({})).await.status, 204);
    }
}
