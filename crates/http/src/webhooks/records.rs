//! Where telephone systems deliver call records: the guide's address with a workspace in it, and everywhere that is nothing
//! else, because some have a field for a host and none for a path.
//!
//! Who signs in is known from the headers, so a body of thousands of records is only read for somebody who may send it.

use std::time::Duration;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::json;
use switchboard_app::intake::{self, HookRoute, Refused};
use switchboard_providers::contract::RawRequest;

use crate::{
    dashboard,
    extract::ClientAddress,
    problem::{Code, Problem},
    state::Web,
};

/// Bytes of a body whose sender is known: what a telephone system keeps back in an outage, 10,000 records, with room.
const KNOWN_LIMIT: usize = 32 * 1024 * 1024;
/// Bytes of a body whose sender said nothing of who they are: enough to see that it is empty.
const STRANGER_LIMIT: usize = 64 * 1024;
const BODY_TIME: Duration = Duration::from_mins(1);
/// Some senders show their password only when they are asked.
const ASK: HeaderValue = HeaderValue::from_static("Basic realm=\"call records\", charset=\"UTF-8\"");

/// `POST /api/webhook/cdr/{subdomain}`: the guide's address.
pub async fn of_workspace(
    State(web): State<Web>,
    address: ClientAddress,
    Path(subdomain): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    answer(known_first(&web, HookRoute::Workspace(subdomain), address, &parts.headers, body).await)
}

/// `GET /api/webhook/cdr/{subdomain}`: how some telephone systems look whether somebody is there.
pub async fn look(State(web): State<Web>, Path(subdomain): Path<String>) -> Response {
    match intake::is_workspace(&web.app, &subdomain).await {
        Ok(true) => success(),
        Ok(false) => Problem::from(Refused::UnknownConnection).into_response(),
        Err(refused) => Problem::from(refused).into_response(),
    }
}

/// `POST /` and `POST /cdr`: no workspace is named, so the user does.
pub async fn anywhere(State(web): State<Web>, address: ClientAddress, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    answer(take_anywhere(&web, address, &parts.headers, body).await)
}

/// `GET /cdr`
pub async fn present() -> Response {
    success()
}

/// Every path that is no route: a telephone system that signs in, or the dashboard's.
pub async fn or_page(state: State<Web>, address: ClientAddress, request: Request) -> Response {
    if request.method() == Method::POST && signs_in(request.headers()) {
        return anywhere(state, address, request).await;
    }
    dashboard::fallback(&state.0, &request)
}

/// Somebody came with a user name and a password in their headers.
pub fn signs_in(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "))
}

async fn known_first(
    web: &Web,
    route: HookRoute,
    address: ClientAddress,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Problem> {
    // Of a stranger only so much is read as shows that it is nothing.
    let is_stranger = !headers.contains_key(header::AUTHORIZATION);
    let (early, rest) =
        if is_stranger { (read(body, STRANGER_LIMIT).await?, None) } else { (Bytes::new(), Some(body)) };
    if let HookRoute::Workspace(subdomain) = &route
        && is_stranger
        && is_empty(&early)
        && intake::is_workspace(&web.app, subdomain).await?
    {
        return Ok(());
    }
    let mut request = RawRequest { headers: super::headers(headers), body: early };
    let resolved = intake::identify(&web.app, &route, &request, Some(address.to_string())).await?;
    if let Some(body) = rest {
        request.body = read(body, KNOWN_LIMIT).await?;
    }
    let resolved = resolved.with_body(&request.body);
    intake::store(&web.app, resolved, &request).await?;
    Ok(())
}

async fn take_anywhere(web: &Web, address: ClientAddress, headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    let limit = if headers.contains_key(header::AUTHORIZATION) { web.options.body_limit } else { STRANGER_LIMIT };
    let request = RawRequest { headers: super::headers(headers), body: read(body, limit).await? };
    if !headers.contains_key(header::AUTHORIZATION) && is_empty(&request.body) {
        return Ok(());
    }
    intake::receive(&web.app, HookRoute::Anywhere, request, Some(address.to_string())).await?;
    Ok(())
}

/// A test of the way.
fn is_empty(body: &[u8]) -> bool {
    let rest = body.trim_ascii();
    rest.is_empty() || rest == b"{}" || rest == b"\0"
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if error.to_string().contains("length limit") => {
            Err(Problem::new(Code::BodyTooLarge, format!("a delivery has at most {limit} bytes here")))
        }
        Ok(Err(_)) => Err(Problem::new(Code::InvalidBody, "the body ended before its end")),
        Err(_) => {
            let detail = "the body did not arrive in time; send this delivery again";
            Err(Problem::new(Code::Unavailable, detail).retry_after(1))
        }
    }
}

/// The guide's words.
fn success() -> Response {
    Json(json!({ "status": "success" })).into_response()
}

fn answer(taken: Result<(), Problem>) -> Response {
    match taken {
        Ok(()) => success(),
        Err(problem) => {
            let mut response = problem.into_response();
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, ASK);
            }
            response
        }
    }
}
