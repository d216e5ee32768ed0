//! People and companies on the other side.

use serde::Serialize;
use switchboard_app::{accounts::FieldFault, privacy::contacts::ContactsError};
use switchboard_domain::{Timestamp, contact::ContactKind, ids::ContactId};
use switchboard_store::contacts::KeptContact;
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod erase;
pub mod export;
pub mod get;
pub mod list;

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    #[schema(value_type = String)]
    pub id: ContactId,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub emails: Vec<String>,
    /// Whose address book the provider found it in.
    #[schema(schema_with = super::contact_kind)]
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
