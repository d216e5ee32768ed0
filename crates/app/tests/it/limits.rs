//! Rate limits of several nodes: together while Redis is there, each for itself while it is not.

use std::{net::IpAddr, sync::Arc, time::Duration};

use switchboard_app::{
    App, AppSettings,
    limits::{Door, LimitSettings, Policy, Quota, RedisUrl, of_address, of_caller},
};
use switchboard_domain::{
    actor::Actor,
    ids::{ApiKeyId, AppId},
};
use switchboard_store::TenantScope;
use switchboard_testkit::{Engine, TestDb, TestRedis, both_engines};

use crate::support::{TestApp, settings};

/// A Redis that is there answers, however late: on a busy machine that may be long after a server would count alone.
const PATIENCE: Duration = Duration::from_mins(1);
const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

/// A node with these limits.
fn node(t: &TestDb, limits: LimitSettings) -> TestApp {
    TestApp::with(t, AppSettings { limits, ..settings("http://127.0.0.1:1") })
}

fn together(redis: &TestRedis, limits: &LimitSettings) -> LimitSettings {
    LimitSettings { redis: Some(RedisUrl::parse(&redis.url()).unwrap().waited_for(PATIENCE)), ..limits.clone() }
}

/// So few in an hour that none drains away while a test runs.
#[expect(clippy::unnecessary_wraps, reason = "settings hold limits that may be absent")]
fn hourly(count: u32) -> Option<Quota> {
    Some(Quota::per_hour(count))
}

fn caller(t: &TestDb) -> Actor {
    Actor::App { app: t.id::<AppId>(), key: t.id::<ApiKeyId>(), scopes: None }
}

