//! The records can be had from the log again, and what somebody spoiled is put right.

use switchboard_app::{
    rebuild::{self, Mode, What},
    replay::{self, Enqueued, Replay},
};
use switchboard_domain::{
    change::{RecordKind, Verb},
    job::JobState,
};
use switchboard_store::{
    changes,
    events::{self, EventFilter},
    work::{self, JobFilter},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::{jobs::Setting, mixed::load, support::fixture};

both_engines! {
    async fn a_rebuild_gives_the_live_tables_and_puts_right_what_was_spoiled(t: &TestDb) {
        let s = load(t).await;
        let mut heard = 0;
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |progress| heard = progress.events).await.unwrap();
        assert_eq!(report.differences, []);
        // Two were delivered twice; the unknown one is dead and was never merged.
        assert_eq!((report.events, report.unreadable), (17, 0));
        assert!(report.rows > 15 && heard == 17, "{report:?}");

        t.execute(
            "UPDATE calls SET status = 'ringing' WHERE external_id = '6421977457180672'; \
             UPDATE call_legs SET doc = '{}' WHERE external_id = '6421977457180672'; \
             DELETE FROM messages; \
             UPDATE call_links SET external_id = 'x' WHERE external_id = '6421977457180672';",
        ).await;
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert!(!report.applied);
        let of = |table: &str| -> Vec<What> {
            report.differences.iter().filter(|d| d.table == table).map(|d| d.what.clone()).collect()
        };
        assert_eq!(of("calls"), [What::Fields(vec!["status"])]);
        assert_eq!(of("call_legs"), [What::Fields(vec!["doc"])]);
        assert_eq!(of("call_links").len(), 2);
        assert!(of("messages").iter().all(|what| *what == What::Missing) && !of("messages").is_empty());

        let applied = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert!(applied.applied);
        assert_eq!(applied.differing, report.differing);
        let again = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(again.differences, []);
        let mut reader = t.db.read(s.scope).await.unwrap();
        let all = changes::list_after(&mut reader.conn(), s.scope, 0, 10_000).await.unwrap();
        drop(reader);
        let resets: Vec<_> = all.iter().filter(|change| change.verb == Verb::Reset).collect();
        assert_eq!(resets.len(), 1);
        assert_eq!(resets[0].kind, RecordKind::Tenant);
        // Live merging goes on from what was put in place.
        s.push(t, &fixture("call-11-calling-outbound")).await;
        let after = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(after.differences, []);
        s.end().await;
    }

    async fn an_apply_without_differences_changes_nothing(t: &TestDb) {
        let s = load(t).await;
        let before = changes::range(&mut t.db.read(s.scope).await.unwrap().conn(), s.scope).await.unwrap();
        let report = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert_eq!((report.differing, report.applied), (0, false));
        let after = changes::range(&mut t.db.read(s.scope).await.unwrap().conn(), s.scope).await.unwrap();
        assert_eq!(before, after);
        s.end().await;
    }

    async fn a_replay_repeats_no_reaction_and_gives_dead_events_another_life(t: &TestDb) {
        let s = load(t).await;
        let jobs_before = jobs_of(t, &s).await;
        let enqueued = replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        assert_eq!(enqueued, Enqueued { replayed: 17, requeued: 1, left: 0 });
        // All of it waits already.
        let again = replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        assert_eq!(again, Enqueued { replayed: 0, requeued: 0, left: 18 });
        // Events that wait for their replay were processed: a rebuild still counts them.
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);

        s.fake.trouble.store(503, std::sync::atomic::Ordering::SeqCst);
        s.run_due(t).await;
        let jobs_after = jobs_of(t, &s).await;
        assert_eq!(jobs_before, jobs_after, "nothing that was set off before is set off again");
        let mut reader = t.db.read(s.scope).await.unwrap();
        let dead =
            JobFilter { states: vec![JobState::Dead], kinds: vec![work::EVENT.to_owned()], ..JobFilter::default() };
        let dead = work::list(&mut reader.conn(), s.scope, &dead, 10).await.unwrap();
        assert_eq!(dead.len(), 1, "the unknown event is dead again");
        drop(reader);
        s.end().await;
    }

    async fn a_replay_keeps_to_what_was_asked_for(t: &TestDb) {
        let s = load(t).await;
        let mut reader = t.db.read(s.scope).await.unwrap();
        let filter = EventFilter { event_type: Some("call.hangup".to_owned()), ..EventFilter::default() };
        let hangups = events::list(&mut reader.conn(), s.scope, &filter, 100).await.unwrap();
        let all = events::list(&mut reader.conn(), s.scope, &EventFilter::default(), 100).await.unwrap();
        drop(reader);
        let some = replay::matching(&s.app, s.scope, &Replay { filter, ..Replay::default() }, |_| {}).await.unwrap();
        assert_eq!(some.replayed, hangups.len() as u64);
        let by_time = |filter: EventFilter| Replay { filter, ..Replay::default() };
        let newest =
            by_time(EventFilter { received_from: Some(all[0].received_at), ..EventFilter::default() });
        assert_eq!(replay::matching(&s.app, s.scope, &newest, |_| {}).await.unwrap().replayed, 1);
        let before_all = Some(all.last().unwrap().received_at);
        let none = by_time(EventFilter { received_before: before_all, ..EventFilter::default() });
        assert_eq!(replay::matching(&s.app, s.scope, &none, |_| {}).await.unwrap(), Enqueued::default());
        // As a job: it takes the same, page by page, and says how far it came.
        let two = Replay { most: Some(2), ..Replay::default() };
        let job = replay::ask(&s.app, s.scope, &two, &crate::dialpad_double::actor()).await.unwrap();
        s.run_due(t).await;
        let mut reader = t.db.read(s.scope).await.unwrap();
        let job = work::lookup(&mut reader.conn(), s.scope, job).await.unwrap().unwrap();
        drop(reader);
        assert_eq!(job.state, JobState::Done, "{job:?}");
        let counted = |name: &str| job.progress.as_ref().unwrap()[name].as_u64().unwrap();
        assert_eq!(counted("replayed") + counted("requeued") + counted("left"), 2, "{job:?}");
        let stranger = t.tenant("Stranger").await;
        assert_eq!(replay::one(&s.app, stranger, all[0].id, &crate::dialpad_double::actor()).await.unwrap(), None);
        s.end().await;
    }
}

/// How many jobs of each kind there are, the events themselves aside.
async fn jobs_of(t: &TestDb, s: &Setting) -> Vec<(String, i64)> {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let counts = work::counts(&mut reader.conn(), s.scope).await.unwrap();
    let mut kinds: Vec<(String, i64)> = Vec::new();
    for count in counts.into_iter().filter(|count| count.kind != work::EVENT) {
        match kinds.iter_mut().find(|(kind, _)| *kind == count.kind) {
            Some((_, n)) => *n += count.count,
            None => kinds.push((count.kind, count.count)),
        }
    }
    kinds
}
