//! The scheduler's table: nobody does the same work twice, nobody finishes what is not theirs any more, and waits are exact.

use std::{collections::HashSet, sync::Arc, time::Duration};

use switchboard_domain::{
    Timestamp,
    ids::{JobId, TenantId},
    job::JobState,
};
use switchboard_store::{
    Db, StoreError, TenantScope,
    work::{self, Claim, Claimed, HeldLane, Job, JobFilter, NewWork, Outcome, Rotation},
};
use switchboard_testkit::{TestDb, both_engines};

const LEASE: Duration = Duration::from_mins(1);

pub fn row(t: &TestDb, tenant: TenantId, kind: &str, lane: &str) -> NewWork {
    NewWork {
        id: t.id(),
        tenant_id: tenant,
        kind: kind.to_owned(),
        lane: lane.to_owned(),
        payload: serde_json::json!({}),
        event_id: None,
        dead_because: None,
        is_bulk: false,
        run_at: t.now(),
        attempts: 0,
        max_attempts: work::MAX_ATTEMPTS,
        unique_key: None,
    }
}

pub async fn add(t: &TestDb, scope: TenantScope, rows: &[NewWork]) -> u64 {
    let mut tx = t.db.begin(scope).await.unwrap();
    let added = work::insert(&mut tx.conn(), rows, t.now()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    added
}

pub fn ask(node: &str, want: usize) -> Claim<'_> {
    Claim { node, is_bulk: false, want, per_tenant: 100, lease: LEASE }
}

async fn claim(db: &Db, node: &str, want: usize, now: Timestamp) -> Vec<HeldLane> {
    work::claim(db, ask(node, want), &mut Rotation::default(), now).await.unwrap()
}

/// The only lane with due work, and its next row.
async fn take(t: &TestDb) -> (HeldLane, Claimed) {
    let mut held = claim(&t.db, "a", 1, t.now()).await.pop().expect("a lane is free and due");
    let work = work::next(&t.db, &mut held, t.now(), LEASE).await.unwrap().expect("the lane has due work");
    (held, work)
}

pub async fn see(t: &TestDb, scope: TenantScope, id: JobId) -> Job {
    let mut reader = t.db.read(scope).await.unwrap();
    work::lookup(&mut reader.conn(), scope, id).await.unwrap().unwrap()
}

fn failed() -> Outcome {
    Outcome::Failed { reason: "no answer".to_owned(), not_before: None }
}

/// Drains whatever it can claim and returns what it did.
async fn drain(db: Db, node: String, now: Timestamp) -> Vec<JobId> {
    let mut done = Vec::new();
    let mut rotation = Rotation::default();
    loop {
        let lanes = work::claim(&db, ask(&node, 4), &mut rotation, now).await.unwrap();
        if lanes.is_empty() {
            return done;
        }
        for mut held in lanes {
            while let Some(work) = work::next(&db, &mut held, now, LEASE).await.unwrap() {
                work::finish(&db, &held, &work, Outcome::Done, None, now).await.unwrap();
                done.push(work.id);
            }
            work::release(&db, &held).await.unwrap();
        }
    }
}

