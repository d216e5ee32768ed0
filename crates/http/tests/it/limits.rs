//! Rate limits as clients meet them.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use switchboard_app::{
    AppSettings,
    limits::{LimitSettings, Quota},
};
use switchboard_http::{AllowedOrigins, HttpOptions};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::site::{Answer, HOOK, Site, key_of, settings};

async fn site(t: &TestDb, limits: LimitSettings) -> Site<'_> {
    Site::with(t, AppSettings { limits, ..settings() }, HttpOptions::default()).await
}

#[expect(clippy::unnecessary_wraps, reason = "settings hold limits that may be absent")]
fn minute(count: u32) -> Option<Quota> {
    Some(Quota::per_minute(count))
}

/// A request from that address, with that key.
async fn from(site: &Site<'_>, address: &str, path: &str, key: &str) -> Answer {
    let mut request = Request::get(path).header("x-app-api-key", key).body(Body::empty()).unwrap();
    let address: IpAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 50_000)));
    site.send(request).await
}

fn is_limited(answer: &Answer, by: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (429, "too_many_requests"), "{answer:?}");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("`{by}`")), "{detail}");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
}

both_engines! {
    async fn a_key_has_a_limit_and_every_answer_tells_of_it(t: &TestDb) {
        let site = site(t, LimitSettings { caller: minute(3), tenant: Some(Quota::per_hour(100)), ..LimitSettings::default() }).await;
        t.execute("UPDATE plans SET limits = '{}'").await;
        let first = site.get("/api/v1/calls").await;
        assert_eq!(first.status, 200);
        assert_eq!(first.header("ratelimit-policy"), "\"key\";q=3;w=60, \"tenant\";q=100;w=3600");
        assert_eq!(first.header("ratelimit"), "\"key\";r=2;t=20, \"tenant\";r=99;t=36");
        let old = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| first.header(name));
        assert_eq!(old, ["3", "2", "20"]);
        // An answer that is an error counts as well.
        assert_eq!(site.get("/api/v1/calls/call_00000000000000000000000000000000").await.header("ratelimit-remaining"), "1");
        assert_eq!(site.get("/api/calls").await.header("ratelimit-remaining"), "0", "the guides' routes are the same");
        let refused = site.get("/api/v1/calls").await;
        is_limited(&refused, "key");
        assert_eq!((refused.header("retry-after"), refused.header("ratelimit-remaining")), ("20", "0"));
        is_limited(&site.get("/api/calls").await, "key");

        let (_, other) = key_of(t, site.scope).await;
        assert_eq!(from(&site, "192.0.2.1", "/api/v1/calls", &other).await.status, 200, "another key, the same tenant");
        t.clock.advance(Duration::from_secs(20));
        assert_eq!(site.get("/api/v1/calls").await.status, 200);
        is_limited(&site.get("/api/v1/calls").await, "key");
    }

    async fn a_key_may_have_a_number_of_its_own(t: &TestDb) {
        let site = site(t, LimitSettings { caller: minute(300), ..LimitSettings::default() }).await;
        t.execute("UPDATE api_keys SET requests_per_minute = 2").await;
        assert_eq!(site.get("/api/v1/calls").await.header("ratelimit-policy"), "\"key\";q=2;w=60");
        assert_eq!(site.get("/api/v1/calls").await.status, 200);
        is_limited(&site.get("/api/v1/calls").await, "key");
    }

    async fn a_tenants_keys_share_what_it_has(t: &TestDb) {
        let site = site(t, LimitSettings { tenant: minute(4), ..LimitSettings::default() }).await;
        t.execute("UPDATE plans SET limits = '{}'").await;
        let (_, second) = key_of(t, site.scope).await;
        for key in [&site.key, &second, &site.key, &second] {
            assert_eq!(from(&site, "192.0.2.1", "/api/v1/calls", key).await.status, 200);
        }
        is_limited(&site.get("/api/v1/calls").await, "tenant");
        let (_, stranger) = key_of(t, t.tenant("Stranger").await).await;
        assert_eq!(from(&site, "192.0.2.1", "/api/v1/calls", &stranger).await.status, 200);
    }
}

