//! `/health` and `/`.

use std::time::Duration;

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
