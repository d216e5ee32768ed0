//! The shapes of Dialpad's bodies, read leniently (see [`crate::lenient`]).
//!
//! Only what tells us which record it is about is required: `call_id` and `state` of a call event, `id` of a text. No
//! other key is on every event, and most are `null` until they happen. Sources: captured bodies, Dialpad's OpenAPI file
//! (`CallProto`, `SMSProto`, `TranscriptProto`, `ContactProto`) and its developer pages.

use switchboard_domain::{Timestamp, call::Direction, fact::Target, recording::RecordingKind};

use crate::lenient::Fields;

/// The longest value that is kept as an attribute of a leg, in bytes. Dialpad's longest, `custom_data`, has 2,000
/// characters.
const MAX_ATTRIBUTE_BYTES: usize = 16 * 1024;

/// The smaller things of a call event that are shown but not computed with, kept under Dialpad's own names.
const ATTRIBUTES: [&str; 19] = [
    "admin_call_recording_share_links",
    "call_recording_share_links",
    "company_call_review_share_link",
    "csat_recording_urls",
    "csat_score",
    "csat_transcriptions",
    "custom_data",
    "dispositions",
    "group_id",
    "integrations",
    "mos_score",
    "proxy_target",
    "public_call_review_share_link",
    "recap_outcome",
    "screen_recording_urls",
    "selected_caller_id",
    "target_availability_status",
    "transferred_from",
    "voicemail_share_link",
];

/// A call event, or a `CallProto` of the REST API: one leg.
#[derive(Debug, Default)]
pub struct CallPayload {
    pub call_id: Option<String>,
    /// The ids that tie legs into a call: master, entry point, operator.
    pub linked_ids: Vec<String>,
    pub state: Option<String>,
    pub direction: Option<Direction>,
    pub event_timestamp: Option<Timestamp>,
    pub date_started: Option<Timestamp>,
    pub date_queued: Option<Timestamp>,
    pub date_rang: Option<Timestamp>,
    pub date_connected: Option<Timestamp>,
    pub date_ended: Option<Timestamp>,
    /// Milliseconds; from connect to end, menus included.
    pub duration: Option<i64>,
    /// Milliseconds, ringing included.
    pub total_duration: Option<i64>,
    pub talk_time: Option<i64>,
    pub hold_time: Option<i64>,
    pub external_number: Option<String>,
    pub internal_number: Option<String>,
    pub contact: Option<ContactPayload>,
    pub target: Option<Target>,
    pub entry_point_target: Option<Target>,
    pub is_internal: Option<bool>,
    pub is_transferred: Option<bool>,
    pub was_recorded: Option<bool>,
    pub labels: Option<Vec<String>>,
    pub recordings: Vec<RecordingPayload>,
    pub recording_urls: Vec<String>,
    pub admin_recording_urls: Vec<String>,
    pub voicemail_link: Option<String>,
    pub voicemail_recording_id: Option<String>,
    /// The text of a voicemail; on a `CallProto` perhaps that of the call.
    pub transcription_text: Option<String>,
    pub recap_summary: Option<String>,
    pub recap_purposes: Option<Vec<String>>,
    pub recap_action_items: Option<Vec<String>>,
    /// Name and JSON text.
    pub attributes: Vec<(String, String)>,
}

