//! A whole app behind the router, with one tenant, one app key and one connection.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use bytes::Bytes;
use secrecy::SecretString;
use serde_json::Value;
use switchboard_app::{
    App, AppSettings, Assembled, Parts,
    intake::Committer,
    mail::{MailSettings, Way},
    settings::{DialpadSettings, IntakeSettings},
    vault::{Vault, sha256},
    wake::Signal,
};
use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::{AppId, ConnectionId},
};
use switchboard_http::{HttpOptions, Web, router};
use switchboard_providers::{Http, Limits};
use switchboard_store::{
    TenantScope,
    record::{Row, save},
};
use switchboard_testkit::{Build, TestDb};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub const INTERNAL_SECRET: &str = "internal-secret-of-at-least-32-chars";
/// The token at the end of the connection's own URL, whose deliveries nobody signs.
pub const HOOK: &str = "hook-token";

pub struct Site<'t> {
    pub t: &'t TestDb,
    pub app: Arc<App>,
    pub router: Router,
    pub scope: TenantScope,
    pub app_id: AppId,
    pub connection: ConnectionId,
    pub key: String,
    pub stop: CancellationToken,
    /// `None` once it runs.
    pub committer: Option<Committer>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The problem's code, after a look at what every problem has.
    pub fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.headers["x-request-id"].to_str().unwrap());
        for field in ["type", "title", "detail", "error", "message"] {
            assert!(body[field].is_string(), "{field} in {body}");
        }
        body["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn settings() -> AppSettings {
    AppSettings {
        environment: "test".into(),
        backend_url: "https://switchboard.example".into(),
        frontend_url: "https://switchboard.example".into(),
        internal_api_secret: SecretString::from(INTERNAL_SECRET),
        token_secret: SecretString::from("a secret that signs the tokens of tests"),
        maintenance: false,
        base_urls: switchboard_providers::BaseUrls::default(),
        dialpad: DialpadSettings {
            api_url: "http://127.0.0.1:1".into(),
            api_key: None,
            webhook_secret: None,
            client_id: None,
            client_secret: None,
            redirect_uri: None,
            scopes: String::new(),
        },
        mail: MailSettings {
            from: "Switchboard <no-reply@switchboard.example>".into(),
            way: Way::Folder(std::env::temp_dir().join("switchboard-mail")),
        },
        oidc: None,
        intake: IntakeSettings::default(),
        limits: switchboard_app::limits::LimitSettings::default(),
        fetch_recordings: true,
        grace_period: Duration::from_hours(1),
    }
}

impl<'t> Site<'t> {
    pub async fn new(t: &'t TestDb) -> Self {
        Self::with(t, settings(), HttpOptions::default()).await
    }

    pub async fn with(t: &'t TestDb, settings: AppSettings, mut options: HttpOptions) -> Self {
        let random = Arc::clone(&t.random);
        let Assembled { app, committer, .. } = App::assemble(Parts {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: Arc::new(move |bytes: &mut [u8]| random.fill(bytes)),
            settings,
            vault: Vault::new([7; 32], &[]).unwrap(),
            http: Http::new(Limits::default()).unwrap(),
            media: switchboard_store::media::MediaStore::local(&t.folder.path().join("media")).unwrap(),
            node: "test-node".into(),
        });
        let stop = CancellationToken::new();
        options.stopping = stop.clone();
        let router = router(Web::new(Arc::clone(&app), options));
        let scope = t.tenant("Acme").await;
        let (app_id, key) = key_of(t, scope).await;
        let connection = t.connection_with_hook(scope, sha256(HOOK.as_bytes()), true).await;
        Self { t, app, router, scope, app_id, connection, key, stop, committer: Some(committer) }
    }

    /// Lets deliveries be committed.
    pub fn run_intake(&mut self) {
        let committer = self.committer.take().unwrap();
        tokio::spawn(committer.run(self.app.db.clone(), self.app.wake.clone(), self.stop.clone()));
    }

    pub fn build(&self) -> Build {
        Build::new(self.t, self.scope, self.connection)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 32 * 1024 * 1024).await.unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// A request of our app, with its key.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header("x-app-api-key", &self.key)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request("POST", path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Without any key.
    pub async fn anonymous(&self, method: &str, path: &str) -> Answer {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    /// Stores a record with its change, and announces it, as a merge does.
    pub async fn commit<R: Row>(&self, row: &R, change: NewChange) {
        let mut tx = self.t.db.begin(self.scope).await.unwrap();
        save(&mut tx.conn(), &[row]).await.unwrap();
        tx.push_change(change);
        tx.commit(self.t.now()).await.unwrap();
        self.app.wake.send(Signal::Changes(self.scope.tenant()));
    }

    /// Stores call `number` as created, in the state `state`.
    pub async fn commit_call(&self, number: u32, from: Option<&str>, state: &str) {
        let mut call = self.build().call(number, self.t.now());
        call.record.status = switchboard_domain::call::CallStatus::parse(state).unwrap();
        let verb = if from.is_some() { Verb::Updated } else { Verb::Created };
        let change = NewChange {
            from_state: from.map(str::to_owned),
            to_state: Some(state.to_owned()),
            ..NewChange::of(RecordKind::Call, call.record.id, verb, self.t.now())
        };
        self.commit(&call, change).await;
    }
}

/// An app of a tenant with a key that works.
pub async fn key_of(t: &TestDb, scope: TenantScope) -> (AppId, String) {
    let app = t.app(scope).await;
    let key = format!("raw_{}", hex::encode(t.random.array::<32>()));
    t.api_key(scope, app, sha256(key.as_bytes())).await;
    (app, key)
}
