//! Call records of telephone systems that nobody here knows by name: one documented form for all of them ([`CallRecord`]),
//! and the readers that bring other systems' files into it ([`files`]).
//!
//! Such records come in files only. A URL that takes them from outside would need a signature, and systems that write such
//! files cannot make one; so nothing that arrives at a connection's URL is believed.

mod connect;
pub mod files;
mod normalize;
mod record;

pub use self::record::{CallRecord, Outcome};
use crate::{
    connect::{ConnectSpec, Connectable},
    contract::{Expectation, Item, Malformed, Provider, RawRequest, Rejection, StoredItem, Verified},
};

/// The kind of an event that is one such record.
pub const RECORD: &str = "record";

/// Call records in our own form.
#[derive(Debug, Clone, Copy)]
pub struct Generic;

impl Connectable for Generic {
    fn slug(&self) -> &'static str {
        "generic"
    }

    fn display_name(&self) -> &'static str {
        "Call records from files"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &connect::SPEC
    }
}

impl Provider for Generic {
    fn normalize_version(&self) -> i32 {
        1
    }

    fn verify(&self, _request: &RawRequest, _expect: &Expectation<'_>) -> Result<Verified, Rejection> {
        Err(Rejection::Unreadable("call records of this kind come in files; import them instead".to_owned()))
    }

    fn split(&self, _request: &RawRequest, _verified: &Verified) -> Vec<Item> {
        Vec::new()
    }

    /// Numbers have their country and times their zone before they become a record.
    fn context(&self, _settings: &serde_json::Value, _time_zone: &str) -> Option<String> {
        None
    }

    fn normalize(&self, item: StoredItem<'_>) -> Result<Vec<switchboard_domain::fact::Fact>, Malformed> {
        normalize::facts(item)
    }
}
