//! People and companies on the other side.

use switchboard_domain::{
    contact::{Contact, ContactDoc},
};

use crate::{
    record::{Columns, KeptDoc},
    sql::{Arg, json},
};

/// A contact as its table keeps it.
pub type KeptContact = KeptDoc<Contact, ContactDoc>;

impl Columns for Contact {
    const TABLE: &'static str = "contacts";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "natural_key",
        "name",
        "phone",
        "emails",
        "kind",
        "external_ids",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            (&self.natural_key).into(),
            (&self.name).into(),
            (&self.phone).into(),
            json(&self.emails).into(),
            self.kind.map(|kind| kind.as_str().to_owned()).into(),
            json(&self.external_ids).into(),
            self.occurred_at.into(),
        ]
    }
}
