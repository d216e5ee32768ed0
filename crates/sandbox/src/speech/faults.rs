//! Trouble on demand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{Speech, lock, refuse};

const MOST_ORDERS: usize = 100;
const MOST_HANG: Duration = Duration::from_mins(5);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// 429 with `Retry-After: 1`.
    TooManyRequests,
    ServerError,
    Unauthorized,
    /// The work is done and the answer is cut: nobody knows.
    CutAnswer,
    /// No answer for five minutes.
    Hang,
}

/// The next so many requests that match.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechFault {
    pub trouble: Trouble,
    pub count: u32,
    /// Requests that match and go well before.
    #[serde(default)]
    pub after: u32,
    /// The beginning of `POST /openai/v1/audio/transcriptions`; empty for all.
    #[serde(default)]
    pub on: String,
}

impl SpeechFault {
    pub fn new(trouble: Trouble, count: u32, on: &str) -> Self {
        Self { trouble, count, after: 0, on: on.to_owned() }
    }

    /// The same, once so many requests went well.
    #[must_use]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }

    pub(super) async fn answer(self, stop: &CancellationToken, request: Request, next: Next) -> Response {
        match self.trouble {
            Trouble::TooManyRequests => {
                let refused = refuse(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "Rate limit reached");
                ([("retry-after", "1")], refused).into_response()
            }
            Trouble::ServerError => {
                refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The sandbox was told to fail")
            }
            Trouble::Unauthorized => refuse(StatusCode::UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided"),
            Trouble::CutAnswer => {
                next.run(request).await;
                let first = futures::stream::once(async { Ok(axum::body::Bytes::from_static(b"{\"te")) });
                let cut = futures::stream::once(async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Err(std::io::Error::other("the sandbox was told to cut the answer"))
                });
                Body::from_stream(futures::StreamExt::chain(first, cut)).into_response()
            }
            Trouble::Hang => {
                // Either end of the wait gives the same answer.
                let _ = stop.run_until_cancelled(tokio::time::sleep(MOST_HANG)).await;
                refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The sandbox was told to hang")
            }
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<VecDeque<SpeechFault>>);

impl Faults {
    pub fn add(&self, fault: SpeechFault) {
        let mut orders = lock(&self.0);
        orders.push_back(fault);
        if orders.len() > MOST_ORDERS {
            orders.pop_front();
        }
    }

    pub fn take(&self, name: &str) -> Option<SpeechFault> {
        let mut orders = lock(&self.0);
        let order = orders.iter_mut().find(|order| order.count > 0 && name.starts_with(&order.on))?;
        if order.after > 0 {
            order.after -= 1;
            return None;
        }
        order.count -= 1;
        let taken = order.clone();
        orders.retain(|order| order.count > 0);
        Some(taken)
    }
}

/// `POST /_sandbox/speech/faults`.
pub(super) async fn order(State(speech): State<Arc<Speech>>, Json(fault): Json<SpeechFault>) -> StatusCode {
    speech.faults.add(fault);
    StatusCode::NO_CONTENT
}
