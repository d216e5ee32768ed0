//! A contact: a person or company on the other side. One contact gathers calls, texts and voicemails of every
//! connection of a tenant, so it is found by phone number first and by a provider's own contact id only where there is
//! no number.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use crate::ids::ContactId;
use crate::{
    clock::Timestamp,
    fact::PartyFact,
    ids::{ConnectionId, TenantId, deterministic},
    merge::{Earliest, Latest, Stamp, insert_bounded},
    phone, text_enum,
};

text_enum! {
    /// Whose address book the provider found the contact in.
    pub enum ContactKind {
        Local "local",
        Shared "shared",
        /// From a connected directory (Google, Salesforce, …).
        External "external",
        /// One of the tenant's own users: not a contact of theirs.
        User "user",
    }
}

/// How a contact is found again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactKey {
    pub id: ContactId,
    /// The number or provider id that the id was made from.
    pub natural_key: String,
}

/// The contact that a described party belongs to; `None` when nothing identifies it (a withheld number without a
/// contact id) or when it is one of the tenant's own users.
pub fn key_of(tenant: TenantId, connection: ConnectionId, party: &PartyFact) -> Option<ContactKey> {
    if party.kind == Some(ContactKind::User) {
        return None;
    }
    if let Some(number) = &party.phone {
        return Some(ContactKey { id: deterministic(tenant.uuid(), number), natural_key: number.clone() });
    }
    let external = party.external_id.as_ref()?;
    Some(ContactKey { id: deterministic(connection.uuid(), external), natural_key: external.clone() })
}

/// How many e-mail addresses or provider ids a contact keeps at each end of the sorted set.
const KEPT: usize = 16;

/// Everything that facts have said of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDoc {
    name: Latest<String>,
    phone: Latest<String>,
    kind: Latest<ContactKind>,
    emails: BTreeSet<String>,
    external_ids: BTreeSet<String>,
    removed: Latest<bool>,
    first_at: Earliest<Timestamp>,
}

impl ContactDoc {
    pub fn apply(&mut self, stamp: Stamp, party: &PartyFact) {
        self.first_at.offer(Some(stamp.at));
        self.name.offer(stamp, party.name.as_deref().and_then(real_name));
        self.phone.offer(stamp, party.phone.clone());
        self.kind.offer(stamp, party.kind);
        self.removed.offer(stamp, Some(party.removed));
        if let Some(email) = party.email.as_deref().map(str::trim).filter(|email| email.contains('@')) {
            insert_bounded(&mut self.emails, email.to_ascii_lowercase(), KEPT);
        }
        if let Some(external_id) = &party.external_id {
            insert_bounded(&mut self.external_ids, external_id.clone(), KEPT);
        }
    }

    pub fn project(&self, tenant_id: TenantId, key: &ContactKey) -> Contact {
        let phone = self.phone.cloned();
        Contact {
            id: key.id,
            tenant_id,
            natural_key: key.natural_key.clone(),
            name: self.name.cloned(),
            emails: self.emails.iter().cloned().collect(),
            phone,
            kind: self.kind.value(),
            external_ids: self.external_ids.iter().cloned().collect(),
            occurred_at: self.first_at.value().unwrap_or_default(),
        }
    }
}

/// Providers fill the name of an unknown caller with the formatted number; that is not a name.
pub fn real_name(written: &str) -> Option<String> {
    let name = written.trim();
    let looks_like_number = !name.chars().any(char::is_alphabetic);
    (!looks_like_number && !phone::is_withheld(name)).then(|| name.chars().take(200).collect())
}

/// A person or company on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Contact {
    pub id: ContactId,
    pub tenant_id: TenantId,
    /// The number, else the provider's contact id, that the contact is known by.
    pub natural_key: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub emails: Vec<String>,
    pub kind: Option<ContactKind>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub external_ids: Vec<String>,
    /// When we first heard of it.
    pub occurred_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formatted_number_is_no_name() {
        assert_eq!(real_name("(415) 555-0177"), None);
        assert_eq!(real_name(" Jordan Lee "), Some("Jordan Lee".to_owned()));
    }

    #[test]
    fn the_same_number_is_the_same_contact_on_every_connection() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let party = PartyFact { phone: Some("+14155550123".into()), ..PartyFact::default() };
        let one = key_of(tenant, ConnectionId::from_uuid(uuid::Uuid::from_u128(2)), &party).unwrap();
        let two = key_of(tenant, ConnectionId::from_uuid(uuid::Uuid::from_u128(3)), &party).unwrap();
        assert_eq!(one, two);
    }
}
