//! CORS. Written out here rather than taken from a library, because of what a *foreign* origin gets: no CORS header at all,
//! not even the ones that only describe; to a page that is not listed this server does not look like one that could be
//! asked.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{frame::REQUEST_ID, limit};
use crate::state::{AllowedOrigins, Web};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
/// What a page may send beyond what every page may.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, if-none-match, idempotency-key, last-event-id, x-app-api-key, x-csrf-token, \
     x-idempotency-key, x-request-id",
);
/// A day: how long a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");
const YES: HeaderValue = HeaderValue::from_static("true");

pub async fn cors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let allowed = allowed(&web.options.allowed_origins, request.headers().get(header::ORIGIN));
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (&allowed, is_preflight) {
        (Some(_), true) => preflight(),
        // A foreign page's question meets a server that does not know OPTIONS.
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if matches!(web.options.allowed_origins, AllowedOrigins::Only(_)) {
        // Whoever caches must not give one origin's answer to another.
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = allowed {
        if origin != "*" {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, YES);
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if !is_preflight {
            expose(headers);
        }
    }
    response
}

/// What `Access-Control-Allow-Origin` says to this origin, if anything.
fn allowed(origins: &AllowedOrigins, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    let origin = origin?;
    match origins {
        // Without credentials: cookies are for origins that somebody wrote down.
        AllowedOrigins::Any => Some(HeaderValue::from_static("*")),
        AllowedOrigins::Only(listed) => {
            listed.iter().any(|one| one.as_bytes() == origin.as_bytes()).then(|| origin.clone())
        }
    }
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

/// What a page may read beyond what every page may.
fn expose(headers: &mut HeaderMap) {
    let ours = [header::ETAG, header::LOCATION, header::RETRY_AFTER, header::CONTENT_DISPOSITION, REQUEST_ID];
    let names: Vec<HeaderName> =
        ours.into_iter().chain([HeaderName::from_static("idempotent-replayed")]).chain(limit::HEADERS).collect();
    let list = names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(", ");
    if let Ok(value) = HeaderValue::from_str(&list) {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
    }
}