async fn passes(app: &App, scope: TenantScope, actor: &Actor) -> bool {
    !of_caller(app, scope, actor, None).await.is_refused()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_with_one_redis_have_one_limit() {
    let (t, redis) = (TestDb::new(Engine::Sqlite).await, TestRedis::start());
    let limits = together(&redis, &LimitSettings { caller: hourly(40), ..LimitSettings::default() });
    let (one, two) = (node(&t, limits.clone()).app, node(&t, limits).app);
    one.limits.connect().await;
    two.limits.connect().await;
    let (scope, actor) = (t.tenant("Acme").await, caller(&t));
    // All at once, so that only what decides atomically comes out right.
    let asking = (0..100).map(|n| {
        let (app, actor) = (Arc::clone(if n % 2 == 0 { &one } else { &two }), actor.clone());
        tokio::spawn(async move { passes(&app, scope, &actor).await })
    });
    let mut passed = 0;
    for one in asking.collect::<Vec<_>>() {
        passed += u32::from(one.await.unwrap());
    }
    assert_eq!(passed, 40);
    // Another key has its own count, and Redis forgets by itself what has drained away.
    assert!(passes(&two, scope, &caller(&t)).await);
    let keys: u32 = redis.command("DBSIZE").trim_start_matches(':').parse().unwrap();
    assert!(keys <= 3, "{keys}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_that_redis_forgot_is_sent_again() {
    let (t, redis) = (TestDb::new(Engine::Sqlite).await, TestRedis::start());
    let app = node(&t, together(&redis, &LimitSettings { address: hourly(3), ..LimitSettings::default() })).app;
    app.limits.connect().await;
    for _ in 0..3 {
        assert_eq!(redis.command("SCRIPT FLUSH"), "+OK");
        assert!(!of_address(&app, HERE, Door::Api).await.is_refused());
        assert_eq!(app.limits.is_shared(), Some(true));
    }
    let refused = of_address(&app, HERE, Door::Api).await;
    let (policy, standing) = refused.refusal().unwrap();
    assert_eq!((policy, standing.remaining()), (Policy::Address, 0));
    assert!(standing.wait() > Duration::from_secs(1_190) && standing.wait() <= Duration::from_mins(20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_node_counts_for_itself_until_it_is_back() {
    let (t, mut redis) = (TestDb::new(Engine::Sqlite).await, TestRedis::start());
    let limits = together(&redis, &LimitSettings { caller: hourly(10), ..LimitSettings::default() });
    let (one, two) = (node(&t, limits.clone()).app, node(&t, limits).app);
    one.limits.connect().await;
    two.limits.connect().await;
    let (scope, actor) = (t.tenant("Acme").await, caller(&t));
    for _ in 0..4 {
        assert!(passes(&one, scope, &actor).await && passes(&two, scope, &actor).await);
    }
    redis.kill();
    // Four of ten were this node's: six more, at once and without an error.
    for n in 0..8 {
        assert_eq!(passes(&one, scope, &actor).await, n < 6, "{n}");
    }
    assert_eq!(one.limits.is_shared(), Some(false));
    redis.restart();
    let begun = tokio::time::Instant::now();
    while one.limits.is_shared() != Some(true) {
        assert!(begun.elapsed() < PATIENCE, "it is back, and nobody noticed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A new Redis knows nothing; what the node remembers still holds.
    assert!(!passes(&one, scope, &actor).await);
    assert!(passes(&one, scope, &caller(&t)).await);
}

#[tokio::test]
async fn a_start_without_redis_is_a_start() {
    let (t, mut redis) = (TestDb::new(Engine::Sqlite).await, TestRedis::start());
    redis.kill();
    let app = node(&t, together(&redis, &LimitSettings { address: hourly(2), ..LimitSettings::default() })).app;
    app.limits.connect().await;
    assert_eq!(app.limits.is_shared(), Some(false));
    assert!(!of_address(&app, HERE, Door::Api).await.is_refused());
    assert!(!of_address(&app, HERE, Door::Api).await.is_refused());
    assert!(of_address(&app, HERE, Door::Api).await.is_refused());
}

#[tokio::test]
async fn the_doors_have_limits_beside_the_address() {
    let t = TestDb::new(Engine::Sqlite).await;
    let limits = LimitSettings {
        address: Some(Quota::per_minute(8)),
        auth: Some(Quota::per_minute(4)),
        signup: Some(Quota::per_minute(2)),
        ..LimitSettings::default()
    };
    let app = node(&t, limits).app;
    let refusal = async |door| of_address(&app, HERE, door).await.refusal().map(|(policy, _)| policy.name());
    for expected in [None, None, Some("signup")] {
        assert_eq!(refusal(Door::Signup).await, expected);
    }
    for expected in [None, None, None, None, Some("auth")] {
        assert_eq!(refusal(Door::Auth).await, expected);
    }
    // Six were taken; what was refused took nothing.
    for expected in [None, None, Some("address")] {
        assert_eq!(refusal(Door::Api).await, expected);
    }
    t.clock.advance(Duration::from_mins(1));
    assert_eq!(refusal(Door::Signup).await, None);
}

both_engines! {
    async fn a_plan_says_how_much_a_tenant_may(t: &TestDb) {
        let app = node(t, LimitSettings { tenant: hourly(3), ..LimitSettings::default() }).app;
        t.execute("UPDATE plans SET limits = '{\"requests_per_hour\": 5}' WHERE id = 'starter'").await;
        t.execute("UPDATE plans SET limits = '{}' WHERE id = 'enterprise'").await;
        let (small, large) = (t.tenant("Small").await, t.tenant("Large").await);
        t.execute("UPDATE tenants SET plan = 'enterprise' WHERE name = 'Large'").await;
        // Of all keys together.
        for n in 0..6 {
            assert_eq!(passes(&app, small, &caller(t)).await, n < 5, "{n}");
        }
        // A plan that says nothing leaves it to the settings.
        for n in 0..4 {
            assert_eq!(passes(&app, large, &caller(t)).await, n < 3, "{n}");
        }
        // Another plan is noticed within a minute. What was used up stays used up, and drains away ten times as fast.
        t.execute("UPDATE plans SET limits = '{\"requests_per_hour\": 50}' WHERE id = 'starter'").await;
        t.clock.advance(Duration::from_mins(1));
        assert!(!passes(&app, small, &caller(t)).await);
        t.clock.advance(Duration::from_mins(2));
        assert!(passes(&app, small, &caller(t)).await && passes(&app, small, &caller(t)).await);
        // A database that is away refuses nobody.
        t.clock.advance(Duration::from_mins(2));
        t.db.close().await;
        assert!(passes(&app, small, &caller(t)).await);
    }
}
