//! A Dialpad of a few lines: a call log in pages, transcripts, and audio behind a bearer token.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

/// What it has, and what it was asked.
#[derive(Default)]
pub struct Dialpad {
    /// Newest first, as the call log is.
    pub calls: Mutex<Vec<Value>>,
    pub transcript: Mutex<Option<Value>>,
    pub audio: Mutex<Vec<u8>>,
    /// Texts that it was asked to send.
    pub texts: Mutex<Vec<Value>>,
    /// Requests of any kind.
    pub asked: AtomicUsize,
    /// Requests for pages of the call log.
    pub pages: AtomicUsize,
    /// Answered to everything, when it is not 0.
    pub trouble: AtomicU16,
    /// From this page of the call log on, a 503; 0 for never.
    pub breaks_at_page: AtomicUsize,
}

const PAGE: usize = 2;

/// Starts one; returns it and its address.
pub async fn start() -> (Arc<Dialpad>, String) {
    let fake = Arc::new(Dialpad::default());
    let router = Router::new()
        .route("/api/v2/call", get(calls))
        .route("/api/v2/transcripts/{call}", get(transcript))
        .route("/blob/{name}", get(blob))
        .route("/api/v2/sms", post(sms))
        .with_state(Arc::clone(&fake));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (fake, address)
}

impl Dialpad {
    fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let trouble = self.trouble.load(Ordering::SeqCst);
        if trouble != 0 {
            return Some(StatusCode::from_u16(trouble).unwrap().into_response());
        }
        let is_known = headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer sandbox-api-key");
        (!is_known).then(|| StatusCode::UNAUTHORIZED.into_response())
    }
}

#[derive(serde::Deserialize)]
struct Ask {
    started_after: Option<i64>,
    cursor: Option<usize>,
}

async fn calls(State(fake): State<Arc<Dialpad>>, headers: HeaderMap, Query(ask): Query<Ask>) -> Response {
    let page = fake.pages.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some(refusal) = fake.refusal(&headers) {
        return refusal;
    }
    let breaks_at = fake.breaks_at_page.load(Ordering::SeqCst);
    if breaks_at != 0 && page >= breaks_at {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let began = |call: &Value| call["date_started"].as_str().and_then(|at| at.parse::<i64>().ok()).unwrap_or(0);
    let calls = fake.calls.lock().unwrap();
    let wanted: Vec<&Value> = calls.iter().filter(|call| began(call) >= ask.started_after.unwrap_or(0)).collect();
    let from = ask.cursor.unwrap_or(0);
    let items: Vec<&Value> = wanted.iter().skip(from).take(PAGE).copied().collect();
    let mut body = json!({ "items": items });
    if from + PAGE < wanted.len() {
        body["cursor"] = json!((from + PAGE).to_string());
    }
    Json(body).into_response()
}

async fn transcript(State(fake): State<Arc<Dialpad>>, headers: HeaderMap, Path(call): Path<String>) -> Response {
    if let Some(refusal) = fake.refusal(&headers) {
        return refusal;
    }
    let held = fake.transcript.lock().unwrap().clone();
    Json(held.unwrap_or_else(|| json!({ "call_id": call }))).into_response()
}

async fn sms(State(fake): State<Arc<Dialpad>>, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    fake.texts.lock().unwrap().push(asked.clone());
    if let Some(refusal) = fake.refusal(&headers) {
        return refusal;
    }
    let id = 7_000 + fake.texts.lock().unwrap().len();
    Json(json!({
        "id": id, "created_date": "2026-08-29T10:40:00.000000", "direction": "outbound", "from_number": asked["from_number"],
        "to_numbers": asked["to_numbers"], "text": asked["text"], "message_status": "pending",
    }))
    .into_response()
}

async fn blob(State(fake): State<Arc<Dialpad>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = fake.refusal(&headers) {
        return refusal;
    }
    // A type that a browser would run: the bytes must decide, not this.
    ([(header::CONTENT_TYPE, "text/html")], fake.audio.lock().unwrap().clone()).into_response()
}
