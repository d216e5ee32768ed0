//! Slack: where notifications can go to. Nothing is taken in from there.
//!
//! An incoming webhook is an address that is a password: whoever has it writes into one channel, and can do nothing else. So
//! it is kept as a credential. It leads to Slack and nowhere else (its origin is compared with the one of the settings, so a
//! tenant cannot send us into the operator's network), it names no message that it made, and it can be asked nothing:
//! a message whose end is uncertain is [`Effect::Neither`].

mod check;
mod connect;
mod post;

pub use self::post::{Message, PostError, post};
use crate::{
    connect::{BaseUrls, Checked, Checking, ConnectSpec, Connectable, Given},
    outbound::{Effect, Http},
};

/// The word for it in tables and settings.
pub const SLUG: &str = "slack";
/// The credential that holds the webhook's address.
pub const WEBHOOK_URL: &str = "webhook_url";
/// What sending a message twice does: two messages, and nobody can tell us whether there is one.
pub const POSTING: Effect = Effect::Neither;

/// An incoming webhook of a channel.
#[derive(Debug, Clone, Copy)]
pub struct Slack;

impl Connectable for Slack {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn display_name(&self) -> &'static str {
        "Slack"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Checked for Slack {
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
        Box::pin(check::check(http, urls, given))
    }
}
