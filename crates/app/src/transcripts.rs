//! What was said in a call, all of it; and as a file: plain text for people, WebVTT for players, JSON for programs.

use std::{collections::HashMap, fmt::Write as _};

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    call::Call,
    ids::{CallId, LegId},
    transcript::{LineKind, Transcript, TranscriptLine},
};
use switchboard_store::{
    Conn, StoreError, TenantScope, calls, recordings,
    transcripts::{self, KeptTranscript},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// How a transcript is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Vtt,
    Json,
}

impl Format {
    /// Its name, and the ending of the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Vtt => "vtt",
            Self::Json => "json",
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Vtt => "text/vtt; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// There is nothing to write out.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("this call has no transcript (yet)")]
    None,
    #[error("the transcript could not be read")]
    Store(#[from] StoreError),
}

/// Writes a call's transcript out, and who took it into the audit log.
pub async fn export(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: CallId,
    format: Format,
) -> Result<String, TranscriptError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let call = calls::lookup(conn, scope, id).await?.ok_or(TranscriptError::NoSuchCall)?.record;
    let transcript = whole(conn, scope, call.id).await?.ok_or(TranscriptError::None)?.transcript;
    let recordings = recordings::of_call(conn, scope, call.id).await?;
    drop(reader);
    let recorded_at = recordings.iter().map(|kept| &kept.record);
    let began = recorded_at.filter(|one| one.leg_id == transcript.leg_id).map(|one| one.occurred_at).min();
    let entry = Entry::new(by, Action::TranscriptExported).on("call", call.id).with("format", format.as_str());
    audit::record_alone(app, scope, entry).await?;
    Ok(write(&call, &transcript, began, format))
}

/// All that was said in a call.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The transcripts of its legs as one, under the id of the first.
    pub transcript: Transcript,
    /// When the last of them reached us. By our clock: what is compared with it must not depend on a provider's.
    pub came_at: Timestamp,
    /// There is another one, of which the words are not here yet.
    pub is_partial: bool,
}

