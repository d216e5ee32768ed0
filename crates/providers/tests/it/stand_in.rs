//! A small Dialpad on a loopback port: it keeps webhooks and subscriptions, remembers what it was asked, and can be
//! told to misbehave. The full one is the sandbox; this one has no dependencies to speak of.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_providers::{Http, Limits, dialpad::DialpadClient};

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub authorization: Option<String>,
    pub body: Bytes,
}

/// How it answers a route (`METHOD /path`) instead of the usual way.
#[derive(Debug, Clone)]
pub enum Manner {
    Answer(u16, String),
    Redirect(String),
    /// 429 with this `Retry-After` in seconds, once; then as usual.
    NotNow(u64),
    /// Does what was asked and never answers.
    DoAndHang,
    Hang,
}

#[derive(Default)]
struct Inner {
    asked: Vec<Asked>,
    manners: BTreeMap<String, Manner>,
    webhooks: Vec<Value>,
    subscriptions: BTreeMap<String, Vec<Value>>,
    next_id: u64,
}

#[derive(Clone)]
pub struct StandIn {
    pub base: String,
    inner: Arc<Mutex<Inner>>,
}

impl StandIn {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner { next_id: 4_503_599_627_370_496, ..Inner::default() }));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, inner }
    }

    /// A client that gives up soon if there is something to give up on, and else waits for a busy machine.
    pub fn client(&self) -> DialpadClient {
        let never_answers = |manner: &Manner| matches!(manner, Manner::Hang | Manner::DoAndHang);
        let hangs = self.inner.lock().unwrap().manners.values().any(never_answers);
        let http = if hangs { http_within(Duration::from_secs(4)) } else { http() };
        DialpadClient::new(http, &self.base, SecretString::from("the-key"), "connection").unwrap()
    }

    pub fn behave(&self, route: &str, manner: Manner) {
        self.inner.lock().unwrap().manners.insert(route.to_owned(), manner);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.inner.lock().unwrap().asked.clone()
    }

    pub fn last(&self) -> Asked {
        self.asked().pop().expect("something was asked")
    }

    pub fn count(&self, method: &Method, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.method == *method && asked.path == path).count()
    }

    pub fn add_webhook(&self, webhook: Value) {
        self.inner.lock().unwrap().webhooks.push(webhook);
    }

    pub fn add_subscription(&self, kind: &str, subscription: Value) {
        self.inner.lock().unwrap().subscriptions.entry(kind.to_owned()).or_default().push(subscription);
    }

    pub fn webhooks(&self) -> Vec<Value> {
        self.inner.lock().unwrap().webhooks.clone()
    }

    pub fn subscriptions(&self, kind: &str) -> Vec<Value> {
        self.inner.lock().unwrap().subscriptions.get(kind).cloned().unwrap_or_default()
    }
}

pub fn http() -> Http {
    http_within(Duration::from_mins(1))
}

/// Gives up after so long, and soon where it would have to wait for its turn.
fn http_within(limit: Duration) -> Http {
    Http::new(Limits {
        connect: limit,
        total: limit,
        read: limit,
        max_bytes: 64 * 1024,
        patience: Duration::from_millis(500),
    })
    .unwrap()
}

async fn answer(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let manner = {
        let mut inner = inner.lock().unwrap();
        let authorization = headers.get(header::AUTHORIZATION).map(|it| it.to_str().unwrap().to_owned());
        let query = uri.query().unwrap_or_default().to_owned();
        inner.asked.push(Asked {
            method: method.clone(),
            path: path.clone(),
            query,
            authorization,
            body: body.clone(),
        });
        let route = format!("{method} {path}");
        match inner.manners.get(&route).cloned() {
            Some(once @ Manner::NotNow(_)) => {
                inner.manners.remove(&route);
                Some(once)
            }
            lasting => lasting,
        }
    };
    match manner {
        Some(Manner::Answer(status, body)) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Some(Manner::Redirect(place)) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Some(Manner::NotNow(seconds)) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Some(Manner::Hang) => std::future::pending().await,
        Some(Manner::DoAndHang) => {
            keep(&mut inner.lock().unwrap(), &method, &path, &body);
            std::future::pending().await
        }
        None => keep(&mut inner.lock().unwrap(), &method, &path, &body),
    }
}

fn keep(inner: &mut Inner, method: &Method, path: &str, body: &Bytes) -> Response {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let segments: Vec<&str> = path.trim_start_matches("/api/v2/").split('/').collect();
    let webhooks = inner.webhooks.clone();
    let id = inner.next_id;
    let (list, given) = match segments.as_slice() {
        ["webhooks", given @ ..] => (&mut inner.webhooks, given),
        ["subscriptions", kind, given @ ..] => (inner.subscriptions.entry((*kind).to_owned()).or_default(), given),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // REST prints 64-bit numbers as strings.
    let found = given.first().and_then(|given| list.iter().position(|it| it["id"].as_str() == Some(given)));
    let mut held = body.clone();
    if let Some(secret) = body.get("secret") {
        held["signature"] = json!({ "algo": "HS256", "type": "jwt", "secret": secret });
    }
    if let Some(endpoint) = body.get("endpoint_id") {
        let endpoint = endpoint.as_u64().expect("endpoint_id is an int64").to_string();
        held["webhook"] = webhooks.iter().find(|it| it["id"] == json!(endpoint)).cloned().expect("endpoint exists");
    }
    let reply = match (method, found) {
        (&Method::GET, None) if given.is_empty() => json!({ "items": list }),
        (&Method::GET, Some(at)) => list[at].clone(),
        (&Method::POST, _) => {
            held["id"] = json!(id.to_string());
            list.push(held.clone());
            inner.next_id += 1;
            held
        }
        (&Method::PATCH, Some(at)) => {
            for (name, value) in held.as_object().unwrap() {
                list[at][name] = value.clone();
            }
            list[at].clone()
        }
        (&Method::DELETE, Some(at)) => list.remove(at),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Response::new(Body::from(reply.to_string()))
}
