//! Who comes to a SQLite file where nobody works takes over what is left there at once; anybody else waits for leases.

use std::time::Duration;

use switchboard_domain::job::JobState;
use switchboard_store::{
    DbOptions, Engine, Presence, TenantScope, cursor,
    work::{self, Rotation},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::work::{add, ask, row, see};

const LEASE: Duration = Duration::from_mins(1);

/// What a node holds that is killed in the middle of its work: a lane group, and a lane with a job that runs.
async fn hold(t: &TestDb, scope: TenantScope) -> switchboard_domain::ids::JobId {
    cursor::claim(&t.db, 0, "killed", t.now(), LEASE).await.unwrap().expect("the lane group is free");
    let job = row(t, scope.tenant(), "a.job", "a lane");
    add(t, scope, std::slice::from_ref(&job)).await;
    let held = work::claim(&t.db, ask("killed", 1), &mut Rotation::default(), t.now()).await.unwrap();
    let mut lane = held.into_iter().next().expect("the lane is free and due");
    work::next(&t.db, &mut lane, t.now(), LEASE).await.unwrap().expect("the job is due");
    job.id
}

async fn may_merge(t: &TestDb) -> bool {
    cursor::claim(&t.db, 0, "next", t.now(), LEASE).await.unwrap().is_some()
}

both_engines! {
    async fn who_is_alone_need_not_wait_for_leases(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let job = hold(t, scope).await;
        assert!(!may_merge(t).await && work::reclaim(&t.db, t.now()).await.unwrap() == 0, "the leases hold nobody off");

        let presence = Presence::announce(&t.db, t.now()).await.unwrap();

        let knows = t.db.engine() == Engine::Sqlite;
        assert_eq!(presence.is_some(), knows, "nodes of PostgreSQL may be anywhere");
        assert_eq!(may_merge(t).await, knows);
        assert_eq!(work::reclaim(&t.db, t.now()).await.unwrap(), u64::from(knows));
        let put_back = see(t, scope, job).await;
        assert_eq!((put_back.state == JobState::Ready, put_back.attempts), (knows, 1));
    }

    async fn who_is_not_alone_leaves_the_leases_of_others(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let here = Presence::announce(&t.db, t.now()).await.unwrap();
        hold(t, scope).await;

        let second = Presence::announce(&t.db, t.now()).await.unwrap();
        drop(here);
        let third = Presence::announce(&t.db, t.now()).await.unwrap();
        assert!(!may_merge(t).await, "a lease was ended although its holder may live");

        drop((second, third));
        let _alone = Presence::announce(&t.db, t.now()).await.unwrap();
        assert_eq!(may_merge(t).await, t.db.engine() == Engine::Sqlite);
    }
}

#[tokio::test]
async fn nobody_works_without_the_lock() {
    let t = TestDb::new(Engine::Sqlite).await;
    let DbOptions::Sqlite { path } = t.options() else { unreachable!("asked for SQLite") };
    // It leads nowhere, so it can neither be opened nor made.
    std::os::unix::fs::symlink(path.join("nowhere"), path.with_added_extension("workers")).unwrap();
    let refused = Presence::announce(&t.db, t.now()).await.unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(why.contains("db.workers cannot be locked"), "{why}");
    t.remove().await;
}