/// What was said in a call: the words of all its legs. THE lines that pages show, files hold, rules read and chat servers
/// are sent, in this order everywhere: whatever points at words points with a line's place in it. `None` while there are none.
pub async fn whole(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Option<Spoken>, StoreError> {
    let found = transcripts::of_call(conn, scope, call).await?.into_iter();
    let (complete, awaited): (Vec<KeptTranscript>, Vec<KeptTranscript>) =
        found.partition(|kept| kept.record.is_complete);
    let began: HashMap<LegId, Timestamp> = if complete.len() > 1 {
        let legs = calls::legs(conn, scope, call).await?;
        legs.into_iter().map(|kept| (kept.leg.id, kept.leg.doc.began_at())).collect()
    } else {
        HashMap::new()
    };
    let Some(came_at) = complete.iter().map(|kept| kept.created_at).max() else { return Ok(None) };
    let is_partial = !awaited.is_empty();
    let complete = complete.into_iter().map(|kept| kept.record).collect();
    Ok(joined(complete, &began).map(|transcript| Spoken { transcript, came_at, is_partial }))
}

/// One after another, in the order in which somebody first spoke in them; where nobody knows that, in which the legs began.
/// Each line keeps its time.
fn joined(mut found: Vec<Transcript>, began: &HashMap<LegId, Timestamp>) -> Option<Transcript> {
    let first_word = |found: &Transcript| {
        let mut spoken = found.lines.iter().filter(|line| line.kind == LineKind::Speech);
        spoken.find_map(|line| line.at).or_else(|| began.get(&found.leg_id).copied()).unwrap_or(found.occurred_at)
    };
    found.sort_by_key(|found| (first_word(found), found.id));
    let language = found.iter().find_map(|found| found.language.clone());
    let is_one_language = found.iter().all(|found| found.language.is_none() || found.language == language);
    let mut legs = found.into_iter();
    let first = legs.next()?;
    let lines = first.lines.into_iter().chain(legs.flat_map(|leg| leg.lines)).collect();
    // In two languages it is in none: whoever needs one looks at the words.
    Some(Transcript { lines, language: language.filter(|_| is_one_language), ..first })
}

fn write(call: &Call, transcript: &Transcript, recorded_at: Option<Timestamp>, format: Format) -> String {
    let first = transcript.lines.iter().find_map(|line| line.at);
    let began = recorded_at.or(call.answered_at).or(first).unwrap_or(call.occurred_at);
    match format {
        Format::Text => text(call, transcript),
        Format::Vtt => vtt(transcript, began),
        Format::Json => json(call, transcript, began),
    }
}

fn text(call: &Call, transcript: &Transcript) -> String {
    let mut text = format!("{}\n", call.occurred_at);
    let parties = [&call.from_number, &call.to_number].map(|number| number.as_deref().unwrap_or("?").to_owned());
    let _ = writeln!(text, "{}\n", parties.join(" → "));
    for line in &transcript.lines {
        let at = line.at.map(|at| format!("[{}] ", clock_of(at))).unwrap_or_default();
        let _ = match line.kind {
            LineKind::Speech => writeln!(text, "{at}{}: {}", speaker(line), line.content),
            LineKind::Note => writeln!(text, "{at}({})", line.content),
        };
    }
    text
}

/// `10:30:05` of an RFC 3339 time.
fn clock_of(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

fn speaker(line: &TranscriptLine) -> &str {
    line.speaker.as_deref().unwrap_or(match line.is_agent {
        Some(true) => "Agent",
        Some(false) => "Caller",
        None => "Speaker",
    })
}

/// The longest that one line is shown, and how long the last one is.
const SHOWN_MS: i64 = 10_000;

/// What was said, line by line; a provider's remarks were said by nobody and stay out. A line is shown until the next one
/// begins. Lines without a time follow the one before them.
fn vtt(transcript: &Transcript, began: Timestamp) -> String {
    let mut vtt = "WEBVTT\n".to_owned();
    let spoken: Vec<&TranscriptLine> = transcript.lines.iter().filter(|line| line.kind == LineKind::Speech).collect();
    let mut from = 0;
    for (i, line) in spoken.iter().enumerate() {
        from = line.at.map_or(from, |at| offset(at, began)).max(from);
        let next = spoken.get(i + 1).and_then(|next| next.at).map(|at| offset(at, began));
        let until = next.filter(|next| *next > from).map_or(from + SHOWN_MS, |next| next.min(from + SHOWN_MS));
        let _ =
            write!(vtt, "\n{} --> {}\n<v {}>{}\n", cue(from), cue(until), plain(speaker(line)), plain(&line.content));
        from = if line.at.is_some() { from } else { until };
    }
    vtt
}

fn offset(at: Timestamp, began: Timestamp) -> i64 {
    (at.as_millis() - began.as_millis()).max(0)
}

fn cue(millis: i64) -> String {
    let (seconds, minutes) = (millis / 1_000, millis / 60_000);
    format!("{:02}:{:02}:{:02}.{:03}", minutes / 60, minutes % 60, seconds % 60, millis % 1_000)
}

/// Text that cannot end its cue, open a tag or name a time.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[derive(Serialize)]
struct Written<'a> {
    call_id: CallId,
    occurred_at: Timestamp,
    lines: Vec<WrittenLine<'a>>,
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    #[serde(flatten)]
    line: &'a TranscriptLine,
    /// Milliseconds since the recording (else the conversation) began.
    offset_ms: Option<i64>,
}

fn json(call: &Call, transcript: &Transcript, began: Timestamp) -> String {
    let offset_of = |line: &TranscriptLine| line.at.map(|at| offset(at, began));
    let lines = transcript.lines.iter().map(|line| WrittenLine { line, offset_ms: offset_of(line) }).collect();
    let written = Written { call_id: call.id, occurred_at: call.occurred_at, lines };
    // Text, numbers and words: they have no failing `Serialize`.
    serde_json::to_string_pretty(&written).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use switchboard_domain::ids::{ConnectionId, LegId, TenantId, TranscriptId};

    use super::*;

    fn line(at: Option<i64>, kind: LineKind, content: &str) -> TranscriptLine {
        let at = at.map(Timestamp::from_millis);
        TranscriptLine {
            kind,
            speaker: Some("Ana <b>".into()),
            is_agent: Some(true),
            content: content.into(),
            at,
            until: None,
        }
    }

    fn transcript(lines: Vec<TranscriptLine>) -> Transcript {
        let nil = uuid::Uuid::nil();
        Transcript {
            id: TranscriptId::from_uuid(nil),
            tenant_id: TenantId::from_uuid(nil),
            connection_id: ConnectionId::from_uuid(nil),
            provider: "dialpad".into(),
            call_id: CallId::from_uuid(nil),
            leg_id: LegId::from_uuid(nil),
            leg_external_id: "1".into(),
            is_complete: true,
            lines,
            language: None,
            occurred_at: Timestamp::EPOCH,
        }
    }

    #[test]
    fn legs_follow_each_other_as_people_began_to_speak_in_them() {
        let leg = |number: u128, language: Option<&str>, lines| Transcript {
            id: TranscriptId::from_uuid(uuid::Uuid::from_u128(number)),
            leg_id: LegId::from_uuid(uuid::Uuid::from_u128(number)),
            language: language.map(str::to_owned),
            ..transcript(lines)
        };
        let later =
            leg(1, Some("en"), vec![line(Some(70_000), LineKind::Speech, "c"), line(None, LineKind::Speech, "d")]);
        let sooner =
            leg(2, None, vec![line(Some(99_000), LineKind::Note, "a"), line(Some(10_000), LineKind::Speech, "b")]);
        let untimed = leg(3, Some("es"), vec![line(None, LineKind::Speech, "e")]);
        let began = HashMap::from([(untimed.leg_id, Timestamp::from_millis(80_000))]);
        let said = |legs: &[&Transcript]| {
            let whole = joined(legs.iter().map(|leg| (*leg).clone()).collect(), &began).unwrap();
            let words: String = whole.lines.iter().map(|line| line.content.as_str()).collect();
            (words, whole.id == sooner.id, whole.language)
        };
        let two = ("abcd".to_owned(), true, Some("en".to_owned()));
        assert_eq!((said(&[&later, &sooner]), said(&[&sooner, &later])), (two.clone(), two));
        assert_eq!(said(&[&untimed, &later, &sooner]), ("abcde".to_owned(), true, None));
    }

    #[test]
    fn cues_follow_each_other_and_no_text_ends_one() {
        let said = transcript(vec![
            line(Some(61_500), LineKind::Speech, "one\n\n00:00 --> 2 & <i>"),
            line(Some(62_000), LineKind::Note, "a remark"),
            line(None, LineKind::Speech, "two"),
            line(Some(70_000), LineKind::Speech, "three"),
        ]);
        let expected = "WEBVTT\n\n\
            00:00:01.500 --> 00:00:11.500\n<v Ana &lt;b&gt;>one 00:00 --&gt; 2 &amp; &lt;i&gt;\n\n\
            00:00:01.500 --> 00:00:10.000\n<v Ana &lt;b&gt;>two\n\n\
            00:00:10.000 --> 00:00:20.000\n<v Ana &lt;b&gt;>three\n";
        assert_eq!(vtt(&said, Timestamp::from_millis(60_000)), expected);
    }
}
