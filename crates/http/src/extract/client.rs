//! Where a person's request comes from, for their list of sign-ins and for what holds guessers up.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use switchboard_app::accounts::Client;
use switchboard_domain::mail::Language;

use super::ClientAddress;
use crate::state::Web;

/// The address and what the browser or program calls itself.
#[derive(Debug, Clone)]
pub struct ClientInfo(pub Client);

impl FromRequestParts<Web> for ClientInfo {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let ClientAddress(address) = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Self(Client {
            address: (!address.is_unspecified()).then_some(address),
            user_agent: header(header::USER_AGENT).map(str::to_owned),
            language: Language::of_header(header(header::ACCEPT_LANGUAGE)),
        }))
    }
}
