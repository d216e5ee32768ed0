//! The installation's key changes while the server serves: nothing is lost, nothing is overwritten, and what was sealed for
//! one place opens in no other.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use switchboard_app::{
    App,
    audit::Origin,
    connecting::{self, NewConnection, Values},
    connections::ConnectionsError,
    rotation,
    vault::Vault,
};
use switchboard_domain::ids::ConnectionId;
use switchboard_store::{TenantScope, secrets};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::support::{TestApp, settings};

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];

fn app(t: &TestDb, current: [u8; 32], old: &[[u8; 32]]) -> Arc<App> {
    TestApp::with_vault(t, settings("http://127.0.0.1:1"), Vault::new(current, old).unwrap()).app
}

fn by() -> Origin {
    Origin::operator("cli")
}

fn values(fields: &[(&str, &str)]) -> Values {
    fields.iter().map(|(name, value)| ((*name).to_owned(), Some(SecretString::from(*value)))).collect()
}

/// A Twilio account whose token is 32 times this digit.
async fn twilio(app: &App, scope: TenantScope, digit: char) -> ConnectionId {
    let fields =
        values(&[("account_sid", &format!("AC{}", "0".repeat(32))), ("auth_token", &digit.to_string().repeat(32))]);
    let new = NewConnection { app_id: None, provider: "twilio".into(), name: format!("Twilio {digit}"), fields };
    connecting::create(app, scope, &new, &by()).await.unwrap().id
}

/// The token of a connection, as an installation with only this key reads it.
async fn token(t: &TestDb, key: [u8; 32], scope: TenantScope, id: ConnectionId) -> String {
    let vault = Vault::new(key, &[]).unwrap();
    let mut reader = t.db.read(scope).await.unwrap();
    let kept = secrets::find_credential(&mut reader.conn(), scope, id, "auth_token").await.unwrap().unwrap();
    let place = switchboard_app::vault::Place { tenant: scope.tenant(), owner: id.uuid(), field: "auth_token" };
    vault.open(place, &kept.sealed).unwrap().expose_secret().to_owned()
}

async fn left(app: &App) -> (i64, i64) {
    let standing = rotation::status(app).await.unwrap();
    (standing.iter().map(|column| column.older).sum(), standing.iter().map(|column| column.unknown).sum())
}

