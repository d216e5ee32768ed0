//! Deliveries: what providers hear.

use axum::{body::Body, http::Request};
use switchboard_app::settings::IntakeSettings;
use switchboard_http::HttpOptions;
use switchboard_store::events::{self, EventFilter};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::site::{HOOK, Site, settings};

fn delivery(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.into()).unwrap()
}

const RINGING: &str = r#"{"call_id":101,"state":"ringing","direction":"inbound","event_timestamp":1788000000000}"#;

both_engines! {
    async fn a_delivery_is_answered_when_it_is_on_disk_and_a_second_one_alike(t: &TestDb) {
        let mut site = Site::new(t).await;
        site.run_intake();
        let path = format!("/hooks/{HOOK}");
        for _ in 0..2 {
            let answer = site.send(delivery(&path, RINGING)).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (200, serde_json::json!({ "received": true })));
        }
        let mut reader = t.db.read(site.scope).await.unwrap();
        let stored = events::list(&mut reader.conn(), site.scope, &EventFilter::default(), 10).await.unwrap();
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].body, RINGING.as_bytes());
    }

    async fn strangers_are_refused(t: &TestDb) {
        let mut site = Site::new(t).await;
        site.run_intake();
        let unknown = site.send(delivery("/hooks/another-token", RINGING)).await;
        assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (404, "not_found"));
        // The fixed URL takes signed bodies only.
        let unsigned = site.send(delivery("/webhooks/dialpad", RINGING)).await;
        assert_eq!((unsigned.status.as_u16(), unsigned.code().as_str()), (401, "invalid_credentials"));
    }
}

#[tokio::test]
async fn a_delivery_has_at_most_three_megabytes() {
    let t = TestDb::new(Engine::Sqlite).await;
    let mut site = Site::new(&t).await;
    site.run_intake();
    let answer = site.send(delivery(&format!("/hooks/{HOOK}"), vec![b' '; 3 * 1024 * 1024 + 1])).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "body_too_large"));
}

#[tokio::test]
async fn a_full_queue_says_come_back() {
    let t = TestDb::new(Engine::Sqlite).await;
    let mut small = settings();
    small.intake = IntakeSettings { queue_rows: 1, queue_bytes: 1024 * 1024, batch_rows: 1 };
    // Nobody empties the queue.
    let site = Site::with(&t, small, HttpOptions::default()).await;
    let path = format!("/hooks/{HOOK}");
    let first = site.send(delivery(&path, RINGING));
    let second = async {
        while site.app.intake.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        site.send(delivery(&path, RINGING)).await
    };
    let answer = tokio::select! {
        answer = second => answer,
        answer = first => panic!("nothing can have stored it: {answer:?}"),
    };
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "overloaded"));
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_database_that_is_away_is_never_the_providers_fault() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    t.db.close().await;
    let answer = site.send(delivery(&format!("/hooks/{HOOK}"), RINGING)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "unavailable"));
}
