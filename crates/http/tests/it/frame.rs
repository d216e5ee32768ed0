//! What surrounds every route: problems, ids, headers, CORS, maintenance.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use switchboard_http::{AllowedOrigins, HttpOptions};
use switchboard_testkit::{Engine, TestDb};

use crate::site::{Site, settings};

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let nowhere = site.anonymous("GET", "/nowhere").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code().as_str()), (404, "not_found"));
    let wrong_method = site.anonymous("DELETE", "/api/v1/calls").await;
    assert_eq!((wrong_method.status.as_u16(), wrong_method.code().as_str()), (405, "method_not_allowed"));
    let bad_id = site.get("/api/v1/calls/msg_1").await;
    assert_eq!((bad_id.status.as_u16(), bad_id.code().as_str()), (400, "invalid_parameter"));
    let bad_body = site.post("/api/v1/apps", &serde_json::json!({ "nam": "x" })).await;
    assert_eq!((bad_body.status.as_u16(), bad_body.code().as_str()), (400, "invalid_body"));
    assert!(bad_body.json()["detail"].as_str().unwrap().contains("nam"));
    let form = site.request("POST", "/api/v1/apps").header("content-type", "text/plain").body(Body::from("x"));
    assert_eq!(site.send(form.unwrap()).await.code(), "unsupported_media_type");
    let large = serde_json::json!({ "name": "x".repeat(300_000) });
    assert_eq!(site.post("/api/v1/apps", &large).await.code(), "body_too_large");
}

#[tokio::test]
async fn a_harmless_request_id_is_kept_and_another_is_not() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let ask = |id: &str| Request::get("/health").header("x-request-id", id).body(Body::empty()).unwrap();
    assert_eq!(site.send(ask("trace-0123456789")).await.header("x-request-id"), "trace-0123456789");
    assert!(site.send(ask("a b<script>")).await.header("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn only_listed_origins_get_cors_headers() {
    let t = TestDb::new(Engine::Sqlite).await;
    let allowed_origins = AllowedOrigins::Only(vec!["https://crm.example".into()]);
    let site = Site::with(&t, settings(), HttpOptions { allowed_origins, ..HttpOptions::default() }).await;
    let from = |origin: &str| Request::get("/health").header("origin", origin).body(Body::empty()).unwrap();
    let listed = site.send(from("https://crm.example")).await;
    assert_eq!(listed.header("access-control-allow-origin"), "https://crm.example");
    let foreign = site.send(from("https://evil.example")).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(foreign.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn maintenance_leaves_health_and_webhooks_open() {
    let t = TestDb::new(Engine::Sqlite).await;
    let mut closed = settings();
    closed.maintenance = true;
    let mut site = Site::with(&t, closed, HttpOptions::default()).await;
    site.run_intake();
    let refused = site.get("/api/v1/calls").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "maintenance"));
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(site.anonymous("GET", "/health").await.status, 200);
    let delivery = Request::post("/hooks/hook-token").body(Body::from(r#"{"call_id":1,"state":"ringing"}"#)).unwrap();
    assert_eq!(site.send(delivery).await.status, 200);
}
