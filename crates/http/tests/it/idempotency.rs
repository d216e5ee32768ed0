//! The same POST twice.

use std::time::Duration;

use serde_json::json;
use switchboard_testkit::both_engines;

use crate::site::Site;

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
        assert_eq!(found, ["order-1"]);
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
        let begun = switchboard_app::idempotency::begin(&site.app, site.scope, "slow", &parts).await.unwrap();
        let key = [("idempotency-key", "slow")];
        let early = site.post_with("/api/v1/apps", &body, &key).await;
        assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "request_in_progress"));
        let switchboard_app::idempotency::Begun::First(claim) = begun else { panic!("{begun:?}") };
        switchboard_app::idempotency::forget(&site.app, claim).await.unwrap();
        assert_eq!(site.post_with("/api/v1/apps", &body, &key).await.status, 201);
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
