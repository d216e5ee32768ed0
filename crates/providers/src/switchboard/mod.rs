//! Our own events: a person merges two contacts, edits a name, resolves a voicemail; a job saved a recording.
//!
//! They go through the same log as everybody else's, because then the records depend on nothing outside the log and a
//! rebuild ends where the live tables are. Their bodies are the facts themselves. Nobody outside may speak as us:
//! [`Provider::verify`] refuses whatever it is given, so no route can ever let such an event in.

use bytes::Bytes;
use switchboard_domain::{Timestamp, fact::Fact};

use crate::{
    connect::{ConnectSpec, Connectable},
    contract::{DedupKey, Expectation, Item, Malformed, Provider, RawRequest, Rejection, StoredItem, Verified},
};

/// The provider that is this house.
#[derive(Debug, Clone, Copy)]
pub struct Switchboard;

/// Nothing to set up: it is always there.
static CONNECT: ConnectSpec = ConnectSpec { purpose: "Our own events.", fields: &[], steps: &[] };

impl Connectable for Switchboard {
    fn slug(&self) -> &'static str {
        "switchboard"
    }

    fn display_name(&self) -> &'static str {
        "Switchboard"
    }

    fn connect(&self) -> &'static ConnectSpec {
        &CONNECT
    }
}

impl Provider for Switchboard {
    fn normalize_version(&self) -> i32 {
        1
    }

    fn verify(&self, _request: &RawRequest, _expect: &Expectation<'_>) -> Result<Verified, Rejection> {
        Err(Rejection::Unreadable("events of Switchboard's own are not accepted from outside".to_owned()))
    }

    fn split(&self, _request: &RawRequest, _verified: &Verified) -> Vec<Item> {
        Vec::new()
    }

    fn context(&self, _settings: &serde_json::Value, _time_zone: &str) -> Option<String> {
        None
    }

    fn normalize(&self, item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
        serde_json::from_slice(item.body).map_err(|error| {
            Malformed::new(format!("the body of a `{}` event of ours is no list of facts: {error}", item.kind))
        })
    }
}

/// An event of our own that says `facts`. `kind` is what people see in the log (`contact.merged`), `lane` the lane of
/// the record it is about; `now` is when we said it.
pub fn own_event(facts: &[Fact], kind: &str, lane: &str, now: Timestamp) -> Item {
    let body = serde_json::to_vec(facts).expect("facts are structs, lists and text: they always have a JSON form");
    let said_at = now.as_micros().to_be_bytes();
    Item {
        kind: kind.to_owned(),
        lane: lane.to_owned(),
        dedup: DedupKey::new(Some(now), &[kind.as_bytes(), lane.as_bytes(), &said_at, &body]),
        external_id: None,
        occurred_at: Some(now),
        body: Bytes::from(body),
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::{
        fact::{FactBody, PartyFact},
        merge::Authority,
    };

    use super::*;

    fn renamed(name: &str) -> Vec<Fact> {
        let party = PartyFact { name: Some(name.into()), phone: Some("+14155550123".into()), ..PartyFact::default() };
        let at = Timestamp::from_millis(1_788_000_000_000);
        vec![Fact { at, authority: Authority::Person, body: FactBody::Contact(Box::new(party)) }]
    }

    #[test]
    fn what_we_say_is_what_is_read_back() {
        let now = Timestamp::from_millis(1_788_000_000_123);
        let item = own_event(&renamed("Jordan"), "contact.renamed", "contact:1", now);
        let stored = StoredItem { kind: &item.kind, body: &item.body, received_at: now, context: None };
        assert_eq!(Switchboard.normalize(stored), Ok(renamed("Jordan")));
        assert_ne!(item.dedup, own_event(&renamed("Jo"), "contact.renamed", "contact:1", now).dedup);
    }

    #[test]
    fn nobody_outside_speaks_as_us() {
        let body = own_event(&renamed("Mallory"), "contact.renamed", "contact:1", Timestamp::EPOCH).body;
        let request = RawRequest { headers: Vec::new(), body };
        for expect in [Expectation::Unsigned, Expectation::Secrets(&["known".into()])] {
            assert!(Switchboard.verify(&request, &expect).is_err());
        }
        let verified = Verified { secret: None, payload: request.body.clone() };
        assert!(Switchboard.split(&request, &verified).is_empty());
    }
}
