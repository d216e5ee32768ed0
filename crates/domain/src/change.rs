//! A change: one committed difference of a record. Everything live reads changes, and they never carry contents: only
//! which record, what happened to it, and the names of the fields that differ.

use serde::Serialize;
use uuid::Uuid;

use crate::{clock::Timestamp, ids::Id, text_enum};

text_enum! {
    /// What kind of record changed.
    pub enum RecordKind {
        /// What a chat server made of a call.
        Analysis "analysis",
        Call "call",
        Contact "contact",
        /// What is read off a call's words; its id is the call's.
        Insight "insight",
        Message "message",
        /// Something that people were told.
        Notification "notification",
        /// A text on its way to the provider.
        OutgoingMessage "outgoing_message",
        Recording "recording",
        Transcript "transcript",
        Voicemail "voicemail",
        /// The tenant itself: `updated` names what of it (`status`, `plan`, `usage`); `reset` means its whole set of records.
        Tenant "tenant",
    }
}

text_enum! {
    /// What happened.
    pub enum Verb {
        Created "created",
        Updated "updated",
        /// The record went away because another one took its place (two calls turned out to be one).
        Merged "merged",
        Deleted "deleted",
        /// Forget what you know of this tenant and read again.
        Reset "reset",
    }
}

/// A change before it has its number, which it gets in the last statement of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    pub kind: RecordKind,
    pub record_id: Uuid,
    pub verb: Verb,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    /// Names of the fields that differ, sorted; never their contents.
    pub fields: Vec<String>,
    /// When it happened at the provider.
    pub occurred_at: Timestamp,
}

impl NewChange {
    pub fn of<I: Id>(kind: RecordKind, id: I, verb: Verb, occurred_at: Timestamp) -> Self {
        Self { kind, record_id: id.uuid(), verb, from_state: None, to_state: None, fields: Vec::new(), occurred_at }
    }
}

/// A committed change, numbered per tenant without gaps from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub seq: i64,
    pub kind: RecordKind,
    pub record_id: Uuid,
    pub verb: Verb,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub fields: Vec<String>,
    pub occurred_at: Timestamp,
    pub committed_at: Timestamp,
}
