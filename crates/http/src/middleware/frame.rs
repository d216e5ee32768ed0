//! The frame of every request.

use std::{any::Any, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use switchboard_domain::ids::DeliveryId;

use crate::{
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

/// Gives the request an id, logs one line about it and measures it. The line holds the route's pattern and never the path
/// or the query: those carry hook tokens, keys and phone numbers.
pub async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| format!("req_{}", web.app.id::<DeliveryId>().uuid().simple()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)".to_owned(), |path| path.as_str().to_owned());
    let begun = Instant::now();
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::histogram!(
        "switchboard_http_request_seconds",
        "method" => method_label(&method), "route" => route.clone(), "status" => status.to_string()
    )
    .record(seconds);
    let millis = seconds * 1_000.0;
    if status >= 500 {
        tracing::warn!(%method, route, status, millis, request_id = id, "request failed");
    } else {
        tracing::debug!(%method, route, status, millis, request_id = id, "request answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
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
pub async fn security_headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
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
    if web.options.is_https {
        // Not for subdomains: they may be somebody else's, on this installation's own domain.
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// `MAINTENANCE_MODE`: 503 for everybody but health checks and providers, whose deliveries are still stored.
pub async fn maintenance(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_exempt = path == "/health" || webhooks::is_provider_route(path);
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
    if webhooks::is_provider_route(request.uri().path()) {
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
