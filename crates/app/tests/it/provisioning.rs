//! Webhooks at Dialpad, against the sandbox: made once, told apart, compared, repaired and taken away.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use switchboard_app::{
    App, accounts,
    apps::{self, CreatedApp, KeyTerms},
    audit::Origin,
    connecting::{self, NewConnection, Values},
    connections::{self, ConnectionsError, CredentialSource, CredentialsError},
    hooks::{self, Resolved, Unresolved},
    intake::HookRoute,
    provisioning::{self, ProvisionError, Wish},
};
use switchboard_domain::{actor::Actor, ids::ConnectionId, role::Role};
use switchboard_providers::dialpad::client::SubscriptionKind;
use switchboard_sandbox::{
    RunningSandbox,
    dialpad::{Fault, FaultKind},
};
use switchboard_store::{TenantScope, connections::Connection};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::{
    dialpad_double as double,
    support::{TestApp, settings, signed_with},
};

/// `DIALPAD_WEBHOOK_SECRET`.
const INSTALLATION_SECRET: &str = "the-secret-of-the-installation";
const FIXED_URL: &str = "https://switchboard.example/webhooks/dialpad";

fn fixed(secret: &str) -> Wish {
    Wish { webhook_url: Some(FIXED_URL.into()), webhook_secret: Some(SecretString::from(secret)) }
}

async fn make(app: &Arc<App>, client: &CreatedApp, wish: Wish) -> Result<String, ProvisionError> {
    provisioning::create(app, client.scope, client.app.id, wish, &double::actor())
        .await
        .map(|made| made.webhook.external_id)
}

/// The ids of Dialpad's webhooks, and how many subscriptions of each kind there are.
async fn at_dialpad(dialpad: &RunningSandbox) -> (Vec<String>, usize, usize) {
    let look = double::look(dialpad, double::INSTALLATION_KEY);
    let mut ids: Vec<String> = look.webhooks().await.unwrap().iter().map(|webhook| webhook.id.to_string()).collect();
    ids.sort();
    let calls = look.subscriptions(SubscriptionKind::Call).await.unwrap().len();
    (ids, calls, look.subscriptions(SubscriptionKind::Sms).await.unwrap().len())
}

fn refuse(dialpad: &RunningSandbox, kind: FaultKind) {
    let path = "/api/v2/webhooks".to_owned();
    let method = Some("POST".to_owned());
    dialpad.dialpad().fault(Fault { kind, count: 1, path, method, retry_after: 1, hang_ms: 0 });
}

/// Whose delivery on the fixed URL this is.
async fn owner_of(app: &App, secret: &str) -> Option<switchboard_domain::ids::TenantId> {
    let payload = serde_json::json!({ "call_id": 1, "state": "ringing", "event_timestamp": 1_788_000_000_000_i64 });
    let request = signed_with(&payload, secret);
    match hooks::resolve(app, &HookRoute::Fixed("dialpad"), &request, None).await {
        Ok(Resolved::Owned { hook, .. }) => Some(hook.tenant),
        Ok(Resolved::Nobodys { .. }) | Err(Unresolved::Rejected { .. }) => None,
        Err(Unresolved::Unknown | Unresolved::Busy | Unresolved::Guessing { .. } | Unresolved::Unavailable(_)) => {
            panic!("the delivery could not be looked at")
        }
    }
}

/// A workspace that somebody signed up for, with a Dialpad connection that says nothing of credentials.
async fn stranger(t: &TestDb, app: &App, name: &str) -> (TenantScope, Connection) {
    let scope = t.tenant(name).await;
    let new = NewConnection { app_id: None, provider: "dialpad".into(), name: name.into(), fields: Values::new() };
    (scope, connecting::create(app, scope, &new, &a_person(t)).await.unwrap())
}

/// An owner of their own workspace.
fn a_person(t: &TestDb) -> Origin {
    let actor = Actor::User { user: t.id(), session: t.id(), role: Role::Owner, impersonated_by: None };
    Origin { actor, ..double::actor() }
}

/// With a secret that the operator has set, for webhooks that were made by hand.
fn app_with_secret(t: &TestDb, dialpad: &RunningSandbox) -> Arc<App> {
    let mut settings = settings(&dialpad.url());
    settings.dialpad.webhook_secret = Some(SecretString::from(INSTALLATION_SECRET));
    TestApp::with(t, settings).app
}

