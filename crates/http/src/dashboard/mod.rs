//! The dashboard, out of this binary: its files, and one page for every address in it.
//!
//! The dashboard chooses by the address what it shows, so a browser that opens or reloads any of its addresses gets the
//! same page. Only a browser that opens something does: what asks for JSON, or for a path of the API, hears that there is no
//! such thing, instead of a page that it cannot read.

mod files;

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

pub use files::Dashboard;

use self::files::{Encoding, File};
use crate::{problem::Problem, state::Web};

const INDEX: &str = "index.html";
/// Vite puts a digest of the contents into the names of what is in here.
const HASHED: &str = "assets/";
/// Never asked for again: other contents have another name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, and asked for each time whether it is still the same.
const ASK: HeaderValue = HeaderValue::from_static("no-cache");
/// What the page may do: run our own scripts and talk to us. Styles may stand in the page, because Mantine writes them
/// there; scripts may not.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// Shown in the dashboard's place when it was not built.
const ABSENT: &str = include_str!("absent.html");
/// First parts of paths that are no pages, whether there is something at them or not.
const NO_PAGES: [&str; 13] = [
    "api",
    "assets",
    "docs",
    "health",
    "hooks",
    "internal",
    "media",
    "meta",
    "metrics",
    "openapi.json",
    "webhook",
    "webhooks",
    "ws",
];

/// `GET /`: the dashboard for browsers; for programs, where everything is.
pub(crate) async fn root(State(web): State<Web>, headers: HeaderMap) -> Response {
    let mut response = if !wants_page(&headers) {
        Json(overview()).into_response()
    } else if let Some(page) = file(&web.options.dashboard, INDEX, &headers) {
        page
    } else {
        Html(ABSENT).into_response()
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

fn overview() -> serde_json::Value {
    serde_json::json!({
        "message": "Switchboard is running",
        "version": env!("CARGO_PKG_VERSION"),
        "docs": "/docs",
        "openapi": "/openapi.json",
        "health": "/health",
    })
}

/// Every path that is no route: a file of the dashboard, one of its addresses, or nothing.
pub(crate) fn fallback(web: &Web, request: &Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let headers = request.headers();
    let found = matches!(*request.method(), Method::GET | Method::HEAD).then(|| {
        let dashboard = &web.options.dashboard;
        let page = || if is_page(path) && wants_page(headers) { file(dashboard, INDEX, headers) } else { None };
        file(dashboard, path, headers).or_else(page)
    });
    found.flatten().unwrap_or_else(|| Problem::not_found("page").into_response())
}

/// A browser that opens an address says so; programs, and the dashboard's own requests, ask for something else.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

fn is_page(path: &str) -> bool {
    !NO_PAGES.contains(&path.split('/').next().unwrap_or_default())
}

fn file(dashboard: &Dashboard, path: &str, headers: &HeaderMap) -> Option<Response> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let (file, encoding) = dashboard.find_encoded(path, text(header::ACCEPT_ENCODING))?;
    let known = text(header::IF_NONE_MATCH);
    let is_known = known.split(',').any(|one| one.trim().as_bytes() == file.tag.as_bytes());
    Some(respond(path, file, encoding, is_known))
}

fn respond(path: &str, file: File, encoding: Option<Encoding>, is_known: bool) -> Response {
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static(files::content_type(path));
        ([(header::CONTENT_TYPE, kind)], Body::from(file.bytes)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, if path.starts_with(HASHED) { FOR_EVER } else { ASK });
    headers.insert(header::ETAG, file.tag);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.word()));
    }
    response
}