impl CallPayload {
    pub fn read(fields: &Fields<'_>) -> Self {
        let url_list = |name| fields.texts(name).unwrap_or_default();
        Self {
            call_id: fields.id("call_id"),
            linked_ids: ["master_call_id", "entry_point_call_id", "operator_call_id"]
                .into_iter()
                .filter_map(|name| fields.id(name))
                .collect(),
            state: fields.text("state"),
            direction: direction(fields),
            event_timestamp: fields.moment("event_timestamp"),
            date_started: fields.moment("date_started"),
            date_queued: fields.moment("date_queued"),
            date_rang: fields.moment("date_first_rang").or_else(|| fields.moment("date_rang")),
            date_connected: fields.moment("date_connected"),
            date_ended: fields.moment("date_ended"),
            duration: fields.number("duration"),
            total_duration: fields.number("total_duration"),
            talk_time: fields.number("talk_time"),
            hold_time: fields.number("hold_time"),
            external_number: fields.text("external_number"),
            internal_number: fields.text("internal_number"),
            contact: fields.object("contact").map(|contact| ContactPayload::read(&contact)),
            target: fields.object("target").and_then(|target| read_target(&target)),
            entry_point_target: fields.object("entry_point_target").and_then(|target| read_target(&target)),
            is_internal: fields.flag("is_internal"),
            is_transferred: fields.flag("is_transferred"),
            was_recorded: fields.flag("was_recorded"),
            labels: fields.texts("labels"),
            recordings: fields.objects("recording_details").iter().filter_map(RecordingPayload::read).collect(),
            recording_urls: url_list("recording_url"),
            admin_recording_urls: url_list("admin_recording_urls"),
            voicemail_link: fields.text("voicemail_link").or_else(|| fields.text("voicemail_share_link")),
            voicemail_recording_id: fields.id("voicemail_recording_id"),
            transcription_text: fields.text("transcription_text"),
            recap_summary: fields.text("recap_summary"),
            recap_purposes: fields.texts("recap_purposes"),
            recap_action_items: fields.texts("recap_action_items"),
            attributes: attributes(fields),
        }
    }
}

fn attributes(fields: &Fields<'_>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = ATTRIBUTES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), fields.json(name, MAX_ATTRIBUTE_BYTES)?)))
        .collect();
    if let Some(wanted) = fields.flag("callback_requested") {
        found.push(("callback_requested".to_owned(), wanted.to_string()));
    }
    let breadcrumbs = fields.objects("routing_breadcrumbs").len();
    if breadcrumbs > 0 {
        found.push(("routing_breadcrumb_count".to_owned(), breadcrumbs.to_string()));
    }
    found
}

/// One entry of `recording_details`.
#[derive(Debug)]
pub struct RecordingPayload {
    pub id: String,
    pub url: Option<String>,
    /// Milliseconds.
    pub duration: Option<i64>,
    pub start_time: Option<Timestamp>,
    pub kind: Option<RecordingKind>,
}

impl RecordingPayload {
    fn read(fields: &Fields<'_>) -> Option<Self> {
        let url = fields.text("url");
        let kind = match fields.text("recording_type").as_deref() {
            Some("callrecording") => Some(RecordingKind::Call),
            Some("admincallrecording") => Some(RecordingKind::Admin),
            Some("voicemail") => Some(RecordingKind::Voicemail),
            _ => None,
        };
        let id = fields.id("id").or_else(|| recording_id_of(url.as_deref()?))?;
        let duration = fields.number("duration").filter(|millis| *millis > 0);
        Some(Self { id, url, duration, start_time: fields.moment("start_time"), kind })
    }
}

/// The recording's id in its URL: the last segment without an audio suffix, so that a recording known from a list of
/// URLs meets the same one in `recording_details`.
pub fn recording_id_of(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let segment = path.trim_end_matches('/').rsplit('/').next()?;
    let id = match segment.rsplit_once('.') {
        Some((stem, suffix)) if suffix.len() <= 4 && !stem.is_empty() => stem,
        _ => segment,
    };
    (!id.is_empty() && id.chars().count() <= 64).then(|| id.to_owned())
}

/// The external party, as call events (`phone`) and text events (`phone_number`) write it.
#[derive(Debug, Default)]
pub struct ContactPayload {
    pub id: Option<String>,
    /// `local`, `shared`, `user` (a colleague), or the directory it comes from.
    pub kind: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl ContactPayload {
    fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.id("id"),
            kind: fields.text("type"),
            name: fields.text("name"),
            phone: fields.text("phone").or_else(|| fields.text("phone_number")),
            email: fields.text("email"),
        }
    }
}

/// A user or group on the tenant's side, its number as written.
fn read_target(fields: &Fields<'_>) -> Option<Target> {
    Some(Target {
        external_id: fields.id("id")?,
        kind: fields.text("type").unwrap_or_else(|| "unknown".to_owned()),
        name: fields.text("name"),
        email: fields.text("email"),
        phone: fields.text("phone").or_else(|| fields.text("phone_number")),
    })
}

fn direction(fields: &Fields<'_>) -> Option<Direction> {
    // Dialpad has two; that a call is between colleagues it says by who is on it.
    Direction::parse(&fields.text("direction")?.to_ascii_lowercase()).filter(|way| *way != Direction::Internal)
}

