//! The same POST twice.

use std::time::Duration;

use axum::{body::Body, http::Request};
use serde_json::json;
use switchboard_testkit::both_engines;

use crate::{
    accounts::Visitor,
    site::{Site, key_of},
};

both_engines! {
    async fn a_repeated_request_is_done_once_and_answered_alike(t: &TestDb) {
        let site = Site::new(t).await;
        let key = [("idempotency-key", "order-1")];
        let first = site.post_with("/api/v1/apps", &json!({ "name": "Once" }), &key).await;
        let second = site.post_with("/api/v1/apps", &json!({ "name": "Once" }), &key).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201), "{first:?} {second:?}");
        assert_eq!(first.body, second.body);
        assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
        assert_eq!(site.get("/api/v1/apps").await.json()["data"].as_array().unwrap().len(), 2);

        // The answer shows an API key, which is kept nowhere in the clear.
        let secret = first.json()["api_key"].as_str().unwrap().to_owned();
        let found = t.query_texts("SELECT key FROM idempotency_keys").await;
        assert!(found.len() == 1 && found[0].ends_with("/order-1"), "{found:?}");
        let column = if t.engine() == switchboard_testkit::Engine::Sqlite { "hex(body)" } else { "upper(encode(body, 'hex'))" };
        let kept = t.query_texts(&format!("SELECT {column} FROM idempotency_keys")).await.remove(0);
        let hex: String = hex::encode_upper(&secret);
        assert!(!kept.contains(&hex));
    }

    async fn a_key_belongs_to_one_request_for_a_day(t: &TestDb) {
        let site = Site::new(t).await;
        let key = [("idempotency-key", "order-1")];
        site.post_with("/api/v1/apps", &json!({ "name": "One" }), &key).await;
        let other = site.post_with("/api/v1/apps", &json!({ "name": "Two" }), &key).await;
        assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "idempotency_key_reused"));
        t.clock.advance(Duration::from_hours(24));
        assert_eq!(site.post_with("/api/v1/apps", &json!({ "name": "Two" }), &key).await.status, 201);
    }

    async fn a_request_under_way_is_not_begun_again(t: &TestDb) {
        let site = Site::new(t).await;
        let body = json!({ "name": "Slow" });
        let parts: [&[u8]; 2] = [b"/api/v1/apps", body.to_string().as_bytes()].map(|part| part.to_vec().leak() as &[u8]);
        let actor = switchboard_app::access::authenticate_key(&site.app, &site.key).await.unwrap().actor();
        let begun = switchboard_app::idempotency::begin(&site.app, site.scope, &actor, "slow", &parts).await.unwrap();
        let key = [("idempotency-key", "slow")];
        let early = site.post_with("/api/v1/apps", &body, &key).await;
        assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "request_in_progress"));
        let switchboard_app::idempotency::Begun::First(claim) = begun else { panic!("{begun:?}") };
        switchboard_app::idempotency::forget(&site.app, claim).await.unwrap();
        assert_eq!(site.post_with("/api/v1/apps", &body, &key).await.status, 201);
    }

    /// Two callers of one workspace that happen on the same key are two requests, and neither sees the other's answer.
    async fn a_key_is_its_callers(t: &TestDb) {
        let site = Site::new(t).await;
        let (_, other) = key_of(t, site.scope).await;
        let body = json!({ "name": "Once" });
        let key = [("idempotency-key", "order-1")];
        let ours = site.post_with("/api/v1/apps", &body, &key).await;
        let request = Request::builder().method("POST").uri("/api/v1/apps").header("x-app-api-key", &other);
        let request = request.header("content-type", "application/json").header("idempotency-key", "order-1");
        let theirs = site.send(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!((theirs.status.as_u16(), theirs.header("idempotent-replayed")), (201, ""), "{theirs:?}");
        assert_ne!(ours.json()["api_key"], theirs.json()["api_key"]);
    }

    async fn whoever_may_do_it_by_now_is_not_told_what_they_might_not(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let ask = async || {
            let request = Request::builder().method("POST").uri("/api/v1/apps").header("content-type", "application/json");
            let request = request.header("authorization", format!("Bearer {}", ann.access)).header("idempotency-key", "order-1");
            site.send(request.body(Body::from(json!({ "name": "Once" }).to_string())).unwrap()).await
        };
        let role = async |role: &str| {
            t.execute(&format!("UPDATE memberships SET role = '{role}'")).await;
            site.app.accounts.forget();
        };
        role("viewer").await;
        assert_eq!(ask().await.status, 403);
        role("owner").await;
        assert_eq!(ask().await.status, 201);
        // And the other way round: an answer that was given is theirs who asked, whatever they may do by now.
        let again = ask().await;
        assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    }

    async fn refusals_are_repeated_alike(t: &TestDb) {
        let site = Site::new(t).await;
        let key = [("idempotency-key", "bad")];
        let first = site.post_with("/api/v1/apps", &json!({ "name": "" }), &key).await;
        let second = site.post_with("/api/v1/apps", &json!({ "name": "" }), &key).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (400, 400));
        assert_eq!(second.header("content-type"), "application/problem+json");
        assert_eq!(second.header("idempotent-replayed"), "true");
    }
}
