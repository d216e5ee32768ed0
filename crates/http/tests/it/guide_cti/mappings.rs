//! `/internal/apps/:app_id/users/…`.

use axum::http::{Method, StatusCode};
use serde_json::json;
use switchboard_testkit::both_engines;

use super::site::Site;

both_engines! {
    async fn users_are_paired_found_both_ways_and_parted(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        let users = format!("/internal/apps/{}/users", client.app_id);
        let pair = |dialpad: serde_json::Value, crm: &str| Some(json!({ "dialpad_user_id": dialpad, "crm_user_id": crm }));
        let saved = site.internal(Method::POST, &format!("{users}/map"), pair(json!(5001), "crm-1")).await;
        assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
        assert_eq!((&saved.body["data"]["dialpad_user_id"], &saved.body["data"]["crm_user_id"]), (&json!("5001"), &json!("crm-1")));
        let again = site.internal(Method::POST, &format!("{users}/map"), pair(json!("5001"), "crm-2")).await;
        assert_eq!(again.body["data"]["id"], saved.body["data"]["id"], "an upsert keeps its id");

        let by_dialpad = site.internal(Method::GET, &format!("{users}/mappings/dialpad/5001"), None).await;
        assert_eq!(by_dialpad.body["data"]["crm_user_id"], "crm-2");
        let by_crm = site.internal(Method::GET, &format!("{users}/mappings/crm/crm-2"), None).await;
        assert_eq!(by_crm.body["data"]["dialpad_user_id"], "5001");
        assert_eq!(site.internal(Method::GET, &format!("{users}/mappings/crm/crm-1"), None).await.status, StatusCode::NOT_FOUND);

        let bad = json!({ "mappings": [{ "dialpad_user_id": 1, "crm_user_id": "a" }, { "dialpad_user_id": -1, "crm_user_id": "b" }] });
        let refused = site.internal(Method::POST, &format!("{users}/batch-map"), Some(bad)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.body["expected"].is_object() && refused.body["message"].as_str().unwrap().contains("mappings[1]"));
        let good = json!({ "mappings": [{ "dialpad_user_id": 1, "crm_user_id": "a" }, { "dialpad_user_id": 2, "crm_user_id": "b" }] });
        assert_eq!(site.internal(Method::POST, &format!("{users}/batch-map"), Some(good)).await.body["count"], 2);
        let list = site.internal(Method::GET, &format!("{users}/mappings"), None).await;
        assert_eq!(list.body["pagination"], json!({ "limit": 100, "offset": 0, "total": 3, "has_more": false }));

        let id = saved.body["data"]["id"].as_str().unwrap();
        let other = site.client("Other").await;
        let foreign = format!("/internal/apps/{}/users/mappings/{id}", other.app_id);
        assert_eq!(site.internal(Method::DELETE, &foreign, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.internal(Method::DELETE, &format!("{users}/mappings/{id}"), None).await.status, StatusCode::OK);
        assert_eq!(site.internal(Method::DELETE, &format!("{users}/mappings/dialpad/2"), None).await.status, StatusCode::OK);
        assert_eq!(site.internal(Method::DELETE, &format!("{users}/mappings/dialpad/2"), None).await.status, StatusCode::NOT_FOUND);
        // A bad integer and a bad UUID are the caller's fault; the original answered 500.
        for (method, path) in [(Method::GET, "dialpad/abc"), (Method::DELETE, "not-a-uuid"), (Method::DELETE, "dialpad/-1")] {
            let refused = site.internal(method, &format!("{users}/mappings/{path}"), None).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        }
    }
}
