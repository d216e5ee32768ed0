//! People, their sessions and tokens, as the database sees them.

use std::time::Duration;

use switchboard_domain::{
    ids::{SessionId, TenantId, UserId},
    role::Role,
};
use switchboard_store::{
    StoreError,
    people::{
        login_failures, memberships, refresh_tokens,
        sessions::{self, Session},
        upkeep, users,
    },
};
use switchboard_testkit::{TestDb, both_engines};

async fn user(t: &TestDb, email: &str) -> UserId {
    let new = users::NewUser {
        id: t.id(),
        email: email.to_owned(),
        full_name: "Ann".to_owned(),
        password_hash: None,
        is_platform_admin: false,
        email_verified_at: None,
        created_at: t.now(),
    };
    let mut tx = t.db.begin_platform().await.unwrap();
    assert!(users::insert(&mut tx, &new).await.unwrap());
    tx.commit().await.unwrap();
    new.id
}

async fn session(t: &TestDb, user: UserId, tenant: Option<TenantId>) -> SessionId {
    let session = Session {
        id: t.id(),
        user_id: user,
        tenant_id: tenant,
        impersonated_by: None,
        is_browser: false,
        user_agent: None,
        address: Some("192.0.2.1".to_owned()),
        created_at: t.now(),
        last_used_at: t.now(),
        expires_at: t.now() + Duration::from_hours(1),
    };
    let mut tx = t.db.begin_platform().await.unwrap();
    sessions::insert(&mut tx, &session).await.unwrap();
    refresh_tokens::insert(&mut tx, session.id.uuid().as_bytes(), session.id, t.now()).await.unwrap();
    tx.commit().await.unwrap();
    session.id
}

