//! Twilio: telephone numbers and texts of the tenant's own account. Today the account is kept and tried; its events are not
//! taken in yet.

mod check;
mod connect;

use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
    outbound::Http,
};

/// An account at Twilio.
#[derive(Debug, Clone, Copy)]
pub struct Twilio;

impl Connectable for Twilio {
    fn slug(&self) -> &'static str {
        "twilio"
    }

    fn display_name(&self) -> &'static str {
        "Twilio"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Checked for Twilio {
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
        Box::pin(check::check(http, urls, given))
    }
}
