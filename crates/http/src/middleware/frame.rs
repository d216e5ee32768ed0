//! The frame of every request.

use std::{
    any::Any,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use crate::{
    api::v1::imports,
    problem::{Code, Problem},
    state::Web,
    webhooks,
};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that this task is handling.
    static CURRENT: String;
}

/// The id of the request that is being handled; empty outside of one.
pub fn request_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Gives the request an id and the answer its headers, logs one line about it and measures it. The line holds the route's
/// pattern and never the path or the query: those carry hook tokens, keys and phone numbers.
///
/// One layer and not one per concern: a layer clones everything below it and boxes its future, for each request.
pub async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| web.request_ids.next());
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("(none)", MatchedPath::as_str);
    let begun = Instant::now();
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::histogram!(
        "switchboard_http_request_seconds",
        "method" => method, "route" => route.to_owned(), "status" => status.to_string()
    )
    .record(seconds);
    let millis = seconds * 1_000.0;
    if status >= 500 {
        tracing::warn!(method, route, status, millis, request_id = id, "request failed");
    } else {
        tracing::debug!(method, route, status, millis, request_id = id, "request answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    secure(response.headers_mut(), web.options.is_https);
    response
}

/// Ids for requests that brought none: a random beginning of this process, then a number. They only have to differ, and
/// they are made too often to ask the generator for each.
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(random: [u8; 8]) -> Self {
        Self { process: u64::from_be_bytes(random), next: AtomicU64::new(1) }
    }

    fn next(&self) -> String {
        let number = Uuid::from_u64_pair(self.process, self.next.fetch_add(1, Ordering::Relaxed));
        let mut id = String::with_capacity(36);
        id.push_str("req_");
        id.push_str(number.simple().encode_lower(&mut [0; 32]));
        id
    }
}

/// A proxy's or client's own id, when it is a harmless one.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    ((8..=100).contains(&id.len()) && id.chars().all(is_plain)).then(|| id.to_owned())
}

/// Methods as labels: a client can invent any number of others.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// For tower-http's panic catcher: the client gets a problem, the log the panic's own words.
#[expect(clippy::needless_pass_by_value, reason = "tower-http hands the panic over by value")]
pub fn catch_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words");
    tracing::error!(panic = words, request_id = request_id(), "a handler panicked");
    Problem::new(Code::Internal, "something went wrong here; the request id finds it in the logs").into_response()
}

/// Headers that every answer carries.
fn secure(headers: &mut HeaderMap, is_https: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    // Answers are JSON, audio or our own page, which brings its style and nothing else.
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    );
    set(header::CACHE_CONTROL, "no-store");
    if is_https {
        // Not for subdomains: they may be somebody else's, on this installation's own domain.
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// `MAINTENANCE_MODE`: 503 for everybody but health checks. Providers' deliveries are still stored: their routes have not
/// got this layer.
pub async fn maintenance(State(web): State<Web>, request: Request, next: Next) -> Response {
    let is_exempt = request.uri().path() == "/health";
    if web.app.settings.maintenance && !is_exempt {
        return Problem::new(Code::Maintenance, "Switchboard is in maintenance and will be back soon")
            .retry_after(60)
            .into_response();
    }
    next.run(request).await
}

/// An end to waiting: a handler that hangs, and a body that trickles in, hold a connection so long and no longer. Streams
/// and sockets have begun to answer by then and go on. Deliveries have times of their own.
pub async fn total_time(State(web): State<Web>, request: Request, next: Next) -> Response {
    // A file of a gigabyte takes its time; its handler looks whether it still comes.
    let is_file = request.uri().path() == imports::upload::PATH && request.method() == Method::POST;
    if is_file || webhooks::is_delivery(&request) {
        return next.run(request).await;
    }
    let most = web.options.handler_time;
    tokio::time::timeout(most, next.run(request)).await.unwrap_or_else(|_| {
        let detail = format!("this took longer than {} s and was given up; it may have been done", most.as_secs());
        Problem::new(Code::TimedOut, detail).into_response()
    })
}

/// Runs something in the name of a request, in another task.
pub(super) async fn in_request<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}
