//! The script that Redis runs and the node's own memory decide alike. Two tellings of one arithmetic in two languages: what
//! one node refuses alone it must refuse with others, or limits change with the weather.

use std::time::Duration;

use proptest::prelude::*;
use redis::{Connection, Script};
use switchboard_testkit::TestRedis;

use super::{Charge, Policy, Quota, Verdict, memory::Memory, redis::RedisUrl};

const SCRIPT: &str = include_str!("gcra.lua");
const POLICIES: [Policy; 3] = [Policy::Address, Policy::Key, Policy::Tenant];
const BEGINNING: i64 = 1_788_000_000_000_000;

/// The script with the test's clock in the place of the server's, as the last two arguments; and without the expiry, which
/// goes by the server's own clock whatever the script is told. Expiry has a test of its own below.
fn with_our_clock() -> Script {
    let (clock, expiry) = ("redis.call('TIME')", ", 'PX', math.ceil(backlog / 1000)");
    assert_eq!(
        (SCRIPT.matches(clock).count(), SCRIPT.matches(expiry).count()),
        (1, 1),
        "the script changed; so must this"
    );
    Script::new(&SCRIPT.replace(clock, "{ ARGV[#ARGV - 1], ARGV[#ARGV] }").replace(expiry, ""))
}

fn connect(redis: &TestRedis) -> Connection {
    let RedisUrl { client, .. } = RedisUrl::parse(&redis.url()).unwrap();
    client.get_connection().unwrap()
}

/// What the script says: whether the request passes, and the backlogs before it.
fn ask(script: &Script, redis: &mut Connection, case: u64, charges: &[Charge], now: Option<i64>) -> (bool, Vec<i64>) {
    let mut call = script.prepare_invoke();
    for charge in charges {
        call.key(format!("{case}:{}:{}", charge.policy.name(), charge.subject));
        call.arg(charge.quota.interval()).arg(charge.quota.capacity());
    }
    if let Some(now) = now {
        call.arg(now / 1_000_000).arg(now % 1_000_000);
    }
    let answer: Vec<i64> = call.invoke(redis).unwrap();
    (answer[0] == 1, answer[1..].to_vec())
}

/// A request: microseconds since the one before, and for each policy whom it is charged to, if anybody, under which quota.
/// The same subject comes with other quotas too, as when a plan is changed.
type Request = (i64, [Option<(u128, Quota)>; 3]);

fn request() -> impl Strategy<Value = Request> {
    // Bursts, a trickle, silences, and a clock that is set back.
    let step = prop_oneof![
        4 => Just(0),
        2 => 0_i64..1_000,
        2 => 0_i64..2_000_000,
        1 => 0_i64..4_000_000_000,
        1 => -60_000_000_i64..0
    ];
    let of = |(count, seconds)| Quota::new(count, Duration::from_secs(seconds));
    let quota = prop_oneof![
        4 => Just(Quota::per_minute(5)),
        2 => (1_u32..50, 1_u64..120).prop_map(of),
        1 => (1_u32..2_000_000, 1_u64..40_000_000).prop_map(of),
    ];
    let charge = || proptest::option::weighted(0.8, (0_u128..2, quota.clone()));
    (step, [charge(), charge(), charge()])
}

#[test]
fn redis_and_memory_say_the_same() {
    let redis = TestRedis::start();
    let (script, connection) = (with_our_clock(), std::cell::RefCell::new(connect(&redis)));
    let case = std::cell::Cell::new(0);
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(requests in proptest::collection::vec(request(), 1..80))| {
        case.set(case.get() + 1);
        let (memory, mut now) = (Memory::new(1_000), BEGINNING);
        for (step, subjects) in requests {
            now += step;
            let charges: Vec<Charge> = std::iter::zip(POLICIES, subjects)
                .filter_map(|(policy, charged)| charged.map(|(subject, quota)| Charge { policy, subject, quota }))
                .collect();
            let alone = memory.take(0, &charges, now);
            let (passes, backlogs) = ask(&script, &mut connection.borrow_mut(), case.get(), &charges, Some(now));
            prop_assert_eq!(passes, !alone.is_refused(), "at {} {:?}", now, charges);
            prop_assert_eq!(Verdict::of(&charges, backlogs.into_iter()).standings, alone.standings);
        }
    });
    assert!(case.get() >= 150);
}

#[test]
fn redis_forgets_a_subject_when_all_has_drained_away_and_not_before() {
    let redis = TestRedis::start();
    let (script, mut connection) = (Script::new(SCRIPT), connect(&redis));
    let charge = Charge { policy: Policy::Key, subject: 1, quota: Quota::per_hour(60) };
    for n in 1..=3_i64 {
        let (passes, before) = ask(&script, &mut connection, 0, &[charge], None);
        assert!(passes && before[0] <= (n - 1) * charge.quota.interval());
        let left: i64 = ::redis::cmd("PTTL").arg("0:key:1").query(&mut connection).unwrap();
        let backlog = (before[0] + charge.quota.interval()) / 1_000;
        assert!((backlog - 60_000..=backlog + 1).contains(&left), "{left} ms for {backlog} ms");
        // What is kept for so long says the same.
        let drained_at: i64 = ::redis::cmd("GET").arg("0:key:1").query(&mut connection).unwrap();
        assert!(drained_at > BEGINNING / 2);
    }
}
