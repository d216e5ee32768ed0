//! The one way into `/api/v2`: fault, key, operation, limits, check, handler, printing.
//!
//! Handlers see only what the document allows and need not check it again; what they return is printed by the document.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    Dialpad,
    company::Company,
    error::ApiError,
    rest,
    spec::{Found, Operation},
    subscription::Scopes,
};

/// Enough for a text with the largest picture (500 KiB in base64).
const MAX_BODY: usize = 2 * 1024 * 1024;

/// Who calls: a company, by its key or by an OAuth token of limited scope.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) company: Arc<Company>,
    pub(crate) scopes: Scopes,
}

/// A request that keeps to the document.
pub(crate) struct Request<'a> {
    pub(crate) dialpad: &'a Arc<Dialpad>,
    pub(crate) company: &'a Arc<Company>,
    pub(crate) scopes: &'a Scopes,
    pub(crate) path: Map<String, Value>,
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Map<String, Value>,
}

pub(crate) async fn handle(State(dialpad): State<Arc<Dialpad>>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if let Some(fault) = dialpad.faults.take(parts.method.as_str(), &path) {
        return fault.answer(&dialpad.stop).await;
    }
    let pairs = query_pairs(parts.uri.query().unwrap_or_default());
    let answer = answer(&dialpad, parts.method.as_str(), &path, &parts.headers, pairs, body).await;
    answer.map_or_else(IntoResponse::into_response, |value| (StatusCode::OK, Json(value)).into_response())
}

async fn answer(
    dialpad: &Arc<Dialpad>,
    method: &str,
    path: &str,
    headers: &HeaderMap,
    mut pairs: Vec<(String, String)>,
    body: Body,
) -> Result<Value, ApiError> {
    let key_in_url = pairs.iter().position(|(name, _)| name == "apikey").map(|index| pairs.remove(index).1);
    let caller = dialpad.caller(headers, key_in_url.as_deref()).ok_or_else(ApiError::unauthorized)?;
    let (operation, params) = match dialpad.spec.find(method, path) {
        Found::Operation(operation, params) => (operation, params),
        Found::OtherMethod => return Err(ApiError::method_not_allowed()),
        Found::Nothing => return Err(ApiError::not_found("operation")),
    };
    if dialpad.config.dialpad.limits {
        let taken = dialpad.limits.take(&caller.company.key, &operation.id, operation.limit);
        taken.map_err(ApiError::too_many)?;
    }
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| ApiError::bad_request("the body is too large or was cut"))?;
    let request = Request {
        dialpad,
        company: &caller.company,
        scopes: &caller.scopes,
        path: dialpad.spec.accept_path(operation, &params).map_err(ApiError::bad_request)?,
        query: dialpad.spec.accept_query(operation, &pairs).map_err(ApiError::bad_request)?,
        body: accept_body(dialpad, operation, &body)?,
    };
    let handler = rest::handler(&operation.id).ok_or_else(|| ApiError::not_found("operation"))?;
    let reply = handler(&request)?;
    match &operation.reply {
        Some(schema) => dialpad.spec.print(schema, reply).map_err(|fault| {
            tracing::error!(operation = operation.id, %fault, "the sandbox's own reply breaks Dialpad's document");
            ApiError::server(format!("the sandbox's own reply breaks Dialpad's document: {fault}"))
        }),
        None => Ok(json!({})),
    }
}

fn accept_body(dialpad: &Dialpad, operation: &Operation, bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let mut value = if bytes.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(bytes)
            .map_err(|error| ApiError::bad_request(format!("the body is not JSON: {error}")))?
    };
    let Some(schema) = &operation.body else {
        let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        return if is_empty { Ok(Map::new()) } else { Err(ApiError::bad_request("this operation takes no body")) };
    };
    if operation.path.starts_with("/api/v2/subscriptions/") {
        rename_endpoint(&mut value);
    }
    match dialpad.spec.accept(schema, value).map_err(ApiError::bad_request)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(ApiError::bad_request("the body must be an object")),
    }
}

/// `webhook_id` is the older name of `endpoint_id`; many public clients still send it.
fn rename_endpoint(body: &mut Value) {
    let Some(fields) = body.as_object_mut() else { return };
    if !fields.contains_key("endpoint_id")
        && let Some(id) = fields.remove("webhook_id")
    {
        fields.insert("endpoint_id".to_owned(), id);
    }
}

impl Dialpad {
    /// Whose key or token the request carries (`Authorization: Bearer`, or `?apikey=`).
    pub(crate) fn caller(&self, headers: &HeaderMap, key_in_url: Option<&str>) -> Option<Caller> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let key = bearer.or(key_in_url)?;
        if let Some(company) = self.company(key) {
            return Some(Caller { company, scopes: Scopes::All });
        }
        let grant = self.tokens.access(key, self.config.clock.now_ms())?;
        Some(Caller { company: self.company(&grant.key)?, scopes: Scopes::Only(grant.scopes) })
    }
}

/// The decoded pairs of a query string or a form.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    form_pairs(query.as_bytes())
}

/// `application/x-www-form-urlencoded`: `+` is a space, `%xx` a byte; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &pair[..0]),
            };
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex(*high) << 4) | hex(*low));
                rest = after;
            }
            (byte, _) => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}
