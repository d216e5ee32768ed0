//! What a delivery is about. Dialpad's events carry neither an id nor a type, so both are concluded from their keys.
//! The obvious id, `call_id`, is not one: every state of a call has the same, and using it lost all but the first.

use bytes::Bytes;
use switchboard_domain::Timestamp;

use super::payload::ContactEventPayload;
use crate::{
    contract::{DedupKey, Item},
    lenient::Fields,
};

pub const AGENT_STATUS: &str = "agent_status";
pub const CHANGE_LOG: &str = "change_log";
pub const CONTACT: &str = "contact";
pub const PULLED_CALL: &str = "pull.call";
pub const PULLED_MESSAGE: &str = "pull.sms";
pub const PULLED_TRANSCRIPT: &str = "pull.transcript";
pub const UNKNOWN: &str = "unknown";
pub const CALL_PREFIX: &str = "call.";
pub const MESSAGE_PREFIX: &str = "sms.";

/// Members that hold what somebody said: of a call's events and of its entry in the log, and of a transcript's lines.
const SPOKEN_OF_CALL: &[&str] = &[
    "transcription_text",
    "csat_transcriptions",
    "recap_summary",
    "recap_purposes",
    "recap_action_items",
    "recap_outcome",
];
const SPOKEN_OF_TRANSCRIPT: &[&str] = &["content"];

pub fn spoken(kind: &str) -> &'static [&'static str] {
    match kind {
        PULLED_TRANSCRIPT => SPOKEN_OF_TRANSCRIPT,
        PULLED_CALL => SPOKEN_OF_CALL,
        kind if kind.starts_with(CALL_PREFIX) => SPOKEN_OF_CALL,
        _ => &[],
    }
}

/// The lane of what belongs to nothing in particular.
const OTHER_LANE: &str = "dialpad";

/// What kind of event the members belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Call,
    Message,
    AgentStatus,
    ChangeLog,
    Contact,
    Unknown,
}

/// Tells the events apart by keys that only one of them has.
pub fn shape(fields: &Fields<'_>) -> Shape {
    let has_any = |names: &[&str]| names.iter().any(|name| fields.has(name));
    if fields.id("call_id").is_some() && fields.text("state").is_some() {
        Shape::Call
    } else if fields.id("id").is_some() && has_any(&["from_number", "to_number", "to_numbers", "message_status"]) {
        Shape::Message
    } else if has_any(&["on_duty_status", "availability_status"]) && fields.object("target").is_some() {
        Shape::AgentStatus
    } else if fields.has("action") && fields.has("changed_by") {
        Shape::ChangeLog
    } else if ContactEventPayload::is_one(fields) {
        Shape::Contact
    } else {
        Shape::Unknown
    }
}

/// The one item of a delivery.
pub fn item(payload: &Bytes) -> Item {
    let fields = Fields::read(payload).unwrap_or_default();
    match shape(&fields) {
        Shape::Call => call(&fields, payload),
        Shape::Message => message(&fields, payload),
        Shape::AgentStatus => {
            let agent = fields.object("target").and_then(|target| target.id("id"));
            about(AGENT_STATUS, "agent", agent, time_of(&fields), payload)
        }
        Shape::ChangeLog => about(CHANGE_LOG, "change", None, time_of(&fields), payload),
        Shape::Contact => {
            let contact = ContactEventPayload::read(&fields);
            about(CONTACT, "contact", contact.id.or(contact.phone), contact.event_timestamp, payload)
        }
        Shape::Unknown => about(UNKNOWN, "unknown", None, time_of(&fields), payload),
    }
}

fn time_of(fields: &Fields<'_>) -> Option<Timestamp> {
    ["event_timestamp", "date", "created_date", "date_ended", "date_started"]
        .into_iter()
        .find_map(|name| fields.moment(name))
}

/// Only what the item needs is read here: this runs while the provider waits for its answer.
fn call(fields: &Fields<'_>, payload: &Bytes) -> Item {
    let id = fields.id("call_id").unwrap_or_default();
    let state = fields.text("state").unwrap_or_default();
    let stated_time = fields.raw("event_timestamp").unwrap_or_default();
    let at = time_of(fields);
    Item {
        kind: format!("{CALL_PREFIX}{}", word(&state)),
        lane: format!("call:{id}"),
        dedup: DedupKey::new(at, &[b"call", id.as_bytes(), state.as_bytes(), stated_time.as_bytes(), payload]),
        external_id: Some(id),
        occurred_at: at,
        body: payload.clone(),
    }
}

fn message(fields: &Fields<'_>, payload: &Bytes) -> Item {
    let id = fields.id("id").unwrap_or_default();
    let status = fields.text("message_status").unwrap_or_default();
    let result = fields.text("message_delivery_result").unwrap_or_default();
    let direction = fields.text("direction").unwrap_or_default();
    let stated_time = fields.raw("event_timestamp").unwrap_or_default();
    let at = time_of(fields);
    let parts: [&[u8]; 6] =
        [b"sms", id.as_bytes(), status.as_bytes(), result.as_bytes(), stated_time.as_bytes(), payload];
    Item {
        kind: format!("{MESSAGE_PREFIX}{}.{}", word(&direction), word(&status)),
        lane: format!("sms:{id}"),
        dedup: DedupKey::new(at, &parts),
        external_id: Some(id),
        occurred_at: at,
        body: payload.clone(),
    }
}

fn about(kind: &str, noun: &str, id: Option<String>, at: Option<Timestamp>, payload: &Bytes) -> Item {
    let lane = id.as_ref().map_or_else(|| OTHER_LANE.to_owned(), |id| format!("{noun}:{id}"));
    Item {
        kind: kind.to_owned(),
        lane,
        dedup: DedupKey::new(at, &[kind.as_bytes(), id.as_deref().unwrap_or_default().as_bytes(), payload]),
        external_id: id,
        occurred_at: at,
        body: payload.clone(),
    }
}

/// A provider's word as part of a kind: lower-case letters, digits and `_`, at most 40 of them.
fn word(written: &str) -> String {
    let plain = written.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    let word: String = plain.take(40).collect();
    if word.is_empty() { "unknown".to_owned() } else { word }
}

/// A call as `GET /call` lists it, to be logged like an event. Pulling the same call again gives the same key, so the
/// log holds it once however often a catch-up runs. Bodies without a `call_id` are `unknown`.
pub fn pulled_call(body: &Bytes) -> Item {
    pulled(PULLED_CALL, "call", "call_id", body)
}

/// A message as `POST /sms` answered it, to be logged like an event.
pub fn pulled_message(body: &Bytes) -> Item {
    pulled(PULLED_MESSAGE, "sms", "id", body)
}

/// A transcript as `GET /transcripts/{call_id}` answered it, to be logged like an event.
pub fn pulled_transcript(body: &Bytes) -> Item {
    pulled(PULLED_TRANSCRIPT, "call", "call_id", body)
}

fn pulled(kind: &str, noun: &str, id_name: &str, body: &Bytes) -> Item {
    let fields = Fields::read(body).unwrap_or_default();
    match fields.id(id_name) {
        Some(id) => about(kind, noun, Some(id), time_of(&fields), body),
        None => about(UNKNOWN, "unknown", None, time_of(&fields), body),
    }
}
