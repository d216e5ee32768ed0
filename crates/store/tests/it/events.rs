//! Finding events again, in parts and by what became of them; and which changes a moment made.

use std::time::Duration;

use bytes::Bytes;
use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    event::Source,
    ids::{CallId, ConnectionId, EventId, JobId},
    job::JobState,
};
use switchboard_store::{
    Appender, Engine, TenantScope, changes,
    events::{self, EventFilter, NewEvent, Part},
    sql::Sql,
    work::{self, NewWork},
};
use switchboard_testkit::{TestDb, both_engines};

fn event(t: &TestDb, scope: TenantScope, connection: ConnectionId, external_id: &str) -> NewEvent {
    NewEvent {
        id: t.id(),
        tenant_id: scope.tenant(),
        connection_id: connection,
        provider: "dialpad",
        delivery_id: t.id(),
        item_index: 0,
        event_type: "call.ringing".into(),
        lane: external_id.into(),
        dedup_key: t.random.array(),
        external_id: Some(external_id.into()),
        source: Source::Push,
        occurred_at: None,
        received_at: t.now(),
        normalize_version: 1,
        headers: "{}".into(),
        body: Bytes::from_static(b"{\"call_id\":7}"),
        context: None,
    }
}

/// `count` events a millisecond apart; every tenth is about `rare`. Their ids, the oldest first.
async fn fill(t: &TestDb, scope: TenantScope, count: usize) -> Vec<EventId> {
    let connection = t.connection(scope).await;
    let mut rows = Vec::new();
    for n in 0..count {
        t.clock.advance(Duration::from_millis(1));
        rows.push(event(t, scope, connection, if n % 10 == 9 { "rare" } else { "common" }));
    }
    let ids = rows.iter().map(|row| row.id).collect();
    let mut appender = Appender::new(&t.db);
    for some in rows.chunks(500) {
        appender.append(some).await.unwrap();
    }
    ids
}

