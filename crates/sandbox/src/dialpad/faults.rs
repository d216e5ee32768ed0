//! Failures of the API on demand: the next so many requests that match get one.

use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::error::ApiError;

/// Orders that may wait at once.
const MAX_ORDERS: usize = 100;
/// The longest a request may be left hanging.
const MAX_HANG_MS: u64 = 300_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `Retry-After`.
    TooManyRequests,
    /// 500.
    ServerError,
    /// 401, as for a token that was revoked.
    Unauthorized,
    /// No answer for `hang_ms`, then 500.
    Hang,
    /// Half of a JSON body, then the connection is cut.
    HalfReply,
}

/// An order for trouble.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub kind: FaultKind,
    /// How many requests get it.
    #[serde(default = "one")]
    pub count: u32,
    /// Only requests whose path begins with this, such as `/api/v2/webhooks` or `/oauth2/token`.
    #[serde(default)]
    pub path: String,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Seconds for `Retry-After`.
    #[serde(default = "one_second")]
    pub retry_after: u64,
    #[serde(default = "one_minute")]
    pub hang_ms: u64,
}

fn one() -> u32 {
    1
}

fn one_second() -> u64 {
    1
}

fn one_minute() -> u64 {
    60_000
}

impl Fault {
    /// The next `count` requests of any path.
    pub fn new(kind: FaultKind, count: u32) -> Self {
        Self { kind, count, path: String::new(), method: None, retry_after: 1, hang_ms: 60_000 }
    }

    /// Only on paths that begin with `path`.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        path.starts_with(&self.path) && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
    }

    pub(crate) async fn answer(self, stop: &CancellationToken) -> Response {
        match self.kind {
            FaultKind::TooManyRequests => ApiError::too_many(self.retry_after).into_response(),
            FaultKind::ServerError => ApiError::server("the sandbox was told to fail").into_response(),
            FaultKind::Unauthorized => ApiError::unauthorized().into_response(),
            FaultKind::Hang => {
                let wait = tokio::time::sleep(Duration::from_millis(self.hang_ms.min(MAX_HANG_MS)));
                // Either end of the wait gives the same answer.
                let _ = stop.run_until_cancelled(wait).await;
                ApiError::server("the sandbox was told to hang").into_response()
            }
            FaultKind::HalfReply => half_reply(),
        }
    }
}

/// How long the first half has to leave the machine before the cut; without it the client would see no reply at all.
const CUT_AFTER: Duration = Duration::from_millis(50);

fn half_reply() -> Response {
    let first = stream::once(async { Ok(Bytes::from_static(b"{\"items\": [{\"id\": \"45035")) });
    let cut = stream::once(async {
        tokio::time::sleep(CUT_AFTER).await;
        Err(io::Error::other("the sandbox was told to cut the reply"))
    });
    (StatusCode::OK, [(CONTENT_TYPE, "application/json")], Body::from_stream(first.chain(cut))).into_response()
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    fn orders(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an order; the oldest falls out when too many wait.
    pub(crate) fn add(&self, fault: Fault) {
        let mut orders = self.orders();
        orders.push_back(fault);
        if orders.len() > MAX_ORDERS {
            orders.pop_front();
        }
    }

    pub(crate) fn clear(&self) {
        self.orders().clear();
    }

    pub(crate) fn waiting(&self) -> Vec<Fault> {
        self.orders().iter().cloned().collect()
    }

    /// The fault for this request, if one was ordered; counts it.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut orders = self.orders();
        let index = orders.iter().position(|order| order.count > 0 && order.matches(method, path))?;
        let order = orders.get_mut(index)?;
        order.count -= 1;
        let taken = order.clone();
        orders.retain(|order| order.count > 0);
        Some(taken)
    }
}
