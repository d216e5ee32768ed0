//! Vapi: AI assistants on the telephone. Today its account is kept and tried; its events are not taken in yet.
//!
//! Peculiar about it: a private and a public key look alike (both are UUIDs), and the public one is accepted for nothing but
//! starting calls from a browser. People paste the wrong one, and everything fails later with a 401 that says nothing.

mod check;
mod connect;

use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
    outbound::Http,
};

/// An account at Vapi.
#[derive(Debug, Clone, Copy)]
pub struct Vapi;

impl Connectable for Vapi {
    fn slug(&self) -> &'static str {
        "vapi"
    }

    fn display_name(&self) -> &'static str {
        "Vapi"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Checked for Vapi {
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
        Box::pin(check::check(http, urls, given))
    }
}
