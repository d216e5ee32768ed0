//! One merging transaction in which tenants take turns: each sees and numbers its own, and all of it counts or none.

use switchboard_domain::change::{NewChange, RecordKind, Verb};
use switchboard_store::{
    TenantScope, TenantTx,
    calls::{self, CallFilter},
    changes,
    insert::Insert,
    page::Window,
    record::{self, Kept},
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