both_engines! {
    async fn everything_opens_with_the_new_key_alone_afterwards(t: &TestDb) {
        let before = app(t, OLD, &[]);
        let scope = t.tenant("Acme").await;
        let one = twilio(&before, scope, 'a').await;
        let dialpad = NewConnection {
            app_id: None,
            provider: "dialpad".into(),
            name: "Dialpad".into(),
            fields: values(&[("api_key", "dialpad-key"), ("webhook_secret", "webhook-secret")]),
        };
        let dialpad = connecting::create(&before, scope, &dialpad, &by()).await.unwrap();
        let url = switchboard_app::connections::hook_url(&before, &dialpad).unwrap();

        let during = app(t, NEW, &[OLD]);
        assert!(left(&during).await.0 >= 5, "two URLs, two credentials and a webhook secret");
        let done = rotation::rotate(&during, &by(), |_| ()).await.unwrap();
        assert!(done.iter().all(|column| column.unreadable == 0), "{done:?}");
        assert_eq!(left(&during).await, (0, 0));
        let again = rotation::rotate(&during, &by(), |_| ()).await.unwrap();
        assert!(again.iter().all(|column| column.resealed == 0), "{again:?}");

        let after = app(t, NEW, &[]);
        assert_eq!(left(&after).await, (0, 0));
        assert_eq!(token(t, NEW, scope, one).await, "a".repeat(32));
        let kept = switchboard_app::connections::find(&after, scope, dialpad.id).await.unwrap();
        assert_eq!(switchboard_app::connections::hook_url(&after, &kept).unwrap(), url);
    }

    async fn what_no_key_opens_is_counted_and_left_alone(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        twilio(&app(t, [9; 32], &[]), scope, 'a').await;
        let ours = app(t, NEW, &[OLD]);
        twilio(&ours, scope, 'b').await;
        assert_eq!(left(&ours).await, (0, 2));
        let done = rotation::rotate(&ours, &by(), |_| ()).await.unwrap();
        assert_eq!(done.iter().map(|column| column.unreadable).sum::<u64>(), 2);
        assert_eq!(left(&app(t, NEW, &[OLD, [9; 32]])).await, (2, 0));
    }

    async fn a_secret_that_is_set_meanwhile_wins(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let before = app(t, OLD, &[]);
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(twilio(&before, scope, 'a').await);
        }
        let during = app(t, NEW, &[OLD]);
        let set = async {
            for id in &ids {
                let fresh = values(&[("auth_token", &"b".repeat(32))]);
                connecting::set_credentials(&during, scope, *id, &fresh, &by()).await.unwrap();
            }
        };
        let operator = by();
        let (done, ()) = tokio::join!(rotation::rotate(&during, &operator, |_| ()), set);
        assert!(done.unwrap().iter().all(|column| column.unreadable == 0));
        rotation::rotate(&during, &by(), |_| ()).await.unwrap();
        assert_eq!(left(&during).await, (0, 0));
        for id in ids {
            assert_eq!(token(t, NEW, scope, id).await, "b".repeat(32), "{id}");
        }
    }

    async fn a_rotation_that_is_cut_off_goes_on_where_it_was(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let before = app(t, OLD, &[]);
        let mut ids = Vec::new();
        for _ in 0..30 {
            ids.push(twilio(&before, scope, 'a').await);
        }
        let during = app(t, NEW, &[OLD]);
        // Dropped wherever it happens to be, again and again; a shorter time than the whole takes, on any machine.
        for _ in 0..5 {
            let _ = tokio::time::timeout(Duration::from_millis(8), rotation::rotate(&during, &by(), |_| ())).await;
        }
        rotation::rotate(&during, &by(), |_| ()).await.unwrap();
        assert_eq!(left(&during).await, (0, 0));
        for id in ids {
            assert_eq!(token(t, NEW, scope, id).await, "a".repeat(32), "{id}");
        }
    }

    async fn a_webhook_secret_is_recognised_before_and_after(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let id = t.connection(scope).await;
        let replace = async |app: &App, secret: &str| {
            connecting::replace_webhook_secret(app, scope, id, Some(secret.into()), &by()).await.unwrap();
        };
        let working = async || {
            let mut reader = t.db.read(scope).await.unwrap();
            let all = secrets::list_working(&mut reader.conn(), scope, id, t.now()).await.unwrap();
            (all.len(), all.iter().filter(|secret| secret.expires_at.is_none()).count())
        };
        replace(&app(t, OLD, &[]), "the same secret").await;
        let during = app(t, NEW, &[OLD]);
        // Under the old key's fingerprint, under both, and under the new one's: one row throughout.
        replace(&during, "the same secret").await;
        assert_eq!(working().await, (1, 1));
        rotation::rotate(&during, &by(), |_| ()).await.unwrap();
        replace(&during, "the same secret").await;
        replace(&app(t, NEW, &[]), "the same secret").await;
        assert_eq!(working().await, (1, 1));
        replace(&during, "another secret").await;
        assert_eq!(working().await, (2, 1));
    }

    async fn a_fixed_urls_secret_belongs_to_one_whatever_key_it_was_kept_under(t: &TestDb) {
        let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
        let secret = SecretString::from("shared by mistake");
        let add = async |key: [u8; 32], old: &[[u8; 32]], scope: TenantScope, connection: ConnectionId| {
            let vault = Vault::new(key, old).unwrap();
            let new = secrets::NewWebhookSecret {
                id: t.id::<ConnectionId>().uuid(),
                connection_id: connection,
                provider: "dialpad".into(),
                on_fixed_url: true,
                fingerprint: vault.fingerprint(&secret),
                older_fingerprints: vault.older_fingerprints(&secret),
                sealed: vec![1; 40],
                created_at: t.now(),
            };
            secrets::add(&t.db, scope, &new).await.unwrap()
        };
        let (a, b) = (t.connection(ours).await, t.connection(theirs).await);
        assert_eq!(add(OLD, &[], ours, a).await, secrets::Added::New);
        assert_eq!(add(NEW, &[OLD], theirs, b).await, secrets::Added::Taken);
        assert_eq!(add(NEW, &[OLD], ours, a).await, secrets::Added::Kept);
        assert_eq!(add(NEW, &[], theirs, b).await, secrets::Added::Taken);
    }

    async fn a_sealed_value_opens_in_no_other_row(t: &TestDb) {
        let app = app(t, OLD, &[]);
        let scope = t.tenant("Acme").await;
        let (one, two) = (twilio(&app, scope, 'a').await, twilio(&app, scope, 'b').await);
        let literal = |id: ConnectionId| match t.engine() {
            Engine::Sqlite => format!("x'{}'", id.uuid().simple()),
            Engine::Postgres => format!("'{}'", id.uuid()),
        };
        t.execute(&format!(
            "UPDATE connection_credentials SET sealed = (SELECT sealed FROM connection_credentials WHERE connection_id = {}) \
             WHERE connection_id = {}",
            literal(one),
            literal(two)
        ))
        .await;
        let moved = switchboard_app::connections::find(&app, scope, two).await.unwrap();
        let tried = connecting::check(&app, scope, &moved).await;
        assert!(matches!(tried, Err(ConnectionsError::Vault(_))), "{tried:?}");
    }
}

/// A column of bytes that is not in the list of sealed ones must be something else: a new one is put here or there.
const NOT_SEALED: [&str; 20] = [
    "api_keys.key_hash",
    "audit_heads.hash",
    "audit_log.hash",
    "audit_log.previous_hash",
    "call_shares.token_hash",
    "connections.hook_token_hash",
    "erasures.subject",
    "event_keys.dedup_key",
    "idempotency_keys.request_hash",
    "invitations.token_hash",
    "login_attempts.token_hash",
    "login_failures.subject",
    "oauth_states.binding_hash",
    "oauth_states.state_hash",
    "recovery_codes.code_hash",
    "refresh_tokens.token_hash",
    "report_sums.body",
    "unrouted_deliveries.body",
    "user_tokens.token_hash",
    "webhook_secrets.fingerprint",
];

#[tokio::test]
async fn no_column_of_bytes_is_forgotten() {
    let t = TestDb::new(Engine::Postgres).await;
    let all = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
               AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype \
               AND c.relname NOT IN ('_sqlx_migrations', 'webhook_events') ORDER BY 1";
    let mut found = t.query_texts(all).await;
    let sealed = switchboard_store::sealed::SealedColumn::ALL.iter().map(|column| column.as_str());
    let mut known: Vec<String> = sealed.chain(NOT_SEALED).map(str::to_owned).collect();
    known.sort();
    found.sort();
    assert_eq!(found, known, "a column of bytes is either sealed (store::sealed) or named here");
    t.remove().await;
}
