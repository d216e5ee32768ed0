//! A whole server over a test's database, without a socket, and requests as `curl` sends them.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_app::{
    App, AppSettings, Assembled, Parts,
    mail::{MailSettings, Way},
    settings::{DialpadSettings, IntakeSettings},
    vault::Vault,
};
use switchboard_domain::{
    Clock,
    ids::{AppId, ConnectionId},
};
use switchboard_http::{HttpOptions, Web, router};
use switchboard_providers::{Http, Limits};
use switchboard_sandbox::{DialpadConfig, RunningSandbox, Sandbox, SandboxConfig, WallClock};
use switchboard_store::{TenantScope, connections, platform};
use switchboard_testkit::TestDb;
use tower::ServiceExt as _;

pub const INTERNAL_SECRET: &str = "internal-secret-of-at-least-32-chars";
pub const BACKEND: &str = "https://switchboard.example";

pub struct Site {
    pub app: Arc<App>,
    pub dialpad: RunningSandbox,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A client program of the guide.
pub struct Client {
    pub app_id: String,
    pub key: String,
}

impl Site {
    pub async fn new(t: &TestDb) -> Self {
        let clock = Arc::clone(&t.clock);
        let config = SandboxConfig {
            clock: WallClock::new(move || clock.now().as_millis()),
            dialpad: DialpadConfig { limits: false, delivery_time_scale: 0.0, ..DialpadConfig::default() },
            ..SandboxConfig::default()
        };
        let dialpad = Sandbox::start(config).await.unwrap();
        let random = Arc::clone(&t.random);
        let Assembled { app, .. } = App::assemble(Parts {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: Arc::new(move |bytes: &mut [u8]| random.fill(bytes)),
            settings: settings(&dialpad.url()),
            vault: Vault::new([7; 32], &[]).unwrap(),
            http: Http::new(Limits::default()).unwrap(),
            media: switchboard_store::media::MediaStore::local(&t.folder.path().join("media")).unwrap(),
            node: "test-node".into(),
        });
        let router = router(Web::new(Arc::clone(&app), HttpOptions::default()));
        Self { app, dialpad, router }
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// As the installation's administration.
    pub async fn internal(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {INTERNAL_SECRET}");
        self.send(method, path, &[("authorization", &bearer)], body).await
    }

    /// As a client program.
    pub async fn get(&self, client: &Client, path: &str) -> Answer {
        self.send(Method::GET, path, &[("x-app-api-key", &client.key)], None).await
    }

    /// Part 3, step 1 of the guide.
    pub async fn client(&self, name: &str) -> Client {
        let made = self.internal(Method::POST, "/internal/apps", Some(json!({ "name": name }))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let text = |field: &str| made.body[field].as_str().unwrap().to_owned();
        Client { app_id: text("app_id"), key: text("api_key") }
    }

    /// The right to arrange the client's data, and its connection.
    pub async fn owner(&self, client: &Client) -> (TenantScope, ConnectionId) {
        let app: AppId = client.app_id.parse().unwrap();
        let scope = platform::find_app(&self.app.db, app).await.unwrap().unwrap().scope();
        let mut reader = self.app.db.read(scope).await.unwrap();
        let held = connections::list_of_app(&mut reader.conn(), scope, app, "dialpad").await.unwrap();
        (scope, held[0].id)
    }
}

fn settings(dialpad_url: &str) -> AppSettings {
    AppSettings {
        environment: "production".into(),
        backend_url: BACKEND.into(),
        frontend_url: BACKEND.into(),
        internal_api_secret: SecretString::from(INTERNAL_SECRET),
        token_secret: SecretString::from("a secret that signs the tokens of tests"),
        maintenance: false,
        base_urls: switchboard_providers::BaseUrls::default(),
        dialpad: DialpadSettings {
            api_url: dialpad_url.to_owned(),
            api_key: Some(SecretString::from("sandbox-api-key")),
            webhook_secret: None,
            client_id: Some("sandbox-client".into()),
            client_secret: Some(SecretString::from("sandbox-secret")),
            // As the guide has it: the bare domain.
            redirect_uri: Some(BACKEND.into()),
            scopes: "calls:list recordings_export offline_access".into(),
        },
        mail: MailSettings {
            from: "Switchboard <no-reply@switchboard.example>".into(),
            way: Way::Folder(std::env::temp_dir().join("switchboard-mail")),
        },
        oidc: None,
        intake: IntakeSettings::default(),
        limits: switchboard_app::limits::LimitSettings::default(),
        fetch_recordings: false,
        grace_period: Duration::from_hours(24),
    }
}
