//! What goes over the wire, one JSON object per message: `event` says what happened, `seq` where in the tenant's changes.
//!
//! Event names and fields are those that clients of the guide's server know; `seq` and the kinds it never sent are new.
//! Ids are bare, as the guide's routes show them.

use serde_json::{Map, Value, json};
use switchboard_app::live::{LiveChange, LiveRecord};
use switchboard_domain::{
    call::{Call, CallStatus, Direction},
    change::{Change, RecordKind, Verb},
    contact::ContactId,
    ids::CallId,
    message::Message,
    recording::{MediaStatus, Recording},
    voicemail::Voicemail,
};

/// The first message: everything up to `seq` lies before this connection.
pub fn hello(seq: i64) -> String {
    json!({ "event": "hello", "seq": seq, "complete_up_to": seq }).to_string()
}

/// Everything up to `seq` has been sent (or was of no interest).
pub fn complete_up_to(seq: i64) -> String {
    json!({ "event": "complete_up_to", "seq": seq, "complete_up_to": seq }).to_string()
}

/// What was asked for is no longer kept, or the records were rebuilt: read again what you show.
pub fn reset(seq: i64) -> String {
    json!({ "event": "reset", "seq": seq }).to_string()
}

/// An answer to a message that we do not understand.
pub fn error(message: &str) -> String {
    json!({ "event": "error", "message": message }).to_string()
}

/// A change on its way to a client.
pub struct Frame {
    body: Map<String, Value>,
    /// The provider's id of the user it concerns.
    pub user_id: Option<String>,
}

impl Frame {
    /// The message; `crm_user` is who that user is in the customer's own system.
    pub fn into_body(mut self, crm_user: Option<String>) -> Map<String, Value> {
        if let Some(user) = crm_user {
            self.body.insert("target_crm_user".to_owned(), Value::String(user));
        }
        self.body
    }

    /// The message as text.
    pub fn into_text(self, crm_user: Option<String>) -> String {
        Value::Object(self.into_body(crm_user)).to_string()
    }
}

/// The message for a change; `None` for changes that clients of this feed are not told about.
pub fn frame(item: &LiveChange) -> Option<Frame> {
    let change = &item.change;
    if change.verb == Verb::Reset {
        return Some(Frame { body: head("reset", change), user_id: None });
    }
    match (&item.record, change.kind) {
        (Some(LiveRecord::Call(call)), _) => Some(call_frame(change, call)),
        (Some(LiveRecord::Message(message)), _) => Some(message_frame(change, message)),
        (Some(LiveRecord::Voicemail(voicemail)), _) => Some(voicemail_frame(change, voicemail)),
        (Some(LiveRecord::Recording(recording)), _) => recording_frame(change, recording),
        // The record is gone: that much is said, and nothing of what was in it.
        (None, RecordKind::Call) => Some(gone("call.removed", "call_id", change)),
        (None, RecordKind::Message) => Some(gone("message.removed", "message_id", change)),
        (None, RecordKind::Voicemail) => Some(gone("voicemail.removed", "voicemail_id", change)),
        (
            None,
            RecordKind::Recording
            | RecordKind::Contact
            | RecordKind::Notification
            | RecordKind::OutgoingMessage
            | RecordKind::Transcript
            | RecordKind::Analysis
            | RecordKind::Insight
            | RecordKind::Tenant,
        ) => None,
    }
}

fn head(event: &str, change: &Change) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("event".to_owned(), event.into());
    body.insert("seq".to_owned(), change.seq.into());
    body.insert("timestamp".to_owned(), json!(change.occurred_at));
    body
}

fn with(event: &str, change: &Change, fields: Value, user_id: Option<String>) -> Frame {
    let mut body = head(event, change);
    if let Value::Object(fields) = fields {
        body.extend(fields);
    }
    Frame { body, user_id }
}

fn gone(event: &str, id_field: &str, change: &Change) -> Frame {
    with(event, change, json!({ (id_field): change.record_id }), None)
}

/// What the rooms of one conversation or one call are told besides, with who may be in such a room.
pub fn room_frame(item: &LiveChange) -> Option<(Room, &'static str, Value)> {
    match item.record.as_ref()? {
        LiveRecord::Message(message) => {
            let event = if item.change.verb == Verb::Created { "message:new" } else { "message:status" };
            let contact = message.contact_id?;
            Some((Room::Conversation(contact), event, conversation_message(event, contact, message)))
        }
        LiveRecord::Call(call) => {
            let body = call_frame(&item.change, call).into_body(None);
            Some((Room::Call(call.id), "call:updated", Value::Object(body)))
        }
        LiveRecord::Voicemail(_) | LiveRecord::Recording(_) => None,
    }
}

