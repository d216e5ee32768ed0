//! Tries the API of a telephone system: a challenge, a sign-in with its answer, and out again.

use md5::{Digest, Md5};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    destination::PublicUrl,
    outbound::{Http, OutboundError},
};

/// CloudUCM's port.
const DEFAULT_PORT: &str = "8443";

#[derive(Deserialize)]
struct Answer {
    status: i64,
    #[serde(default)]
    response: Value,
}

pub(super) async fn check(http: &Http, _urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let host = given.setting("host")?;
    let port = given.settings.get("port").map_or(DEFAULT_PORT, String::as_str);
    let user = given.setting("username")?;
    let password = given.credential("password")?;
    let pinned;
    let http = match given.settings.get("certificate_sha256") {
        Some(pin) => {
            pinned = http.pinned(pin).map_err(CheckError::Unasked)?;
            &pinned
        }
        None => http,
    };
    let url = http
        .public_url(&format!("https://{host}:{port}/api"))
        .map_err(|error| CheckError::Wrong { field: "host", found: error.to_string() })?;
    let challenge = json!({ "action": "challenge", "user": user, "version": "1.0" });
    let challenge = word(&ask(http, &url, challenge).await?, "challenge", "username")?;
    let token = hex::encode(Md5::digest(format!("{challenge}{}", password.expose_secret())));
    let login = json!({ "action": "login", "user": user, "token": token });
    let cookie = word(&ask(http, &url, login).await?, "cookie", "password")?;
    // A sign-in that is left open counts against the device's limit. That it could not be ended says nothing of the password.
    if let Err(error) = ask(http, &url, json!({ "action": "logout", "cookie": cookie })).await {
        tracing::debug!(%error, "a sign-in at a telephone system was not ended");
    }
    Ok(Account { id: Some(host.to_owned()), name: None })
}

async fn ask(http: &Http, url: &PublicUrl, request: Value) -> Result<Answer, CheckError> {
    let request = http.request_public(Method::POST, url).json(&json!({ "request": request }));
    match http.send(request).await {
        Ok(reply) => reply.json().map_err(CheckError::Unasked),
        Err(OutboundError::Destination(refused)) => {
            Err(CheckError::Wrong { field: "host", found: refused.to_string() })
        }
        Err(error) => Err(error.into()),
    }
}

/// A word out of a good answer. `field` is what a bad one is about.
fn word(answer: &Answer, name: &str, field: &'static str) -> Result<String, CheckError> {
    let wrong = |field, found: &str| Err(CheckError::Wrong { field, found: found.to_owned() });
    match answer.status {
        0 => match answer.response.get(name).and_then(Value::as_str) {
            Some(word) => Ok(word.to_owned()),
            None => Err(CheckError::Unasked(OutboundError::Unreadable(format!("an answer without `{name}`")))),
        },
        -37 => wrong(field, "the telephone system does not know this user with this password"),
        -71 => wrong("username", "the telephone system does not know this user"),
        -47 => wrong("username", "this user may not use the API"),
        -68 | -70 => wrong("username", "the telephone system has blocked this server's address; allow it again there"),
        -1 => wrong("port", "something answers there that is not the HTTPS API; see the port of the API"),
        status => Err(CheckError::Unasked(OutboundError::Unreadable(format!("status {status}")))),
    }
}
