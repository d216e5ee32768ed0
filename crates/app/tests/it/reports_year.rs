//! How long reports take over a year of many calls. Not run by itself: it takes minutes.
//!
//! `REPORT_CALLS=1000000 cargo nextest run -p switchboard-app -E 'test(a_year_of_calls)' --run-ignored all --no-capture`

use std::time::{Duration, Instant};

use switchboard_app::reports;
use switchboard_rules::report::{Filter, ReportKind};
use switchboard_testkit::{Engine, TestDb};

use crate::support::TestApp;

/// Adds calls by SQL: a merge of each would measure the merge.
fn insert(calls: u64, tenant: &str, connection: &str) -> String {
    // Spread over the year 2025, the busy hours of work days busier; numbers, agents and lines by multiplying with primes.
    format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {calls}) \
         INSERT INTO calls (id, tenant_id, connection_id, provider, external_id, direction, from_number, to_number, status, outcome, \
         agent_id, agent_name, started_at, ended_at, duration_seconds, is_voicemail, is_internal, is_transferred, leg_count, occurred_at, \
         created_at, updated_at, ring_seconds, wait_seconds, talk_seconds, start_estimated, queue, ring_group, ivr, trunk, did, country) \
         SELECT randomblob(16), x'{tenant}', x'{connection}', 'clouducm', CAST(i AS TEXT), \
         CASE i % 10 WHEN 9 THEN 'internal' WHEN 8 THEN 'outbound' WHEN 7 THEN 'outbound' WHEN 6 THEN 'outbound' ELSE 'inbound' END, \
         CASE WHEN i % 10 < 6 THEN '+1312' || (5550000 + (i * 7919) % 60000) ELSE '+13125550100' END, \
         CASE WHEN i % 10 < 6 THEN '+13125550100' ELSE '+1312' || (5550000 + (i * 104729) % 60000) END, 'ended', \
         CASE (i * 31) % 20 WHEN 0 THEN 'missed' WHEN 1 THEN 'abandoned' WHEN 2 THEN 'voicemail' WHEN 3 THEN 'busy' ELSE 'answered' END, \
         CAST(1000 + (i * 37) % 200 AS TEXT), 'Agent ' || ((i * 37) % 200), at, at + 60000000 + (i % 600) * 1000000, (i * 13) % 600, 0, \
         i % 10 = 9, i % 17 = 0, 3, at, at + 60000000 + (i % 600) * 1000000, at, i % 40, i % 55, (i * 13) % 600, 0, \
         CASE WHEN i % 3 = 0 THEN CAST(6500 + (i / 3) % 8 AS TEXT) END, CASE WHEN i % 7 = 0 THEN '6400' END, \
         CASE WHEN i % 2 = 0 THEN '7000' END, CASE WHEN i % 10 < 9 THEN 'trunk ' || (i % 4) END, '+13125550100', \
         CASE WHEN i % 30 = 0 THEN 'MX' ELSE 'US' END \
         FROM (SELECT i, (1735689600 + CAST(i * (31536000.0 / {calls}) AS INTEGER)) * 1000000 AS at FROM n)"
    )
}

#[tokio::test]
#[ignore = "takes minutes; run by hand when the way reports are counted changes"]
#[expect(clippy::print_stdout, reason = "it measures, for whoever ran it")]
async fn a_year_of_calls_answers_in_time() {
    let calls: u64 = std::env::var("REPORT_CALLS").ok().and_then(|calls| calls.parse().ok()).unwrap_or(100_000);
    let t = TestDb::new(Engine::Sqlite).await;
    t.clock.set("2026-01-02T12:00:00Z".parse().unwrap());
    let house = TestApp::new(&t);
    let scope = t.tenant("Acme").await;
    let connection = t.connection(scope).await;
    let began = Instant::now();
    let hex = |id: uuid::Uuid| id.simple().to_string();
    t.execute(&insert(calls, &hex(scope.tenant().uuid()), &hex(connection.uuid()))).await;
    println!("{calls} calls inserted in {:?}", began.elapsed());
    let began = Instant::now();
    let (mut steps, mut longest) = (0, Duration::ZERO);
    loop {
        let step = Instant::now();
        let has_more = reports::count(&house.app, scope).await.unwrap();
        (steps, longest) = (steps + 1, longest.max(step.elapsed()));
        if !has_more {
            break;
        }
    }
    println!("counted in {:?}, {steps} steps, the longest {longest:?}", began.elapsed());
    let filter = Filter {
        from: "2025-01-02".parse().unwrap(),
        to: "2026-01-01".parse().unwrap(),
        direction: None,
        outcome: None,
        connection: None,
        agent: None,
        queue: None,
        ring_group: None,
        trunk: None,
        did: None,
    };
    for kind in ReportKind::ALL {
        let mut times = Vec::new();
        for _ in 0..20 {
            let began = Instant::now();
            let report = reports::run(&house.app, scope, *kind, &filter).await.unwrap();
            times.push(began.elapsed());
            assert!(report.about().is_current, "{kind}");
        }
        times.sort();
        println!("{kind:>12}: median {:?}, p95 {:?}", times[10], times[18]);
    }
    t.remove().await;
}
