//! One merging transaction in which tenants take turns: each sees and numbers its own, and all of it counts or none.

use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
};
use switchboard_store::{
    Engine, TenantScope, TenantTx,
    calls::{self, CallFilter},
    changes,
    insert::Insert,
    page::Window,
    record::{self, Kept},
    sql::Sql,
    withheld,
};
use switchboard_testkit::{Build, TestDb, both_engines};

type Call = Kept<switchboard_domain::call::Call>;

fn insert(call: &Call) -> Vec<Insert> {
    vec![record::upsert(&[(None, call)])]
}

fn change(call: &Call) -> NewChange {
    NewChange::of(RecordKind::Call, call.record.id, Verb::Created, call.created_at)
}

async fn calls_of(tx: &mut TenantTx) -> usize {
    let scope = tx.scope();
    let window = Window::After { cursor: None, limit: 50 };
    calls::list(&mut tx.conn(), scope, &CallFilter::default(), window).await.unwrap().items.len()
}

async fn numbers(t: &TestDb, scope: TenantScope) -> Vec<i64> {
    let mut reader = t.db.read(scope).await.unwrap();
    let found = changes::list_after(&mut reader.conn(), scope, 0, 50).await.unwrap();
    found.into_iter().map(|change| change.seq).collect()
}

both_engines! {
    async fn tenants_take_turns_in_one_transaction(t: &TestDb) {
        let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
        let (ours, theirs) = (
            Build::new(t, one, t.connection(one).await).call(1, t.now()),
            Build::new(t, two, t.connection(two).await).call(2, t.now()),
        );
        let mut tx = t.db.begin_merge(one).await.unwrap();
        tx.push_change(change(&ours));
        tx.write(insert(&ours), t.now()).await.unwrap();
        tx.push_change(change(&ours));
        let first = tx.turn_to(two, t.now()).await.unwrap().unwrap();
        assert_eq!((first.last_seq, first.count), (2, 2));
        assert_eq!(calls_of(&mut tx).await, 0, "the second tenant sees the first one's call");
        tx.push_change(change(&theirs));
        tx.write(insert(&theirs), t.now()).await.unwrap();
        assert_eq!(calls_of(&mut tx).await, 1);
        assert_eq!(numbers(t, one).await, [0; 0], "a part became visible before the whole");
        let second = tx.commit(t.now()).await.unwrap().unwrap();
        assert_eq!((second.last_seq, second.count), (1, 1));
        assert_eq!((numbers(t, one).await, numbers(t, two).await), (vec![1, 2], vec![1]));
    }

    async fn a_merge_hears_that_somebody_waits_for_the_writer(t: &TestDb) {
        let scope = t.tenant("One").await;
        let tx = t.db.begin_merge(scope).await.unwrap();
        assert!(!tx.is_awaited(), "nobody waits yet");
        let other = {
            let db = t.db.clone();
            tokio::spawn(async move { db.begin(scope).await.unwrap().commit(Timestamp::from_millis(0)).await.unwrap() })
        };
        if t.db.engine() == Engine::Postgres {
            // There they do not exclude each other.
            other.await.unwrap();
            assert!(!tx.is_awaited());
            return;
        }
        while !tx.is_awaited() {
            tokio::task::yield_now().await;
        }
        tx.commit(t.now()).await.unwrap();
        other.await.unwrap();
        let tx = t.db.begin_merge(scope).await.unwrap();
        assert!(!tx.is_awaited(), "who had its turn still counts");
    }

    async fn a_dropped_transaction_leaves_nothing_of_any_turn(t: &TestDb) {
        let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
        let call = Build::new(t, one, t.connection(one).await).call(1, t.now());
        let mut tx = t.db.begin_merge(one).await.unwrap();
        tx.push_change(change(&call));
        tx.write(insert(&call), t.now()).await.unwrap();
        tx.turn_to(two, t.now()).await.unwrap();
        drop(tx);
        let mut tx = t.db.begin_merge(one).await.unwrap();
        assert_eq!(calls_of(&mut tx).await, 0);
        tx.push_change(change(&call));
        assert_eq!(tx.commit(t.now()).await.unwrap().unwrap().last_seq, 1);
    }

    async fn numbers_of_a_refused_part_are_given_again(t: &TestDb) {
        let scope = t.tenant("One").await;
        let call = Build::new(t, scope, t.connection(scope).await).call(1, t.now());
        let mut tx = t.db.begin_merge(scope).await.unwrap();
        let mark = tx.savepoint().await.unwrap();
        tx.push_change(change(&call));
        tx.write(insert(&call), t.now()).await.unwrap();
        tx.rollback_to(mark).await.unwrap();
        assert_eq!(calls_of(&mut tx).await, 0);
        tx.push_change(change(&call));
        let numbered = tx.commit(t.now()).await.unwrap().unwrap();
        assert_eq!((numbered.last_seq, numbered.count), (1, 1));
        assert_eq!(numbers(t, scope).await, [1]);
    }

    async fn what_changed_of_a_row_is_written_and_the_rest_stays(t: &TestDb) {
        let scope = t.tenant("One").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let stored = build.call(1, t.now());
        t.save(scope, std::slice::from_ref(&stored)).await;
        let mut now = stored.clone();
        now.record.agent_name = Some("Ada".into());
        now.record.answered_at = Some(t.now());
        let unchanged = build.call(2, t.now());
        t.save(scope, std::slice::from_ref(&unchanged)).await;
        let mut tx = t.db.begin_merge(scope).await.unwrap();
        let rows = record::upsert(&[(Some(&stored), &now), (Some(&unchanged), &unchanged)]);
        tx.write(vec![rows], t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        let mut reader = t.db.read(scope).await.unwrap();
        for expected in [now, unchanged] {
            let found = calls::lookup(&mut reader.conn(), scope, expected.record.id).await.unwrap().unwrap();
            assert_eq!(found.record, expected.record);
        }
    }
}

/// A number of what the present transaction has done so far.
async fn number(tx: &mut TenantTx, query: &'static str) -> i64 {
    let found: Vec<(i64,)> = Sql::new(query).fetch_all(&mut tx.conn()).await.unwrap();
    found[0].0
}

/// How often it has looked for the row that every merge locks.
const LOOKS: &str = "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables \
                     WHERE relname = 'tenant_counters'";
/// How many statements wrote what it has written: each has a number.
const WRITES: &str = "SELECT count(*) FROM (SELECT cmin::text FROM tenant_counters WHERE change_seq > 0 \
                      UNION SELECT cmin::text FROM changes UNION SELECT cmin::text FROM calls) AS statements";

/// What a merge must know of its tenant comes with the lock: it was a second look, and a round trip for each turn. The
/// number of its last change comes with it as well, so that counting on is no statement of its own any more.
#[tokio::test]
async fn a_turn_reads_its_tenants_row_as_it_locks_it_and_counts_as_it_writes() {
    let t = TestDb::new(Engine::Postgres).await;
    let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
    let key = vec![7; 40];
    let mut tx = t.db.begin(two).await.unwrap();
    withheld::keep_erasure_key(&mut tx.conn(), two, &key).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    let calls = [
        Build::new(&t, one, t.connection(one).await).call(1, t.now()),
        Build::new(&t, two, t.connection(two).await).call(2, t.now()),
    ];
    // On connections of its own: PostgreSQL counts what others did on one before along, until it reports that in its own time.
    let db = t.again().await;
    let mut tx = db.begin_merge(one).await.unwrap();
    assert!(tx.withheld().is_nothing());
    assert_eq!(number(&mut tx, LOOKS).await, 1);
    tx.push_change(change(&calls[0]));
    tx.write(insert(&calls[0]), t.now()).await.unwrap();
    assert_eq!(number(&mut tx, WRITES).await, 1);
    tx.push_change(change(&calls[0]));
    let before = number(&mut tx, LOOKS).await;
    let first = tx.turn_to(two, t.now()).await.unwrap().unwrap();
    assert_eq!((first.last_seq, first.count), (2, 2));
    assert_eq!(tx.withheld().erasure_key.as_ref(), Some(&key), "it is the second tenant's");
    assert_eq!(number(&mut tx, LOOKS).await - before, 2, "the end of one turn, the begin of the other");
    tx.push_change(change(&calls[1]));
    tx.write(insert(&calls[1]), t.now()).await.unwrap();
    assert_eq!(number(&mut tx, WRITES).await, 1);
    tx.commit(t.now()).await.unwrap();
    assert_eq!((numbers(&t, one).await, numbers(&t, two).await), (vec![1, 2], vec![1]));
    let last = t.query_texts("SELECT change_seq::text FROM tenant_counters ORDER BY change_seq").await;
    assert_eq!(last, ["1", "2"]);
    t.remove().await;
}
