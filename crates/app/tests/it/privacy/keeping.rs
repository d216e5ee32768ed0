//! What was kept long enough goes, and a rebuild leaves it gone.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use switchboard_app::{
    jobs::{self, Retention},
    privacy::retention,
    rebuild::{self, Mode},
    replay::{self, Replay},
};
use switchboard_domain::retention::RetentionKind;
use switchboard_store::{media::MediaKey, work};
use switchboard_testkit::{Engine, TestDb, both_engines};

use super::{by, count, files, load, no_difference, told_of_deletion};
use crate::{
    jobs::{Setting, merged},
    support::fixture,
};

both_engines! {
    async fn what_was_kept_long_enough_goes_and_a_rebuild_leaves_it_gone(t: &TestDb) {
        let s = load(t).await;
        let (calls, messages, voicemails) =
            (count(t, "calls").await, count(t, "messages").await, count(t, "voicemails").await);
        run_retention(t, &s).await;
        assert_eq!((count(t, "calls").await, files(&s).await), (calls, 3), "without a rule nothing goes");

        t.clock.advance(Duration::from_hours(40 * 24));
        // Younger than the rule.
        let mut young = fixture("call-01-ringing");
        young["call_id"] = json!(6_421_977_457_180_800_i64);
        for name in ["event_timestamp", "date_started", "date_rang", "date_first_rang"] {
            young[name] = json!(t.now().as_millis());
        }
        s.push(t, &young).await;
        set(&s, &[(RetentionKind::Calls, Some(30))]).await;
        assert_eq!(count(t, "calls").await, calls + 1, "a rule is carried out by the daily run");
        run_retention(t, &s).await;
        assert_eq!((count(t, "calls").await, count(t, "call_legs").await), (1, 1));
        assert_eq!((count(t, "messages").await, count(t, "voicemails").await), (messages, voicemails));
        assert_eq!((count(t, "transcripts").await, count(t, "recordings").await), (0, 1), "the voicemail's audio stays");
        assert_eq!(files(&s).await, 1);
        told_of_deletion(t, &s).await;
        no_difference(&s).await;

        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert_eq!(count(t, "calls").await, 1, "a replay makes nothing again whose time was over");
        no_difference(&s).await;

        set(&s, &[(RetentionKind::Voicemails, Some(10)), (RetentionKind::Messages, Some(30))]).await;
        run_retention(t, &s).await;
        assert_eq!((count(t, "messages").await, count(t, "voicemails").await, files(&s).await), (0, 0, 0));
        assert_eq!(count(t, "call_links").await, 1, "links that were kept for a voicemail go with it");
        no_difference(&s).await;
        s.end().await;
    }

    async fn a_rebuild_starts_from_copies_where_the_log_was_cut(t: &TestDb) {
        let s = load(t).await;
        t.clock.advance(Duration::from_hours(40 * 24));
        // A late word on a call whose first events are about to go.
        s.push(t, &fixture("call-10b-recap_action_items")).await;
        let mut young = fixture("sms-01-inbound");
        young["id"] = json!(6_095_823_680_520_999_i64);
        young["created_date"] = json!(t.now().as_millis());
        young["event_timestamp"] = json!(t.now().as_millis());
        s.push(t, &young).await;
        let before = (count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await);
        let keys = t.query_texts("SELECT CAST(1 AS text) FROM event_keys").await.len();
        set(&s, &[(RetentionKind::Events, Some(7))]).await;
        run_retention(t, &s).await;
        assert_eq!(count(t, "webhook_events").await, 2);
        let kept = t.query_texts("SELECT CAST(1 AS text) FROM event_keys").await.len();
        assert!(kept < keys && kept >= 2, "keys of 40 days ago are gone: {kept} of {keys}");
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await), before);
        no_difference(&s).await;

        // What the log still says is put right; what only the copies know stays.
        t.execute("UPDATE messages SET status = 'failed' WHERE external_id = '6095823680520999'").await;
        let applied = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert_eq!((applied.differing, applied.applied), (1, true));
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "contacts").await), before);
        no_difference(&s).await;
        s.end().await;
    }

    async fn audio_alone_can_go(t: &TestDb) {
        let s = load(t).await;
        t.clock.advance(Duration::from_hours(40 * 24));
        set(&s, &[(RetentionKind::Recordings, Some(30))]).await;
        run_retention(t, &s).await;
        let statuses = t.query_texts("SELECT DISTINCT status FROM recordings").await;
        assert_eq!((statuses, files(&s).await), (vec!["removed".to_owned()], 0));
        assert!(count(t, "calls").await > 1);
        no_difference(&s).await;
        // It is not fetched again.
        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert_eq!(files(&s).await, 0);
        s.end().await;
    }

    async fn a_stray_file_is_found_and_rules_have_bounds(t: &TestDb) {
        let s = load(t).await;
        let key = MediaKey::parse(&format!("{}/{}", s.scope.tenant().uuid(), uuid::Uuid::from_u128(1))).unwrap();
        let mut writer = s.app.media.write(&key, 10);
        tokio::io::AsyncWriteExt::write_all(&mut writer, b"stray").await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(files(&s).await, 4);
        // The file's age is the machine's; the clock of the test goes beyond it.
        t.clock.set("2030-01-01T00:00:00Z".parse().unwrap());
        run_retention(t, &s).await;
        assert_eq!(files(&s).await, 3);

        for (kind, days) in [(RetentionKind::Calls, 0), (RetentionKind::Events, 6), (RetentionKind::Messages, 36_501)] {
            let wishes = [(kind, Some(days))].into();
            assert!(retention::set(&s.app, s.scope, &by(), &wishes).await.is_err(), "{kind} {days}");
        }
        let shown = retention::show(&s.app, s.scope).await.unwrap();
        assert_eq!((shown.plan.as_deref(), shown.plan_days), (Some("Starter"), Some(372)));
        assert!(shown.kinds.iter().all(|kept| kept.days.is_none()));
        s.end().await;
    }
}

#[tokio::test]
async fn a_month_is_dropped_when_every_tenants_rule_has_left_it_behind() {
    let t = TestDb::new(Engine::Postgres).await;
    let s = load(&t).await;
    let stranger = t.tenant("Stranger").await;
    t.clock.set("2026-12-15T00:00:00Z".parse().unwrap());
    let month = async || {
        t.query_texts("SELECT relname::text FROM pg_class WHERE relname = 'webhook_events_2026_08'").await.len()
    };
    set(&s, &[(RetentionKind::Events, Some(30))]).await;
    jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
    s.run_due(&t).await;
    assert_eq!(
        (month().await, count(&t, "webhook_events").await),
        (1, 0),
        "its rows went, the month is the stranger's too"
    );
    retention::set(&s.app, stranger, &by(), &[(RetentionKind::Events, Some(60))].into()).await.unwrap();
    jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
    s.run_due(&t).await;
    assert_eq!(month().await, 0);
    no_difference(&s).await;
    s.end().await;
    t.remove().await;
}

async fn set(s: &Setting, wishes: &[(RetentionKind, Option<i64>)]) {
    let wishes: BTreeMap<_, _> = wishes.iter().copied().collect();
    retention::set(&s.app, s.scope, &by(), &wishes).await.unwrap();
}

async fn run_retention(t: &TestDb, s: &Setting) {
    jobs::add(&s.app, s.scope, &Retention {}).await.unwrap();
    s.run_due(t).await;
    merged(t).await;
}
