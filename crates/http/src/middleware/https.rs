//! From http to https, in production behind a proxy that says how the client came.
//!
//! 308, so that a POST stays one. A provider is never sent away: it would not follow, and its delivery would be lost; what
//! it sends is signed. Health checks come from inside, where there is no certificate.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{state::Web, webhooks};

pub async fn https(State(web): State<Web>, request: Request, next: Next) -> Response {
    match target(&web, &request) {
        Some(target) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response(),
        None => next.run(request).await,
    }
}

/// Where to, if the client came by http. Only ever to an address of our own settings: the `Host` that a client sends chooses
/// among them and is not repeated.
fn target(web: &Web, request: &Request) -> Option<HeaderValue> {
    let origins = &web.options.https_origins;
    let first = origins.first()?;
    let path = request.uri().path();
    if !came_by_http(web, request) || path == "/health" || webhooks::is_delivery(request) {
        return None;
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let named = |origin: &&String| {
        let authority = origin.strip_prefix("https://").unwrap_or_default();
        authority.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case(host))
    };
    let origin = origins.iter().find(named).unwrap_or(first);
    let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
    HeaderValue::from_str(&format!("{origin}{rest}")).ok()
}

/// As a proxy of ours says: of several words the first, which is about the client and not about the way between proxies.
/// Without a word nothing is known, and nobody is sent round in circles.
fn came_by_http(web: &Web, request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_ours = peer.is_some_and(|ConnectInfo(peer)| (web.options.trusts_peer)(peer.ip()));
    let scheme = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let scheme = scheme.and_then(|value| value.split(',').next());
    is_ours && scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}
