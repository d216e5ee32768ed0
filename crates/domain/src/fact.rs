//! A fact: what one event says about one record. Facts are data, never stored beside the records; the log keeps the
//! event, and the facts are read out of it again whenever they are needed.
//!
//! A provider's `normalize` turns an event into facts; everything after that speaks only this vocabulary. Two rules make
//! the merge order-free: an absent value claims nothing, and every fact says when it was true at the provider.

use serde::{Deserialize, Serialize};

use crate::{
    analysis::AnalysisAnswer,
    call::{AnsweredBy, Direction, LegResult, Phase},
    call_work::WorkFact,
    clock::Timestamp,
    contact::{ContactEdit, ContactKind},
    merge::{Authority, Stamp},
    message::MessageStatus,
    recording::{RecordingKind, StoredMedia},
    transcript::TranscriptLine,
};

/// What one event says about one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// When it was true, by the provider's clock.
    pub at: Timestamp,
    pub authority: Authority,
    pub body: FactBody,
}

impl Fact {
    /// A fact on a provider's word.
    pub const fn provider(at: Timestamp, body: FactBody) -> Self {
        Self { at, authority: Authority::Provider, body }
    }

    pub const fn stamp(&self) -> Stamp {
        Stamp { authority: self.authority, at: self.at }
    }
}

/// Which record, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum FactBody {
    Leg(Box<LegFact>),
    Message(Box<MessageFact>),
    Voicemail(Box<VoicemailFact>),
    Recording(Box<RecordingFact>),
    Transcript(Box<TranscriptFact>),
    /// What a chat server answered about a transcript; said only by us.
    Analysis(Box<AnalysisFact>),
    Contact(Box<PartyFact>),
    /// What a person said of a contact; said only by us.
    ContactEdit(Box<ContactEdit>),
}

/// The other side of a call or message, as the provider describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyFact {
    /// The provider's id of the contact.
    pub external_id: Option<String>,
    pub name: Option<String>,
    /// As [`crate::phone::party`] writes it.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub kind: Option<ContactKind>,
    /// The provider no longer lists the contact. The record stays; its history is ours.
    pub removed: bool,
}

/// Who or what took the call on the tenant's side: a user, a department, a call centre.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    pub external_id: String,
    /// The provider's word: `user`, `office`, `department`, `call_center`, …
    pub kind: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl Target {
    /// A person, rather than a group or a device.
    pub fn is_user(&self) -> bool {
        self.kind == "user"
    }
}

/// What an event says about one participant's part of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LegFact {
    /// The provider's id of this leg.
    pub external_id: String,
    /// Every other id that the provider says belongs to the same call.
    pub related: Vec<String>,
    /// What just happened, if the event is about a moment of the call.
    pub moment: Option<MomentFact>,
    pub direction: Option<Direction>,
    pub external_number: Option<String>,
    pub internal_number: Option<String>,
    pub contact: Option<PartyFact>,
    pub target: Option<Target>,
    /// Where the call first came in, when that is not `target`.
    pub entry_target: Option<Target>,
    pub started_at: Option<Timestamp>,
    pub queued_at: Option<Timestamp>,
    pub rang_at: Option<Timestamp>,
    pub connected_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Milliseconds from connect to end, as the provider counts them.
    pub duration_ms: Option<i64>,
    /// Milliseconds from start to end, ringing included.
    pub total_ms: Option<i64>,
    /// Milliseconds that an agent talked.
    pub talk_ms: Option<i64>,
    pub hold_ms: Option<i64>,
    pub is_internal: Option<bool>,
    pub is_transferred: Option<bool>,
    pub was_recorded: Option<bool>,
    /// A voicemail message exists (not merely: the greeting was reached).
    pub message_left: bool,
    /// Audio of the conversation itself, not of a voicemail.
    pub recording_urls: Vec<String>,
    /// When it must have started at the latest, where the provider does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_start: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<AnsweredBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<LegResult>,
    /// The provider's id of the queue that had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_group: Option<String>,
    /// The menu that had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ivr: Option<String>,
    /// The line it came in or went out by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// The number of ours that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did: Option<String>,
    /// What it is billed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    pub labels: Option<Vec<String>>,
    pub summary: Option<String>,
    pub purposes: Option<Vec<String>>,
    pub action_items: Option<Vec<String>>,
    /// Smaller things that are shown but not computed with, by name: share links, scores, custom data. Values are JSON
    /// text so that they compare and merge like any other value.
    pub attributes: Vec<(String, String)>,
    /// What a person did with the call; said only by us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Box<WorkFact>>,
}

/// One moment of a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentFact {
    pub phase: Phase,
    /// The provider's own word for it, for the timeline.
    pub name: String,
}

/// What an event says about a text message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageFact {
    pub external_id: String,
    pub direction: Option<Direction>,
    pub from_number: Option<String>,
    pub to_numbers: Option<Vec<String>>,
    /// `None` where the provider withheld the text; an empty text is a text.
    pub text: Option<String>,
    pub media_urls: Option<Vec<String>>,
    pub status: Option<MessageStatus>,
    /// The provider's reason for a failure.
    pub delivery_result: Option<String>,
    pub contact: Option<PartyFact>,
    pub target: Option<Target>,
    /// The user who wrote it, when it went out from a group.
    pub sender_id: Option<String>,
    pub is_internal: Option<bool>,
    pub sent_at: Option<Timestamp>,
}

/// What an event says about a voicemail message that exists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoicemailFact {
    /// The leg it was left on: one leg, one message.
    pub leg_external_id: String,
    pub recording_external_id: Option<String>,
    pub url: Option<String>,
    pub transcript: Option<String>,
    pub duration_ms: Option<i64>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub target: Option<Target>,
    pub left_at: Option<Timestamp>,
    /// A person took it out of the lists (or put it back).
    pub removed: Option<bool>,
    /// A person listened to it (or wants it to count as new again).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard: Option<bool>,
}

/// What an event says about an audio file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingFact {
    pub leg_external_id: String,
    pub external_id: String,
    pub kind: Option<RecordingKind>,
    pub url: Option<String>,
    pub duration_ms: Option<i64>,
    pub started_at: Option<Timestamp>,
    /// What became of our own copy; said only by us.
    pub stored: Option<StoredMedia>,
}

/// What was said in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptFact {
    pub leg_external_id: String,
    /// The provider says that a transcript can be fetched; its lines come with a later fact.
    pub available: bool,
    pub lines: Option<Vec<TranscriptLine>>,
    /// ISO 639-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The recording in which the lines were heard, by its id at the provider; without one they are the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// What a chat server answered about what was said in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalysisFact {
    pub leg_external_id: String,
    pub answer: AnalysisAnswer,
}
