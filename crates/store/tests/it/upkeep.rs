//! What recurring work asks and removes.

use std::time::Duration;

use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::{CallId, RejectionId},
};
use switchboard_store::{changes, platform, sql::Sql, upkeep};
use switchboard_testkit::{TestDb, both_engines};

both_engines! {
    async fn old_changes_go_and_the_numbers_go_on(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let change = |t: &TestDb| NewChange::of::<CallId>(RecordKind::Call, t.id(), Verb::Created, t.now());
        let mut cutoff = t.now();
        for round in 0..2 {
            let mut tx = t.db.begin(scope).await.unwrap();
            (0..3).for_each(|_| tx.push_change(change(t)));
            tx.commit(t.now()).await.unwrap();
            t.clock.advance(Duration::from_mins(1));
            if round == 0 {
                cutoff = t.now();
            }
        }
        assert_eq!(upkeep::remove_changes(&t.db, scope, cutoff).await.unwrap(), 3);
        assert_eq!(upkeep::remove_changes(&t.db, scope, cutoff).await.unwrap(), 0);
        let mut reader = t.db.read(scope).await.unwrap();
        assert_eq!(changes::range(&mut reader.conn(), scope).await.unwrap(), (4, 6));
    }

    async fn the_newest_refused_deliveries_stay(t: &TestDb) {
        for n in 0..5 {
            t.clock.advance(Duration::from_millis(1));
            let rejection = platform::Rejection {
                id: t.id::<RejectionId>(),
                owner: None,
                path: format!("/{n}"),
                reason: "unsigned".to_owned(),
                address: None,
                headers: serde_json::json!({}),
                body_bytes: 1,
                received_at: t.now(),
            };
            platform::insert_rejection(&t.db, &rejection).await.unwrap();
        }
        assert_eq!(upkeep::trim_rejected(&t.db, 2).await.unwrap(), 3);
        let left = t.query_texts("SELECT path FROM rejected_deliveries ORDER BY path").await;
        assert_eq!(left, ["/3", "/4"]);
    }

    async fn connections_are_walked_in_pages_without_those_switched_off(t: &TestDb) {
        let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
        let mut expected = vec![t.connection(one).await, t.connection(two).await, t.connection(one).await];
        let off = t.connection(two).await;
        let mut sql = Sql::new("UPDATE connections SET status = 'disabled' WHERE id = ");
        sql.bind(off.uuid());
        let mut tx = t.db.begin(two).await.unwrap();
        sql.execute(&mut tx.conn()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        expected.sort();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = upkeep::connections(&t.db, "dialpad", after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.connection_id);
            seen.extend(page.iter().map(|due| due.connection_id));
        }
        assert_eq!(seen, expected);
        let ending = upkeep::connections_with_ending_tokens(&t.db, t.now(), None, 10).await.unwrap();
        assert!(ending.is_empty());
    }
}
