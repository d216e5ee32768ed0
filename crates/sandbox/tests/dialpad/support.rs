//! A sandbox, a client for it, and a receiver for its deliveries.

use std::{
    collections::VecDeque,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use switchboard_sandbox::{DialpadConfig, DialpadControl, RunningSandbox, Sandbox, SandboxConfig, WallClock};

pub const KEY: &str = "sandbox-api-key";
pub const SECRET: &str = "a-webhook-secret";

/// One POST as it arrived.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub content_type: String,
    pub body: String,
}

impl Arrival {
    /// The claims, when the body is a JWT of this secret.
    pub fn verified(&self, secret: &str) -> Option<Value> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        let key = DecodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::decode::<Value>(&self.body, &key, &rules).ok().map(|token| token.claims)
    }
}

#[derive(Clone, Default)]
pub struct Inbox {
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    /// What to answer next; 200 when empty.
    statuses: Arc<Mutex<VecDeque<u16>>>,
}

impl Inbox {
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    pub fn answer_with(&self, statuses: &[u16]) {
        self.statuses.lock().unwrap().extend(statuses);
    }

    /// The events that arrived, checked against the secret.
    pub fn events(&self) -> Vec<Value> {
        self.arrivals().iter().map(|arrival| arrival.verified(SECRET).expect("signed with the secret")).collect()
    }

    pub fn states(&self) -> Vec<String> {
        self.events().iter().map(|event| event["state"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> StatusCode {
    let content_type = headers["content-type"].to_str().unwrap().to_owned();
    inbox.arrivals.lock().unwrap().push(Arrival { content_type, body });
    let status = inbox.statuses.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

pub struct World {
    pub sandbox: RunningSandbox,
    pub control: DialpadControl,
    pub inbox: Inbox,
    pub hook_url: String,
    client: reqwest::Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Without rate limits and without waiting between retries, unless changed.
    pub async fn with(change: impl FnOnce(&mut DialpadConfig)) -> Self {
        Self::by(WallClock::system(), change).await
    }

    /// The same, at another time of day.
    pub async fn by(clock: WallClock, change: impl FnOnce(&mut DialpadConfig)) -> Self {
        let mut dialpad = DialpadConfig { limits: false, delivery_time_scale: 0.0, ..DialpadConfig::default() };
        change(&mut dialpad);
        let sandbox = Sandbox::start(SandboxConfig { clock, dialpad, ..SandboxConfig::default() }).await.unwrap();
        let inbox = Inbox::default();
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let hook_url = format!("http://{}/hook", listener.local_addr().unwrap());
        let routes = Router::new().fallback(receive).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self { control: sandbox.dialpad(), sandbox, inbox, hook_url, client }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sandbox.url()))
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request = self.request(method, path).bearer_auth(KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// A request that must succeed.
    pub async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let response = self.send(method, path, body).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A request that must fail, and its message.
    pub async fn refused(&self, method: Method, path: &str, body: Option<Value>, status: u16) -> String {
        let response = self.send(method, path, body).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], status);
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.ok(Method::POST, path, Some(body)).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, None).await
    }

    pub async fn webhook(&self, secret: Option<&str>) -> String {
        let hook = self.post("/api/v2/webhooks", json!({"hook_url": self.hook_url, "secret": secret})).await;
        hook["id"].as_str().expect("int64 is printed as a string").to_owned()
    }

    /// A signed webhook with a subscription to these call states.
    pub async fn subscribe_calls(&self, states: &[&str]) {
        let id = self.webhook(Some(SECRET)).await;
        self.post("/api/v2/subscriptions/call", json!({"endpoint_id": id, "call_states": states})).await;
    }

    pub async fn subscribe_texts(&self, status: bool) {
        let id = self.webhook(Some(SECRET)).await;
        self.post("/api/v2/subscriptions/sms", json!({"endpoint_id": id, "direction": "all", "status": status})).await;
    }
}
