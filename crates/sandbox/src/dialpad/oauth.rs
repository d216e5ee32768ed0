//! OAuth as Dialpad documents it: authorisation code with PKCE, rotating refresh tokens, revocation.
//!
//! Consent is given at once (nobody sits at a sandbox); `?deny=1` on the authorise URL declines instead, and `?company=<key>`
//! picks whose account it is (the first one's when absent). Both are ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::{
    Dialpad,
    error::ApiError,
    gate::{form_pairs, query_pairs},
    play::default_key,
};
use crate::dice::Dice;

/// A code must be exchanged within this time (RFC 6749 recommends ten minutes at most).
const CODE_LIFETIME_MS: i64 = 600_000;
/// Codes and tokens kept; past it the oldest company's go with a fresh authorisation.
const MAX_TOKENS: usize = 10_000;

type Fields = BTreeMap<String, String>;

/// What a person agreed to: whose account, and how much of it.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// The API key that names the company.
    pub(crate) key: String,
    pub(crate) scopes: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Code {
    grant: Grant,
    redirect_uri: String,
    /// (method, challenge)
    challenge: Option<(String, String)>,
    expires_ms: i64,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    dice: Dice,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    codes: BTreeMap<String, Code>,
    /// Access token to grant and expiry; no expiry for a token without `offline_access`.
    access: BTreeMap<String, (Grant, Option<i64>)>,
    refresh: BTreeMap<String, Grant>,
}

impl Tokens {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::for_key(seed, "oauth"), kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The grant of an access token that has not expired.
    pub(crate) fn access(&self, token: &str, now_ms: i64) -> Option<Grant> {
        let kept = self.kept();
        let (grant, expires) = kept.access.get(token)?;
        expires.is_none_or(|at| now_ms < at).then(|| grant.clone())
    }

    /// Revokes everything the company ever granted to the app.
    fn revoke(&self, key: &str) {
        let mut kept = self.kept();
        kept.access.retain(|_, (grant, _)| grant.key != key);
        kept.refresh.retain(|_, grant| grant.key != key);
    }

    /// A fresh pair. Without `offline_access` there is no refresh token and the access token does not expire, as documented.
    fn issue(&self, grant: &Grant, now_ms: i64, lifetime_s: i64) -> Value {
        let (access, refresh) = (format!("at_{}", self.dice.token()), format!("rt_{}", self.dice.token()));
        let mut kept = self.kept();
        if kept.access.len() >= MAX_TOKENS {
            kept.access.retain(|_, (_, expires)| expires.is_some_and(|at| now_ms < at));
        }
        let offline = grant.scopes.contains("offline_access");
        let expires = offline.then_some(now_ms + lifetime_s * 1000);
        kept.access.insert(access.clone(), (grant.clone(), expires));
        let mut body = json!({"access_token": access, "token_type": "bearer"});
        if offline {
            kept.refresh.insert(refresh.clone(), grant.clone());
            body["refresh_token"] = refresh.into();
            body["expires_in"] = lifetime_s.into();
        }
        body
    }
}

/// An error of the token endpoint (RFC 6749 section 5.2).
struct OauthError(StatusCode, &'static str, &'static str);

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1, "error_description": self.2}))).into_response()
    }
}

/// `GET /oauth2/authorize`. A client or redirect URI that is not registered must not be redirected to, so it is a 400.
pub(crate) async fn authorize(State(dialpad): State<Arc<Dialpad>>, RawQuery(query): RawQuery) -> Response {
    let fields: Fields = query_pairs(query.as_deref().unwrap_or_default()).into_iter().collect();
    let redirect = match check_client(&dialpad, &fields) {
        Ok(redirect) => redirect.to_owned(),
        Err(message) => return ApiError::bad_request(message).into_response(),
    };
    let outcome = grant_code(&dialpad, &fields, &redirect);
    let mut answer = match outcome {
        Ok(code) => format!("code={code}"),
        Err(error) => format!("error={error}"),
    };
    if let Some(state) = fields.get("state") {
        answer.push_str("&state=");
        answer.push_str(&encode(state));
    }
    let joint = if redirect.contains('?') { '&' } else { '?' };
    (StatusCode::FOUND, [(LOCATION, format!("{redirect}{joint}{answer}")), (CACHE_CONTROL, "no-store".to_owned())])
        .into_response()
}

fn check_client<'a>(dialpad: &Dialpad, fields: &'a Fields) -> Result<&'a str, &'static str> {
    let config = &dialpad.config.dialpad;
    if fields.get("client_id") != Some(&config.client_id) {
        return Err("\"client_id\" is not a registered app");
    }
    let redirect = fields.get("redirect_uri").ok_or("query parameter \"redirect_uri\" is required")?;
    let is_http = reqwest::Url::parse(redirect)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
    if !is_http || (!config.redirect_uris.is_empty() && !config.redirect_uris.contains(redirect)) {
        return Err("\"redirect_uri\" is not registered for this app");
    }
    Ok(redirect)
}

