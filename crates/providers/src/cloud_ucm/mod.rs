//! Grandstream UCM and CloudUCM: telephone systems, which push a record for each leg of a call when it is over.
//!
//! What is peculiar about its records, and where that is dealt with:
//! - nothing is signed: a user name and a password are all there is (`verify`);
//! - JSON of texts or numbers, XML or rows, one record or thousands, and groups with a summary that would count a call twice
//!   (`split`, `record`, `csv`, `xml`);
//! - one call is several records, joined by a session, else by the identity of a channel (`keys`);
//! - times are those of the device's clock on the wall (`wall`);
//! - what answers may be a menu, and columns contradict each other (`leg`).
//!
//! Peculiar about its API: the address is the tenant's own and goes through the guard for such addresses; the device's
//! certificate is its own as well, so it is pinned rather than not looked at; and failed sign-ins get our address blocked by
//! the device, so a password is tried once.

mod check;
pub mod client;
mod connect;
mod context;
mod csv;
pub mod frames;
mod keys;
mod leg;
mod normalize;
mod record;
mod split;
mod verify;
mod wall;
mod xml;

use switchboard_domain::fact::Fact;

pub use self::{
    client::{Sessions, UcmAccess, UcmClient, UcmError},
    record::Record,
    split::{items, pulled_records, serial},
    verify::{Basic, presented},
};
use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
    contract::{Expectation, Item, Malformed, Provider, RawRequest, Rejection, StoredItem, Verified},
    outbound::Http,
};

/// A telephone system.
#[derive(Debug, Clone, Copy)]
pub struct CloudUcm;

impl Connectable for CloudUcm {
    fn slug(&self) -> &'static str {
        "clouducm"
    }

    fn display_name(&self) -> &'static str {
        "Grandstream UCM"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }

    /// What the telephone system signs in here with.
    fn only_compared(&self) -> &'static [&'static str] {
        &["webhook_password"]
    }
}

impl Checked for CloudUcm {
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
        Box::pin(check::check(http, urls, given))
    }
}

impl Provider for CloudUcm {
    /// 2: legs are named by what all forms of a record have, and placed by their call's channel where no zone is set.
    fn normalize_version(&self) -> i32 {
        2
    }

    fn verify(&self, request: &RawRequest, expect: &Expectation<'_>) -> Result<Verified, Rejection> {
        verify::verify(request, expect)
    }

    fn split(&self, _request: &RawRequest, verified: &Verified) -> Vec<Item> {
        items(&verified.payload)
    }

    fn context(&self, settings: &serde_json::Value, time_zone: &str) -> Option<String> {
        serde_json::to_string(&context::Context::of(settings, time_zone)).ok()
    }

    fn normalize(&self, item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
        normalize::normalize(item)
    }
}
