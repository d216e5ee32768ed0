//! Rate limits, and what every limited answer says about them.
//!
//! Two layers: one before anybody is asked who they are, so that guessing keys and passwords costs us nothing; one
//! behind it, when the caller is known. `RateLimit-Policy` and `RateLimit` are the fields of the IETF's draft
//! (draft-ietf-httpapi-ratelimit-headers-11, 2026-05); `RateLimit-Limit`, `-Remaining` and `-Reset` are its third
//! revision's, which the libraries of the guides' servers send and their clients read.

use std::{fmt::Write, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use switchboard_app::limits::{self, Door, Policy, Standing, Verdict};

use crate::{
    extract::ClientAddress,
    guard::identified,
    problem::{Code, Problem},
    state::Web,
};

/// What browsers on other origins may read of a limited answer.
pub(super) const HEADERS: [HeaderName; 5] = [
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
];

/// Where the address stands, for the headers of the layer behind.
#[derive(Clone)]
struct OfAddress(Vec<(Policy, Standing)>);

/// Counts a request against its address. Stands before everything that looks into the database.
pub async fn limit_address(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let ClientAddress(address) = ClientAddress::of(request.headers(), request.extensions(), &web.options.trusts_peer);
    let verdict = limits::of_address(&web.app, address, door(request.method(), request.uri().path())).await;
    let standings: Vec<_> = verdict.standings().collect();
    if let Some(refused) = refuse(&verdict, &standings) {
        return refused;
    }
    request.extensions_mut().insert(OfAddress(standings.clone()));
    let mut response = next.run(request).await;
    if !response.headers().contains_key(&HEADERS[0]) {
        tell(response.headers_mut(), &standings);
    }
    response
}

/// Counts the request of a caller who is known; see `guard::identify`. Strangers were counted already.
pub async fn limit_caller(State(web): State<Web>, request: Request, next: Next) -> Response {
    let Ok(auth) = identified(&request) else { return next.run(request).await };
    let verdict = limits::of_caller(&web.app, auth.scope, &auth.actor, auth.requests_per_minute).await;
    let mut standings: Vec<_> = verdict.standings().collect();
    if let Some(OfAddress(address)) = request.extensions().get() {
        standings.extend_from_slice(address);
    }
    if let Some(refused) = refuse(&verdict, &standings) {
        return refused;
    }
    let mut response = next.run(request).await;
    tell(response.headers_mut(), &standings);
    response
}

/// Signing in and up have limits of their own. What a signed-in client reads below the same paths (`GET /api/auth/me`) is
/// a request like any other.
fn door(method: &Method, path: &str) -> Door {
    let Some(rest) = ["/api/auth/", "/api/v1/auth/"].iter().find_map(|prefix| path.strip_prefix(prefix)) else {
        return Door::Api;
    };
    match (method, rest.trim_end_matches('/')) {
        (&Method::POST, "signup" | "register") => Door::Signup,
        (&Method::POST, _) => Door::Auth,
        _ => Door::Api,
    }
}

fn refuse(verdict: &Verdict, standings: &[(Policy, Standing)]) -> Option<Response> {
    let (policy, standing) = verdict.refusal()?;
    metrics::counter!("switchboard_rate_limited", "policy" => policy.name()).increment(1);
    let wait = seconds(standing.wait()).max(1);
    let (count, window) = (standing.quota.count(), standing.quota.window().as_secs());
    let name = policy.name();
    let detail = format!("the limit `{name}` of {count} requests in {window} s is used up; try again in {wait} s");
    let mut response = Problem::new(Code::TooManyRequests, detail).retry_after(wait).into_response();
    tell(response.headers_mut(), standings);
    Some(response)
}

/// Writes the fields. The three old ones have room for one limit: the one that is nearest to its end.
fn tell(headers: &mut HeaderMap, standings: &[(Policy, Standing)]) {
    let Some((_, nearest)) = standings.iter().min_by_key(|(_, standing)| {
        // In thousandths of the quota.
        (!standing.is_refused, u64::from(standing.remaining()) * 1_000 / u64::from(standing.quota.count()))
    }) else {
        return;
    };
    let (mut policies, mut states) = (String::new(), String::new());
    for (policy, standing) in standings {
        let (name, quota) = (policy.name(), standing.quota);
        let comma = if policies.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(policies, "{comma}\"{name}\";q={};w={}", quota.count(), quota.window().as_secs());
        let _ = write!(states, "{comma}\"{name}\";r={};t={}", standing.remaining(), seconds(standing.reset()));
    }
    let [policy, state, limit, remaining, reset] = HEADERS;
    for (name, text) in [(policy, policies), (state, states)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    headers.insert(limit, HeaderValue::from(nearest.quota.count()));
    headers.insert(remaining, HeaderValue::from(nearest.remaining()));
    headers.insert(reset, HeaderValue::from(seconds(nearest.reset())));
}

/// Rounded up: who comes back after so many seconds comes late rather than early.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_attempts_to_get_in_are_counted_as_such() {
        for (method, path, expected) in [
            (Method::POST, "/api/auth/signup", Door::Signup),
            (Method::POST, "/api/auth/signup/", Door::Signup),
            (Method::POST, "/api/auth/login", Door::Auth),
            (Method::POST, "/api/v1/auth/password/reset", Door::Auth),
            (Method::GET, "/api/auth/me", Door::Api),
            (Method::POST, "/api/v1/apps", Door::Api),
            (Method::POST, "/api/authentic", Door::Api),
        ] {
            assert_eq!(door(&method, path), expected, "{method} {path}");
        }
    }
}
