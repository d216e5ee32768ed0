//! The transcript of a call as a file: plain text for people, WebVTT for players, JSON for programs.

use std::fmt::Write as _;

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    call::Call,
    ids::CallId,
    transcript::{LineKind, Transcript, TranscriptLine},
};
use switchboard_store::{
    StoreError, TenantScope, calls, recordings,
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
    let transcript = complete(transcripts::of_call(conn, scope, call.id).await?).ok_or(TranscriptError::None)?;
    let recordings = recordings::of_call(conn, scope, call.id).await?;
    drop(reader);
    let recorded_at = recordings.iter().map(|kept| &kept.record);
    let began = recorded_at.filter(|one| one.leg_id == transcript.leg_id).map(|one| one.occurred_at).min();
    let entry = Entry::new(by, Action::TranscriptExported).on("call", call.id).with("format", format.as_str());
    audit::record_alone(app, scope, entry).await?;
    Ok(write(&call, &transcript, began, format))
}

/// The one that holds words.
pub(crate) fn complete(found: Vec<KeptTranscript>) -> Option<Transcript> {
    found.into_iter().map(|kept| kept.record).find(|transcript| transcript.is_complete)
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
