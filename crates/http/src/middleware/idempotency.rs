//! `Idempotency-Key` on every POST of ours: a client that did not hear the answer may send the request again and gets the
//! first one's answer. The rules are `app::idempotency`'s; here is only the wire.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use switchboard_app::idempotency::{self, Begun};

use crate::{
    extract::{JSON_LIMIT, TenantAuth},
    guard::identified,
    problem::{Code, Problem},
    state::Web,
};

const KEY: &str = "idempotency-key";
/// Marks an answer that was given before.
const REPLAYED: &str = "idempotent-replayed";

pub async fn idempotency(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    // Keys are those of a caller in a tenant: a stranger's request (signing in) has no place to keep its answer, and is the
    // same when repeated.
    let Ok(auth) = identified(&request) else { return next.run(request).await };
    once(&web, &auth, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(web: &Web, auth: &TenantAuth, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(&request)?;
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, JSON_LIMIT)
        .await
        .map_err(|_| Problem::new(Code::BodyTooLarge, format!("the body is larger than {} kB", JSON_LIMIT / 1024)))?;
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let parts: [&[u8]; 2] = [target.as_bytes(), &body];
    let claim = match idempotency::begin(&web.app, auth.scope, &auth.actor, &key, &parts).await? {
        Begun::First(claim) => claim,
        Begun::Answered(answer) => return Ok(replay(answer.status, answer.body)),
        Begun::InProgress => {
            let detail = "a request with this Idempotency-Key is being handled; ask again in a moment";
            return Err(Problem::new(Code::RequestInProgress, detail).retry_after(1));
        }
        Begun::Different => {
            let detail = "this Idempotency-Key was used for another request; a new request needs a new key";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
    };
    // The claim is settled even when the client hangs up meanwhile.
    let web = web.clone();
    let request_id = super::request_id();
    let handled = tokio::spawn(super::frame::in_request(request_id, async move {
        let response = next.run(Request::from_parts(head, Body::from(body))).await;
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 4 * 1024 * 1024).await.unwrap_or_default();
        let settled = if is_final(head.status) {
            idempotency::finish(&web.app, claim, head.status.as_u16(), &bytes).await
        } else {
            idempotency::forget(&web.app, claim).await
        };
        if let Err(error) = settled {
            tracing::warn!(error = %crate::problem::chain(&error), "the answer to an idempotent request was not kept");
        }
        Response::from_parts(head, Body::from(bytes))
    }));
    handled.await.map_err(|error| Problem::internal(&error))
}

/// Whether the same request gets the same answer for a day. Not where nothing came of it and the next try may go otherwise:
/// we failed, the caller was not let through, or came too often.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error()
        && !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
}

fn key(request: &Request) -> Result<String, Problem> {
    let text = request.headers().get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (1..=255).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(Problem::parameter("Idempotency-Key", "1 to 255 visible ASCII characters"))
    }
}

fn replay(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
