//! Pages neither skip nor repeat, whatever is added meanwhile.

use std::time::Duration;

use switchboard_domain::{Timestamp, call::CallStatus};
use switchboard_store::{
    TenantScope,
    calls::{self, CallFilter},
    page::{Page, Window},
    record::Kept,
    voicemails::{self, VoicemailFilter},
};
use switchboard_testkit::{Build, TestDb, both_engines};

type Call = Kept<switchboard_domain::call::Call>;

async fn page(t: &TestDb, scope: TenantScope, filter: &CallFilter, window: Window) -> Page<Call> {
    let mut reader = t.db.read(scope).await.unwrap();
    calls::list(&mut reader.conn(), scope, filter, window).await.unwrap()
}

/// Follows the cursors to the end; `between` runs after each page.
async fn walk(t: &TestDb, scope: TenantScope, filter: &CallFilter, limit: i64, between: impl AsyncFn()) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = None;
    for _ in 0..100 {
        let page = page(t, scope, filter, Window::After { cursor, limit }).await;
        seen.extend(page.items.into_iter().map(|kept| kept.record.external_id));
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
        between().await;
    }
    panic!("the pages do not end");
}

fn numbers(range: impl Iterator<Item = u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

fn seconds(count: u32) -> Duration {
    Duration::from_secs(u64::from(count))
}

both_engines! {
    async fn newest_first_without_gaps_while_calls_come_in(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        // Three share each moment: the id decides.
        let rows: Vec<Call> = (0..30).map(|n| build.call(n, t.now() + seconds(n / 3))).collect();
        t.save(scope, &rows).await;

        let next = std::sync::atomic::AtomicU32::new(100);
        let seen = walk(t, scope, &CallFilter::default(), 4, async || {
            let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            t.save(scope, &[build.call(n, t.now() + seconds(n))]).await;
        }).await;

        let mut expected = rows;
        expected.sort_by_key(|kept| std::cmp::Reverse((kept.record.occurred_at, kept.record.id)));
        let expected: Vec<String> = expected.into_iter().map(|kept| kept.record.external_id).collect();
        assert_eq!(seen, expected);
    }

    async fn what_changed_comes_oldest_change_first(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        for n in 0..9_u32 {
            t.clock.advance(seconds(1));
            // The later it changed, the earlier it happened.
            t.save(scope, &[Build::new(t, scope, connection).call(n, Timestamp::EPOCH + seconds(100 - n))]).await;
        }
        let filter = CallFilter { updated_since: Some(t.now() - seconds(5)), ..CallFilter::default() };
        assert_eq!(walk(t, scope, &filter, 2, async || ()).await, numbers(3..9));
        let first = page(t, scope, &filter, Window::After { cursor: None, limit: 2 }).await.next.unwrap();
        assert!(first.fits(true) && !first.fits(false));
    }

    async fn several_statuses_are_one_list(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let rows: Vec<Call> = (0..12).map(|n| {
            let mut call = build.call(n, t.now() + seconds(n));
            call.record.status = [CallStatus::Ringing, CallStatus::Active, CallStatus::Ended][n as usize % 3];
            call
        }).collect();
        t.save(scope, &rows).await;
        let filter = CallFilter { statuses: vec![CallStatus::Ringing, CallStatus::Active], ..CallFilter::default() };
        let expected = ["10", "9", "7", "6", "4", "3", "1", "0"];
        assert_eq!(walk(t, scope, &filter, 3, async || ()).await, expected);
        let counted = page(t, scope, &filter, Window::Offset { offset: 3, limit: 2 }).await;
        let shown: Vec<_> = counted.items.iter().map(|kept| kept.record.external_id.as_str()).collect();
        assert_eq!(shown, expected[3..5]);
        let mut reader = t.db.read(scope).await.unwrap();
        assert_eq!(calls::count(&mut reader.conn(), scope, &filter).await.unwrap(), 8);
    }

    async fn offsets_count_rows_and_removed_voicemails_do_not_count(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let rows: Vec<_> = (0..6).map(|n| {
            let mut voicemail = build.voicemail(n, t.now() + seconds(n));
            voicemail.record.is_removed = n == 4;
            voicemail
        }).collect();
        t.save(scope, &rows).await;
        let filter = VoicemailFilter::default();
        let mut reader = t.db.read(scope).await.unwrap();
        let conn = &mut reader.conn();
        let page = voicemails::list(conn, scope, &filter, Window::Offset { offset: 1, limit: 2 }).await.unwrap();
        let shown: Vec<_> = page.items.iter().map(|kept| kept.record.leg_external_id.as_str()).collect();
        assert_eq!(shown, ["3", "2"]);
        assert!(page.next.is_some());
        assert_eq!(voicemails::count(conn, scope, &filter).await.unwrap(), 5);
    }

    async fn lists_show_one_tenant(t: &TestDb) {
        let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
        let build = Build::new(t, theirs, t.connection(theirs).await);
        t.save(theirs, &[build.call(1, t.now())]).await;
        let shown = page(t, ours, &CallFilter::default(), Window::After { cursor: None, limit: 10 }).await;
        assert!(shown.items.is_empty());
        let mut reader = t.db.read(ours).await.unwrap();
        assert!(calls::lookup(&mut reader.conn(), ours, build.call_id(1)).await.unwrap().is_none());
    }
}
