//! Sessions of browsers: tokens in cookies that scripts cannot read, and proof that a request comes from our own pages.
//!
//! A browser sends cookies with whatever any page makes it send. Three things stand against that, each enough by itself in
//! a browser that keeps the rules: `SameSite=Lax` (the cookie stays at home), the `Sec-Fetch-Site` and `Origin` headers (the
//! browser says who made the request), and for everything that changes something a token that only our own pages can have
//! read. Callers with a key or a Bearer token send nothing by themselves and are free of all this.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use std::time::Duration;
use switchboard_domain::{Timestamp, ids::SessionId};

use crate::{
    problem::{Code, Problem},
    state::{AllowedOrigins, Web},
};

/// Where the token against cross-site requests is expected; the second is what one guide's client also sends.
const CSRF_HEADERS: [&str; 2] = ["x-csrf-token", "csrf-token"];
/// How long such a token is good.
const CSRF_LIFETIME: Duration = Duration::from_hours(24);
const CSRF_PURPOSE: &str = "csrf";
/// More cookies than any page of ours sets.
const MOST_COOKIE_BYTES: usize = 16 * 1024;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
    /// Ties a sign-in at another provider to the browser that began it.
    SignIn,
    /// The same of a sign-in with which a connection gets tokens.
    Connect,
}

impl Cookie {
    /// Over https the prefix makes browsers refuse the cookie from anywhere but this very host, over https: a neighbouring
    /// subdomain, or somebody in the middle of a plain connection, cannot plant one.
    const fn name(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Self::Access, true) => "__Host-switchboard_access",
            (Self::Access, false) => "switchboard_access",
            (Self::Refresh, true) => "__Host-switchboard_refresh",
            (Self::Refresh, false) => "switchboard_refresh",
            (Self::SignIn, true) => "__Host-switchboard_sign_in",
            (Self::SignIn, false) => "switchboard_sign_in",
            (Self::Connect, true) => "__Host-switchboard_connect",
            (Self::Connect, false) => "switchboard_connect",
        }
    }

    /// What the request carries of it.
    pub fn of(self, web: &Web, headers: &HeaderMap) -> Option<String> {
        let name = self.name(is_https(web));
        let mut bytes = 0;
        for line in headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            bytes += line.len();
            if bytes > MOST_COOKIE_BYTES {
                return None;
            }
            let found = line.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name);
            if let Some((_, value)) = found.filter(|(_, value)| !value.is_empty()) {
                return Some(value.to_owned());
            }
        }
        None
    }

    /// Sets it for `lifetime`. `value` is one of our tokens: letters, digits and `-._`.
    pub fn set(self, web: &Web, headers: &mut HeaderMap, value: &str, lifetime: Duration) {
        let is_https = is_https(web);
        let secure = if is_https { "; Secure" } else { "" };
        let line = format!(
            "{}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
            self.name(is_https),
            lifetime.as_secs()
        );
        if let Ok(mut line) = HeaderValue::from_str(&line) {
            line.set_sensitive(true);
            headers.append(header::SET_COOKIE, line);
        }
    }

    /// Makes the browser forget it.
    pub fn clear(self, web: &Web, headers: &mut HeaderMap) {
        self.set(web, headers, "", Duration::ZERO);
    }
}

/// Whether browsers reach us over https, so that cookies must not travel otherwise.
fn is_https(web: &Web) -> bool {
    web.app.settings.backend_url.starts_with("https://")
}

/// A token that only our own pages can have read, for this session, and until when it is good. Whoever is not signed in gets
/// one as well, of nobody.
pub fn csrf_token(web: &Web, session: Option<SessionId>) -> (String, Timestamp) {
    let expires_at = Timestamp::from_millis((web.app.now() + CSRF_LIFETIME).as_seconds() * 1_000);
    let seconds = expires_at.as_seconds();
    let mac = web.app.vault.mac(CSRF_PURPOSE, &[&session_bytes(session), &seconds.to_be_bytes()]);
    (format!("{seconds}.{}", hex::encode(mac)), expires_at)
}

fn is_csrf_token(web: &Web, session: SessionId, token: &str) -> bool {
    let Some((expires, mac)) = token.split_once('.') else { return false };
    let (Ok(expires), Ok(mac)) = (expires.parse::<i64>(), hex::decode(mac)) else { return false };
    let parts: [&[u8]; 2] = [&session_bytes(Some(session)), &expires.to_be_bytes()];
    web.app.vault.verify_mac(CSRF_PURPOSE, &parts, &mac) && web.app.now().as_seconds() < expires
}

/// Empty for nobody's.
fn session_bytes(session: Option<SessionId>) -> Vec<u8> {
    session.map(|session| session.uuid().as_bytes().to_vec()).unwrap_or_default()
}

/// Whether a request that is signed in by cookie may count: it was made by our own pages, and if it changes something it
/// carries the session's token.
pub fn check(web: &Web, session: SessionId, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    check_site(web, headers)?;
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let token = CSRF_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    if token.is_some_and(|token| is_csrf_token(web, session, token)) {
        return Ok(());
    }
    let detail = "a request of a signed-in browser needs the header X-CSRF-Token with the token of \
                  GET /api/v1/auth/csrf; ask for a new one";
    Err(Problem::new(Code::CsrfFailed, detail))
}

/// Refuses what another site made the browser send. A client that is no browser sends none of these headers and passes.
pub fn check_site(web: &Web, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
    let origin = text(header::ORIGIN);
    if origin.is_some_and(|origin| is_ours(web, origin)) {
        return Ok(());
    }
    let is_foreign = match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin") => false,
        // Typed in, a bookmark, or a link: a page that only reads. What changes something also needs the token.
        Some("none") => origin.is_some(),
        Some(_) => origin.is_some() || !is_navigation(headers),
        // A browser from before those headers: the origin is at least the host that it called.
        None => match origin {
            Some(origin) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_none() || host != text(header::HOST)
            }
            None => false,
        },
    };
    if is_foreign {
        let detail = "another site made the browser send this; open the dashboard itself and try again";
        return Err(Problem::new(Code::CsrfFailed, detail));
    }
    Ok(())
}

/// Somebody followed a link to us.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate")
}

/// The origin of one of our own addresses, or of a page that the operator has written down as theirs (`CORS_ORIGIN`). With
/// `*` nothing is written down.
fn is_ours(web: &Web, origin: &str) -> bool {
    if let AllowedOrigins::Only(listed) = &web.options.allowed_origins
        && listed.iter().any(|one| one == origin)
    {
        return true;
    }
    let settings = &web.app.settings;
    [&settings.backend_url, &settings.frontend_url].into_iter().any(|url| origin_of(url) == origin)
}

/// Scheme, host and port of one of our base URLs, which have no default ports and no capitals in them.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_base_url_without_its_path() {
        assert_eq!(origin_of("https://calls.example/cti"), "https://calls.example");
        assert_eq!(origin_of("http://localhost:4000"), "http://localhost:4000");
    }
}
