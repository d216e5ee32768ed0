//! What an event is about, as far as forgetting goes, and the hash that is left of it.
//!
//! The key of the hashes is a random one of each tenant, kept sealed. Not the installation's own: that is replaced from time
//! to time, and hashes cannot be made anew from what is not there any more. With the database alone nobody can try all
//! telephone numbers until one fits.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{
    Timestamp,
    call::Direction,
    contact,
    fact::{Fact, FactBody, MessageFact, PartyFact},
    ids::{ConnectionId, ContactId, TenantId, deterministic},
};
use switchboard_store::{StoreError, TenantScope};

use crate::{App, merge::Understood, vault::Place};

/// The field that the key is sealed for.
pub const KEY_FIELD: &str = "erasure_key";

/// A thing that can be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person: by number, else by the provider's id of them (see [`contact::key_of`]). Forgotten up to a moment; who calls
    /// again later is met anew.
    Contact(ContactId),
    /// A leg of a call, by the provider's id. Forgotten for good.
    Leg(ConnectionId, String),
    /// A message, by the provider's id. Forgotten for good.
    Message(ConnectionId, String),
}

impl Subject {
    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Contact(_))
    }
}

/// Makes the hashes of one tenant.
pub struct Hasher(hmac::Key);

impl Hasher {
    /// A new random key, sealed for the tenant.
    pub fn seal_new(app: &App, scope: TenantScope) -> Vec<u8> {
        let key: [u8; 32] = app.random.array();
        app.vault.seal(app.random.as_ref(), place(scope.tenant()), &SecretString::from(hex::encode(key)))
    }

    /// The tenant's key.
    pub fn open(app: &App, scope: TenantScope, sealed: &[u8]) -> Result<Self, StoreError> {
        let unreadable = |why: String| StoreError::Inconsistent { what: "key of erasures", why };
        let key = app.vault.open(place(scope.tenant()), sealed).map_err(|error| unreadable(error.to_string()))?;
        let key = hex::decode(key.expose_secret()).map_err(|error| unreadable(error.to_string()))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    pub fn hash(&self, subject: &Subject) -> Vec<u8> {
        let mut parts = hmac::Context::with_key(&self.0);
        let mut add = |part: &[u8]| {
            parts.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            parts.update(part);
        };
        match subject {
            Subject::Contact(id) => {
                add(b"contact");
                add(id.uuid().as_bytes());
            }
            Subject::Leg(connection, id) => {
                add(b"leg");
                add(connection.uuid().as_bytes());
                add(id.as_bytes());
            }
            Subject::Message(connection, id) => {
                add(b"message");
                add(connection.uuid().as_bytes());
                add(id.as_bytes());
            }
        }
        parts.sign().as_ref().to_vec()
    }
}

pub(crate) fn place(tenant: TenantId) -> Place<'static> {
    Place { tenant, owner: tenant.uuid(), field: KEY_FIELD }
}

/// Everything that an event is about, each with the moment that the event speaks of.
pub fn of_event(tenant: TenantId, event: &Understood) -> Vec<(Subject, Timestamp)> {
    let mut subjects = Vec::new();
    for fact in &event.facts {
        let mut add = |subject| subjects.push((subject, fact.at));
        for contact in people(tenant, event.connection_id, fact) {
            add(Subject::Contact(contact));
        }
        for leg in crate::merge::leg_ids(fact) {
            add(Subject::Leg(event.connection_id, leg.clone()));
        }
        if let FactBody::Message(message) = &fact.body {
            add(Subject::Message(event.connection_id, message.external_id.clone()));
        }
    }
    subjects
}

/// The contacts that a fact names, described or merely dialled.
pub fn people(tenant: TenantId, connection: ConnectionId, fact: &Fact) -> Vec<ContactId> {
    if let FactBody::ContactEdit(edit) = &fact.body {
        // Not what it became part of: that is erased together with it while it is, and has no claim on it after.
        return vec![edit.contact];
    }
    let (party, numbers): (Option<&PartyFact>, Vec<&String>) = match &fact.body {
        FactBody::Leg(leg) => (leg.contact.as_ref(), leg.external_number.iter().collect()),
        FactBody::Message(message) => (message.contact.as_ref(), other_numbers(message)),
        FactBody::Contact(party) => (Some(party), Vec::new()),
        FactBody::Voicemail(_)
        | FactBody::Recording(_)
        | FactBody::Transcript(_)
        | FactBody::Analysis(_)
        | FactBody::ContactEdit(_) => (None, Vec::new()),
    };
    let described = party.and_then(|party| contact::key_of(tenant, connection, party)).map(|key| key.id);
    let dialled = numbers.into_iter().map(|number| deterministic(tenant.uuid(), number));
    described.into_iter().chain(dialled).collect()
}

/// The numbers on the other side of a message.
fn other_numbers(message: &MessageFact) -> Vec<&String> {
    match message.direction {
        Some(Direction::Inbound) => message.from_number.iter().collect(),
        Some(Direction::Outbound) => message.to_numbers.iter().flatten().collect(),
        Some(Direction::Internal) | None => Vec::new(),
    }
}
