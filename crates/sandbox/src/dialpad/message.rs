//! One text message: its event body and its REST form.

use serde_json::{Value, json};

use super::{
    leg::direction,
    people::{Party, national},
};
use crate::clock::iso;

#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) id: i64,
    pub(crate) inbound: bool,
    pub(crate) created_date: i64,
    pub(crate) event_timestamp: i64,
    pub(crate) target: Party,
    pub(crate) contact: Party,
    pub(crate) admin: Party,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    #[expect(clippy::struct_field_names, reason = "Dialpad's own name for it")]
    pub(crate) text: String,
    pub(crate) media_url: Option<String>,
    pub(crate) internal: bool,
    /// As events say it: pending, sent, delivered, undelivered, failed.
    pub(crate) status: &'static str,
}

impl Text {
    /// What the carrier said, for a status that is final.
    fn delivery_result(&self) -> Option<&'static str> {
        match self.status {
            "delivered" => Some("accepted"),
            "undelivered" => Some("rejected"),
            "failed" => Some("invalid_destination"),
            _ => None,
        }
    }

    pub(crate) fn event(&self) -> Value {
        let short = |party: &Party| json!({"id": party.id, "type": party.kind, "name": party.name, "phone_number": national(&party.phone)});
        json!({
            "id": self.id,
            "created_date": self.created_date,
            "direction": direction(self.inbound),
            "event_timestamp": self.event_timestamp,
            "target": short(&self.target),
            "contact": {"id": self.contact.id, "name": self.contact.name, "phone_number": self.contact.phone},
            "admins": [short(&self.admin)],
            "sender_id": if self.inbound { None } else { Some(self.admin.id) },
            "from_number": self.from,
            "to_number": self.to,
            "is_internal": self.internal,
            "mms": self.media_url.is_some(),
            "mms_url": self.media_url,
            "message_status": self.status,
            "message_delivery_result": self.delivery_result(),
            "text": self.text,
            "text_content": self.text,
        })
    }

    /// `SMSProto`; its statuses are fewer than those of the events.
    pub(crate) fn proto(&self) -> Value {
        let status = match self.status {
            "failed" | "undelivered" => "failed",
            "delivered" | "sent" => "success",
            _ => "pending",
        };
        json!({
            "id": self.id,
            "created_date": iso(self.created_date),
            "direction": direction(self.inbound),
            "device_type": "public_api",
            "from_number": self.from,
            "to_numbers": self.to,
            "text": self.text,
            "user_id": self.admin.id,
            "target_id": self.target.id,
            "target_type": self.target.api_kind(),
            "contact_id": self.contact.id,
            "message_status": status,
            "message_delivery_result": self.delivery_result(),
        })
    }
}
