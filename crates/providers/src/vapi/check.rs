//! Tries a Vapi key.

use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

#[derive(Deserialize)]
struct Assistant {
    id: Option<String>,
    name: Option<String>,
    #[serde(rename = "orgId")]
    org_id: Option<String>,
}

pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let key = given.credential("api_key")?;
    if given.settings.get("public_key").is_some_and(|public| public == key.expose_secret()) {
        return Err(public_key());
    }
    let assistants = match http.send(request(http, urls, Method::GET, "/assistant?limit=1", key)?).await {
        Ok(reply) => reply.json::<Vec<Assistant>>().map_err(CheckError::Unasked)?,
        Err(error @ OutboundError::Refused { status: 401 | 403, .. }) => {
            return Err(if is_public(http, urls, key).await? { public_key() } else { CheckError::Refused(error) });
        }
        Err(error) => return Err(error.into()),
    };
    let Some(id) = given.settings.get("assistant_id") else {
        let first = assistants.into_iter().next();
        return Ok(Account { id: first.and_then(|assistant| assistant.org_id), name: None });
    };
    match http.send(request(http, urls, Method::GET, &format!("/assistant/{id}"), key)?).await {
        Ok(reply) => {
            let found: Assistant = reply.json().map_err(CheckError::Unasked)?;
            Ok(Account { id: found.org_id.or(found.id), name: found.name })
        }
        Err(OutboundError::Refused { status: 404 | 400, .. }) => {
            let found = "the key works, but its account has no assistant with this id".to_owned();
            Err(CheckError::Wrong { field: "assistant_id", found })
        }
        Err(error) => Err(error.into()),
    }
}

/// A public key starts calls from a browser and nothing else. A call without an assistant is refused before it begins; that
/// the key itself was not refused says which kind it is.
async fn is_public(http: &Http, urls: &BaseUrls, key: &SecretString) -> Result<bool, CheckError> {
    let empty = request(http, urls, Method::POST, "/call/web", key)?.json(&serde_json::json!({}));
    Ok(matches!(http.send(empty).await, Err(OutboundError::Refused { status: 400 | 422, .. })))
}

fn public_key() -> CheckError {
    let found = "this is a public key, which only starts calls from a browser; enter the private one".to_owned();
    CheckError::Wrong { field: "api_key", found }
}

fn request(
    http: &Http,
    urls: &BaseUrls,
    method: Method,
    path: &str,
    key: &SecretString,
) -> Result<reqwest::RequestBuilder, CheckError> {
    let url = Url::parse(&format!("{}{path}", urls.vapi))
        .map_err(|error| CheckError::Unasked(OutboundError::BadUrl(error.to_string())))?;
    Ok(http.request(method, url).bearer_auth(key.expose_secret()))
}
