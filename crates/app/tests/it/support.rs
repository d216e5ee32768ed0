//! A whole app over a test's database, with the settings of a small installation.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use secrecy::SecretString;
use switchboard_app::{
    App, AppSettings, Assembled, Parts,
    hooks::SECRET_FIELD,
    intake::Committer,
    mail::{MailSettings, Way},
    settings::{DialpadSettings, IntakeSettings},
    vault::{Place, Vault, sha256},
};
use switchboard_domain::ids::ConnectionId;
use switchboard_providers::{Allowed, Http, Limits, contract::RawRequest};
use switchboard_store::{TenantScope, connections, cursor, sql::Sql};
use switchboard_testkit::TestDb;

/// What deliveries of [`TestApp::connect`] are signed with.
pub const SECRET: &str = "example-webhook-secret";

/// An app on a test's database. Its tasks run only where a test starts them.
pub struct TestApp {
    pub app: Arc<App>,
    pub committer: Option<Committer>,
}

/// Settings of a small installation that talks to `dialpad_url`.
pub fn settings(dialpad_url: &str) -> AppSettings {
    AppSettings {
        environment: "test".into(),
        backend_url: "https://switchboard.example".into(),
        frontend_url: "https://switchboard.example".into(),
        internal_api_secret: SecretString::from("internal-secret-of-at-least-32-chars"),
        token_secret: SecretString::from("a secret that signs the tokens of tests"),
        maintenance: false,
        base_urls: switchboard_providers::BaseUrls::default(),
        dialpad: DialpadSettings {
            api_url: dialpad_url.to_owned(),
            api_key: Some(SecretString::from("sandbox-api-key")),
            webhook_secret: None,
            client_id: Some("sandbox-client".into()),
            client_secret: Some(SecretString::from("sandbox-secret")),
            redirect_uri: None,
            scopes: "calls:list recordings_export offline_access".into(),
        },
        mail: MailSettings {
            from: "Switchboard <no-reply@switchboard.example>".into(),
            way: Way::Folder(std::env::temp_dir().join("switchboard-mail")),
        },
        oidc: None,
        intake: IntakeSettings::default(),
        limits: switchboard_app::limits::LimitSettings::default(),
        fetch_recordings: true,
        grace_period: Duration::from_hours(24),
    }
}

impl TestApp {
    /// One that has nobody to fetch from, and does not try: a failed copy is a fact of its own, at a moment of its own.
    pub fn new(t: &TestDb) -> Self {
        Self::with(t, AppSettings { fetch_recordings: false, ..settings("http://127.0.0.1:1") })
    }

    pub fn with(t: &TestDb, settings: AppSettings) -> Self {
        Self::with_vault(t, settings, Vault::new([7; 32], &[]).unwrap())
    }

    /// One whose installation has these keys.
    pub fn with_vault(t: &TestDb, settings: AppSettings, vault: Vault) -> Self {
        Self::assembled(t, settings, vault, Http::new(Limits::default()).unwrap())
    }

    /// One that may call addresses of this machine that tenants name.
    pub fn reaching_loopback(t: &TestDb, settings: AppSettings) -> Self {
        let loopback = Allowed::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let http = Http::allowing(Limits { patience: Duration::from_mins(1), ..Limits::default() }, loopback).unwrap();
        Self::assembled(t, settings, Vault::new([7; 32], &[]).unwrap(), http)
    }

    fn assembled(t: &TestDb, settings: AppSettings, vault: Vault, http: Http) -> Self {
        let random = Arc::clone(&t.random);
        let Assembled { app, committer, remote: _ } = App::assemble(Parts {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: Arc::new(move |bytes: &mut [u8]| random.fill(bytes)),
            settings,
            vault,
            http,
            media: switchboard_store::media::MediaStore::local(&t.folder.path().join("media")).unwrap(),
            node: "test-node".into(),
        });
        Self { app, committer: Some(committer) }
    }

    /// A connection whose own URL ends in `token` and whose deliveries are signed with [`SECRET`]. It is the operator's, and
    /// may use their key.
    pub async fn connect(&self, t: &TestDb, scope: TenantScope, token: &str) -> ConnectionId {
        let connection = t.connection_with_hook(scope, sha256(token.as_bytes()), false).await;
        let mut tx = t.db.begin(scope).await.unwrap();
        connections::set_uses_installation_key(&mut tx.conn(), scope, connection, true, t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        let place = Place { tenant: scope.tenant(), owner: connection.uuid(), field: SECRET_FIELD };
        let secret = SecretString::from(SECRET);
        let mut sql = Sql::new(
            "INSERT INTO webhook_secrets (id, tenant_id, connection_id, provider, on_fixed_url, fingerprint, sealed, \
             created_at) VALUES ",
        );
        sql.bind_row(
            true,
            [
                t.id::<ConnectionId>().uuid().into(),
                scope.tenant().uuid().into(),
                connection.uuid().into(),
                "dialpad".into(),
                false.into(),
                self.app.vault.fingerprint(&secret).into(),
                self.app.vault.seal(&*self.app.random, place, &secret).into(),
                t.now().into(),
            ],
        );
        let mut tx = t.db.begin(scope).await.unwrap();
        sql.execute(&mut tx.conn()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        connection
    }
}

/// A delivery of this payload as Dialpad signs it.
pub fn signed(payload: &serde_json::Value) -> RawRequest {
    signed_with(payload, SECRET)
}

/// A delivery signed with another secret.
pub fn signed_with(payload: &serde_json::Value, secret: &str) -> RawRequest {
    use aws_lc_rs::hmac;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = URL_SAFE_NO_PAD.encode(payload.to_string());
    let signing_input = format!("{head}.{body}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signing_input.as_bytes());
    let token = format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
    RawRequest { headers: vec![("content-type".into(), "application/jwt".into())], body: Bytes::from(token) }
}

/// The payload of a fixture of the providers crate.
pub fn fixture(name: &str) -> serde_json::Value {
    let path = format!("{}/../providers/fixtures/dialpad/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path} is there"))).unwrap()
}

/// Waits until nothing in the log is unmerged. Bounded: a stuck pipeline fails the test.
pub async fn settled(t: &TestDb) {
    for _ in 0..4000 {
        if cursor::backlog(&t.db).await.unwrap().1 == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the pipeline did not get to the end of the log");
}