/// What a client can listen to more closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Room {
    Conversation(ContactId),
    Call(CallId),
}

fn conversation_message(event: &str, contact: ContactId, message: &Message) -> Value {
    if event == "message:status" {
        return json!({
            "messageId": message.id.uuid(),
            "status": message.status,
            "contactId": contact.uuid(),
        });
    }
    json!({
        "message": {
            "id": message.id.uuid(),
            "direction": message.direction,
            "type": "text",
            "content": message.text,
            "status": message.status,
            "createdAt": message.occurred_at,
            "contactId": contact.uuid(),
        },
        "contactId": contact.uuid(),
    })
}

/// `call.ring`, `call.started` and `call.ended` when the state became that, `call.updated` otherwise.
fn call_event(change: &Change) -> &'static str {
    let moved = change.verb == Verb::Created || change.from_state != change.to_state;
    match change.to_state.as_deref().and_then(CallStatus::parse).filter(|_| moved) {
        Some(CallStatus::Ringing) => "call.ring",
        Some(CallStatus::Active) => "call.started",
        Some(CallStatus::Ended | CallStatus::Missed | CallStatus::Rejected | CallStatus::Voicemail) => "call.ended",
        None => "call.updated",
    }
}

fn call_frame(change: &Change, call: &Call) -> Frame {
    // The state that the change speaks of: the record may have moved on since.
    let status = change.to_state.as_deref().unwrap_or(call.status.as_str());
    let mut fields = json!({
        "call_id": call.id.uuid(),
        "dialpad_call_id": call.external_id,
        "direction": call.direction,
        "from_number": call.from_number,
        "to_number": call.to_number,
        "status": status,
        "user_id": call.agent_id,
    });
    let event = call_event(change);
    if matches!(event, "call.ended" | "call.updated") {
        fields["duration_seconds"] = json!(call.duration_seconds);
    }
    with(event, change, fields, call.agent_id.clone())
}

fn message_frame(change: &Change, message: &Message) -> Frame {
    let event = match (change.verb, message.direction) {
        (Verb::Created, Some(Direction::Outbound)) => "message.sent",
        (Verb::Created, _) => "message.received",
        _ if change.fields.iter().any(|field| field == "status") => "message.status",
        _ => "message.updated",
    };
    let fields = json!({
        "message_id": message.id.uuid(),
        "dialpad_message_id": message.external_id,
        "direction": message.direction,
        "from_number": message.from_number,
        "to_number": message.to_numbers.first(),
        "to_numbers": message.to_numbers,
        "text": message.text,
        "status": message.status,
        "delivery_result": message.delivery_result,
        "user_id": message.agent_id,
    });
    with(event, change, fields, message.agent_id.clone())
}

fn voicemail_frame(change: &Change, voicemail: &Voicemail) -> Frame {
    if voicemail.is_removed {
        return gone("voicemail.removed", "voicemail_id", change);
    }
    let event = if change.verb == Verb::Created { "voicemail.received" } else { "voicemail.updated" };
    let fields = json!({
        "voicemail_id": voicemail.id.uuid(),
        "call_id": voicemail.call_id.uuid(),
        "dialpad_call_id": voicemail.leg_external_id,
        "from_number": voicemail.from_number,
        "to_number": voicemail.to_number,
        "recording_url": voicemail.recording_url,
        "transcript": voicemail.transcript,
        "duration_seconds": voicemail.duration_ms.map(|millis| (millis + 500) / 1_000),
        "user_id": voicemail.agent_id,
    });
    with(event, change, fields, voicemail.agent_id.clone())
}

/// Only what became of our own copy: that a recording exists at the provider is part of the call.
fn recording_frame(change: &Change, recording: &Recording) -> Option<Frame> {
    let moved = change.verb == Verb::Created || change.from_state != change.to_state;
    let event = match change.to_state.as_deref().and_then(MediaStatus::parse).filter(|_| moved)? {
        MediaStatus::Saved => "recording.saved",
        MediaStatus::Failed => "recording.failed",
        MediaStatus::Removed => "recording.removed",
        MediaStatus::Remote => return None,
    };
    let fields = json!({
        "recording_id": recording.id.uuid(),
        "call_id": recording.call_id.uuid(),
        "kind": recording.kind,
        "audio_url": format!("/api/v1/recordings/{}/audio", recording.id),
        "duration_seconds": recording.duration_ms.map(|millis| (millis + 500) / 1_000),
    });
    Some(with(event, change, fields, None))
}
