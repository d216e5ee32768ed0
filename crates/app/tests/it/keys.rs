//! Apps and their keys: who gets in, until when, and what the audit log says of it.

use std::time::Duration;

use secrecy::ExposeSecret;
use switchboard_app::{
    App,
    access::{self, AccessError, InternalError},
    apps::{self, AppsError},
};
use switchboard_store::platform;
use switchboard_testkit::both_engines;

use crate::{
    dialpad_double::{actor, client},
    support::TestApp,
};

async fn refusal(app: &App, key: &str) -> AccessError {
    access::authenticate_key(app, key).await.expect_err("this key must not open anything")
}

both_engines! {
    async fn a_key_opens_its_own_tenant(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (first, _) = client(&app, "First").await;
        let (second, _) = client(&app, "Second").await;
        assert_ne!(first.scope.tenant(), second.scope.tenant());
        for created in [&first, &second] {
            // Twice: from the database and from what is kept.
            for _ in 0..2 {
                let access = access::authenticate_key(&app, created.api_key.expose_secret()).await.unwrap();
                assert_eq!((access.app_id, access.scope), (created.app.id, created.scope));
            }
        }
        assert!(matches!(refusal(&app, &format!("raw_{}", "0".repeat(64))).await, AccessError::Unknown));
        assert!(matches!(refusal(&app, "raw_short").await, AccessError::Unknown));
    }

    async fn an_app_comes_with_a_connection_that_its_url_finds(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, connection) = client(&app, "Acme").await;
        let token = created.hook_url.strip_prefix("https://switchboard.example/hooks/").unwrap();
        let hash = switchboard_app::vault::sha256(token.as_bytes());
        let owner = platform::find_hook(&t.db, &hash, t.now()).await.unwrap().unwrap();
        assert_eq!((owner.connection_id, owner.scope()), (connection.id, created.scope));
        assert_eq!(switchboard_app::connections::hook_url(&app, &connection).unwrap(), created.hook_url);
    }

    async fn two_apps_of_one_name_both_get_a_tenant(t: &TestDb) {
        let app = TestApp::new(t).app;
        client(&app, "Acme").await;
        // Tenants are listed by birth; two of one moment have no order.
        t.clock.advance(Duration::from_millis(1));
        client(&app, "Acme").await;
        let tenants = platform::list_tenants(&t.db, None, 10).await.unwrap();
        let subdomains: Vec<&str> = tenants.iter().map(|(tenant, _)| tenant.subdomain.as_str()).collect();
        assert_eq!(subdomains, ["acme", "acme-1"]);
        assert!(matches!(apps::create(&app, "  ", &actor()).await, Err(AppsError::BadName)));
    }

    async fn a_replaced_key_works_until_its_grace_period_ends(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        let old = created.api_key.expose_secret();
        let rotated = apps::rotate_key(&app, created.scope, created.app.id, None, &actor()).await.unwrap();
        assert_eq!(rotated.old_key_until, Some(t.now() + Duration::from_hours(24)));
        access::authenticate_key(&app, old).await.unwrap();
        access::authenticate_key(&app, rotated.api_key.expose_secret()).await.unwrap();
        t.clock.advance(Duration::from_hours(24));
        assert!(matches!(refusal(&app, old).await, AccessError::Expired));
        access::authenticate_key(&app, rotated.api_key.expose_secret()).await.unwrap();
    }

    async fn without_grace_a_replaced_key_ends_at_once(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        let old = created.api_key.expose_secret();
        access::authenticate_key(&app, old).await.unwrap();
        let grace = Some(Duration::ZERO);
        apps::rotate_key(&app, created.scope, created.app.id, grace, &actor()).await.unwrap();
        assert!(matches!(refusal(&app, old).await, AccessError::Revoked));
    }

    async fn the_audit_log_names_keys_by_their_own_hints(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        let hint = |key: &str| format!("{}...{}", &key[..8], &key[key.len() - 4..]);
        let first = hint(created.api_key.expose_secret());
        t.clock.advance(Duration::from_secs(1));
        let rotated = apps::rotate_key(&app, created.scope, created.app.id, None, &actor()).await.unwrap();
        let second = hint(rotated.api_key.expose_secret());
        let status = apps::key_status(&app, created.scope, created.app.id).await.unwrap();
        assert_eq!(status.working[0].hint, second);
        t.clock.advance(Duration::from_secs(1));
        apps::revoke_keys(&app, created.scope, created.app.id, &actor()).await.unwrap();
        assert!(matches!(refusal(&app, rotated.api_key.expose_secret()).await, AccessError::Revoked));
        assert!(apps::key_status(&app, created.scope, created.app.id).await.unwrap().working.is_empty());

        let (log, total) = apps::key_audit(&app, created.scope, created.app.id, 10, 0).await.unwrap();
        assert_eq!(total, 4);
        let mut told: Vec<_> = log
            .iter()
            .map(|entry| (entry.action.as_str(), entry.old_key_hint.clone(), entry.new_key_hint.clone()))
            .collect();
        told[..2].sort();
        let mut revoked = [("revoked", Some(second.clone()), None), ("revoked", Some(first.clone()), None)];
        revoked.sort();
        assert_eq!(told[..2], revoked);
        assert_eq!(told[2], ("rotated", Some(first.clone()), Some(second)));
        assert_eq!(told[3], ("created", None, Some(first)));
        assert!(log.iter().all(|entry| entry.actor == "internal" && entry.address.as_deref() == Some("192.0.2.7")));
    }

    async fn an_app_that_is_switched_off_gets_neither_in_nor_a_new_key(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        let key = created.api_key.expose_secret();
        access::authenticate_key(&app, key).await.unwrap();
        apps::set_active(&app, created.scope, created.app.id, false, &actor()).await.unwrap();
        assert!(matches!(refusal(&app, key).await, AccessError::AppDisabled));
        let refused = apps::rotate_key(&app, created.scope, created.app.id, None, &actor()).await;
        assert!(matches!(refused, Err(AppsError::Inactive)));
    }

    async fn one_tenants_scope_does_not_reach_another_tenants_app(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (ours, _) = client(&app, "Ours").await;
        let (theirs, _) = client(&app, "Theirs").await;
        let rotated = apps::rotate_key(&app, ours.scope, theirs.app.id, None, &actor()).await;
        assert!(matches!(rotated, Err(AppsError::NotFound)));
        let revoked = apps::revoke_keys(&app, ours.scope, theirs.app.id, &actor()).await;
        assert!(matches!(revoked, Err(AppsError::NotFound)));
        access::authenticate_key(&app, theirs.api_key.expose_secret()).await.unwrap();
    }

    async fn the_use_of_a_key_is_noted(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        access::authenticate_key(&app, created.api_key.expose_secret()).await.unwrap();
        // It is noted behind the request's back, and nothing signals that it has been.
        let noted = async {
            loop {
                let status = apps::key_status(&app, created.scope, created.app.id).await.unwrap();
                if let Some(at) = status.working[0].last_used_at {
                    return at;
                }
                tokio::task::yield_now().await;
            }
        };
        let at = tokio::time::timeout(Duration::from_secs(10), noted).await.unwrap();
        assert_eq!(at, t.now());
    }

    async fn a_database_that_is_away_never_makes_a_key_wrong(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (created, _) = client(&app, "Acme").await;
        t.db.close().await;
        let error = refusal(&app, created.api_key.expose_secret()).await;
        assert!(matches!(error, AccessError::Unavailable(_)), "{error}");
    }

    async fn the_installations_secret_opens_and_nothing_like_it_does(t: &TestDb) {
        let app = TestApp::new(t).app;
        let secret = app.settings.internal_api_secret.expose_secret().to_owned();
        access::authenticate_internal(&app, &secret).unwrap();
        for wrong in ["", &secret[1..], &format!("{secret} "), "internal"] {
            assert_eq!(access::authenticate_internal(&app, wrong).unwrap_err(), InternalError::Wrong);
        }
    }
}