both_engines! {
    async fn eight_claimers_drain_four_hundred_jobs_and_none_twice(t: &TestDb) {
        let mut expected = HashSet::new();
        for tenant in 0..4 {
            let scope = t.tenant(&format!("Tenant {tenant}")).await;
            let rows: Vec<NewWork> =
                (0..100).map(|n| row(t, scope.tenant(), "job", &format!("lane {}", n % 20))).collect();
            expected.extend(rows.iter().map(|row| row.id));
            assert_eq!(add(t, scope, &rows).await, 100);
        }
        let claimers: Vec<_> =
            (0..8).map(|n| tokio::spawn(drain(t.db.clone(), format!("node {n}"), t.now()))).collect();
        let mut done = Vec::new();
        for claimer in claimers {
            done.extend(claimer.await.unwrap());
        }
        assert_eq!(done.len(), 400);
        assert_eq!(done.into_iter().collect::<HashSet<_>>(), expected);
        // Whoever came second to a lane left; nothing is held or waiting any more.
        assert!(claim(&t.db, "late", 10, t.now()).await.is_empty());
    }

    async fn a_lane_belongs_to_one_node_and_is_done_in_order(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let first = row(t, scope.tenant(), "job", "call:1");
        t.clock.advance(Duration::from_millis(1));
        let second = row(t, scope.tenant(), "job", "call:1");
        add(t, scope, &[second.clone(), first.clone()]).await;

        let (mut held, work) = take(t).await;
        assert_eq!((work.id, work.attempts), (first.id, 1));
        assert!(claim(&t.db, "b", 10, t.now()).await.is_empty());
        work::finish(&t.db, &held, &work, Outcome::Done, None, t.now()).await.unwrap();
        let next = work::next(&t.db, &mut held, t.now(), LEASE).await.unwrap().unwrap();
        assert_eq!(next.id, second.id);
    }

    async fn a_late_finisher_is_refused(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let job = row(t, scope.tenant(), "job", "call:1");
        add(t, scope, std::slice::from_ref(&job)).await;
        let (slept, work) = take(t).await;

        // Its lease ends; the work is put back and another node takes it.
        t.clock.advance(LEASE + Duration::from_secs(1));
        assert_eq!(work::reclaim(&t.db, t.now()).await.unwrap(), 1);
        t.clock.advance(Duration::from_secs(1));
        let mut other = claim(&t.db, "b", 1, t.now()).await.pop().unwrap();
        let again = work::next(&t.db, &mut other, t.now(), LEASE).await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (job.id, 2));

        let late = work::finish(&t.db, &slept, &work, Outcome::Done, None, t.now()).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
        let late = work::next(&t.db, &mut slept.clone(), t.now(), LEASE).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)));
        let late = work::extend(&t.db, &mut slept.clone(), t.now(), LEASE).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)));
        work::release(&t.db, &slept).await.unwrap();
        assert_eq!(see(t, scope, job.id).await.state, JobState::Running);
        let done = work::finish(&t.db, &other, &again, Outcome::Done, None, t.now()).await.unwrap();
        assert_eq!(done.state, JobState::Done);
    }

    async fn a_late_finisher_of_the_same_node_is_refused_too(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        add(t, scope, &[row(t, scope.tenant(), "job", "call:1")]).await;
        let (slept, work) = take(t).await;
        t.clock.advance(LEASE + Duration::from_secs(1));
        work::reclaim(&t.db, t.now()).await.unwrap();
        t.clock.advance(Duration::from_secs(1));
        let (_other, _again) = take(t).await;
        let late = work::finish(&t.db, &slept, &work, Outcome::Done, None, t.now()).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)));
    }

    async fn waits_are_exact_and_then_it_is_dead(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let job = row(t, scope.tenant(), "job", "call:1");
        add(t, scope, std::slice::from_ref(&job)).await;
        for seconds in [1, 5, 30, 300, 1_800] {
            let (held, work) = take(t).await;
            let ended = work::finish(&t.db, &held, &work, failed(), None, t.now()).await.unwrap();
            work::release(&t.db, &held).await.unwrap();
            assert_eq!(ended.state, JobState::Ready);
            assert_eq!(ended.run_at, Some(t.now() + Duration::from_secs(seconds)));
            assert_eq!(work::next_due(&t.db, t.now()).await.unwrap(), ended.run_at);
            t.clock.advance(Duration::from_micros(seconds * 1_000_000 - 1));
            assert!(claim(&t.db, "a", 1, t.now()).await.is_empty(), "too early after {seconds} s");
            t.clock.advance(Duration::from_micros(1));
        }
        let (held, work) = take(t).await;
        assert_eq!(work.attempts, 6);
        let ended = work::finish(&t.db, &held, &work, failed(), None, t.now()).await.unwrap();
        work::release(&t.db, &held).await.unwrap();
        assert_eq!(ended.state, JobState::Dead);
        let dead = see(t, scope, job.id).await;
        assert_eq!((dead.state, dead.last_error.as_deref()), (JobState::Dead, Some("no answer")));

        let mut tx = t.db.begin(scope).await.unwrap();
        assert!(work::requeue(&mut tx.conn(), scope, job.id, t.now()).await.unwrap());
        tx.commit(t.now()).await.unwrap();
        let (_, work) = take(t).await;
        assert_eq!((work.id, work.attempts), (job.id, 1));
    }

    async fn a_provider_that_asks_for_a_longer_wait_gets_it(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        add(t, scope, &[row(t, scope.tenant(), "job", "call:1")]).await;
        let (held, work) = take(t).await;
        let not_before = t.now() + Duration::from_secs(90);
        let outcome = Outcome::Failed { reason: "429".to_owned(), not_before: Some(not_before) };
        let ended = work::finish(&t.db, &held, &work, outcome, None, t.now()).await.unwrap();
        assert_eq!(ended.run_at, Some(not_before));
    }

    async fn work_that_was_not_tried_is_not_counted(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let job = row(t, scope.tenant(), "job", "call:1");
        add(t, scope, std::slice::from_ref(&job)).await;
        for _ in 0..10 {
            let (held, work) = take(t).await;
            assert_eq!(work.attempts, 1);
            work::finish(&t.db, &held, &work, Outcome::PutBack { run_at: t.now() }, None, t.now()).await.unwrap();
            work::release(&t.db, &held).await.unwrap();
        }
        assert_eq!(see(t, scope, job.id).await.attempts, 0);
    }

    async fn a_failing_job_holds_its_lane_and_a_failing_event_does_not(t: &TestDb) {
        for (kind, is_held) in [("send", true), (work::EVENT, false)] {
            let scope = t.tenant(kind).await;
            let failing = row(t, scope.tenant(), kind, "conversation:1");
            t.clock.advance(Duration::from_millis(1));
            let behind = row(t, scope.tenant(), "send", "conversation:1");
            add(t, scope, &[failing.clone(), behind.clone()]).await;
            let (mut held, work) = take(t).await;
            assert_eq!(work.id, failing.id);
            work::finish(&t.db, &held, &work, failed(), None, t.now()).await.unwrap();
            let next = work::next(&t.db, &mut held, t.now(), LEASE).await.unwrap();
            assert_eq!(next.map(|work| work.id), (!is_held).then_some(behind.id), "{kind}");
            work::release(&t.db, &held).await.unwrap();
            if is_held {
                assert!(claim(&t.db, "a", 1, t.now()).await.is_empty());
                t.clock.advance(Duration::from_secs(1));
                let (_, work) = take(t).await;
                assert_eq!(work.id, failing.id, "the failed one comes first again");
            }
        }
    }

    async fn work_of_a_crashed_node_comes_back_once_its_lease_is_over(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let mut job = row(t, scope.tenant(), "job", "call:1");
        job.max_attempts = 2;
        add(t, scope, std::slice::from_ref(&job)).await;
        for state in [JobState::Ready, JobState::Dead] {
            take(t).await;
            assert_eq!(work::reclaim(&t.db, t.now()).await.unwrap(), 0, "its lease runs");
            t.clock.advance(LEASE + Duration::from_secs(1));
            assert_eq!(work::reclaim(&t.db, t.now()).await.unwrap(), 1);
            let seen = see(t, scope, job.id).await;
            assert_eq!(seen.state, state, "a job that takes the process with it ends as dead");
            t.clock.advance(Duration::from_secs(5));
        }
    }

    async fn one_tenants_flood_leaves_room_for_the_others(t: &TestDb) {
        let flood = t.tenant("Flood").await;
        let rows: Vec<NewWork> = (0..200).map(|n| row(t, flood.tenant(), "job", &format!("{n}"))).collect();
        add(t, flood, &rows).await;
        let mut others = HashSet::new();
        for n in 0..3 {
            let scope = t.tenant(&format!("Quiet {n}")).await;
            add(t, scope, &[row(t, scope.tenant(), "job", "only")]).await;
            others.insert(scope.tenant());
        }
        let mut rotation = Rotation::default();
        let fair = Claim { per_tenant: 4, ..ask("a", 16) };
        let held = work::claim(&t.db, fair, &mut rotation, t.now()).await.unwrap();
        let of_flood = held.iter().filter(|lane| lane.scope == flood).count();
        assert_eq!(of_flood, 4);
        assert_eq!(held.len(), 7);
        assert!(others.iter().all(|tenant| held.iter().any(|lane| lane.scope.tenant() == *tenant)));
        // Another node does not give the flood a second share.
        let second = work::claim(&t.db, Claim { node: "b", ..fair }, &mut Rotation::default(), t.now()).await.unwrap();
        assert!(second.is_empty());
    }

    async fn tenants_are_served_in_a_circle(t: &TestDb) {
        let mut tenants = HashSet::new();
        for n in 0..5 {
            let scope = t.tenant(&format!("Tenant {n}")).await;
            let rows: Vec<NewWork> = (0..10).map(|n| row(t, scope.tenant(), "job", &format!("{n}"))).collect();
            add(t, scope, &rows).await;
            tenants.insert(scope.tenant());
        }
        let mut rotation = Rotation::default();
        let one = Claim { per_tenant: 1, ..ask("a", 1) };
        let mut served = HashSet::new();
        for _ in 0..5 {
            let held = work::claim(&t.db, one, &mut rotation, t.now()).await.unwrap().pop().unwrap();
            served.insert(held.scope.tenant());
            work::release(&t.db, &held).await.unwrap();
        }
        assert_eq!(served, tenants);
    }

    async fn live_and_bulk_are_asked_for_separately(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let bulk = NewWork { is_bulk: true, ..row(t, scope.tenant(), "import", "bulk") };
        add(t, scope, &[bulk, row(t, scope.tenant(), "job", "live")]).await;
        let live = claim(&t.db, "a", 10, t.now()).await;
        assert_eq!(live.iter().map(|lane| lane.lane.as_str()).collect::<Vec<_>>(), ["live"]);
        let bulk = Claim { is_bulk: true, ..ask("a", 10) };
        let bulk = work::claim(&t.db, bulk, &mut Rotation::default(), t.now()).await.unwrap();
        assert_eq!(bulk.iter().map(|lane| lane.lane.as_str()).collect::<Vec<_>>(), ["bulk"]);
    }

    async fn recurring_work_comes_back_with_its_end_and_never_piles_up(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let recurring = |run_at| {
            let key = Some("cron:tidy".to_owned());
            NewWork { run_at, unique_key: key, ..row(t, scope.tenant(), "tidy", "cron:tidy") }
        };
        for _ in 0..5 {
            // Every node and every start asks for it.
            add(t, scope, &[recurring(t.now())]).await;
            let (held, work) = take(t).await;
            add(t, scope, &[recurring(t.now())]).await;
            let then = recurring(t.now() + Duration::from_mins(15));
            work::finish(&t.db, &held, &work, Outcome::Done, Some(then), t.now()).await.unwrap();
            work::release(&t.db, &held).await.unwrap();
            assert!(claim(&t.db, "a", 1, t.now()).await.is_empty());
            t.clock.advance(Duration::from_mins(15));
        }
        let mut reader = t.db.read(scope).await.unwrap();
        let waiting = JobFilter { states: vec![JobState::Ready], ..JobFilter::default() };
        assert_eq!(work::list(&mut reader.conn(), scope, &waiting, 10).await.unwrap().len(), 1);
    }

    async fn dead_rows_are_requeued_by_filter_without_breaking_unique_keys(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let dead = |kind: &str, key: Option<&str>| NewWork {
            dead_because: Some("gone".to_owned()),
            unique_key: key.map(str::to_owned),
            ..row(t, scope.tenant(), kind, kind)
        };
        let twice = [dead("send", Some("a")), dead("send", Some("a"))];
        let waiting = NewWork { unique_key: Some("b".to_owned()), ..row(t, scope.tenant(), "send", "x") };
        add(t, scope, &twice).await;
        add(t, scope, &[dead("send", Some("b")), waiting, dead("send", None), dead("other", None)]).await;
        let filter = JobFilter { kinds: vec!["send".to_owned()], ..JobFilter::default() };
        let mut tx = t.db.begin(scope).await.unwrap();
        assert_eq!(work::requeue_matching(&mut tx.conn(), scope, &filter, t.now()).await.unwrap(), 2);
        assert_eq!(work::requeue_matching(&mut tx.conn(), scope, &filter, t.now()).await.unwrap(), 0);
        tx.commit(t.now()).await.unwrap();
        let mut reader = t.db.read(scope).await.unwrap();
        let counts = work::counts(&mut reader.conn(), scope).await.unwrap();
        let count = |kind: &str, state| counts.iter().find(|c| c.kind == kind && c.state == state).map_or(0, |c| c.count);
        assert_eq!((count("send", JobState::Ready), count("send", JobState::Dead)), (3, 2));
        assert_eq!(count("other", JobState::Dead), 1);
    }

    async fn lists_go_page_by_page_and_stay_inside_the_tenant(t: &TestDb) {
        let (scope, other) = (t.tenant("Acme").await, t.tenant("Other").await);
        let mut ids = Vec::new();
        for n in 0..5 {
            t.clock.advance(Duration::from_millis(1));
            let job = row(t, scope.tenant(), "job", &n.to_string());
            ids.push(job.id);
            add(t, scope, &[job]).await;
        }
        add(t, other, &[row(t, other.tenant(), "job", "x")]).await;
        ids.reverse();
        let mut reader = t.db.read(scope).await.unwrap();
        let mut seen = Vec::new();
        let mut filter = JobFilter::default();
        loop {
            let page = work::list(&mut reader.conn(), scope, &filter, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = Some(last.id);
            seen.extend(page.iter().map(|job| job.id));
        }
        assert_eq!(seen, ids);
        drop(reader);
        assert_eq!(work::list_of_installation(&t.db, &JobFilter::default(), 100).await.unwrap().len(), 6);
    }

    async fn done_work_is_removed_after_its_time_and_nothing_else(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let dead = NewWork { dead_because: Some("no".to_owned()), ..row(t, scope.tenant(), "job", "dead") };
        add(t, scope, &[row(t, scope.tenant(), "job", "done"), dead]).await;
        let (held, work) = take(t).await;
        work::finish(&t.db, &held, &work, Outcome::Done, None, t.now()).await.unwrap();
        assert_eq!(work::prune(&t.db, t.now()).await.unwrap(), 0);
        t.clock.advance(Duration::from_secs(1));
        assert_eq!(work::prune(&t.db, t.now()).await.unwrap(), 1);
        assert_eq!(work::list_of_installation(&t.db, &JobFilter::default(), 10).await.unwrap().len(), 1);
    }

    async fn the_installations_own_work_is_claimed_like_a_tenants(t: &TestDb) {
        let clock = Arc::clone(&t.clock);
        let scope = work::installation_scope();
        add(t, scope, &[row(t, work::installation(), "tidy", "cron:tidy")]).await;
        let (held, work) = take(t).await;
        assert_eq!(work.tenant_id, work::installation());
        clock.advance(Duration::from_secs(1));
        work::finish(&t.db, &held, &work, Outcome::Done, None, t.now()).await.unwrap();
    }
}
