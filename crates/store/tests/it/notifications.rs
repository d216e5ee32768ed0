//! The feed is read from its index, and forgets in chunks.

use std::time::Duration;

use switchboard_domain::{
    ids::{NotificationId, NotificationRuleId},
    notification::Finding,
};
use switchboard_store::{
    Engine, TenantScope,
    notifications::feed::{self, Notification},
};
use switchboard_testkit::{TestDb, both_engines};
use uuid::Uuid;

/// Enough that reading all rows costs more than an index does.
const ROWS: u32 = 2_000;

/// So many notifications, a minute apart.
async fn fill(t: &TestDb, scope: TenantScope, count: u32) -> Vec<NotificationId> {
    let rule: NotificationRuleId = t.id();
    let mut ids = Vec::new();
    let mut tx = t.db.begin(scope).await.unwrap();
    for _ in 0..count {
        t.clock.advance(Duration::from_mins(1));
        let new = Notification {
            id: t.id(),
            rule_id: rule,
            rule_name: None,
            finding: Finding::MissedCallSpike { calls: 5, within_minutes: 15 },
            is_test: false,
            is_shown: true,
            created_at: t.now(),
        };
        assert!(feed::insert(&mut tx.conn(), scope, &new, None).await.unwrap());
        ids.push(new.id);
    }
    tx.commit(t.now()).await.unwrap();
    ids
}

both_engines! {
    async fn the_feed_is_read_from_its_index(t: &TestDb) {
        let (scope, other) = (t.tenant("Acme").await, t.tenant("Other").await);
        let ids = fill(t, scope, ROWS).await;
        fill(t, other, ROWS).await;
        t.gather_statistics().await;
        let mut reader = t.db.read(scope).await.unwrap();
        for (only_unread, before) in [(false, None), (true, None), (false, Some(ids[1_000])), (true, Some(ids[1_000]))] {
            let sql = feed::list_sql(scope, Uuid::nil(), ids[900].uuid(), only_unread, before, 51);
            let plan = sql.explain(&mut reader.conn()).await.unwrap();
            let whole = match t.engine() {
                Engine::Sqlite => "SCAN n",
                Engine::Postgres => "Seq Scan on notifications",
            };
            assert!(!plan.iter().any(|line| line.contains(whole)), "{only_unread} {before:?}: {plan:?}");
        }
    }

    async fn old_notifications_go_with_who_read_them(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ids = fill(t, scope, 700).await;
        let reader = Uuid::nil();
        let mut tx = t.db.begin(scope).await.unwrap();
        feed::mark_read(&mut tx.conn(), scope, reader, &[ids[0], ids[650]]).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        let horizon = t.now() - Duration::from_mins(100);
        while feed::prune(&t.db, horizon).await.unwrap() > 0 {}
        let mut read = t.db.read(scope).await.unwrap();
        let left = feed::list(&mut read.conn(), scope, reader, false, None, 1_000).await.unwrap();
        assert_eq!(left.len(), 101, "the horizon itself is kept");
        assert!(left.iter().all(|entry| entry.notification.created_at >= horizon));
        assert_eq!(left.iter().filter(|entry| entry.is_read).count(), 1);
        drop(read);
        let reads = t.query_texts("SELECT 'r' FROM notification_reads").await;
        assert_eq!(reads.len(), 1);
    }
}
