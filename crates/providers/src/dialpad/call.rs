//! Call events into facts. One event says something of one leg, and perhaps of a voicemail, recordings and a
//! transcript on it.

use std::collections::BTreeSet;

use switchboard_domain::{
    Timestamp,
    call::Direction,
    contact::ContactKind,
    fact::{Fact, FactBody, LegFact, MomentFact, PartyFact, RecordingFact, Target, TranscriptFact, VoicemailFact},
    phone::{Region, party},
    recording::RecordingKind,
};

use super::{
    payload::{CallPayload, ContactPayload, RecordingPayload, recording_id_of},
    states,
};
use crate::contract::Malformed;

/// Where a call's body comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An event that Dialpad sent.
    Pushed,
    /// The call log, which only lists calls that are over.
    Pulled,
}

/// The country of numbers written without one, such as `(510) 666-6687`: Dialpad's home.
const REGION: Region = Region::US;

pub fn number(written: Option<&str>) -> Option<String> {
    party(written?, REGION)
}

pub fn target(target: Option<&Target>) -> Option<Target> {
    target.map(|target| Target { phone: number(target.phone.as_deref()), ..target.clone() })
}

/// The other side. `fallback`: the number that the event names for it, where the contact itself has none. A colleague
/// is marked as one, so that no contact is made of him.
pub fn other_party(
    contact: Option<&ContactPayload>,
    fallback: Option<&str>,
    is_internal: Option<bool>,
) -> Option<PartyFact> {
    let empty = ContactPayload::default();
    let contact = contact.unwrap_or(&empty);
    let kind = match contact.kind.as_deref() {
        _ if is_internal == Some(true) => Some(ContactKind::User),
        Some("user") => Some(ContactKind::User),
        Some("local") => Some(ContactKind::Local),
        Some("shared") => Some(ContactKind::Shared),
        Some(_) => Some(ContactKind::External),
        None => None,
    };
    let fact = PartyFact {
        external_id: contact.id.clone(),
        name: contact.name.clone(),
        phone: number(contact.phone.as_deref()).or_else(|| number(fallback)),
        email: contact.email.clone(),
        kind,
        removed: false,
    };
    (fact.external_id.is_some() || fact.phone.is_some() || fact.name.is_some()).then_some(fact)
}

pub fn facts(call: &CallPayload, source: Source, received_at: Timestamp) -> Result<Vec<Fact>, Malformed> {
    let id = call.call_id.as_deref().ok_or_else(|| Malformed::new("the call has no call_id"))?;
    let (at, moment) = moment_of(call, source, received_at);
    let has_message = message_left(call, source);
    let mut bodies = vec![FactBody::Leg(Box::new(leg(id, call, moment, has_message)))];
    if has_message {
        bodies.push(FactBody::Voicemail(Box::new(voicemail(id, call))));
    }
    bodies.extend(recordings(id, call).into_iter().map(|recording| FactBody::Recording(Box::new(recording))));
    if call.state.as_deref() == Some("call_transcription") {
        let transcript =
            TranscriptFact { leg_external_id: id.to_owned(), available: true, lines: None, language: None, part: None };
        bodies.push(FactBody::Transcript(Box::new(transcript)));
    }
    Ok(bodies.into_iter().map(|body| Fact::provider(at, body)).collect())
}

/// When it was, and what it means. The call log may leave out state and time: what it lists is over, and was when the
/// call ended.
fn moment_of(call: &CallPayload, source: Source, received_at: Timestamp) -> (Timestamp, Option<MomentFact>) {
    let moment = match (&call.state, source) {
        (Some(state), _) => Some(states::moment(state, call.date_ended.is_some())),
        (None, Source::Pulled) if call.date_ended.is_some() => Some(states::moment("hangup", true)),
        (None, _) => None,
    };
    let ended = call.date_ended.filter(|_| source == Source::Pulled);
    (call.event_timestamp.or(ended).unwrap_or(received_at), moment)
}

/// A message exists. `voicemail_link` proves nothing: it is set as soon as the greeting plays, and answers 404 when the
/// caller hung up in it. In the call log, `transcription_text` may be that of a conversation, so there it counts only
/// for a call that nobody took.
fn message_left(call: &CallPayload, source: Source) -> bool {
    let is_voicemail_text = source == Source::Pushed || call.date_connected.is_none();
    call.state.as_deref() == Some("voicemail_uploaded")
        || call.recordings.iter().any(|recording| recording.kind == Some(RecordingKind::Voicemail))
        || call.voicemail_recording_id.is_some()
        || (is_voicemail_text && call.transcription_text.is_some())
}