/// A code, or the error word that goes back to the app.
fn grant_code(dialpad: &Dialpad, fields: &Fields, redirect: &str) -> Result<String, &'static str> {
    if fields.contains_key("deny") {
        return Err("access_denied");
    }
    if fields.get("response_type").is_some_and(|kind| kind != "code") {
        return Err("unsupported_response_type");
    }
    let method = fields.get("code_challenge_method").map_or("plain", String::as_str);
    let challenge = fields.get("code_challenge");
    if !matches!(method, "S256" | "plain") || challenge.is_some_and(|text| !(43..=128).contains(&text.len())) {
        return Err("invalid_request");
    }
    let key = fields.get("company").cloned().unwrap_or_else(default_key);
    if dialpad.company(&key).is_none() {
        return Err("invalid_request");
    }
    let scopes = fields.get("scope").map(String::as_str).unwrap_or_default();
    let scopes = scopes.split_whitespace().map(str::to_owned).collect();
    let code = dialpad.tokens.dice.token();
    let now = dialpad.config.clock.now_ms();
    let mut kept = dialpad.tokens.kept();
    kept.codes.retain(|_, code| now < code.expires_ms);
    if kept.codes.len() >= MAX_TOKENS {
        return Err("temporarily_unavailable");
    }
    let challenge = challenge.map(|text| (method.to_owned(), text.clone()));
    let redirect_uri = redirect.to_owned();
    let expires_ms = now + CODE_LIFETIME_MS;
    kept.codes.insert(code.clone(), Code { grant: Grant { key, scopes }, redirect_uri, challenge, expires_ms });
    Ok(code)
}

/// `POST /oauth2/token`, as JSON (the document) or as a form (what public clients send).
pub(crate) async fn token(State(dialpad): State<Arc<Dialpad>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(fault) = dialpad.faults.take("POST", "/oauth2/token") {
        return fault.answer(&dialpad.stop).await;
    }
    let Some(fields) = token_fields(&headers, &body) else {
        return OauthError(StatusCode::BAD_REQUEST, "invalid_request", "the body is neither JSON nor a form")
            .into_response();
    };
    match exchange(&dialpad, &headers, &fields) {
        Ok(body) => (StatusCode::OK, [(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

fn token_fields(headers: &HeaderMap, body: &[u8]) -> Option<Fields> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Some(form_pairs(body).into_iter().collect());
    }
    let Value::Object(fields) = serde_json::from_slice(body).ok()? else { return None };
    Some(fields.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect())
}

fn exchange(dialpad: &Dialpad, headers: &HeaderMap, fields: &Fields) -> Result<Value, OauthError> {
    check_secret(dialpad, headers, fields)?;
    let now = dialpad.config.clock.now_ms();
    let grant = match fields.get("grant_type").map(String::as_str) {
        Some("authorization_code") => redeem(dialpad, fields, now)?,
        Some("refresh_token") => {
            // Taken out: a refresh token works once, its successor comes with the reply.
            let token = fields.get("refresh_token").map(String::as_str).unwrap_or_default();
            let invalid = OauthError(StatusCode::BAD_REQUEST, "invalid_grant", "the refresh token is unknown or used");
            dialpad.tokens.kept().refresh.remove(token).ok_or(invalid)?
        }
        _ => {
            return Err(OauthError(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token",
            ));
        }
    };
    let lifetime = i64::try_from(dialpad.config.dialpad.token_lifetime.as_secs()).unwrap_or(i64::MAX / 2000);
    Ok(dialpad.tokens.issue(&grant, now, lifetime))
}

/// Client id and secret come in the body or as HTTP Basic.
fn check_secret(dialpad: &Dialpad, headers: &HeaderMap, fields: &Fields) -> Result<(), OauthError> {
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let basic = basic.and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
    let (id, secret) = match basic.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => (fields.get("client_id").map(String::as_str), fields.get("client_secret").map(String::as_str)),
    };
    let config = &dialpad.config.dialpad;
    if id == Some(&config.client_id) && secret == Some(&config.client_secret) {
        Ok(())
    } else {
        Err(OauthError(StatusCode::UNAUTHORIZED, "invalid_client", "client_id or client_secret is wrong"))
    }
}

/// A code works once, whatever comes of it.
fn redeem(dialpad: &Dialpad, fields: &Fields, now: i64) -> Result<Grant, OauthError> {
    let invalid = |why| OauthError(StatusCode::BAD_REQUEST, "invalid_grant", why);
    let code = fields.get("code").map(String::as_str).unwrap_or_default();
    let code = dialpad.tokens.kept().codes.remove(code).ok_or_else(|| invalid("the code is unknown or used"))?;
    if now >= code.expires_ms {
        return Err(invalid("the code has expired"));
    }
    if fields.get("redirect_uri").is_some_and(|uri| *uri != code.redirect_uri) {
        return Err(invalid("redirect_uri differs from the one of the authorisation"));
    }
    let verifier = fields.get("code_verifier").map(String::as_str);
    let fits = match (&code.challenge, verifier) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some((method, challenge)), Some(verifier)) if method == "plain" => challenge == verifier,
        (Some((_, challenge)), Some(verifier)) => *challenge == s256(verifier),
    };
    if fits { Ok(code.grant) } else { Err(invalid("code_verifier does not fit the code_challenge")) }
}

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes()))
}

/// `POST /oauth2/deauthorize`: 204, and all tokens of the app at that company are gone.
pub(crate) async fn deauthorize(State(dialpad): State<Arc<Dialpad>>, headers: HeaderMap) -> Response {
    if let Some(fault) = dialpad.faults.take("POST", "/oauth2/deauthorize") {
        return fault.answer(&dialpad.stop).await;
    }
    let Some(caller) = dialpad.caller(&headers, None) else { return ApiError::unauthorized().into_response() };
    dialpad.tokens.revoke(&caller.company.key);
    StatusCode::NO_CONTENT.into_response()
}

/// Percent-encoding for a query value.
fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
