//! What follows calls into reports: whatever changes a call that is over leaves a mark, and reports read no table whole.

use std::time::Duration;

use switchboard_domain::{Timestamp, call::CallStatus};
use switchboard_store::{
    Engine, TenantScope,
    calls::CallFilter,
    page::{Window, list},
    record::Kept,
    reports::{self, Grain, HourMark, Narrowing, Sum, SumsOf},
    sql::Sql,
};
use switchboard_testkit::{Build, TestDb, both_engines};

type Call = Kept<switchboard_domain::call::Call>;

async fn marks(t: &TestDb, scope: TenantScope) -> Vec<HourMark> {
    let mut reader = t.db.read(scope).await.unwrap();
    let ever = Timestamp::from_micros(i64::MAX / 2);
    reports::marks(&mut reader.conn(), scope, Timestamp::EPOCH, ever, 100).await.unwrap()
}

/// Removes what is marked, and says which hours it were.
async fn take(t: &TestDb, scope: TenantScope) -> Vec<String> {
    let seen = marks(t, scope).await;
    let mut tx = t.db.begin(scope).await.unwrap();
    reports::remove_marks(&mut tx.conn(), scope, &seen).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    seen.iter().map(|mark| mark.starts().to_string()[..13].to_owned()).collect()
}

both_engines! {
    async fn whatever_changes_a_call_that_is_over_leaves_a_mark(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let other = t.tenant("Other").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let at: Timestamp = "2026-11-01T06:59:59.999999Z".parse().unwrap();
        let mut call = build.call(1, at);
        call.record.outcome = None;
        call.record.status = CallStatus::Active;
        t.save(scope, std::slice::from_ref(&call)).await;
        call.record.agent_id = Some("5002".into());
        t.save(scope, std::slice::from_ref(&call)).await;
        assert_eq!(take(t, scope).await, [""; 0], "it goes on");

        call.record.outcome = build.call(1, at).record.outcome;
        t.save(scope, std::slice::from_ref(&call)).await;
        assert_eq!(take(t, scope).await, ["2026-11-01T06"]);
        // What no report counts leaves none.
        call.record.is_resolved = true;
        call.record.summary = Some("They want a quote.".into());
        t.save(scope, std::slice::from_ref(&call)).await;
        assert_eq!(take(t, scope).await, [""; 0]);
        // Where it was and where it is.
        call.record.occurred_at = at + Duration::from_hours(3);
        t.save(scope, std::slice::from_ref(&call)).await;
        assert_eq!(take(t, scope).await, ["2026-11-01T09", "2026-11-01T06"]);
        call.record.queue = Some("6500".into());
        t.save(scope, std::slice::from_ref(&call)).await;
        assert_eq!(take(t, scope).await, ["2026-11-01T09"]);
        t.execute("DELETE FROM calls").await;
        assert_eq!(take(t, scope).await, ["2026-11-01T09"]);
        assert_eq!(take(t, other).await, [""; 0], "of another tenant");
    }

    /// What changes a call while it is counted is counted again.
    async fn a_mark_that_was_renewed_stays(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let call = build.call(1, t.now());
        t.save(scope, std::slice::from_ref(&call)).await;
        let seen = marks(t, scope).await;
        t.save(scope, &[build.call(2, t.now())]).await;
        let mut tx = t.db.begin(scope).await.unwrap();
        reports::remove_marks(&mut tx.conn(), scope, &seen).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        assert_eq!(marks(t, scope).await.len(), 1);
        assert_eq!(take(t, scope).await.len(), 1);
        assert_eq!(marks(t, scope).await, []);
    }

    async fn no_report_reads_a_whole_table(t: &TestDb) {
        let (scope, other) = (t.tenant("Acme").await, t.tenant("Other").await);
        for tenant in [scope, other] {
            let build = Build::new(t, tenant, t.connection(tenant).await);
            let calls: Vec<Call> = (0..3_000)
                .map(|n| build.call(n, t.now() + Duration::from_secs(u64::from(n) * 60)))
                .collect();
            t.save(tenant, &calls).await;
            let mut tx = t.db.begin(tenant).await.unwrap();
            for (slice, keys) in [("all", 1), ("agent", 40), ("book", 1)] {
                let sum = |day: i64, key: i64| Sum { bucket: day, key: key.to_string(), label: None, body: vec![1; 100] };
                let rows: Vec<Sum> = (0..60).flat_map(|day| (0..keys).map(move |key| sum(day, key))).collect();
                reports::insert_sums(&mut tx.conn(), tenant, 1, Grain::Day, slice, &rows).await.unwrap();
            }
            tx.commit(t.now()).await.unwrap();
        }
        t.gather_statistics().await;
        let of = |slice, key| SumsOf { epoch: 1, grain: Grain::Day, slice, key, from: 10, to: 20 };
        let (from, before) = (t.now(), t.now() + Duration::from_hours(2));
        let all = Narrowing::default();
        let statements: Vec<(&str, Sql)> = vec![
            ("the sums of a key", reports::sums_sql(scope, of("agent", Some("7")))),
            ("the sums of a slice", reports::sums_sql(scope, of("agent", None))),
            ("the calls of a day", reports::over_calls_sql(scope, from, before, &all, 1_000)),
            ("what ends waiting", reports::follow_ups_sql(scope, from, before, 1_000)),
        ];
        let mut reader = t.db.read(scope).await.unwrap();
        for (what, statement) in statements {
            let plan = statement.explain(&mut reader.conn()).await.unwrap().join("\n");
            let whole = match t.engine() {
                Engine::Sqlite => ["SCAN calls", "SCAN report_sums"],
                Engine::Postgres => ["Seq Scan on calls", "Seq Scan on report_sums"],
            };
            assert!(whole.iter().all(|whole| !plan.contains(whole)), "{what}:\n{plan}");
            assert!(plan.contains("tenant_id"), "{what}:\n{plan}");
        }
    }

    /// The filters that numbers of reports lead to.
    async fn calls_are_listed_by_what_reports_count_them_by(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let mut calls: Vec<Call> = (0..4).map(|n| build.call(n, t.now())).collect();
        calls[1].record.ivr = Some("7000".into());
        calls[2].record.is_internal = true;
        calls[3].record.is_transferred = true;
        t.save(scope, &calls).await;
        let mut reader = t.db.read(scope).await.unwrap();
        let window = Window::After { cursor: None, limit: 10 };
        for (filter, expected) in [
            (CallFilter { ivr: Some("7000".into()), ..CallFilter::default() }, 1),
            (CallFilter { is_internal: Some(false), ..CallFilter::default() }, 3),
            (CallFilter { is_transferred: Some(true), ..CallFilter::default() }, 1),
        ] {
            let page = list::<Call>(&mut reader.conn(), scope, &filter, window).await.unwrap();
            assert_eq!(page.items.len(), expected, "{filter:?}");
        }
    }
}