/// A text event, or an `SMSProto` of the REST API.
#[derive(Debug, Default)]
pub struct MessagePayload {
    pub id: Option<String>,
    pub direction: Option<Direction>,
    pub event_timestamp: Option<Timestamp>,
    pub created_date: Option<Timestamp>,
    pub from_number: Option<String>,
    pub to_numbers: Option<Vec<String>>,
    pub is_mms: bool,
    pub mms_urls: Vec<String>,
    /// For an MMS this may be the address of the picture.
    pub text: Option<String>,
    pub text_content: Option<String>,
    pub message_status: Option<String>,
    pub message_delivery_result: Option<String>,
    pub contact: Option<ContactPayload>,
    pub target: Option<Target>,
    pub sender_id: Option<String>,
    pub is_internal: Option<bool>,
}

impl MessagePayload {
    pub fn read(fields: &Fields<'_>) -> Self {
        let word = |name| fields.text(name).map(|word| word.to_ascii_lowercase());
        Self {
            id: fields.id("id"),
            direction: direction(fields),
            event_timestamp: fields.moment("event_timestamp"),
            created_date: fields.moment("created_date"),
            from_number: fields.text("from_number"),
            to_numbers: fields.texts("to_number").or_else(|| fields.texts("to_numbers")),
            is_mms: fields.flag("mms").unwrap_or(false) || fields.has("mms_url"),
            mms_urls: fields.texts("mms_url").unwrap_or_default(),
            text: fields.text_as_written("text"),
            text_content: fields.text_as_written("text_content"),
            message_status: word("message_status"),
            message_delivery_result: word("message_delivery_result"),
            contact: fields.object("contact").map(|contact| ContactPayload::read(&contact)),
            target: fields.object("target").and_then(|target| read_target(&target)).or_else(|| flat_target(fields)),
            sender_id: fields.id("sender_id").or_else(|| fields.id("user_id")),
            is_internal: fields.flag("is_internal"),
        }
    }
}

/// REST names a message's target by two members instead of an object.
fn flat_target(fields: &Fields<'_>) -> Option<Target> {
    let external_id = fields.id("target_id")?;
    let kind = fields.text("target_type").unwrap_or_else(|| "unknown".to_owned());
    Some(Target { external_id, kind, name: None, email: None, phone: None })
}

/// An address book entry that was created, changed or deleted. Dialpad publishes no example of this event, so both
/// layouts that would make sense are read: the contact itself, or an event around it.
#[derive(Debug, Default)]
pub struct ContactEventPayload {
    pub id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub kind: Option<String>,
    pub is_removed: bool,
    pub event_timestamp: Option<Timestamp>,
}

impl ContactEventPayload {
    pub fn read(fields: &Fields<'_>) -> Self {
        let nested = fields.object("contact");
        let contact = nested.as_ref().unwrap_or(fields);
        let first_of = |one: &str, many: &str| {
            contact.text(one).or_else(|| contact.texts(many).and_then(|all| all.into_iter().next()))
        };
        let full_name = || {
            let parts: Vec<String> = ["first_name", "last_name"].iter().filter_map(|name| contact.text(name)).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        let says_removed = |name| {
            let word = fields.text(name).unwrap_or_default().to_ascii_lowercase();
            word.contains("delete") || word.contains("remove")
        };
        Self {
            id: contact.id("id"),
            name: contact.text("display_name").or_else(full_name).or_else(|| contact.text("name")),
            phone: first_of("primary_phone", "phones").or_else(|| contact.text("phone")),
            email: first_of("primary_email", "emails").or_else(|| contact.text("email")),
            kind: contact.text("type"),
            is_removed: ["event", "event_type", "action", "state"].into_iter().any(says_removed),
            event_timestamp: fields.moment("event_timestamp").or_else(|| fields.moment("date")),
        }
    }

    /// What tells a contact event from anything else.
    pub fn is_one(fields: &Fields<'_>) -> bool {
        let nested = fields.object("contact");
        let contact = nested.as_ref().unwrap_or(fields);
        ["phones", "primary_phone", "first_name", "display_name", "emails"].into_iter().any(|name| contact.has(name))
    }
}
