//! Tries a Twilio account: the token, whether the account works, and whether the number is its own.

use reqwest::{Method, Url};
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

#[derive(Deserialize)]
struct TwilioAccount {
    sid: String,
    friendly_name: Option<String>,
    /// `active`, `suspended` or `closed`.
    status: String,
}

#[derive(Deserialize)]
struct Numbers {
    incoming_phone_numbers: Vec<serde_json::Value>,
}

pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let sid = given.setting("account_sid")?;
    let account: TwilioAccount = get(http, urls, given, &format!("/2010-04-01/Accounts/{sid}.json"), &[]).await?;
    if account.status != "active" {
        return Err(CheckError::Suspended(account.status.chars().take(40).collect()));
    }
    if let Some(number) = given.settings.get("phone_number") {
        let path = format!("/2010-04-01/Accounts/{sid}/IncomingPhoneNumbers.json");
        let found: Numbers = get(http, urls, given, &path, &[("PhoneNumber", number)]).await?;
        if found.incoming_phone_numbers.is_empty() {
            let found = "the token works, but the number is not one of this account".to_owned();
            return Err(CheckError::Wrong { field: "phone_number", found });
        }
    }
    Ok(Account { id: Some(account.sid), name: account.friendly_name })
}

async fn get<T: DeserializeOwned>(
    http: &Http,
    urls: &BaseUrls,
    given: &Given,
    path: &str,
    query: &[(&str, &str)],
) -> Result<T, CheckError> {
    let url = Url::parse_with_params(&format!("{}{path}", urls.twilio), query)
        .map_err(|error| CheckError::Unasked(OutboundError::BadUrl(error.to_string())))?;
    let (sid, token) = (given.setting("account_sid")?, given.credential("auth_token")?);
    let request = http.request(Method::GET, url).basic_auth(sid, Some(token.expose_secret()));
    http.send(request).await?.json().map_err(CheckError::Unasked)
}
