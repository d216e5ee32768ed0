//! Tries an incoming webhook without writing into its channel.

use serde_json::json;

use super::{
    WEBHOOK_URL,
    post::{self, hook},
};
use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

/// A message without a text is refused by a webhook that exists (400 `no_text`), and by one that does not because it does
/// not (403, 404, 410): nothing is ever posted.
pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let url = hook(urls, given.credential(WEBHOOK_URL)?)
        .map_err(|found| CheckError::Wrong { field: WEBHOOK_URL, found: found.to_string() })?;
    match http.send(post::request(http, url, &json!({ "text": "" }))).await {
        Ok(_) | Err(OutboundError::Refused { status: 400, .. }) => Ok(Account::default()),
        Err(OutboundError::Refused { status: 410, .. }) => {
            Err(CheckError::Wrong { field: WEBHOOK_URL, found: "the channel is archived".to_owned() })
        }
        Err(error) => Err(error.into()),
    }
}
