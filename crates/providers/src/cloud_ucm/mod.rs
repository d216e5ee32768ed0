//! Grandstream UCM and CloudUCM: telephone systems. Today the account is kept and tried; call records are not taken in yet.
//!
//! Peculiar about it: the address is the tenant's own and goes through the guard for such addresses; the device's
//! certificate is its own as well, so it is pinned rather than not looked at; and failed sign-ins get our address blocked by
//! the device, so a password is tried once.

mod check;
pub mod client;
mod connect;

pub use self::client::{Sessions, UcmAccess, UcmClient, UcmError};
use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
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
