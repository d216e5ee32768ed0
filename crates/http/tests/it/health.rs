//! `/health` and `/`.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::site::Site;

both_engines! {
    async fn it_says_ok_in_the_guides_words(t: &TestDb) {
        let site = Site::new(t).await;
        let health = site.anonymous("GET", "/health").await;
        assert_eq!(health.status, 200);
        let body = health.json();
        assert_eq!((body["status"].as_str(), body["environment"].as_str()), (Some("ok"), Some("test")));
        assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
        assert_eq!(site.anonymous("GET", "/").await.json()["message"], "Switchboard is running");
    }

    async fn without_its_database_it_is_unavailable(t: &TestDb) {
        let site = Site::new(t).await;
        t.db.close().await;
        let health = site.anonymous("GET", "/health").await;
        assert_eq!((health.status.as_u16(), health.json()["status"].as_str()), (503, Some("unavailable")));
        let calls = site.get("/api/v1/calls").await;
        assert_eq!((calls.status.as_u16(), calls.code().as_str()), (503, "unavailable"));
    }
}

#[tokio::test]
async fn the_other_health_tells_what_it_is_connected_to() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    t.clock.advance(Duration::from_secs(90));
    let health = site.anonymous("GET", "/api/health").await;
    let expected = serde_json::json!({
        "status": "ok", "database": "connected", "uptime": 90, "version": env!("CARGO_PKG_VERSION"),
    });
    assert_eq!((health.status.as_u16(), health.json()), (200, expected));
    t.db.close().await;
    let health = site.anonymous("GET", "/api/health").await;
    assert_eq!((health.status.as_u16(), health.json()["database"].as_str()), (503, Some("disconnected")));
}

#[tokio::test]
async fn an_ipv6_network_is_one_address() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let ask = async |address: String| {
        let mut request = Request::head("/health").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 50_000)));
        site.send(request).await.status.as_u16()
    };
    for n in 0..100 {
        assert_eq!(ask(format!("2001:db8:1:1::{n:x}")).await, 200, "{n}");
    }
    assert_eq!(ask("2001:db8:1:1:ffff::1".into()).await, 429);
    assert_eq!(ask("2001:db8:1:2::1".into()).await, 200);
}

#[tokio::test]
async fn one_address_may_ask_a_hundred_times_a_minute() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    for n in 0..100 {
        let method = if n % 2 == 0 { "GET" } else { "HEAD" };
        assert_eq!(site.anonymous(method, "/health").await.status, 200, "{n}");
    }
    t.clock.advance(Duration::from_secs(20));
    let refused = site.anonymous("GET", "/health").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too_many_requests"));
    assert_eq!(refused.header("retry-after"), "40");
    assert_eq!(site.anonymous("HEAD", "/health").await.status, 429);
    t.clock.advance(Duration::from_secs(40));
    assert_eq!(site.anonymous("GET", "/health").await.status, 200);
}
