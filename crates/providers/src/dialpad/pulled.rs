//! What is neither a call nor a text: transcripts, which are fetched, and address book entries.

use switchboard_domain::{
    Timestamp,
    contact::ContactKind,
    fact::{Fact, FactBody, PartyFact, TranscriptFact},
    transcript::{LineKind, TranscriptLine},
};

use super::{call::number, payload::ContactEventPayload};
use crate::{contract::Malformed, lenient::Fields};

/// The lines of a `TranscriptProto`. A reply without lines is how Dialpad says that there is no transcript, or not yet:
/// no fact. The facts are as old as their arrival, so that of two fetches the later one stands.
pub fn transcript_facts(fields: &Fields<'_>, received_at: Timestamp) -> Result<Vec<Fact>, Malformed> {
    let leg_external_id = fields.id("call_id").ok_or_else(|| Malformed::new("the transcript has no call_id"))?;
    let lines: Vec<TranscriptLine> = fields.objects("lines").iter().filter_map(line).collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let transcript =
        TranscriptFact { leg_external_id, available: true, lines: Some(lines), language: None, part: None };
    Ok(vec![Fact::provider(received_at, FactBody::Transcript(Box::new(transcript)))])
}

/// Only `transcript` lines were said by somebody; the other types are Dialpad's remarks about what was said.
fn line(fields: &Fields<'_>) -> Option<TranscriptLine> {
    let kind = match fields.text("type").as_deref() {
        Some("transcript") => LineKind::Speech,
        _ => LineKind::Note,
    };
    let is_agent = match (fields.id("user_id"), fields.id("contact_id")) {
        (Some(_), _) => Some(true),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    };
    let content = fields.text("content")?;
    Some(TranscriptLine {
        kind,
        speaker: fields.text("name"),
        is_agent,
        content,
        at: fields.moment("time"),
        until: None,
    })
}

/// An address book entry. Without a number and without an id there is nothing to hang it on: no fact.
pub fn contact_facts(contact: &ContactEventPayload, received_at: Timestamp) -> Vec<Fact> {
    let phone = number(contact.phone.as_deref());
    if phone.is_none() && contact.id.is_none() {
        return Vec::new();
    }
    let kind = match contact.kind.as_deref() {
        Some("local") => Some(ContactKind::Local),
        Some("shared") => Some(ContactKind::Shared),
        Some("user") => Some(ContactKind::User),
        Some(_) => Some(ContactKind::External),
        None => None,
    };
    let party = PartyFact {
        external_id: contact.id.clone(),
        name: contact.name.clone(),
        phone,
        email: contact.email.clone(),
        kind,
        removed: contact.is_removed,
    };
    let at = contact.event_timestamp.unwrap_or(received_at);
    vec![Fact::provider(at, FactBody::Contact(Box::new(party)))]
}
