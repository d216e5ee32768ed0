//! WhatsApp Business, by Meta's Cloud API. Today the account is kept and tried; messages are not taken in yet.

mod check;
mod connect;

use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
    outbound::Http,
};

/// An account of the WhatsApp Cloud API.
#[derive(Debug, Clone, Copy)]
pub struct WhatsApp;

impl Connectable for WhatsApp {
    fn slug(&self) -> &'static str {
        "whatsapp"
    }

    fn display_name(&self) -> &'static str {
        "WhatsApp"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Checked for WhatsApp {
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
        Box::pin(check::check(http, urls, given))
    }
}
