//! The audit log: every deed has its entry, entries cannot be changed by the way, and whoever changes them all the same is
//! found out.

use switchboard_app::audit::{self, AuditFilter, Broken, Chain, Entry, Noted, Origin, Verdict};
use switchboard_domain::{audit::Action, ids::AppId};
use switchboard_store::{Engine, TenantScope};
use switchboard_testkit::{TestDb, both_engines};

use crate::support::TestApp;

/// Writes `count` entries into a tenant's chain.
async fn fill(app: &TestApp, scope: TenantScope, count: usize) {
    for n in 0..count {
        let by = Origin::operator("cli").at("192.0.2.1");
        let entry =
            Entry::new(&by, Action::AppSwitchedOn).on("app", app.app.id::<AppId>()).with("n", n).with("a", "ü\"");
        audit::record_alone(&app.app, scope, entry).await.unwrap();
    }
}

async fn verdict(app: &TestApp, scope: TenantScope) -> Verdict {
    audit::verify(&app.app, Chain::Tenant(scope), None).await.unwrap()
}

/// What somebody with the tables' owner's rights runs, with the triggers out of the way.
async fn tamper(t: &TestDb, statements: &str) {
    let (off, on) = match t.engine() {
        Engine::Sqlite => {
            ("DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete; DROP TRIGGER audit_heads_grow;", "")
        }
        Engine::Postgres => (
            "ALTER TABLE audit_log DISABLE TRIGGER USER; ALTER TABLE audit_heads DISABLE TRIGGER USER;",
            "ALTER TABLE audit_log ENABLE TRIGGER USER; ALTER TABLE audit_heads ENABLE TRIGGER USER;",
        ),
    };
    t.execute(&format!("{off} {statements}; {on}")).await;
}

fn broken(seq: i64, why: Broken) -> Verdict {
    Verdict::Broken { seq, why }
}

both_engines! {
    async fn a_chain_that_nobody_touched_is_whole(t: &TestDb) {
        let app = TestApp::new(t);
        let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
        fill(&app, one, 3).await;
        fill(&app, two, 1).await;
        assert!(matches!(verdict(&app, one).await, Verdict::Whole { entries: 3, .. }));
        let all = audit::verify_all(&app.app, None).await.unwrap();
        assert!(all.iter().all(|chain| matches!(chain.verdict, Verdict::Whole { .. })), "{all:?}");
        assert_eq!(all.len(), 3);
        let filter = AuditFilter { actor: Some("operator".into()), ..AuditFilter::default() };
        let page = audit::list(&app.app, Chain::Tenant(one), &filter, Some(3), 50).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 1]);
        let none = AuditFilter { action: Some(Action::KeyRevoked), ..AuditFilter::default() };
        assert!(audit::list(&app.app, Chain::Tenant(one), &none, None, 50).await.unwrap().is_empty());
    }

    async fn a_deed_that_is_rolled_back_leaves_no_gap(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 1).await;
        let by = Origin::system("test");
        let mut tx = t.db.begin(scope).await.unwrap();
        audit::record(&mut tx, &app.app, Entry::new(&by, Action::AppSwitchedOn)).await.unwrap();
        drop(tx);
        fill(&app, scope, 1).await;
        assert!(matches!(verdict(&app, scope).await, Verdict::Whole { entries: 2, .. }));
    }

    async fn writers_at_the_same_time_leave_no_gap(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        let writers = (0..8).map(|_| fill(&app, scope, 10));
        futures::future::join_all(writers).await;
        assert!(matches!(verdict(&app, scope).await, Verdict::Whole { entries: 80, .. }));
    }

    async fn the_application_cannot_change_an_entry(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 1).await;
        for statement in [
            "UPDATE audit_log SET actor_name = 'nobody'",
            "DELETE FROM audit_log",
            "UPDATE audit_heads SET seq = 0",
            "DELETE FROM audit_heads",
        ] {
            let mut tx = t.db.begin(scope).await.unwrap();
            assert!(switchboard_store::sql::Sql::new(statement).execute(&mut tx.conn()).await.is_err(), "{statement}");
        }
        assert!(matches!(verdict(&app, scope).await, Verdict::Whole { entries: 1, .. }));
    }

    async fn a_changed_entry_is_named(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 5).await;
        tamper(t, "UPDATE audit_log SET actor_name = 'somebody else' WHERE seq = 3 AND tenant_id IS NOT NULL").await;
        assert_eq!(verdict(&app, scope).await, broken(3, Broken::Changed));
    }

    async fn a_removed_entry_is_named(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 5).await;
        tamper(t, "DELETE FROM audit_log WHERE seq = 2 AND tenant_id IS NOT NULL").await;
        assert_eq!(verdict(&app, scope).await, broken(2, Broken::Missing));
    }

    async fn swapped_entries_are_named(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 5).await;
        let swap = "UPDATE audit_log SET seq = 100 WHERE seq = 2 AND tenant_id IS NOT NULL; \
                    UPDATE audit_log SET seq = 2 WHERE seq = 4 AND tenant_id IS NOT NULL; \
                    UPDATE audit_log SET seq = 4 WHERE seq = 100 AND tenant_id IS NOT NULL";
        tamper(t, swap).await;
        assert_eq!(verdict(&app, scope).await, broken(2, Broken::Changed));
    }

    async fn a_log_that_was_cut_is_found_by_its_head(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 5).await;
        tamper(t, "DELETE FROM audit_log WHERE seq > 3 AND tenant_id IS NOT NULL").await;
        assert_eq!(verdict(&app, scope).await, broken(4, Broken::Cut));
    }

    async fn a_log_that_was_cut_with_its_head_is_found_by_what_was_noted_elsewhere(t: &TestDb) {
        let app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        fill(&app, scope, 5).await;
        let Verdict::Whole { entries, hash } = verdict(&app, scope).await else { panic!("a fresh chain is whole") };
        let noted = Noted { seq: entries, hash };
        let cut = "DELETE FROM audit_log WHERE seq > 3 AND tenant_id IS NOT NULL; \
                   UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_log WHERE seq = 3 AND tenant_id IS NOT NULL) \
                   WHERE seq = 5";
        tamper(t, cut).await;
        // Within the database nothing is left to see: this is the limit of any chain that is kept beside its own head.
        assert!(matches!(verdict(&app, scope).await, Verdict::Whole { entries: 3, .. }));
        let held = |noted: Noted| {
            let app = &app;
            async move { audit::verify(&app.app, Chain::Tenant(scope), Some(&noted)).await.unwrap() }
        };
        assert_eq!(held(noted.clone()).await, broken(4, Broken::Cut));
        fill(&app, scope, 2).await;
        assert_eq!(held(noted).await, broken(5, Broken::NotAsNoted));
    }
}
