//! Tries a WhatsApp number: the token, whether the number is in the account, and whether the app secret is the token's app's.

use aws_lc_rs::hmac;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

/// The version of the Graph API that this is written for; supported until February 2028.
const VERSION: &str = "v24.0";

#[derive(Deserialize)]
struct Number {
    id: String,
    verified_name: Option<String>,
    #[serde(rename = "display_phone_number")]
    shown_as: Option<String>,
}

#[derive(Deserialize)]
struct Numbers {
    data: Vec<Number>,
}

pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let (number, account) = (given.setting("phone_number_id")?, given.setting("waba_id")?);
    let fields = ("fields", "id,verified_name,display_phone_number");
    let found: Number =
        get(http, urls, given, number, &[fields]).await.map_err(|error| about(error, "phone_number_id"))?;
    let path = format!("{account}/phone_numbers");
    let listed: Numbers =
        get(http, urls, given, &path, &[fields, ("limit", "100")]).await.map_err(|error| about(error, "waba_id"))?;
    if !listed.data.iter().any(|listed| listed.id == found.id) {
        let found = "the token works, but this account does not have the phone number".to_owned();
        return Err(CheckError::Wrong { field: "waba_id", found });
    }
    Ok(Account { id: Some(found.id), name: found.verified_name.or(found.shown_as) })
}

/// Meta answers 400 for what does not exist, what is not allowed, and a proof that does not fit.
fn about(error: CheckError, field: &'static str) -> CheckError {
    let CheckError::Unasked(OutboundError::Refused { status: 400, excerpt, .. }) = &error else { return error };
    let (field, found) = if excerpt.contains("appsecret_proof") {
        ("app_secret", "it is not the secret of the app that the access token belongs to")
    } else if excerpt.contains("OAuthException") && excerpt.contains("access token") {
        ("access_token", "Meta does not accept it (any more); make one for a system user")
    } else {
        (field, "the token works for nothing of this id; compare it with the setup page")
    };
    CheckError::Wrong { field, found: found.to_owned() }
}

async fn get<T: DeserializeOwned>(
    http: &Http,
    urls: &BaseUrls,
    given: &Given,
    path: &str,
    query: &[(&str, &str)],
) -> Result<T, CheckError> {
    let mut url = Url::parse_with_params(&format!("{}/{VERSION}/{path}", urls.graph), query)
        .map_err(|error| CheckError::Unasked(OutboundError::BadUrl(error.to_string())))?;
    let token = given.credential("access_token")?;
    if let Ok(secret) = given.credential("app_secret") {
        url.query_pairs_mut().append_pair("appsecret_proof", &proof(token, secret));
    }
    let request = http.request(Method::GET, url).bearer_auth(token.expose_secret());
    http.send(request).await?.json().map_err(CheckError::Unasked)
}

/// HMAC of the token with the app's secret: Meta compares it where it is sent, which is how the secret is tried.
fn proof(token: &SecretString, secret: &SecretString) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    hex::encode(hmac::sign(&key, token.expose_secret().as_bytes()))
}
