//! Batches into the log: what is new, what was there, and what happens beside an unfinished transaction.

use std::time::Duration;

use bytes::Bytes;
use sqlx::{Connection, Executor, PgConnection};
use switchboard_domain::{event::Source, ids::ConnectionId};
use switchboard_store::{
    Appender, DbOptions, Engine, TenantScope,
    calls::{self, CallFilter},
    cursor,
    events::{self, EventFilter, NewEvent},
    page::Window,
    record,
};
use switchboard_testkit::{Build, TestDb, both_engines};

pub(super) fn event(t: &TestDb, scope: TenantScope, connection: ConnectionId, key: u8) -> NewEvent {
    NewEvent {
        id: t.id(),
        tenant_id: scope.tenant(),
        connection_id: connection,
        provider: "dialpad",
        delivery_id: t.id(),
        item_index: 0,
        event_type: "call.ringing".to_owned(),
        lane: format!("call:{key}"),
        dedup_key: [key; 16],
        external_id: key.is_multiple_of(2).then(|| key.to_string()),
        source: Source::Push,
        occurred_at: key.is_multiple_of(3).then(|| t.now()),
        received_at: t.now(),
        normalize_version: 1,
        headers: r#"{"host":"here"}"#.into(),
        body: Bytes::from(vec![key, 0, 255]),
        context: None,
    }
}

async fn stored(t: &TestDb, scope: TenantScope) -> Vec<events::StoredEvent> {
    let mut reader = t.db.read(scope).await.unwrap();
    let filter = EventFilter { oldest_first: true, ..EventFilter::default() };
    events::list(&mut reader.conn(), scope, &filter, 1_000).await.unwrap()
}

both_engines! {
    /// On SQLite intake writes by the connection that merges.
    async fn what_a_dropped_merge_wrote_is_not_committed_by_intake(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let mut appender = Appender::new(&t.db);
        for key in 1..=2 {
            let mut merge = t.db.begin_merge(scope).await.unwrap();
            let call = Build::new(t, scope, connection).call(u32::from(key), t.now());
            merge.write(vec![record::upsert(&[(None, &call)])], t.now()).await.unwrap();
            drop(merge);
            assert_eq!(appender.append(&[event(t, scope, connection, key)]).await.unwrap(), [true]);
        }
        let mut reader = t.db.read(scope).await.unwrap();
        let window = Window::After { cursor: None, limit: 50 };
        let found = calls::list(&mut reader.conn(), scope, &CallFilter::default(), window).await.unwrap();
        assert!(found.items.is_empty(), "a merge that was taken back left calls");
        assert_eq!(stored(t, scope).await.len(), 2);
    }

    /// More rows than one statement of SQLite takes, with repetitions inside the batch and of an earlier one.
    async fn a_batch_keeps_each_event_once_and_as_it_came(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let mut appender = Appender::new(&t.db);
        let make = |keys: &[u8]| keys.iter().map(|key| event(t, scope, connection, *key)).collect::<Vec<_>>();
        let first = make(&[7, 3, 7]);
        assert_eq!(appender.append(&first).await.unwrap(), [true, true, false]);
        let keys: Vec<u8> = (0..30).rev().collect();
        let second = make(&keys);
        let fresh = appender.append(&second).await.unwrap();
        assert_eq!(fresh, keys.iter().map(|key| ![7, 3].contains(key)).collect::<Vec<_>>());

        let mut expected: Vec<&NewEvent> = first[..2].iter().collect();
        expected.extend(second.iter().zip(&fresh).filter(|(_, new)| **new).map(|(event, _)| event));
        expected.sort_by_key(|event| event.id);
        let kept = stored(t, scope).await;
        assert_eq!(kept.len(), expected.len());
        for (kept, sent) in kept.iter().zip(expected) {
            assert_eq!((kept.id, kept.delivery_id, &kept.lane), (sent.id, sent.delivery_id, &sent.lane));
            assert_eq!((&kept.external_id, kept.occurred_at), (&sent.external_id, sent.occurred_at));
            assert_eq!((kept.received_at, kept.body.as_slice()), (sent.received_at, &sent.body[..]));
            assert_eq!((kept.source, &kept.headers["host"]), (sent.source, &"here".into()));
            assert_eq!(kept.lane_group, cursor::lane_group(t.db.engine(), scope.tenant()));
        }
        appender.close().await;
    }

    /// The same key of two connections is two events.
    async fn a_key_counts_within_its_connection(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let (one, two) = (t.connection(scope).await, t.connection(scope).await);
        let batch = [event(t, scope, one, 1), event(t, scope, two, 1)];
        assert_eq!(Appender::new(&t.db).append(&batch).await.unwrap(), [true, true]);
    }

    /// An event in a tenant's transaction and the committer's batches share one log and one set of keys. A transaction
    /// that was dropped in the middle leaves nothing, and holds nobody up.
    async fn it_writes_beside_transactions(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let mut appender = Appender::new(&t.db);
        let own = event(t, scope, connection, 1);
        let mut tx = t.db.begin(scope).await.unwrap();
        assert!(events::append_in(&mut tx, &own).await.unwrap());
        tx.commit(t.now()).await.unwrap();
        assert_eq!(appender.append(&[event(t, scope, connection, 1)]).await.unwrap(), [false]);

        let mut dropped = t.db.begin(scope).await.unwrap();
        assert!(events::append_in(&mut dropped, &event(t, scope, connection, 2)).await.unwrap());
        drop(dropped);
        assert_eq!(appender.append(&[event(t, scope, connection, 2)]).await.unwrap(), [true]);
        let mut tx = t.db.begin(scope).await.unwrap();
        assert!(!events::append_in(&mut tx, &event(t, scope, connection, 2)).await.unwrap());
        drop(tx);
        let mut kept: Vec<u8> = stored(t, scope).await.iter().map(|event| event.body[0]).collect();
        kept.sort_unstable();
        assert_eq!(kept, [1, 2]);
    }

    /// A batch that the database refuses leaves nothing of itself, and the next one is taken.
    async fn a_refused_batch_leaves_nothing(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let mut appender = Appender::new(&t.db);
        let batch: Vec<NewEvent> = (0..3).map(|key| event(t, scope, connection, key)).collect();
        t.execute("ALTER TABLE webhook_events RENAME TO webhook_events_away").await;
        assert!(appender.append(&batch).await.is_err());
        t.execute("ALTER TABLE webhook_events_away RENAME TO webhook_events").await;
        assert_eq!(appender.append(&batch).await.unwrap(), [true; 3]);
        assert_eq!(stored(t, scope).await.len(), 3);
    }
}

