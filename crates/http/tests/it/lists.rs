//! Lists: pages, filters, refusals, tags.

use std::time::Duration;

use axum::body::Body;
use switchboard_testkit::both_engines;

use crate::site::Site;

fn ids(body: &serde_json::Value) -> Vec<String> {
    body["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn pages_stay_right_while_calls_come_in(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        let at = |n: u32| t.now() + Duration::from_secs(n.into());
        t.save(site.scope, &(0..23).map(|n| build.call(n, at(n))).collect::<Vec<_>>()).await;
        let mut seen = Vec::new();
        let mut path = "/api/v1/calls?limit=5".to_owned();
        for n in 100.. {
            let body = site.get(&path).await.json();
            seen.extend(ids(&body));
            t.save(site.scope, &[build.call(n, at(n))]).await;
            let Some(cursor) = body["next_cursor"].as_str() else {
                assert_eq!(body["has_more"], false);
                break;
            };
            path = format!("/api/v1/calls?limit=5&cursor={cursor}");
        }
        let expected: Vec<String> = (0..23).rev().map(|n| build.call_id(n).to_string()).collect();
        assert_eq!(seen, expected);
    }

    async fn filters_narrow_and_unknown_ones_are_refused(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        let mut missed = build.call(1, t.now());
        missed.record.status = switchboard_domain::call::CallStatus::Missed;
        missed.record.from_number = Some("+14155550777".into());
        t.save(site.scope, &[missed, build.call(2, t.now())]).await;
        for query in ["status=missed", "status=missed,ringing,missed", "from_number=%2B14155550777", "updated_since=2026-01-01T00:00:00Z&status=missed"] {
            let body = site.get(&format!("/api/v1/calls?{query}")).await.json();
            assert_eq!(ids(&body), [build.call_id(1).to_string()], "{query}");
        }
        for (query, field) in [
            ("status=bogus", "status"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=x", "limit"),
            ("cursor=AAAA", "cursor"),
            ("updated_since=yesterday", "updated_since"),
            ("contact_id=call_1", "contact_id"),
            ("colour=red", "colour"),
        ] {
            let answer = site.get(&format!("/api/v1/calls?{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "invalid_parameter"), "{query}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(field), "{query}: {detail}");
        }
    }

    async fn a_cursor_does_not_change_its_order(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        t.save(site.scope, &(0..3).map(|n| build.message(n, t.now())).collect::<Vec<_>>()).await;
        let body = site.get("/api/v1/messages?limit=1").await.json();
        let cursor = body["next_cursor"].as_str().unwrap();
        let answer = site.get(&format!("/api/v1/messages?cursor={cursor}&updated_since=2026-01-01T00:00:00Z")).await;
        assert_eq!(answer.code(), "invalid_parameter");
    }

    async fn what_has_not_changed_is_not_sent_again(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        t.save(site.scope, &[build.voicemail(1, t.now())]).await;
        let first = site.get("/api/v1/voicemails").await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""));
        let again = |tag: &str| site.request("GET", "/api/v1/voicemails").header("if-none-match", tag).body(Body::empty()).unwrap();
        let unchanged = site.send(again(&tag)).await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
        t.save(site.scope, &[build.voicemail(2, t.now())]).await;
        assert_eq!(site.send(again(&tag)).await.status, 200);
    }

    async fn every_noun_has_a_list(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        let now = t.now();
        t.save(site.scope, &[build.message(1, now)]).await;
        t.save(site.scope, &[build.contact(1, now)]).await;
        let mut removed = build.voicemail(2, now);
        removed.record.is_removed = true;
        t.save(site.scope, &[build.voicemail(1, now), removed]).await;
        for (path, rows) in [
            ("messages", 1), ("contacts", 1), ("voicemails", 1), ("calls", 0), ("events", 0), ("jobs", 0), ("connections", 1),
            ("apps", 1), ("changes", 0),
        ] {
            let answer = site.get(&format!("/api/v1/{path}")).await;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            assert_eq!(answer.json()["data"].as_array().unwrap().len(), rows, "{path}");
        }
    }
}
