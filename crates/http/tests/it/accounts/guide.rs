//! The guide's calls, with the shapes of the original's code.

use futures::future::join_all;
use serde_json::json;
use switchboard_domain::transcript::{LineKind, TranscriptLine};
use switchboard_testkit::{Build, both_engines};

use super::{Held, PASSWORD, Visitor, form, site};

both_engines! {
    async fn signing_up_makes_a_tenant_with_its_admin(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let answer = ann.post("/api/auth/signup", &form("Acme Corp", "Ann@Example.com")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let held = Held::of(&answer);
        let user = &held.body["user"];
        assert_eq!((&user["email"], &user["full_name"], &user["role"]), (&json!("ann@example.com"), &json!("Ann Lee"), &json!("admin")));
        let tenant = &user["tenant"];
        assert_eq!((&tenant["company_name"], &tenant["plan"]), (&json!("Acme Corp"), &json!("starter")));
        assert_eq!(tenant["subdomain"], "acme-corp");
        for id in [&user["id"], &tenant["id"]] {
            assert!(uuid::Uuid::try_parse(id.as_str().unwrap()).is_ok(), "{id}");
        }
        let me = ann.get("/api/auth/me", &held.access).await;
        assert_eq!(me.status, 200, "{me:?}");
        let mut expected = user.clone();
        expected["tenant"]["transcription_enabled"] = true.into();
        expected["tenant"]["sentiment_enabled"] = true.into();
        assert_eq!(me.json(), expected);
    }

    async fn logging_in_refreshing_and_leaving(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let first = ann.sign_up("Acme", "ann@example.com").await;
        let held = Held::of(&ann.log_in("ANN@example.com ", PASSWORD).await);
        assert_eq!(held.body["user"], first.body["user"]);
        assert_ne!(held.access, first.access, "each sign-in is a session of its own");
        let by_bearer = ann.post_bearer("/api/auth/refresh", &held.refresh).await;
        assert_eq!(by_bearer.status, 200, "{by_bearer:?}");
        let next = Held::of(&by_bearer);
        let by_body = ann.post("/api/auth/refresh", &json!({ "refresh_token": next.refresh })).await;
        assert_eq!(by_body.status, 200, "{by_body:?}");
        let last = Held::of(&by_body);
        assert_eq!(ann.post_bearer("/api/auth/logout", &last.access).await.status, 200);
        for token in [&held.access, &next.access, &last.access] {
            assert_eq!(ann.get("/api/auth/me", token).await.status, 401, "dead at once");
        }
        assert_eq!(ann.post_bearer("/api/auth/refresh", &last.refresh).await.status, 401);
        assert_eq!(ann.get("/api/auth/me", &first.access).await.status, 200, "the other session goes on");
    }

    async fn what_the_guides_client_hears_when_it_goes_wrong(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        ann.sign_up("Acme", "ann@example.com").await;
        let refused = async |body: serde_json::Value| {
            let answer = ann.post("/api/auth/signup", &body).await;
            let body = answer.json();
            assert!(body["error"].is_string(), "{body}");
            let fields: Vec<String> = body["errors"].as_array().into_iter().flatten()
                .map(|error| format!("{} {}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
            (answer.status.as_u16(), fields)
        };
        let all = ["company_name required", "full_name required", "email required", "password too_short"];
        assert_eq!(refused(json!({})).await, (400, all.map(str::to_owned).to_vec()));
        assert_eq!(refused(form("Other", "ann@example.com")).await, (400, vec!["email taken".into()]));
        let with = |name: &str, value: serde_json::Value| {
            let mut form = form("Other", "bob@example.com");
            form[name] = value;
            form
        };
        for (name, value, fault) in [
            ("password", json!("short"), "password too_short"),
            ("password", json!("password123"), "password too_common"),
            ("email", json!("bob"), "email invalid"),
            ("company_name", json!("   "), "company_name required"),
            ("company_name", json!("!!!"), "company_name invalid"),
            ("company_name", json!("Acme\u{202e}"), "company_name invalid"),
            ("company_name", json!("a".repeat(201)), "company_name too_long"),
            ("plan", json!("platinum"), "plan unknown"),
        ] {
            assert_eq!(refused(with(name, value)).await, (400, vec![fault.to_owned()]));
        }
        assert_eq!(refused(with("email", json!(7))).await.0, 400);
        assert_eq!(ann.post("/api/auth/login", &json!({ "email": "ann@example.com" })).await.status, 400);
        for (email, password) in [("ann@example.com", "wrong"), ("nobody@example.com", PASSWORD)] {
            let answer = ann.log_in(email, password).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (401, &json!("Invalid credentials")));
        }
        assert_eq!(ann.post("/api/auth/refresh", &json!({})).await.status, 401);
        assert_eq!(ann.post_bearer("/api/auth/refresh", "srt_unknown").await.status, 401);
        assert_eq!(ann.get("/api/stats", "rubbish").await.status, 401);
        // Nothing that was refused left anything behind.
        let answer = ann.post("/api/auth/signup", &with("plan", json!("professional"))).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["user"]["tenant"]["plan"]), (201, &json!("professional")));
        assert_eq!(answer.json()["user"]["tenant"]["subdomain"], "other");
    }

    async fn calls_and_stats_are_the_persons_own(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let empty = ann.get("/api/calls", &held.access).await;
        assert_eq!((empty.status.as_u16(), empty.json()), (200, json!([])));

        let tenant = held.body["user"]["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let scope = switchboard_store::platform::list_tenants(&t.db, None, 10).await.unwrap().into_iter()
            .find(|(known, _)| known.id == tenant).unwrap().1;
        let connection = t.connection(scope).await;
        let build = Build::new(t, scope, connection);
        let at = t.now();
        let mut missed = build.call(2, at + std::time::Duration::from_mins(1));
        missed.record.outcome = Some(switchboard_domain::call::CallOutcome::Missed);
        missed.record.contact_name = Some("Bob".into());
        t.save(scope, &[build.call(1, at), missed]).await;
        let mut transcript = build.transcript(1, at);
        transcript.record.is_complete = true;
        let line = |speaker: &str, content: &str| TranscriptLine {
            kind: LineKind::Speech, speaker: Some(speaker.into()), is_agent: None, content: content.into(), at: None, until: None,
        };
        transcript.record.lines = vec![line("Dana", "Hello"), line("Bob", "Hi")];
        t.save(scope, &[transcript]).await;

        let calls = ann.get("/api/calls?limit=50&offset=0", &held.access).await.json();
        assert_eq!(calls.as_array().unwrap().len(), 2, "{calls}");
        assert_eq!((&calls[0]["disposition"], &calls[0]["caller_name"]), (&json!("NO ANSWER"), &json!("Bob")), "newest first");
        assert_eq!(calls[1], json!({
            "id": build.call_id(1).uuid(), "uniqueid": "1", "src": "+14155550123", "dst": "+14155550999",
            "caller_name": null, "start_time": at, "duration": 35, "billsec": 30, "disposition": "ANSWERED",
            "transcription": "Dana: Hello\nBob: Hi", "sentiment": null, "sentiment_score": null,
        }));
        let page = ann.get("/api/calls?limit=1&offset=1", &held.access).await.json();
        assert_eq!(page, json!([calls[1]]));
        assert_eq!(ann.get("/api/calls?limit=x", &held.access).await.status, 400);
        let stats = ann.get("/api/stats", &held.access).await.json();
        assert_eq!(stats, json!({ "total_calls": 2, "answered_calls": 1, "transcribed_calls": 1 }));

        // Another guide's clients come to the same path with a key, and a stranger hears what they always heard.
        let theirs = site.get("/api/calls").await.json();
        assert!(theirs["calls"].is_array() && theirs["pagination"].is_object(), "{theirs}");
        assert_eq!(site.anonymous("GET", "/api/calls").await.status, 401);
        let bob = ann.sign_up("Other", "bob@example.com").await;
        assert_eq!(ann.get("/api/calls", &bob.access).await.json(), json!([]));
        let stats = ann.get("/api/stats", &bob.access).await.json();
        assert_eq!(stats, json!({ "total_calls": 0, "answered_calls": 0, "transcribed_calls": 0 }));
        let call = format!("/api/v1/calls/{}", calls[0]["id"].as_str().unwrap());
        assert_eq!(ann.get(&call, &held.access).await.status, 200);
        assert_eq!(ann.get(&call, &bob.access).await.status, 404);
    }

    async fn many_sign_ups_at_once(t: &TestDb) {
        let site = site(t).await;
        // From several machines, because one may not ask that often.
        let visitors: Vec<Visitor<'_>> = (1..=6).map(|n| Visitor::at(&site, [198, 51, 100, n])).collect();
        let same_email = join_all(visitors.iter().map(|one| async { one.post("/api/auth/signup", &form("Race", "one@example.com")).await })).await;
        let mut statuses: Vec<u16> = same_email.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400, 400, 400, 400, 400]);
        let same_name = join_all(visitors.iter().enumerate().map(|(n, one)| async move {
            one.sign_up("Race", &format!("racer{n}@example.com")).await
        })).await;
        let mut subdomains: Vec<String> = same_name.iter()
            .map(|held| held.body["user"]["tenant"]["subdomain"].as_str().unwrap().to_owned()).collect();
        subdomains.sort_unstable();
        assert_eq!(subdomains, ["race-1", "race-2", "race-3", "race-4", "race-5", "race-6"]);
    }

    async fn odd_company_names_get_safe_subdomains(t: &TestDb) {
        let site = site(t).await;
        for (n, (company, subdomain)) in [("Müller & Söhne", "muller-sohne"), ("Admin", "tenant-admin"), ("日本電話", "ri-ben-dian-hua"), ("admin", "tenant-admin-1")].into_iter().enumerate() {
            let visitor = Visitor::at(&site, [203, 0, 113, u8::try_from(n).unwrap()]);
            let held = visitor.sign_up(company, &format!("odd{n}@example.com")).await;
            let tenant = &held.body["user"]["tenant"];
            assert_eq!((&tenant["subdomain"], &tenant["company_name"]), (&json!(subdomain), &json!(company)));
        }
    }
}