fn leg(id: &str, call: &CallPayload, moment: Option<MomentFact>, message_left: bool) -> LegFact {
    // Until something ended, a zero is "not counted yet" rather than a count.
    let counted =
        |millis: Option<i64>| millis.filter(|millis| *millis > 0 || (*millis == 0 && call.date_ended.is_some()));
    LegFact {
        external_id: id.to_owned(),
        related: related(id, call),
        is_transferred: call.is_transferred,
        direction: call.direction,
        external_number: number(call.external_number.as_deref()),
        internal_number: number(call.internal_number.as_deref()),
        contact: other_party(call.contact.as_ref(), call.external_number.as_deref(), call.is_internal),
        target: target(call.target.as_ref()),
        entry_target: target(call.entry_point_target.as_ref()),
        started_at: call.date_started,
        queued_at: call.date_queued,
        rang_at: call.date_rang,
        connected_at: call.date_connected,
        ended_at: call.date_ended,
        duration_ms: counted(call.duration),
        total_ms: counted(call.total_duration),
        talk_ms: counted(call.talk_time),
        hold_ms: counted(call.hold_time),
        is_internal: call.is_internal,
        was_recorded: call.was_recorded,
        message_left,
        recording_urls: conversation_urls(call),
        // Every event carries a list, mostly an empty one from before somebody set a label: that is no claim.
        labels: call.labels.clone().filter(|labels| !labels.is_empty()),
        summary: call.recap_summary.clone(),
        purposes: call.recap_purposes.clone(),
        action_items: call.recap_action_items.clone(),
        attributes: call.attributes.clone(),
        moment,
        // Queues and numbers follow from the targets; what else a leg can say, Dialpad does not. `work` is said only by a
        // person of the tenant.
        ..LegFact::default()
    }
}

fn related(id: &str, call: &CallPayload) -> Vec<String> {
    let others: BTreeSet<&String> = call.linked_ids.iter().filter(|linked| *linked != id).collect();
    others.into_iter().cloned().collect()
}

/// Audio of the conversation that the API can fetch. Administrators' recordings need a session at Dialpad; they are
/// recordings of their own, but nothing to offer as the call's audio.
fn conversation_urls(call: &CallPayload) -> Vec<String> {
    let is_other = |url: &str| {
        call.recordings.iter().any(|known| known.url.as_deref() == Some(url) && known.kind != Some(RecordingKind::Call))
    };
    let detailed = call.recordings.iter().filter(|known| known.kind == Some(RecordingKind::Call));
    let urls: BTreeSet<&str> = detailed
        .filter_map(|known| known.url.as_deref())
        .chain(call.recording_urls.iter().map(String::as_str).filter(|url| !is_other(url)))
        .collect();
    urls.into_iter().map(str::to_owned).collect()
}

fn voicemail(id: &str, call: &CallPayload) -> VoicemailFact {
    let audio: Option<&RecordingPayload> =
        call.recordings.iter().find(|recording| recording.kind == Some(RecordingKind::Voicemail));
    let external = number(call.external_number.as_deref());
    let internal = number(call.internal_number.as_deref());
    let (from_number, to_number) = match call.direction {
        Some(Direction::Outbound) => (internal, external),
        _ => (external, internal),
    };
    VoicemailFact {
        leg_external_id: id.to_owned(),
        recording_external_id: audio.map(|audio| audio.id.clone()).or_else(|| call.voicemail_recording_id.clone()),
        url: audio.and_then(|audio| audio.url.clone()).or_else(|| call.voicemail_link.clone()),
        transcript: call.transcription_text.clone(),
        duration_ms: audio.and_then(|audio| audio.duration),
        from_number,
        to_number,
        target: target(call.target.as_ref()),
        left_at: audio.and_then(|audio| audio.start_time).or(call.date_ended),
        // Said only by a person of the tenant.
        removed: None,
        heard: None,
    }
}

/// One fact per audio file: those with details first, then those that are only URLs.
fn recordings(id: &str, call: &CallPayload) -> Vec<RecordingFact> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut facts = Vec::new();
    for recording in &call.recordings {
        if known.insert(recording.id.clone()) {
            facts.push(RecordingFact {
                leg_external_id: id.to_owned(),
                external_id: recording.id.clone(),
                kind: recording.kind,
                url: recording.url.clone(),
                duration_ms: recording.duration,
                started_at: recording.start_time,
                stored: None,
            });
        }
    }
    let detailed_urls: BTreeSet<&str> = call.recordings.iter().filter_map(|known| known.url.as_deref()).collect();
    let user = call.recording_urls.iter().map(|url| (url, RecordingKind::Call));
    let admin = call.admin_recording_urls.iter().map(|url| (url, RecordingKind::Admin));
    for (url, kind) in user.chain(admin).filter(|(url, _)| !detailed_urls.contains(url.as_str())) {
        let Some(external_id) = recording_id_of(url).filter(|external_id| known.insert(external_id.clone())) else {
            continue;
        };
        facts.push(RecordingFact {
            leg_external_id: id.to_owned(),
            external_id,
            kind: Some(kind),
            url: Some(url.clone()),
            duration_ms: None,
            started_at: None,
            stored: None,
        });
    }
    facts
}
