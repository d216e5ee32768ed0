//! The HTTPS API of a telephone system, as one connection may use it: challenge, sign-in, cookie, and then one kind of request
//! for everything, `POST /api` with an `action` in it.
//!
//! The other way in that the makers document, `GET /cdrapi` with Digest on port 8443, is not spoken here: the models that are
//! sold have dropped it.

mod error;
mod recordings;
mod records;
mod session;

use std::time::{Duration, Instant};

use bytes::Bytes;
use md5::{Digest, Md5};
use reqwest::{Method, RequestBuilder, Response, header};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use tokio::sync::SemaphorePermit;

use self::session::Door;
pub use self::{
    error::UcmError,
    records::{CdrPage, CdrQuery, PAGE, QueueCall, QueueQuery},
    session::{Sessions, UcmAccess},
};
use crate::{
    outbound::{Http, OutboundError, Reply, broken, refused},
    pace::RateClass,
};

/// The makers say "too often" without saying how often that is; seen to be well inside it.
const RATE: RateClass = RateClass::per_second("clouducm", 5);
/// The longest wait for a place at the device before the work is put back.
const PLACE_RETRY: Duration = Duration::from_secs(5);

/// A connection's access to its telephone system.
#[derive(Debug, Clone)]
pub struct UcmClient {
    door: std::sync::Arc<Door>,
    scope: String,
    /// When whoever uses it looked whether the connection is held.
    since: Instant,
}

/// What of an answer says how it went. On success some actions answer without it.
#[derive(Debug, Default)]
struct Envelope {
    status: Option<i64>,
    tries_left: Option<i64>,
    response: Value,
}

impl UcmClient {
    /// `scope` is the connection's id: what its sign-in and its pace are remembered by. To be made anew for each piece of
    /// work, once it is known that the connection is not held.
    pub fn new(sessions: &Sessions, http: &Http, scope: &str, access: &UcmAccess) -> Result<Self, UcmError> {
        Ok(Self { door: sessions.door(http, scope, access)?, scope: scope.to_owned(), since: Instant::now() })
    }

    /// Signs in if that was not done, and says whether it worked.
    pub async fn sign_in(&self) -> Result<(), UcmError> {
        self.cookie().await.map(drop)
    }

    /// Ends the sign-in: one that is left open counts against the device's limit.
    pub async fn sign_out(&self) -> Result<(), UcmError> {
        let Some(cookie) = self.door.take_cookie().await else { return Ok(()) };
        let reply = self.post("logout", json!({ "cookie": cookie })).await?;
        good("logout", &reply.body).map(drop)
    }

    /// Asks with a cookie. One that ended meanwhile is replaced, once.
    async fn ask(&self, action: &'static str, parameters: &Value) -> Result<Reply, UcmError> {
        let _place = self.place().await?;
        for _ in 0..2 {
            let cookie = self.cookie().await?;
            let reply = self.post(action, with_cookie(parameters, &cookie)).await?;
            if let Some(-5 | -6) = Envelope::read(&reply.body).status {
                self.door.drop_cookie(&cookie).await;
            } else {
                good(action, &reply.body)?;
                return Ok(reply);
            }
        }
        Err(UcmError::SignedOut)
    }

    async fn cookie(&self) -> Result<String, UcmError> {
        self.door.cookie(self.since, self.fetch_cookie()).await
    }

    async fn fetch_cookie(&self) -> Result<String, UcmError> {
        let Door { user, password, .. } = &*self.door;
        let reply = self.post("challenge", json!({ "user": user, "version": "1.0" })).await?;
        let challenge = match good("challenge", &reply.body) {
            // There was no password in it yet.
            Err(UcmError::WrongPassword { .. }) => return Err(UcmError::UnknownUser),
            answer => answer?.word("challenge")?,
        };
        let token = hex::encode(Md5::digest(format!("{challenge}{}", password.expose_secret())));
        let reply = self.post("login", json!({ "user": user, "token": token })).await?;
        good("login", &reply.body)?.word("cookie")
    }

    async fn post(&self, action: &'static str, parameters: Value) -> Result<Reply, UcmError> {
        let reply = self.door.http.send(self.request(action, parameters).await?).await;
        // What the API's own errors are not: a web server's, or that of something else that listens there.
        reply.map_err(|error| match error {
            OutboundError::Refused { status: 404 | 405, .. } if action == "challenge" => UcmError::NotTheApi,
            OutboundError::Destination(refused) => UcmError::Address(refused),
            error => error.into(),
        })
    }

    async fn request(&self, action: &'static str, parameters: Value) -> Result<RequestBuilder, UcmError> {
        self.door.http.pace().wait(&self.scope, RATE, self.door.http.limits().patience).await?;
        let mut request = match parameters {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        request.insert("action".to_owned(), action.into());
        let body = json!({ "request": request }).to_string();
        let request = self.door.http.request_public(Method::POST, &self.door.url);
        Ok(request.header(header::CONTENT_TYPE, "application/json;charset=UTF-8").body(body))
    }

    /// A place among those who ask this device, for as long as it is held.
    async fn place(&self) -> Result<SemaphorePermit<'_>, UcmError> {
        let patience = self.door.http.limits().patience;
        match tokio::time::timeout(patience, self.door.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(OutboundError::RateLimited { retry_after: PLACE_RETRY, limit: "requests at once" }.into()),
        }
    }

    /// Asks for something that is not read into memory. The answer is unread, whatever it is.
    async fn open(&self, request: RequestBuilder) -> Result<Response, UcmError> {
        let response = self.door.http.open(request).await?;
        if response.status().is_success() { Ok(response) } else { Err(refused(response).await.into()) }
    }
}

impl Envelope {
    fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else { return Self::default() };
        let status = members.get("status").and_then(number);
        let response = members.remove("response").unwrap_or_default();
        let tries_left = response.get("remain_num").or_else(|| members.get("remain_num")).and_then(number);
        Self { status, tries_left, response }
    }

    fn word(&self, name: &str) -> Result<String, UcmError> {
        let word = self.response.get(name).and_then(Value::as_str).map(str::to_owned);
        word.ok_or_else(|| OutboundError::Unreadable(format!("an answer without `{name}`")).into())
    }
}

/// Firmware writes numbers as numbers and as texts.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The answer, unless its status says no.
fn good(action: &'static str, body: &[u8]) -> Result<Envelope, UcmError> {
    let envelope = Envelope::read(body);
    match envelope.status.and_then(|status| UcmError::of_status(action, status, envelope.tries_left)) {
        Some(error) => Err(error),
        None => Ok(envelope),
    }
}

fn with_cookie(parameters: &Value, cookie: &str) -> Value {
    let mut parameters = parameters.clone();
    parameters["cookie"] = cookie.into();
    parameters
}

/// Reads on until there are `enough` bytes or no more.
async fn read_on(response: &mut Response, mut begun: Vec<u8>, enough: usize) -> Result<Bytes, UcmError> {
    while begun.len() < enough {
        let Some(chunk) = response.chunk().await.map_err(broken)? else { break };
        begun.extend_from_slice(&chunk);
    }
    Ok(begun.into())
}
