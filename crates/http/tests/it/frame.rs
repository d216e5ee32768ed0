//! What surrounds every route: problems, ids, headers, CORS, maintenance.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, Request, StatusCode},
};
use bytes::Bytes;
use switchboard_http::{AllowedOrigins, HttpOptions};
use switchboard_testkit::{Engine, TestDb};

use crate::site::{Answer, Site, settings};

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

/// The names of an answer's CORS headers.
fn cors_headers(answer: &Answer) -> Vec<&str> {
    answer.headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("access-control-")).collect()
}

fn preflight(origin: &str) -> Request<Body> {
    Request::options("/api/v1/apps")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-csrf-token")
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn only_listed_origins_get_cors_headers() {
    let t = TestDb::new(Engine::Sqlite).await;
    let allowed_origins = AllowedOrigins::Only(vec!["https://crm.example".into(), "https://app.example".into()]);
    let site = Site::with(&t, settings(), HttpOptions { allowed_origins, ..HttpOptions::default() }).await;
    let from = |origin: &str| Request::get("/health").header("origin", origin).body(Body::empty()).unwrap();
    for origin in ["https://crm.example", "https://app.example"] {
        let listed = site.send(from(origin)).await;
        assert_eq!(listed.header("access-control-allow-origin"), origin);
        assert_eq!((listed.header("access-control-allow-credentials"), listed.header("vary")), ("true", "origin"));
        let asked = site.send(preflight(origin)).await;
        assert_eq!((asked.status.as_u16(), asked.header("access-control-max-age")), (204, "86400"));
        assert!(asked.header("access-control-allow-methods").contains("DELETE"));
        assert!(asked.header("access-control-allow-headers").contains("x-csrf-token"));
        assert_eq!(asked.header("access-control-allow-credentials"), "true");
    }
    for foreign in ["https://evil.example", "https://crm.example.evil.example", "http://crm.example", "null"] {
        let answer = site.send(from(foreign)).await;
        assert_eq!((answer.status.as_u16(), cors_headers(&answer)), (200, vec![]), "{foreign}");
        assert_eq!((answer.header("vary"), answer.header("x-content-type-options")), ("origin", "nosniff"));
        let asked = site.send(preflight(foreign)).await;
        assert_eq!((asked.status.as_u16(), cors_headers(&asked)), (405, vec![]), "{foreign}");
    }
    assert_eq!(cors_headers(&site.anonymous("GET", "/health").await), Vec::<&str>::new());
}

#[tokio::test]
async fn any_origin_means_without_credentials() {
    let t = TestDb::new(Engine::Sqlite).await;
    let options = HttpOptions { allowed_origins: AllowedOrigins::Any, ..HttpOptions::default() };
    let site = Site::with(&t, settings(), options).await;
    let answer = site.send(preflight("https://anybody.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

/// As a proxy on this machine passes it on.
fn proxied(method: &str, path: &str, scheme: &str, host: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", host).body(Body::empty()).unwrap();
    request.headers_mut().insert("x-forwarded-proto", scheme.parse().unwrap());
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
    request
}

#[tokio::test]
async fn browsers_are_sent_to_https_and_providers_never() {
    let t = TestDb::new(Engine::Sqlite).await;
    let options = HttpOptions {
        trusts_peer: Arc::new(|peer| peer.is_loopback()),
        is_https: true,
        https_origins: vec!["https://api.example".into(), "https://app.example".into()],
        ..HttpOptions::default()
    };
    let mut site = Site::with(&t, settings(), options).await;
    site.run_intake();
    for (method, path, host, expected) in [
        ("GET", "/docs?a=1&b=%2F", "api.example", "https://api.example/docs?a=1&b=%2F"),
        ("POST", "/api/v1/apps", "api.example:80", "https://api.example/api/v1/apps"),
        ("GET", "/", "APP.example", "https://app.example/"),
        // Nobody chooses the way by a header of theirs.
        ("GET", "/", "evil.example", "https://api.example/"),
        ("GET", "//evil.example/x", "api.example", "https://api.example//evil.example/x"),
    ] {
        let answer = site.send(proxied(method, path, "http", host)).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (308, expected), "{method} {path} {host}");
    }
    for (method, path) in
        [("GET", "/health"), ("HEAD", "/health"), ("POST", "/hooks/hook-token"), ("POST", "/webhooks/dialpad")]
    {
        assert_ne!(site.send(proxied(method, path, "http", "api.example")).await.status, 308, "{method} {path}");
    }
    let secure = site.send(proxied("GET", "/docs", "https", "api.example")).await;
    assert_eq!((secure.status.as_u16(), secure.header("strict-transport-security")), (200, "max-age=31536000"));
    assert_eq!(site.send(proxied("GET", "/docs", "https, http", "api.example")).await.status, 200);
    // Without a word of a proxy of ours nothing is known.
    let mut direct = proxied("GET", "/docs", "http", "api.example");
    direct.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 1], 50_000))));
    assert_eq!(site.send(direct).await.status, 200);
    assert_eq!(site.anonymous("GET", "/docs").await.status, 200);
}

#[tokio::test]
async fn without_https_there_is_no_word_of_it() {
    let t = TestDb::new(Engine::Sqlite).await;
    let options = HttpOptions { trusts_peer: Arc::new(|peer| peer.is_loopback()), ..HttpOptions::default() };
    let site = Site::with(&t, settings(), options).await;
    let answer = site.send(proxied("GET", "/docs", "http", "localhost")).await;
    assert_eq!((answer.status.as_u16(), answer.header("strict-transport-security")), (200, ""));
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let t = TestDb::new(Engine::Sqlite).await;
    let options = HttpOptions { handler_time: Duration::from_millis(50), ..HttpOptions::default() };
    let site = Site::with(&t, settings(), options).await;
    let never = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let request = site.request("POST", "/api/v1/apps").header("content-type", "application/json").body(never);
    let answer = site.send(request.unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (504, "timed_out"));
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
    // Sockets, guides and pages as well; a browser may read why.
    for path in ["/ws", "/api/calls", "/internal/webhooks", "/docs", "/nowhere"] {
        assert_eq!(site.anonymous("GET", path).await.code(), "maintenance", "{path}");
    }
    assert_eq!(site.anonymous("GET", "/health").await.status, 200);
    let delivery = Request::post("/hooks/hook-token").body(Body::from(r#"{"call_id":1,"state":"ringing"}"#)).unwrap();
    assert_eq!(site.send(delivery).await.status, 200);
}