#[tokio::test]
async fn guessing_keys_ends_before_the_database_is_asked() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = site(&t, LimitSettings { address: minute(5), ..LimitSettings::default() }).await;
    for n in 0..5 {
        let guess = format!("raw_{n:064}");
        let path = if n % 2 == 0 { "/api/v1/calls" } else { "/api/messages" };
        assert_eq!(from(&site, "2001:db8::1", path, &guess).await.status, 401, "{n}");
    }
    // Any address of the same network, any route, and the right key as well.
    t.db.close().await;
    for path in ["/api/v1/calls", "/api/calls", "/internal/webhooks", "/auth/dialpad/connect", "/ws"] {
        is_limited(&from(&site, "2001:db8::ffff", path, &site.key).await, "address");
    }
    let elsewhere = from(&site, "2001:db8:0:1::1", "/api/v1/calls", &site.key).await;
    assert_eq!(elsewhere.status, 503, "another network is let through, as far as the database");
}

#[tokio::test]
async fn a_client_behind_our_proxy_is_counted_by_its_own_address() {
    let t = TestDb::new(Engine::Sqlite).await;
    let limits = LimitSettings { address: minute(1), ..LimitSettings::default() };
    let options = HttpOptions { trusts_peer: std::sync::Arc::new(|peer| peer.is_loopback()), ..HttpOptions::default() };
    let site = Site::with(&t, AppSettings { limits, ..settings() }, options).await;
    let ask = async |peer: [u8; 4], client: &str| {
        let mut request = site.request("GET", "/api/v1/calls").header("x-forwarded-for", client).body(Body::empty());
        request.as_mut().unwrap().extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 50_000))));
        site.send(request.unwrap()).await.status.as_u16()
    };
    assert_eq!([ask([127, 0, 0, 1], "192.0.2.1").await, ask([127, 0, 0, 1], "192.0.2.2").await], [200, 200]);
    assert_eq!(ask([127, 0, 0, 1], "192.0.2.1").await, 429);
    // Who is no proxy of ours cannot say to be somebody else.
    assert_eq!([ask([203, 0, 113, 1], "192.0.2.3").await, ask([203, 0, 113, 1], "192.0.2.4").await], [200, 429]);
}

#[tokio::test]
async fn a_provider_is_never_refused() {
    let t = TestDb::new(Engine::Sqlite).await;
    let one = minute(1);
    let limits = LimitSettings { address: one, auth: one, signup: one, tenant: one, caller: one, redis: None };
    let mut site = site(&t, limits).await;
    site.run_intake();
    for n in 0..20 {
        let body = format!(r#"{{"call_id":{n},"state":"ringing","direction":"inbound","event_timestamp":1}}"#);
        let answer = site.send(Request::post(format!("/hooks/{HOOK}")).body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit")), (200, ""));
        let unsigned = site.anonymous("POST", "/webhooks/dialpad").await;
        assert_eq!(unsigned.status, 401, "{n}");
    }
    assert_eq!(site.anonymous("GET", "/docs").await.status, 200);
}

#[tokio::test]
async fn limits_that_are_off_say_nothing() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let answer = site.get("/api/v1/calls").await;
    assert_eq!((answer.status.as_u16(), answer.header("ratelimit"), answer.header("ratelimit-limit")), (200, "", ""));
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_limits() {
    let t = TestDb::new(Engine::Sqlite).await;
    let options = HttpOptions {
        allowed_origins: AllowedOrigins::Only(vec!["https://crm.example".into()]),
        ..HttpOptions::default()
    };
    let limits = LimitSettings { caller: minute(1), ..LimitSettings::default() };
    let site = Site::with(&t, AppSettings { limits, ..settings() }, options).await;
    for expected in [200, 429] {
        let request = site.request("GET", "/api/v1/calls").header("origin", "https://crm.example");
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected);
        assert_eq!(answer.header("access-control-allow-origin"), "https://crm.example");
        let exposed: Vec<&str> = answer.header("access-control-expose-headers").split(", ").collect();
        for name in ["ratelimit", "ratelimit-policy", "ratelimit-remaining", "retry-after", "x-request-id"] {
            assert!(exposed.contains(&name), "{name} in {exposed:?}");
        }
    }
}
