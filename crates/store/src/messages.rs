//! Text messages.

use switchboard_domain::{
    ids::ContactId,
    message::{Message, MessageDoc},
};

use crate::{
    record::{Columns, KeptDoc},
    sql::{Arg, json},
};

/// A message as its table keeps it.
pub type KeptMessage = KeptDoc<Message, MessageDoc>;

impl Columns for Message {
    const TABLE: &'static str = "messages";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "external_id",
        "direction",
        "from_number",
        "to_number",
        "to_numbers",
        "text",
        "media_urls",
        "status",
        "delivery_result",
        "agent_id",
        "target_name",
        "contact_id",
        "contact_name",
        "is_internal",
        "sent_at",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            (&self.external_id).into(),
            self.direction.map(|direction| direction.as_str().to_owned()).into(),
            (&self.from_number).into(),
            // For filters and for people: the first of them.
            self.to_numbers.first().cloned().into(),
            json(&self.to_numbers).into(),
            (&self.text).into(),
            json(&self.media_urls).into(),
            self.status.as_str().into(),
            (&self.delivery_result).into(),
            (&self.agent_id).into(),
            (&self.target_name).into(),
            self.contact_id.map(ContactId::uuid).into(),
            (&self.contact_name).into(),
            self.is_internal.into(),
            self.sent_at.into(),
            self.occurred_at.into(),
        ]
    }
}
