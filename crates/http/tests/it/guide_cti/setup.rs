//! Part 3 of the guide, to the letter, and the administration's other routes.

use axum::http::{Method, StatusCode};
use serde_json::json;
use switchboard_testkit::both_engines;

use super::site::{BACKEND, INTERNAL_SECRET, Site};

both_engines! {
    async fn the_guides_part_3_runs_as_written(t: &TestDb) {
        let site = Site::new(t).await;
        let made = site.internal(Method::POST, "/internal/apps", Some(json!({ "name": "My Production App" }))).await;
        assert_eq!(made.status, StatusCode::CREATED);
        assert_eq!(made.body["success"], true);
        assert_eq!(made.body["message"], "App created. Store this API key securely.");
        assert_eq!(made.body["app_name"], "My Production App");
        let key = made.body["api_key"].as_str().unwrap();
        assert!(key.starts_with("raw_") && key.len() == 68);
        for field in ["created_at", "warning", "usage"] {
            assert!(made.body[field].is_string(), "{field}");
        }
        let app_id = made.body["app_id"].as_str().unwrap();
        assert_eq!(app_id.len(), 36, "a bare UUID");
        // Step 2: its SQL (SQLite keeps ids as bytes, see docs/from-your-guide.md).
        let found = match t.engine() {
            switchboard_testkit::Engine::Postgres => t.query_texts(&format!("SELECT name FROM apps WHERE id = '{app_id}'")).await,
            switchboard_testkit::Engine::Sqlite => {
                t.query_texts(&format!("SELECT name FROM apps WHERE id = unhex('{app_id}', '-')")).await
            }
        };
        assert_eq!(found, ["My Production App"]);

        // Step 3.
        let body = json!({ "webhook_url": format!("{BACKEND}/webhooks/dialpad"), "webhook_secret": "f".repeat(64) });
        let create = format!("/internal/webhooks/create?app_id={app_id}");
        let webhook = site.internal(Method::POST, &create, Some(body.clone())).await;
        assert_eq!(webhook.status, StatusCode::CREATED, "{webhook:?}");
        assert_eq!(webhook.body["message"], "Webhook created successfully");
        assert_eq!(webhook.body["hook_url"], format!("{BACKEND}/webhooks/dialpad"));
        assert!(webhook.body["next_step"].as_str().unwrap().starts_with("Create subscriptions for call/SMS events"));
        let webhook_id = webhook.body["webhook_id"].as_i64().expect("a JSON number");

        let list = site.internal(Method::GET, &format!("/internal/webhooks?app_id={app_id}"), None).await;
        assert_eq!((list.status, &list.body["count"]), (StatusCode::OK, &json!(1)));
        assert_eq!(list.body["webhooks"][0]["webhook_id"], webhook_id);
        assert_eq!(list.body["webhooks"][0]["secret"], "***");
        assert!(!list.body.to_string().contains(&"f".repeat(64)));
        // Part 7: SELECT * FROM dialpad_webhooks WHERE app_id = …, on both engines as written.
        let query = format!("SELECT secret FROM dialpad_webhooks WHERE app_id = '{app_id}'");
        assert_eq!(t.query_texts(&query).await, ["***"]);

        let check = site.internal(Method::GET, &format!("/internal/webhooks/check?app_id={app_id}"), None).await;
        assert_eq!(check.body["healthy"], true, "{check:?}");

        // A second company with the same secret there is told what to do instead, and that works.
        let second = site.client("Second").await;
        let create = format!("/internal/webhooks/create?app_id={}", second.app_id);
        let taken = site.internal(Method::POST, &create, Some(body)).await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        assert!(taken.body["message"].as_str().unwrap().contains("leave webhook_url and webhook_secret out"));
        let own = site.internal(Method::POST, &create, None).await;
        assert_eq!(own.status, StatusCode::CREATED, "{own:?}");
        assert!(own.body["hook_url"].as_str().unwrap().starts_with(&format!("{BACKEND}/hooks/")));

        let gone = site.internal(Method::DELETE, &format!("/internal/webhooks/{webhook_id}"), None).await;
        assert_eq!((gone.status, &gone.body["success"]), (StatusCode::OK, &json!(true)));
        let again = site.internal(Method::GET, &format!("/internal/webhooks/{webhook_id}"), None).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }

    async fn dialpads_reason_comes_with_a_502(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        site.dialpad.dialpad().fault(switchboard_sandbox::dialpad::Fault {
            kind: switchboard_sandbox::dialpad::FaultKind::Unauthorized,
            count: 1,
            path: "/api/v2/webhooks".into(),
            method: None,
            retry_after: 1,
            hang_ms: 0,
        });
        let create = format!("/internal/webhooks/create?app_id={}", client.app_id);
        let refused = site.internal(Method::POST, &create, None).await;
        assert_eq!(refused.status, StatusCode::BAD_GATEWAY, "{refused:?}");
        assert_eq!(refused.body["details"]["status"], 401);
        let repaired = site.internal(Method::POST, &format!("/internal/webhooks/repair?app_id={}", client.app_id), None).await;
        assert_eq!(repaired.status, StatusCode::OK, "{repaired:?}");
    }

    async fn the_administrations_routes_take_its_secret_and_nothing_else(t: &TestDb) {
        let site = Site::new(t).await;
        let ask = async |headers: &[(&str, &str)]| site.send(Method::GET, "/internal/webhooks?app_id=x", headers, None).await;
        for odd in [&[][..], &[("authorization", "Basic abc")], &[("authorization", "Bearer")]] {
            assert_eq!(ask(odd).await.status, StatusCode::UNAUTHORIZED, "{odd:?}");
        }
        let wrong = ask(&[("authorization", "Bearer guess")]).await;
        assert_eq!((wrong.status, &wrong.body["error"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));
        assert_eq!(wrong.body["message"], "Invalid authentication token");
        let bearer = format!("bearer {INTERNAL_SECRET}");
        assert_eq!(ask(&[("authorization", &bearer)]).await.status, StatusCode::BAD_REQUEST, "x is no UUID");
        let missing = site.internal(Method::GET, "/internal/webhooks", None).await;
        assert_eq!(missing.status, StatusCode::BAD_REQUEST);
        let stranger = format!("/internal/webhooks?app_id={}", uuid::Uuid::nil());
        assert_eq!(site.internal(Method::GET, &stranger, None).await.status, StatusCode::NOT_FOUND);
        for name in [json!({}), json!({ "name": "" }), json!({ "name": 7 }), json!([])] {
            let refused = site.internal(Method::POST, "/internal/apps", Some(name)).await;
            assert_eq!((refused.status, &refused.body["error"]), (StatusCode::BAD_REQUEST, &json!("Invalid request")));
        }
    }

    async fn keys_are_rotated_shown_revoked_and_audited(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        let base = format!("/internal/apps/{}/api-key", client.app_id);
        let status = site.internal(Method::GET, &format!("{base}/status"), None).await;
        assert_eq!((&status.body["has_active_key"], &status.body["last_rotated"]), (&json!(true), &json!("Never")));
        let hint = format!("{}...{}", &client.key[..8], &client.key[64..]);
        assert_eq!(status.body["key_hint"], hint);

        t.clock.advance(std::time::Duration::from_secs(1));
        let rotated = site.internal(Method::POST, &format!("{base}?grace_seconds=0"), None).await;
        assert_eq!(rotated.status, StatusCode::OK, "{rotated:?}");
        assert_eq!(rotated.body["old_key_works_until"], json!(null));
        assert_eq!(site.get(&client, "/api/calls").await.status, StatusCode::UNAUTHORIZED);
        let new = rotated.body["api_key"].as_str().unwrap();
        let asked = site.send(Method::GET, "/api/calls", &[("x-app-api-key", new)], None).await;
        assert_eq!(asked.status, StatusCode::OK);

        t.clock.advance(std::time::Duration::from_secs(1));
        let revoked = site.internal(Method::POST, &format!("{base}/revoke"), None).await;
        assert!(revoked.body["revoked_at"].is_string());
        let asked = site.send(Method::GET, "/api/calls", &[("x-app-api-key", new)], None).await;
        assert_eq!(asked.body["message"], "Invalid API key");
        let audit = site.internal(Method::GET, &format!("{base}/audit?limit=2"), None).await;
        assert_eq!((&audit.body["total"], &audit.body["limit"]), (&json!(3), &json!(2)));
        let actions: Vec<_> = audit.body["audit_log"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect();
        assert_eq!(actions, [json!("revoked"), json!("rotated")]);
        assert_eq!(audit.body["audit_log"][1]["old_key_hint"], hint);
        let status = site.internal(Method::GET, &format!("{base}/status"), None).await;
        assert_eq!(status.body["has_active_key"], false);
        assert!(status.body["action_needed"].is_string());
    }
}