/// How the committer's connection is known among the others: by what it last said.
const COMMITTERS: &str = "datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%event_keys%'";

/// Ends the committer's connection from the other side once it is in this state, and waits until it is gone.
async fn kill(t: &TestDb, state: &str) {
    let begun = tokio::time::Instant::now();
    let patience = || assert!(begun.elapsed() < Duration::from_mins(1), "waiting for `{state}`");
    let find = format!("SELECT pid::text FROM pg_stat_activity WHERE {COMMITTERS} AND {state}");
    let pid = loop {
        patience();
        if let Some(pid) = t.query_texts(&find).await.pop() {
            break pid;
        }
    };
    t.query_texts(&format!("SELECT pg_terminate_backend({pid})::text")).await;
    while !t.query_texts(&format!("SELECT pid::text FROM pg_stat_activity WHERE pid = {pid}")).await.is_empty() {
        patience();
    }
}

/// Keeps everybody from the keys until it ends.
async fn blocker(t: &TestDb) -> PgConnection {
    let DbOptions::Postgres { url, .. } = t.options() else { unreachable!("this is PostgreSQL's alone") };
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute("BEGIN; LOCK TABLE event_keys IN ACCESS EXCLUSIVE MODE").await.unwrap();
    connection
}

const WAITING: &str = "wait_event_type = 'Lock'";

/// A server that is restarted, a proxy that drops who is silent, an administrator who ends the wrong process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_loses_and_doubles_nothing() {
    let t = TestDb::new(Engine::Postgres).await;
    let scope = t.tenant("Acme").await;
    let connection = t.connection(scope).await;
    let make = |keys: &[u8]| keys.iter().map(|key| event(&t, scope, connection, *key)).collect::<Vec<_>>();
    let mut appender = Appender::new(&t.db);
    assert_eq!(appender.append(&make(&[1])).await.unwrap(), [true]);

    // Between two batches: nobody notices.
    kill(&t, "state = 'idle'").await;
    assert_eq!(appender.append(&make(&[1, 2])).await.unwrap(), [false, true]);

    // In the middle of one: it is written over another connection, once.
    let mut others = blocker(&t).await;
    let batch = make(&[2, 3]);
    let appending = tokio::spawn(async move { (appender.append(&batch).await, appender) });
    kill(&t, WAITING).await;
    others.execute("ROLLBACK").await.unwrap();
    let (appended, mut appender) = appending.await.unwrap();
    assert_eq!(appended.unwrap(), [false, true]);

    // Twice in a row: refused, as a database that is away, so that the provider comes back.
    let mut others = blocker(&t).await;
    let batch = make(&[4]);
    let appending = tokio::spawn(async move { (appender.append(&batch).await, appender) });
    kill(&t, WAITING).await;
    kill(&t, WAITING).await;
    others.execute("ROLLBACK").await.unwrap();
    let (appended, mut appender) = appending.await.unwrap();
    assert!(matches!(&appended, Err(error) if error.is_unavailable()), "{appended:?}");
    assert_eq!(stored(&t, scope).await.len(), 3, "what was refused was not stored");
    assert_eq!(appender.append(&make(&[4, 1])).await.unwrap(), [true, false]);

    assert_eq!(stored(&t, scope).await.len(), 4);
    assert_eq!(t.query_texts("SELECT count(*)::text FROM event_keys").await, ["4"]);
    appender.close().await;
    t.remove().await;
}