both_engines! {
    async fn an_address_is_one_person(t: &TestDb) {
        let ann = user(t, "ann@example.com").await;
        let again = users::NewUser {
            id: t.id(), email: "ann@example.com".to_owned(), full_name: "Other".to_owned(), password_hash: None,
            is_platform_admin: false, email_verified_at: None, created_at: t.now(),
        };
        let mut tx = t.db.begin_platform().await.unwrap();
        assert!(!users::insert(&mut tx, &again).await.unwrap());
        drop(tx);
        assert_eq!(users::find_by_email(&t.db, "ann@example.com").await.unwrap().unwrap().id, ann);
        assert!(users::find_by_email(&t.db, "bob@example.com").await.unwrap().is_none());
        t.clock.advance(Duration::from_millis(1));
        let bob = user(t, "bob@example.com").await;
        let listed: Vec<UserId> = users::list(&t.db, Some(ann), 10).await.unwrap().iter().map(|user| user.id).collect();
        assert_eq!(listed, [bob]);
    }

    async fn a_membership_is_what_gives_a_scope(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let ann = user(t, "ann@example.com").await;
        let stranger = session(t, ann, Some(scope.tenant())).await;
        assert!(sessions::find(&t.db, stranger).await.unwrap().unwrap().scope().is_none(), "a session alone gives none");
        let mut tx = t.db.begin_platform().await.unwrap();
        assert!(memberships::insert(&mut tx, scope.tenant(), ann, Role::Agent, t.now()).await.unwrap());
        assert!(!memberships::insert(&mut tx, scope.tenant(), ann, Role::Owner, t.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(sessions::find(&t.db, stranger).await.unwrap().unwrap().scope(), Some((scope, Role::Agent)));
        let found = memberships::find(&t.db, ann, scope.tenant()).await.unwrap().unwrap();
        assert_eq!((found.scope(), found.role, found.tenant_name.as_str()), (scope, Role::Agent, "Acme"));
        assert!(memberships::find(&t.db, ann, t.id()).await.unwrap().is_none());
        let nowhere = session(t, ann, None).await;
        assert!(sessions::find(&t.db, nowhere).await.unwrap().unwrap().scope().is_none());
    }

    async fn a_tenants_transaction_sees_nobody(t: &TestDb) {
        user(t, "ann@example.com").await;
        if t.engine() == switchboard_testkit::Engine::Sqlite {
            return; // Row-level security is PostgreSQL's.
        }
        let scope = t.tenant("Acme").await;
        let mut reader = t.db.read(scope).await.unwrap();
        for table in ["users", "sessions", "refresh_tokens", "login_failures"] {
            let text: &'static str = match table {
                "users" => "SELECT count(*) FROM users",
                "sessions" => "SELECT count(*) FROM sessions",
                "refresh_tokens" => "SELECT count(*) FROM refresh_tokens",
                _ => "SELECT count(*) FROM login_failures",
            };
            let rows: Result<Vec<(i64,)>, StoreError> = switchboard_store::sql::Sql::new(text).fetch_all(&mut reader.conn()).await;
            assert_eq!(rows.unwrap(), [(0,)], "{table}");
        }
    }

    async fn a_refresh_token_is_taken_once(t: &TestDb) {
        let ann = user(t, "ann@example.com").await;
        let id = session(t, ann, None).await;
        let hash = id.uuid().as_bytes().to_vec();
        let take = async || {
            let mut tx = t.db.begin_platform().await.unwrap();
            let taken = refresh_tokens::take(&mut tx, &hash, t.now()).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        let both = futures::future::join(take(), take()).await;
        assert!(matches!(both, (Some(_), None) | (None, Some(_))), "{both:?}");
        let kept = refresh_tokens::find(&t.db, &hash).await.unwrap().unwrap();
        assert_eq!((kept.used_at, kept.is_overtaken), (Some(t.now()), false));
        t.clock.advance(Duration::from_secs(1));
        let mut tx = t.db.begin_platform().await.unwrap();
        refresh_tokens::insert(&mut tx, b"next", id, t.now()).await.unwrap();
        refresh_tokens::take(&mut tx, b"next", t.now()).await.unwrap();
        assert!(refresh_tokens::find_in(&mut tx, &hash).await.unwrap().unwrap().is_overtaken);
    }

    async fn what_has_ended_is_removed_with_what_belongs_to_it(t: &TestDb) {
        let ann = user(t, "ann@example.com").await;
        let old = session(t, ann, None).await;
        t.clock.advance(Duration::from_mins(90));
        let new = session(t, ann, None).await;
        let mut tx = t.db.begin_platform().await.unwrap();
        login_failures::note(&mut tx, b"somebody", t.now(), t.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(upkeep::remove_sessions(&t.db, t.now()).await.unwrap(), 1);
        assert_eq!(upkeep::remove_sessions(&t.db, t.now()).await.unwrap(), 0);
        assert!(sessions::find(&t.db, old).await.unwrap().is_none());
        assert!(refresh_tokens::find(&t.db, old.uuid().as_bytes()).await.unwrap().is_none());
        assert!(sessions::find(&t.db, new).await.unwrap().is_some());
        assert_eq!(upkeep::remove_login_failures(&t.db, t.now()).await.unwrap(), 0);
        t.clock.advance(Duration::from_secs(1));
        assert_eq!(upkeep::remove_login_failures(&t.db, t.now()).await.unwrap(), 1);
        assert_eq!(upkeep::remove_login_attempts(&t.db, t.now()).await.unwrap(), 0);
        assert_eq!(upkeep::remove_user_tokens(&t.db, t.now()).await.unwrap(), 0);
    }

    async fn failures_count_until_they_are_old(t: &TestDb) {
        let note = async || {
            let mut tx = t.db.begin_platform().await.unwrap();
            login_failures::note(&mut tx, b"ann", t.now(), t.now() - Duration::from_mins(10)).await.unwrap();
            tx.commit().await.unwrap();
            login_failures::find(&t.db, b"ann").await.unwrap().unwrap().failures
        };
        assert_eq!((note().await, note().await), (1, 2));
        t.clock.advance(Duration::from_mins(10));
        assert_eq!(note().await, 1, "a while ago");
    }
}
