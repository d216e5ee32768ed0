//! Where providers deliver. Raw bytes in, one function of `app` that puts them on disk, and only then a 2xx.
//!
//! No limiter stands here: Dialpad does not retry a 4xx, so a refusal would lose the event. When too much waits the answer
//! is 503, which every provider takes as "again, later".

pub mod records;
pub mod speech;

use std::time::Duration;

use axum::{
    Json,
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, Method, StatusCode},
};
use bytes::Bytes;
use serde::Serialize;
use switchboard_app::intake::{self, HookRoute, Refused};
use switchboard_providers::contract::{RawRequest, Rejection};

use crate::{
    extract::ClientAddress,
    problem::{Code, Problem},
    state::Web,
};

/// Paths below which providers deliver: never limited, never sent elsewhere, and open in maintenance.
const PROVIDER_PATHS: &[&str] = &["/hooks/", "/webhooks/", "/api/webhook/cdr/"];

/// Whether this is a provider that delivers: by where it comes to, or because it signs in where nothing of ours is.
pub fn is_delivery(request: &Request) -> bool {
    let path = request.uri().path();
    let is_ours = ["/api/", "/internal/", "/media/", "/ws"].iter().any(|prefix| path.starts_with(prefix));
    PROVIDER_PATHS.iter().any(|prefix| path.starts_with(prefix))
        || path == "/cdr"
        || (request.method() == Method::POST && !is_ours && records::signs_in(request.headers()))
}

/// Bytes that a delivery may have.
pub const BODY_LIMIT: usize = 3 * 1024 * 1024;
/// How long a delivery's body may take. Dialpad gives up after 5 s anyway.
const BODY_TIME: Duration = Duration::from_secs(10);

/// What a provider hears when its delivery is on disk, whether it was new or not.
#[derive(Debug, Serialize)]
pub struct Received {
    received: bool,
}

/// `POST /hooks/{token}`: a connection's own URL.
pub async fn by_token(
    State(web): State<Web>,
    address: ClientAddress,
    Path(token): Path<String>,
    request: Request,
) -> Result<Json<Received>, Problem> {
    receive(&web, HookRoute::Token(token), address, request).await
}

/// `POST /webhooks/dialpad`: the guide's URL, which all of an installation's Dialpad connections can share.
pub async fn dialpad(
    State(web): State<Web>,
    address: ClientAddress,
    request: Request,
) -> Result<Json<Received>, Problem> {
    receive(&web, HookRoute::Fixed("dialpad"), address, request).await
}

async fn receive(
    web: &Web,
    route: HookRoute,
    address: ClientAddress,
    request: Request,
) -> Result<Json<Received>, Problem> {
    let headers = headers(request.headers());
    let body = match tokio::time::timeout(BODY_TIME, Bytes::from_request(request, web)).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("a delivery has at most {} bytes here", web.options.body_limit);
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        Ok(Err(_)) => return Err(Problem::new(Code::InvalidBody, "the body ended before its end")),
        Err(_) => {
            let detail = "the body did not arrive in time; send this delivery again";
            return Err(Problem::new(Code::Unavailable, detail).retry_after(1));
        }
    };
    let is_test = body.trim_ascii().is_empty();
    let request = RawRequest { headers, body };
    match intake::receive(&web.app, route, request, Some(address.to_string())).await {
        // A telephone system that tries the way with nothing in its hands.
        Err(Refused::Rejected(Rejection::NoPassword)) if is_test => {}
        received => {
            received?;
        }
    }
    Ok(Json(Received { received: true }))
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}