async fn is_missing(app: &Arc<App>, scope: TenantScope, id: ConnectionId) -> bool {
    let connection = connections::find(app, scope, id).await.unwrap();
    match connections::credentials_for(app, scope, &connection).await {
        Ok(found) => {
            assert_eq!(found.source, CredentialSource::InstallationKey);
            false
        }
        Err(error) => {
            assert!(matches!(error, CredentialsError::Missing), "{error}");
            true
        }
    }
}

both_engines! {
    async fn only_who_runs_the_installation_lends_its_key(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (guide, connection) = double::client(&app, "Made with POST /internal/apps").await;
        assert!(!is_missing(&app, guide.scope, connection.id).await);

        let (scope, theirs) = stranger(t, &app, "Stranger").await;
        assert!(is_missing(&app, scope, theirs.id).await);
        let refused = provisioning::create_for(&app, scope, theirs.clone(), Wish::default(), &a_person(t)).await;
        assert!(refused.unwrap_err().is_missing_credentials());
        let with_app = apps::create_in(&app, scope, "Their app", KeyTerms::default(), &a_person(t)).await.unwrap();
        assert!(is_missing(&app, scope, with_app.connection_id).await);
        assert_eq!(at_dialpad(&dialpad).await, (Vec::new(), 0, 0));

        // Platform admins do as themselves, and not in somebody else's name.
        let admin = accounts::create_user(&app, "admin@example.com", "Admin", true, &double::actor()).await.unwrap();
        let made_by = async |user, impersonated_by| {
            let actor = Actor::User { user, session: t.id(), role: Role::Owner, impersonated_by };
            let by = Origin { actor, ..double::actor() };
            let made = apps::create_in(&app, scope, "An app", KeyTerms::default(), &by).await.unwrap();
            is_missing(&app, scope, made.connection_id).await
        };
        assert!(!made_by(admin.user.id, None).await);
        assert!(made_by(t.id(), Some(admin.user.id)).await);

        // And what exists is lent, and taken back.
        connections::lend(&app, scope, theirs.id, true, &double::actor()).await.unwrap();
        assert!(!is_missing(&app, scope, theirs.id).await);
        connections::lend(&app, scope, theirs.id, false, &double::actor()).await.unwrap();
        assert!(is_missing(&app, scope, theirs.id).await);
    }

    async fn what_was_there_before_is_lent_to_whom_the_operator_made(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (guide, connection) = double::client(&app, "Made with POST /internal/apps").await;
        let (scope, theirs) = stranger(t, &app, "Stranger").await;
        let with_app = apps::create_in(&app, scope, "Their app", KeyTerms::default(), &a_person(t)).await.unwrap();
        // What a person adds to the operator's app is theirs.
        t.clock.advance(Duration::from_secs(1));
        let fields = Values::new();
        let new = NewConnection { app_id: Some(guide.app.id), provider: "dialpad".into(), name: "Added".into(), fields };
        let added = connecting::create(&app, guide.scope, &new, &a_person(t)).await.unwrap();
        t.execute("UPDATE connections SET uses_installation_key = FALSE").await;
        let step = match t.engine() {
            Engine::Sqlite => include_str!("../../../store/migrations/sqlite/0018_lent_keys.sql"),
            Engine::Postgres => include_str!("../../../store/migrations/postgres/0018_lent_keys.sql"),
        };
        let update = step.split(';').find(|statement| statement.trim_start().starts_with("UPDATE")).unwrap();
        t.execute(update).await;
        for (scope, id, is_lent) in [
            (guide.scope, connection.id, true),
            (guide.scope, added.id, false),
            (scope, theirs.id, false),
            (scope, with_app.connection_id, false),
        ] {
            let found = connections::find(&app, scope, id).await.unwrap();
            assert_eq!(found.uses_installation_key, is_lent, "{}", found.name);
        }
    }

    async fn a_strangers_connection_does_not_get_what_the_operator_set_up_by_hand(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = app_with_secret(t, &dialpad);
        let (guide, _) = double::client(&app, "Made with POST /internal/apps").await;
        assert_eq!(owner_of(&app, INSTALLATION_SECRET).await, Some(guide.scope.tenant()));
        // With credentials of their own they may use the fixed URL, with a secret of their own.
        let (scope, theirs) = stranger(t, &app, "Stranger").await;
        assert_eq!(owner_of(&app, INSTALLATION_SECRET).await, Some(guide.scope.tenant()), "theirs does not count");
        let key = Values::from([("api_key".to_owned(), Some(SecretString::from(double::INSTALLATION_KEY)))]);
        let theirs = connecting::set_credentials(&app, scope, theirs.id, &key, &a_person(t)).await.unwrap();
        let wish = Wish { webhook_url: Some(FIXED_URL.into()), webhook_secret: None };
        provisioning::create_for(&app, scope, theirs, wish, &a_person(t)).await.unwrap();
        assert_eq!(owner_of(&app, INSTALLATION_SECRET).await, Some(guide.scope.tenant()));
        // The operator's own takes it.
        make(&app, &guide, Wish { webhook_url: Some(FIXED_URL.into()), webhook_secret: None }).await.unwrap();
        let (second, _) = double::client(&app, "Second").await;
        assert_eq!(owner_of(&app, INSTALLATION_SECRET).await, Some(guide.scope.tenant()));
        let taken = make(&app, &second, Wish { webhook_url: Some(FIXED_URL.into()), webhook_secret: None }).await;
        assert!(matches!(taken, Err(ProvisionError::Connection(ConnectionsError::SecretTaken))));
    }

    async fn without_a_connection_of_the_operators_their_secret_is_nobodys(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = app_with_secret(t, &dialpad);
        stranger(t, &app, "Stranger").await;
        assert_eq!(owner_of(&app, INSTALLATION_SECRET).await, None);
    }

    async fn asking_twice_makes_one_webhook_with_its_subscriptions(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (client, _) = double::client(&app, "Acme").await;
        let first = make(&app, &client, Wish::default()).await.unwrap();
        let second = make(&app, &client, Wish::default()).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(at_dialpad(&dialpad).await, (vec![first.clone()], 1, 1));
        let listed = provisioning::list(&app, client.scope, client.app.id).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((&listed[0].external_id, &listed[0].hook_url), (&first, &client.hook_url));
        let standing = provisioning::check(&app, client.scope, client.app.id).await.unwrap();
        assert!(standing.iter().all(|standing| standing.drift.is_empty()));
    }

    async fn on_the_fixed_url_a_secret_stands_for_one_tenant(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (first, _) = double::client(&app, "First").await;
        let (second, _) = double::client(&app, "Second").await;
        make(&app, &first, fixed("the-secret-of-the-guide")).await.unwrap();
        assert_eq!(owner_of(&app, "the-secret-of-the-guide").await, Some(first.scope.tenant()));
        let taken = make(&app, &second, fixed("the-secret-of-the-guide")).await.unwrap_err();
        assert!(matches!(taken, ProvisionError::Connection(ConnectionsError::SecretTaken)));
        assert!(taken.to_string().contains("leave webhook_url and webhook_secret out"));
        // What the message says works.
        make(&app, &second, Wish::default()).await.unwrap();
        assert_eq!(owner_of(&app, "the-secret-of-the-guide").await, Some(first.scope.tenant()));
    }

    async fn two_tenants_of_one_dialpad_account_do_not_take_each_others_webhooks(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (first, _) = double::client(&app, "First").await;
        let (second, _) = double::client(&app, "Second").await;
        let mut ids = vec![
            make(&app, &first, fixed("secret-of-the-first")).await.unwrap(),
            make(&app, &second, fixed("secret-of-the-second")).await.unwrap(),
        ];
        ids.sort();
        assert_eq!(at_dialpad(&dialpad).await, (ids.clone(), 2, 2));
        for client in [&first, &second] {
            for standing in provisioning::check(&app, client.scope, client.app.id).await.unwrap() {
                assert_eq!(standing.drift, Vec::<String>::new());
            }
        }
        assert_eq!(owner_of(&app, "secret-of-the-first").await, Some(first.scope.tenant()));
        assert_eq!(owner_of(&app, "secret-of-the-second").await, Some(second.scope.tenant()));
        // Taking one away leaves the other.
        let gone = provisioning::list(&app, first.scope, first.app.id).await.unwrap().remove(0);
        let kept = if ids[0] == gone.external_id { ids.remove(1) } else { ids.remove(0) };
        provisioning::remove(&app, first.scope, gone).await.unwrap();
        assert_eq!(at_dialpad(&dialpad).await, (vec![kept], 1, 1));
    }

    async fn a_webhook_that_dialpad_refuses_does_not_keep_its_secret(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (first, _) = double::client(&app, "First").await;
        let (second, _) = double::client(&app, "Second").await;
        refuse(&dialpad, FaultKind::Unauthorized);
        let refused = make(&app, &first, fixed("the-secret-of-the-guide")).await.unwrap_err();
        assert!(matches!(refused, ProvisionError::Refused(_)), "{refused}");
        make(&app, &second, fixed("the-secret-of-the-guide")).await.unwrap();
        assert_eq!(owner_of(&app, "the-secret-of-the-guide").await, Some(second.scope.tenant()));
    }

    async fn a_new_secret_lets_the_old_one_verify_for_the_grace_period(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (client, _) = double::client(&app, "Acme").await;
        let before = make(&app, &client, fixed("secret-before")).await.unwrap();
        t.clock.advance(Duration::from_secs(1));
        let after = make(&app, &client, fixed("secret-after")).await.unwrap();
        assert_eq!(before, after, "the webhook stays and gets the new secret");
        for secret in ["secret-before", "secret-after"] {
            assert_eq!(owner_of(&app, secret).await, Some(client.scope.tenant()));
        }
        t.clock.advance(Duration::from_hours(24));
        assert_eq!(owner_of(&app, "secret-before").await, None);
        assert_eq!(owner_of(&app, "secret-after").await, Some(client.scope.tenant()));
        // And somebody else may have it now.
        let (other, _) = double::client(&app, "Other").await;
        make(&app, &other, fixed("secret-before")).await.unwrap();
        assert_eq!(owner_of(&app, "secret-before").await, Some(other.scope.tenant()));
    }

    async fn what_goes_missing_at_dialpad_is_seen_and_put_back(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (client, _) = double::client(&app, "Acme").await;
        assert!(provisioning::check(&app, client.scope, client.app.id).await.unwrap().is_empty());
        let first = provisioning::repair(&app, client.scope, client.app.id, &double::actor()).await.unwrap();
        assert_eq!(first.len(), 1, "repairing an app without a webhook makes one");

        let look = double::look(&dialpad, double::INSTALLATION_KEY);
        let subscription = look.subscriptions(SubscriptionKind::Sms).await.unwrap().remove(0);
        look.delete_subscription(SubscriptionKind::Sms, subscription.id.as_str()).await.unwrap();
        let standing = provisioning::check(&app, client.scope, client.app.id).await.unwrap();
        assert_eq!(standing[0].drift.len(), 1);
        assert!(standing[0].drift[0].contains("no sms subscription"), "{:?}", standing[0].drift);
        provisioning::repair(&app, client.scope, client.app.id, &double::actor()).await.unwrap();

        // The whole webhook, deleted by hand: its successor takes its place in our list.
        look.delete_webhook(&first[0].webhook.external_id).await.unwrap();
        let repaired = provisioning::repair(&app, client.scope, client.app.id, &double::actor()).await.unwrap();
        let listed = provisioning::list(&app, client.scope, client.app.id).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].external_id, repaired[0].webhook.external_id);
        assert_ne!(listed[0].external_id, first[0].webhook.external_id);
        let standing = provisioning::check(&app, client.scope, client.app.id).await.unwrap();
        assert_eq!(standing[0].drift, Vec::<String>::new());
    }

    async fn a_removed_webhook_is_gone_at_dialpad_too(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (client, _) = double::client(&app, "Acme").await;
        make(&app, &client, Wish::default()).await.unwrap();
        let webhook = provisioning::list(&app, client.scope, client.app.id).await.unwrap().remove(0);
        provisioning::remove(&app, client.scope, webhook).await.unwrap();
        assert_eq!(at_dialpad(&dialpad).await, (Vec::new(), 0, 0));
        assert!(provisioning::list(&app, client.scope, client.app.id).await.unwrap().is_empty());
    }

    async fn the_very_first_event_verifies(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (client, _) = double::client(&app, "Acme").await;
        make(&app, &client, Wish::default()).await.unwrap();
        let look = double::look(&dialpad, double::INSTALLATION_KEY);
        let webhook = look.webhooks().await.unwrap().remove(0);
        let secret = webhook.signature.unwrap().secret.unwrap();
        let token = webhook.hook_url.unwrap().rsplit_once('/').unwrap().1.to_owned();
        let payload = serde_json::json!({ "call_id": 1, "state": "ringing" });
        let request = signed_with(&payload, secret.expose_secret());
        let resolved = hooks::resolve(&app, &HookRoute::Token(token), &request, None).await;
        assert!(matches!(resolved, Ok(Resolved::Owned { hook, .. }) if hook.tenant == client.scope.tenant()));
    }
}
