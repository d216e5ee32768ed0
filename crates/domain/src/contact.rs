//! A contact: a person or company on the other side. One contact gathers calls, texts and voicemails of every
//! connection of a tenant, so it is found by phone number first and by a provider's own contact id only where there is
//! no number.
//!
//! Somebody with two numbers is two contacts until a person says that they are one. That moves nothing: each number keeps
//! what was ever said of it, in a document of its own, and one of them only says which contact it belongs to now
//! ([`Place`]). What people see of the contact is put together from all of its numbers. So a provider's late fact about
//! the second number still finds its place, and taking the number out again gives what was there before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use crate::ids::ContactId;
use crate::{
    clock::Timestamp,
    fact::PartyFact,
    ids::{ConnectionId, TenantId, deterministic},
    merge::{Authority, Earliest, Latest, Stamp, insert_bounded},
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

text_enum! {
    /// What can happen with a contact: a kind of entry of its timeline.
    pub enum EntryKind {
        Call "call",
        Message "message",
        Voicemail "voicemail",
    }
}

text_enum! {
    /// What a column of a file of contacts holds.
    pub enum ImportColumn {
        Name "name",
        FirstName "first_name",
        LastName "last_name",
        Phone "phone",
        Email "email",
        Company "company",
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

/// The contact of somebody whom a person wrote down: by number, else by e-mail address.
pub fn key_of_written(tenant: TenantId, phone: Option<&str>, email: Option<&str>) -> Option<ContactKey> {
    let natural_key = phone.or(email)?.to_owned();
    Some(ContactKey { id: deterministic(tenant.uuid(), &natural_key), natural_key })
}

/// How many e-mail addresses or provider ids a contact keeps at each end of the sorted set.
const KEPT: usize = 16;

/// Where a contact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// It is a contact of its own.
    Own,
    /// It is part of this one.
    PartOf(ContactId),
}

/// What a person said of a contact. Said only by us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactEdit {
    pub contact: ContactId,
    /// What the id was made from; the record begins with it where there is none yet.
    pub natural_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Empty: whatever providers say, it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All of them, in place of those that providers know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails: Option<Vec<String>>,
    /// Empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl ContactEdit {
    /// One that says nothing yet.
    pub fn of(key: &ContactKey) -> Self {
        Self {
            contact: key.id,
            natural_key: key.natural_key.clone(),
            phone: None,
            name: None,
            emails: None,
            company: None,
            place: None,
        }
    }

    pub fn key(&self) -> ContactKey {
        ContactKey { id: self.contact, natural_key: self.natural_key.clone() }
    }

    /// It would change nothing.
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.emails.is_none() && self.company.is_none() && self.place.is_none()
    }
}

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
    /// All addresses, as a person said them.
    #[serde(skip_serializing_if = "Latest::is_none")]
    written_emails: Latest<Vec<String>>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    company: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    place: Latest<Place>,
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

    /// Takes in what a person said.
    pub fn apply_edit(&mut self, stamp: Stamp, edit: &ContactEdit) {
        self.first_at.offer(Some(stamp.at));
        self.phone.offer(stamp, edit.phone.clone());
        self.name.offer(stamp, edit.name.clone());
        self.written_emails.offer(stamp, edit.emails.clone());
        self.company.offer(stamp, edit.company.clone());
        self.place.offer(stamp, edit.place);
    }

    /// The contact that this one is part of.
    pub fn part_of(&self) -> Option<ContactId> {
        match self.place.value() {
            Some(Place::PartOf(contact)) => Some(contact),
            Some(Place::Own) | None => None,
        }
    }

    /// When a person last said something of it. The next thing that a person says must be later, whatever the clock did.
    pub fn edited_at(&self) -> Option<Timestamp> {
        let by_person = |stamp: Stamp| (stamp.authority == Authority::Person).then_some(stamp.at);
        let stamps = [self.name.stamp(), self.written_emails.stamp(), self.company.stamp(), self.place.stamp()];
        stamps.into_iter().flatten().filter_map(by_person).max()
    }

    fn all_emails(&self) -> BTreeSet<String> {
        self.written_emails.get().map_or_else(|| self.emails.clone(), |written| written.iter().cloned().collect())
    }

    /// The contact as people see it. `parts` are those that are part of it, sorted by their ids; its own word goes before
    /// theirs.
    pub fn project(&self, tenant_id: TenantId, key: &ContactKey, parts: &[(&ContactKey, &Self)]) -> Contact {
        let parts = || parts.iter().map(|(_, doc)| *doc);
        let phone = self.phone.cloned();
        let mut numbers: Vec<String> = phone.iter().cloned().collect();
        for number in parts().filter_map(|part| part.phone.cloned()) {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let own_and_parts = || std::iter::once(self).chain(parts());
        Contact {
            id: key.id,
            tenant_id,
            natural_key: key.natural_key.clone(),
            name: first_said(&self.name, parts().map(|part| &part.name)),
            company: first_said(&self.company, parts().map(|part| &part.company)),
            emails: own_and_parts().flat_map(Self::all_emails).collect::<BTreeSet<_>>().into_iter().collect(),
            phone,
            numbers,
            kind: self.kind.value().or_else(|| parts().find_map(|part| part.kind.value())),
            external_ids: own_and_parts()
                .flat_map(|doc| doc.external_ids.iter().cloned())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            merged_into: self.part_of(),
            occurred_at: own_and_parts().filter_map(|doc| doc.first_at.value()).min().unwrap_or_default(),
        }
    }
}

