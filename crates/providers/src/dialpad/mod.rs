//! Dialpad: calls, texts and voicemails.
//!
//! What is peculiar about it, and where that is dealt with:
//! - the whole body is a JWT, and neither a header nor a content type says so (`verify`);
//! - an event has no id and no type: both are concluded from what is in it (`split`);
//! - every leg of a call is reported as a call of its own, tied together by four ids, none of which is on all legs
//!   (`normalize` passes them all on);
//! - REST prints 64-bit numbers as strings, webhooks as numbers ([`payload`]);
//! - subscriptions narrower than "all states" silently hide voicemails and recordings ([`provision`] widens them).

mod call;
pub mod client;
mod connect;
mod message;
mod normalize;
pub mod oauth;
pub mod operations;
pub mod payload;
pub mod provision;
mod pulled;
mod split;
pub mod states;
mod verify;

use switchboard_domain::fact::Fact;

pub use self::{
    client::DialpadClient,
    split::{pulled_call, pulled_message, pulled_transcript},
};
use crate::{
    connect::{ConnectSpec, Connectable},
    contract::{Expectation, Item, Malformed, Provider, RawRequest, Rejection, StoredItem, Verified},
};

/// Dialpad's own address; `DIALPAD_API_URL` replaces it (sandbox, tests, proxies).
pub const PRODUCTION_URL: &str = "https://dialpad.com";
/// Dialpad's sandbox for developers.
pub const SANDBOX_URL: &str = "https://sandbox.dialpad.com";

/// The provider Dialpad.
#[derive(Debug, Clone, Copy)]
pub struct Dialpad;

impl Connectable for Dialpad {
    fn slug(&self) -> &'static str {
        "dialpad"
    }

    fn display_name(&self) -> &'static str {
        "Dialpad"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Provider for Dialpad {
    fn normalize_version(&self) -> i32 {
        1
    }

    fn verify(&self, request: &RawRequest, expect: &Expectation<'_>) -> Result<Verified, Rejection> {
        verify::verify(&request.body, expect)
    }

    fn split(&self, _request: &RawRequest, verified: &Verified) -> Vec<Item> {
        vec![split::item(&verified.payload)]
    }

    fn context(&self, _settings: &serde_json::Value, _time_zone: &str) -> Option<String> {
        None
    }

    fn spoken(&self, kind: &str) -> &'static [&'static str] {
        split::spoken(kind)
    }

    fn normalize(&self, item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
        normalize::normalize(item)
    }
}
