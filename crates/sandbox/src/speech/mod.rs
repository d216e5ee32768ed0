//! Stand-ins for speech services: an OpenAI-compatible server (`/openai`), Deepgram (`/deepgram`), AssemblyAI (`/assemblyai`).
//!
//! They listen as far as arithmetic can: where the sound is loud somebody speaks, each channel by itself, and what is said
//! comes from a script that the length of the sound chooses (`script`). The same sound always says the same. Whisper's habit
//! of hearing words in the silence at the end is stood in for as well, with the doubts that it shows.
//!
//! The chat half of the OpenAI-compatible server answers out of the prompt's own turns (`chat`).

mod assemblyai;
mod chat;
mod deepgram;
mod faults;
mod openai;
mod script;
mod sound;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

pub use faults::{SpeechFault, Trouble};

/// Any key that begins with this is accepted.
const KEY_PREFIX: &str = "sandbox-";
/// The longest sound that is taken.
const MOST_BYTES: usize = 220 * 1024 * 1024;
/// Requests that are remembered.
const REMEMBERED: usize = 10_000;
/// How long a receiver may take, and the pauses before it is tried again.
const DELIVERY: Duration = Duration::from_secs(10);
const AGAIN: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(500), Duration::from_secs(5)];

#[derive(Debug)]
pub(crate) struct Speech {
    /// `http://127.0.0.1:<port>`.
    origin: String,
    stop: CancellationToken,
    client: reqwest::Client,
    faults: faults::Faults,
    seen: Mutex<Vec<String>>,
    uploads: Mutex<BTreeMap<u64, axum::body::Bytes>>,
    orders: Mutex<BTreeMap<u64, assemblyai::Order>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Speech {
    pub(crate) fn new(origin: String, stop: CancellationToken) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().timeout(DELIVERY).no_proxy().build()?;
        let (faults, seen) = (faults::Faults::default(), Mutex::default());
        Ok(Self { origin, stop, client, faults, seen, uploads: Mutex::default(), orders: Mutex::default() })
    }

    /// Posts to whoever asked for it, again after a while where that fails.
    fn deliver(self: &Arc<Self>, url: String, header: Option<(String, String)>, body: Value) {
        let speech = Arc::clone(self);
        tokio::spawn(async move {
            for pause in AGAIN {
                if speech.stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                    return;
                }
                let mut request = speech.client.post(&url).json(&body);
                if let Some((name, value)) = &header {
                    request = request.header(name, value);
                }
                // A receiver that is away is tried again; one that refuses has answered.
                if request.send().await.is_ok_and(|answer| !answer.status().is_server_error()) {
                    return;
                }
            }
        });
    }
}

/// A handle on the stand-ins, for use in the same process.
#[derive(Debug, Clone)]
pub struct SpeechControl(Arc<Speech>);

impl SpeechControl {
    pub(crate) fn new(speech: Arc<Speech>) -> Self {
        Self(speech)
    }

    /// Orders trouble.
    pub fn fail(&self, fault: SpeechFault) {
        self.0.faults.add(fault);
    }

    /// How many requests came to this path, such as `POST /openai/v1/audio/transcriptions`.
    pub fn requests(&self, method_and_path: &str) -> usize {
        lock(&self.0.seen).iter().filter(|seen| *seen == method_and_path).count()
    }
}

/// Every route of the stand-ins.
pub(crate) fn router(speech: Arc<Speech>) -> Router {
    Router::new()
        .route("/openai/v1/models", get(openai::models))
        .route("/openai/v1/audio/transcriptions", post(openai::transcribe))
        .route("/openai/v1/chat/completions", post(chat::complete))
        .route("/deepgram/v1/projects", get(deepgram::projects))
        .route("/deepgram/v1/listen", post(deepgram::listen))
        .route("/assemblyai/v2/upload", post(assemblyai::upload))
        .route("/assemblyai/v2/transcript", post(assemblyai::order).get(assemblyai::list))
        .route("/assemblyai/v2/transcript/{id}", get(assemblyai::look))
        .layer(middleware::from_fn_with_state(Arc::clone(&speech), gate))
        .route("/_sandbox/speech/faults", post(faults::order))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(speech)
}

/// Notes the request, and gives it trouble where some was ordered.
async fn gate(State(speech): State<Arc<Speech>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let name = format!("{} {path}", request.method());
    let is_in = {
        let mut seen = lock(&speech.seen);
        if seen.len() < REMEMBERED {
            seen.push(name.clone());
        }
        key(request.headers()).is_none_or(|key| key.starts_with(KEY_PREFIX))
    };
    if !is_in || (key(request.headers()).is_none() && !path.starts_with("/openai")) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided");
    }
    match speech.faults.take(&name) {
        Some(fault) => fault.answer(&speech.stop, request, next).await,
        None => next.run(request).await,
    }
}

/// `Bearer K` at OpenAI, `Token K` at Deepgram, `K` at AssemblyAI.
fn key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("Token ")).unwrap_or(value))
}

/// An error in OpenAI's form, with what the others call theirs beside it.
fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let body =
        json!({ "error": { "message": message, "type": "invalid_request_error", "code": code }, "err_msg": message });
    (status, Json(body)).into_response()
}