/// What was said of the contact itself, else the latest that was said of its parts. An empty text says: none.
fn first_said<'l>(own: &Latest<String>, parts: impl Iterator<Item = &'l Latest<String>>) -> Option<String> {
    let mut said = own.clone();
    if said.is_none() {
        parts.for_each(|part| said.join(part));
    }
    said.cloned().filter(|text| !text.is_empty())
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
    pub company: Option<String>,
    pub phone: Option<String>,
    /// All numbers of theirs, its own first.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub numbers: Vec<String>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub emails: Vec<String>,
    pub kind: Option<ContactKind>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub external_ids: Vec<String>,
    /// The contact that this one is part of now. Lists leave such out, and looking for it finds the other.
    pub merged_into: Option<ContactId>,
    /// When we first heard of it.
    pub occurred_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(natural_key: &str) -> ContactKey {
        key_of_written(TenantId::from_uuid(uuid::Uuid::nil()), Some(natural_key), None).unwrap()
    }

    /// What can be said of a contact: by a provider, by a person, and where it belongs.
    #[derive(Debug, Clone)]
    enum Said {
        Party(i64, PartyFact),
        Edit(i64, ContactEdit),
    }

    fn apply(doc: &mut ContactDoc, said: &Said) {
        match said {
            Said::Party(at, party) => doc.apply(Stamp::provider(Timestamp::from_millis(*at)), party),
            Said::Edit(at, edit) => doc.apply_edit(Stamp::person(Timestamp::from_millis(*at)), edit),
        }
    }

    fn said() -> impl Strategy<Value = Said> {
        let text = prop::option::of("[A-C]{0,2}");
        let party = (0i64..4, text.clone(), prop::option::of("[a-c]@x")).prop_map(|(at, name, email)| {
            Said::Party(at, PartyFact { name, email, phone: Some("+1".into()), ..PartyFact::default() })
        });
        let place = prop::option::of(prop_oneof![Just(Place::Own), Just(Place::PartOf(key("+2").id))]);
        let edit = (0i64..4, text, prop::option::of(prop::collection::vec("[a-c]@y", 0..2)), place).prop_map(
            |(at, name, emails, place)| {
                Said::Edit(at, ContactEdit { name, emails, place, ..ContactEdit::of(&key("+1")) })
            },
        );
        prop_oneof![party, edit]
    }

    proptest! {
        #[test]
        fn what_is_said_of_a_contact_may_come_in_any_order_and_twice(
            all in prop::collection::vec(said(), 0..10).prop_shuffle(),
            shuffled in any::<prop::sample::Index>(),
        ) {
            let doc_of = |said: &[Said]| {
                let mut doc = ContactDoc::default();
                for one in said {
                    apply(&mut doc, one);
                }
                doc
            };
            let mut other = all.clone();
            if !other.is_empty() {
                let at = shuffled.index(other.len());
                other.rotate_left(at);
                other.push(all[at].clone());
                other.reverse();
            }
            prop_assert_eq!(doc_of(&all), doc_of(&other));
        }
    }

    #[test]
    fn a_contact_speaks_for_its_parts_and_is_itself_again_without_them() {
        let at = |n| Stamp::provider(Timestamp::from_millis(n));
        let party = |phone: &str, name: Option<&str>| PartyFact {
            phone: Some(phone.into()),
            name: name.map(Into::into),
            email: Some(format!("{}@example.com", &phone[1..])),
            ..PartyFact::default()
        };
        let (mut own, mut part) = (ContactDoc::default(), ContactDoc::default());
        own.apply(at(5), &party("+15550001", None));
        part.apply(at(3), &party("+15550002", Some("Jordan Lee")));
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        let (own_key, part_key) = (key("+15550001"), key("+15550002"));

        let alone = own.project(tenant, &own_key, &[]);
        assert_eq!((alone.name, alone.numbers), (None, vec!["+15550001".to_owned()]));
        let whole = own.project(tenant, &own_key, &[(&part_key, &part)]);
        assert_eq!(whole.name.as_deref(), Some("Jordan Lee"));
        assert_eq!(whole.numbers, ["+15550001", "+15550002"]);
        assert_eq!(whole.emails.len(), 2);
        assert_eq!(whole.occurred_at, Timestamp::from_millis(3));

        // A person's word about the contact itself stands before anybody's about its parts, and may be "no name".
        own.apply_edit(
            Stamp::person(Timestamp::EPOCH),
            &ContactEdit { name: Some(String::new()), ..ContactEdit::of(&own_key) },
        );
        assert_eq!(own.project(tenant, &own_key, &[(&part_key, &part)]).name, None);
    }

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