/// Dead work that stands for an event.
async fn dead(t: &TestDb, scope: TenantScope, event: EventId) -> JobId {
    let row = NewWork {
        id: t.id(),
        tenant_id: scope.tenant(),
        kind: work::EVENT.to_owned(),
        lane: event.to_string(),
        payload: serde_json::json!({}),
        event_id: Some(event),
        dead_because: Some("not understood".into()),
        is_bulk: false,
        run_at: t.now(),
        attempts: 1,
        max_attempts: 6,
        unique_key: None,
    };
    let id = row.id;
    let mut tx = t.db.begin(scope).await.unwrap();
    work::insert(&mut tx.conn(), &[row], t.now()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    id
}

both_engines! {
    async fn a_rare_event_is_found_by_following_pages_that_each_look_at_a_little(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ids = fill(t, scope, 30).await;
        fill(t, t.tenant("Other").await, 10).await;
        let wanted: Vec<EventId> = [29, 19, 9].map(|n| ids[n]).to_vec();
        let mut reader = t.db.read(scope).await.unwrap();
        let conn = &mut reader.conn();
        for oldest_first in [false, true] {
            let mut filter =
                EventFilter { external_ids: vec!["rare".into()], oldest_first, ..EventFilter::default() };
            let (mut found, mut pages) = (Vec::new(), 0);
            loop {
                let page = events::search_among(conn, scope, &filter, Part::All, 7, 2).await.unwrap();
                found.extend(page.events.iter().map(|event| event.id));
                pages += 1;
                let Some(next) = page.next else { break };
                filter.cursor = Some(next);
            }
            if oldest_first {
                found.reverse();
            }
            assert_eq!(found, wanted);
            assert!(pages >= 4, "7 rows at a time are at least 4 pages, not {pages}");
        }
    }

    async fn a_page_says_how_long_each_body_is_and_ends_where_the_log_does(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ids = fill(t, scope, 3).await;
        let mut reader = t.db.read(scope).await.unwrap();
        let conn = &mut reader.conn();
        let all = EventFilter::default();
        let page = events::search(conn, scope, &all, Part::All, 2).await.unwrap();
        assert_eq!(page.events.iter().map(|event| event.body_bytes).collect::<Vec<_>>(), [13, 13]);
        assert_eq!(page.next, Some(ids[1]));
        let rest = EventFilter { cursor: page.next, ..all };
        let page = events::search(conn, scope, &rest, Part::All, 2).await.unwrap();
        assert_eq!((page.events.len(), page.next), (1, None));
    }

    async fn failed_events_are_listed_in_their_order_and_not_what_was_put_aside(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ids = fill(t, scope, 4).await;
        // The work comes in another order than the events.
        for event in [ids[2], ids[0], ids[3]] {
            dead(t, scope, event).await;
        }
        let aside = dead(t, scope, ids[1]).await;
        let mut tx = t.db.begin(scope).await.unwrap();
        assert!(work::discard(&mut tx.conn(), scope, aside, t.now()).await.unwrap());
        assert!(!work::discard(&mut tx.conn(), scope, aside, t.now()).await.unwrap(), "it is not dead any more");
        tx.commit(t.now()).await.unwrap();

        let mut reader = t.db.read(scope).await.unwrap();
        let conn = &mut reader.conn();
        let all = EventFilter::default();
        let page = events::failed(conn, scope, &all, &[JobState::Dead], 2).await.unwrap();
        assert_eq!(page.events.iter().map(|event| event.id).collect::<Vec<_>>(), [ids[3], ids[2]]);
        let rest = EventFilter { cursor: page.next, ..all };
        let page = events::failed(conn, scope, &rest, &[JobState::Dead], 2).await.unwrap();
        assert_eq!(page.events.iter().map(|event| event.id).collect::<Vec<_>>(), [ids[0]]);
        assert_eq!(page.next, None);
    }

    async fn no_list_of_events_reads_the_whole_log(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ids = fill(t, scope, 3_000).await;
        fill(t, t.tenant("Other").await, 3_000).await;
        for event in ids.iter().step_by(3) {
            dead(t, scope, *event).await;
        }
        t.gather_statistics().await;
        let mut reader = t.db.read(scope).await.unwrap();
        let conn = &mut reader.conn();
        let all = EventFilter::default;
        let hour = Duration::from_hours(1);
        let time = EventFilter { received_from: Some(t.now() - hour), received_before: Some(t.now() + hour), ..all() };
        let (cursor, horizon) = (Some(ids[2_000]), Some(ids[1_000]));
        for (what, filter) in [
            ("all events", all()),
            ("a later page", EventFilter { cursor, ..all() }),
            ("events of a time", time.clone()),
            ("events of a type", EventFilter { event_type: Some("call.hangup".into()), cursor, ..all() }),
            ("events of a provider", EventFilter { provider: Some("dialpad".into()), ..all() }),
            ("events of a connection", EventFilter { connection_id: Some(t.id()), ..all() }),
            ("events about an id", EventFilter { external_ids: vec!["rare".into()], ..all() }),
        ] {
            let plan = events::search_sql(scope, &filter, Part::All, horizon, 50).explain(conn).await.unwrap().join("\n");
            assert_looked_up(t.engine(), "webhook_events", what, &plan);
        }
        for (what, part) in [("waiting events", Part::Behind(1, ids[0].uuid())), ("these events", Part::Only(&ids[1_500..1_520]))] {
            let plan = events::search_sql(scope, &all(), part, horizon, 50).explain(conn).await.unwrap().join("\n");
            assert_looked_up(t.engine(), "webhook_events", what, &plan);
        }
        if t.engine() == Engine::Postgres {
            // Most of this small table is dead, so reading it whole, or sorting the dead, is cheapest here; that an index gives
            // them in order is the question.
            for way in ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_sort = off"] {
                Sql::new(way).execute(conn).await.unwrap();
            }
        }
        let plan = events::failed_sql(scope, &EventFilter { cursor, ..all() }, &[JobState::Dead]);
        let plan = plan.explain(conn).await.unwrap().join("\n");
        assert_looked_up(t.engine(), "work", "dead events", &plan);
        assert!(plan.contains("work_tenant_id_unfinished_event_id"), "{plan}");
    }

    async fn a_moment_finds_its_changes_and_no_others(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let (one, two): (CallId, CallId) = (t.id(), t.id());
        let moment = t.now();
        let mut committed = Vec::new();
        for n in 0..40_u32 {
            t.clock.advance(Duration::from_secs(10));
            let record = if n % 2 == 0 { one } else { two };
            let at = if n % 4 == 0 { moment } else { t.now() };
            let mut tx = t.db.begin(scope).await.unwrap();
            tx.push_change(NewChange::of(RecordKind::Call, record, Verb::Updated, at));
            tx.commit(t.now()).await.unwrap();
            committed.push(t.now());
        }
        let mut reader = t.db.read(scope).await.unwrap();
        let since = committed[10];
        let found = changes::of_moment(&mut reader.conn(), scope, &[one.uuid()], moment, since, 100).await.unwrap();
        let seqs: Vec<i64> = found.iter().map(|change| change.seq).collect();
        // Numbers begin at 1: number 13 was the first of that moment that was committed since.
        assert_eq!(seqs, [13, 17, 21, 25, 29, 33, 37]);
        let none = changes::of_moment(&mut reader.conn(), scope, &[two.uuid()], moment, since, 100).await.unwrap();
        assert!(none.is_empty());
        let late = t.now() + Duration::from_secs(1);
        let none = changes::of_moment(&mut reader.conn(), scope, &[one.uuid()], moment, late, 100).await.unwrap();
        assert!(none.is_empty());
    }
}

fn assert_looked_up(engine: Engine, table: &str, what: &str, plan: &str) {
    let is_whole = |line: &str| match engine {
        Engine::Sqlite => line.contains(&format!("SCAN {table}")),
        // A month without events costs nothing to read whole.
        Engine::Postgres => line.contains(&format!("Seq Scan on {table}")) && !line.contains("cost=0.00..0.0"),
    };
    assert!(!plan.lines().any(is_whole), "{what} reads all of {table}:\n{plan}");
    assert!(plan.contains("tenant_id"), "{what} uses no index of the tenant:\n{plan}");
}
