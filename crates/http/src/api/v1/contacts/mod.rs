//! People and companies on the other side.

use serde::Serialize;
use switchboard_app::{accounts::FieldFault, contacts::ContactError, privacy::contacts::ContactsError};
use switchboard_domain::{Timestamp, contact::ContactKind, ids::ContactId};
use switchboard_store::{
    Conn, StoreError,
    contacts::{self, KeptContact},
};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod create;
pub mod erase;
pub mod export;
pub mod export_list;
pub mod get;
pub mod import;
pub mod list;
pub mod merge;
pub mod split;
pub mod timeline;
pub mod update;

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    #[schema(value_type = String)]
    pub id: ContactId,
    pub name: Option<String>,
    pub company: Option<String>,
    /// What it is known by: its number, or an e-mail address or the provider's id where it has none.
    pub natural_key: String,
    pub phone: Option<String>,
    /// All its numbers, `phone` first: those of contacts that are part of it stand behind.
    pub numbers: Vec<String>,
    pub emails: Vec<String>,
    /// Whose address book the provider found it in.
    #[schema(schema_with = kind_or_null)]
    pub kind: Option<ContactKind>,
    /// The provider's ids of it.
    pub external_ids: Vec<String>,
    /// What lists sort by.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<KeptContact> for ContactView {
    fn from(kept: KeptContact) -> Self {
        let contact = kept.record;
        Self {
            id: contact.id,
            name: contact.name,
            company: contact.company,
            natural_key: contact.natural_key,
            numbers: contact.numbers,
            phone: contact.phone,
            emails: contact.emails,
            kind: contact.kind,
            external_ids: contact.external_ids,
            occurred_at: contact.occurred_at,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}

/// A contact with what is part of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactDetail)]
pub struct ContactDetail {
    #[serde(flatten)]
    pub contact: ContactView,
    /// Contacts that were merged into this one. What came for them, and what comes, is this one's.
    pub parts: Vec<ContactPart>,
}

/// A contact that is part of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactPart {
    /// Its id still finds the contact that it is part of.
    #[schema(value_type = String)]
    pub id: ContactId,
    /// What it is known by: name it to take it out again.
    pub natural_key: String,
    /// What it is called by itself.
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl ContactDetail {
    /// With everything that is part of it.
    pub async fn of(conn: &mut Conn<'_>, kept: KeptContact) -> Result<Self, StoreError> {
        let id = kept.record.id;
        let all = contacts::with_parts(conn, kept.record.tenant_id, &[id.uuid()]).await?;
        let part = |kept: KeptContact| ContactPart {
            id: kept.record.id,
            natural_key: kept.record.natural_key,
            name: kept.record.name,
            phone: kept.record.phone,
        };
        let mut parts: Vec<ContactPart> = all.into_iter().filter(|kept| kept.record.id != id).map(part).collect();
        parts.sort_by(|one, two| one.natural_key.cmp(&two.natural_key));
        Ok(Self { contact: kept.into(), parts })
    }
}

impl From<ContactError> for Problem {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::NotFound => Self::not_found("contact"),
            ContactError::Invalid(faults) => Self::fields(faults),
            ContactError::Store(error) => error.into(),
        }
    }
}

impl From<ContactsError> for Problem {
    fn from(error: ContactsError) -> Self {
        match error {
            ContactsError::NotFound => Self::not_found("contact"),
            ContactsError::NotConfirmed => Self::fields(vec![FieldFault::new("number", "invalid", error.to_string())]),
            ContactsError::BeingErased => Self::new(Code::Conflict, error.to_string()),
            ContactsError::Store(error) => error.into(),
        }
    }
}

fn kind_or_null() -> utoipa::openapi::schema::Object {
    super::or_null(super::contact_kind())
}
