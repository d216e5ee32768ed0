//! Who gets in, and what strangers are told.

use axum::{body::Body, http::Request};
use switchboard_testkit::both_engines;

use crate::site::Site;

both_engines! {
    async fn a_key_opens_in_either_header(t: &TestDb) {
        let site = Site::new(t).await;
        assert_eq!(site.get("/api/v1/calls").await.status, 200);
        let bearer = Request::get("/api/v1/calls").header("authorization", format!("Bearer {}", site.key));
        assert_eq!(site.send(bearer.body(Body::empty()).unwrap()).await.status, 200);
    }

    async fn no_key_and_a_wrong_key_are_told_apart(t: &TestDb) {
        let site = Site::new(t).await;
        let missing = site.anonymous("GET", "/api/v1/calls").await;
        assert_eq!((missing.status.as_u16(), missing.code().as_str()), (401, "missing_credentials"));
        let wrong = Request::get("/api/v1/calls").header("x-app-api-key", format!("raw_{}", "0".repeat(64)));
        let wrong = site.send(wrong.body(Body::empty()).unwrap()).await;
        assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (401, "invalid_credentials"));
        assert_eq!(wrong.header("www-authenticate"), "Bearer");
    }

    async fn an_app_makes_another_and_ends_its_keys(t: &TestDb) {
        let site = Site::new(t).await;
        let made = site.post("/api/v1/apps", &serde_json::json!({ "name": "Second" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let (id, key) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["api_key"].as_str().unwrap().to_owned());
        let other = |key: String| Request::get("/api/v1/apps").header("x-app-api-key", key).body(Body::empty()).unwrap();
        let seen = site.send(other(key.clone())).await;
        assert_eq!(seen.json()["data"].as_array().unwrap().len(), 2);

        let rotated = site.post(&format!("/api/v1/apps/{id}/keys"), &serde_json::json!({ "grace_seconds": 0 })).await;
        assert_eq!(rotated.status, 201, "{rotated:?}");
        assert_eq!(site.send(other(key)).await.status, 401);
        let key = rotated.json()["api_key"].as_str().unwrap().to_owned();
        assert_eq!(site.send(other(key.clone())).await.status, 200);
        assert_eq!(site.get(&format!("/api/v1/apps/{id}")).await.json()["keys"].as_array().unwrap().len(), 1);

        let revoked = site.send(site.request("POST", &format!("/api/v1/apps/{id}/keys/revoke")).body(Body::empty()).unwrap()).await;
        assert_eq!(revoked.status, 200, "{revoked:?}");
        assert_eq!(site.send(other(key)).await.status, 401);
    }
}
