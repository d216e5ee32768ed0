//! From what was heard to the lines of a transcript. Secrets go before anything is written anywhere: not to the log of
//! events, not to the search, not to the server's own log, which hears of kinds and counts alone.

use std::collections::BTreeMap;

use switchboard_domain::{
    Timestamp,
    call::{Call, Direction},
    transcript::{LineKind, TranscriptLine},
    transcription::{AudioState, CallerChannel, Silence, TranscriptionSettings},
};
use switchboard_providers::speech::{Heard, Utterance, Word, wav, wav::Wav};
use switchboard_rules::redact::{self, Said, Span};

/// What is silenced before and behind a secret: models place words to a tenth of a second.
const BEFORE_MS: i64 = 150;
const BEHIND_MS: i64 = 250;
/// Lines of a transcript that are kept.
const MOST_LINES: usize = 20_000;

/// What is to be known about a recording to read an answer about it.
pub(super) struct About<'a> {
    pub began: Timestamp,
    pub call: Option<&'a Call>,
    pub settings: &'a TranscriptionSettings,
    /// The file can be silenced.
    pub is_wav: bool,
    pub content_type: &'a str,
}

/// A transcript, and what must be done about the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub lines: Vec<TranscriptLine>,
    pub language: Option<String>,
    pub model: Option<String>,
    pub found: BTreeMap<String, u32>,
    pub audio: AudioState,
    pub audio_reason: Option<String>,
    pub silence: Vec<Silence>,
}

/// Takes out what nobody said: made up by its own signs, or heard where the channel is silent.
pub(super) fn without_made_up(heard: &mut Heard, wav: Option<(&Wav, &[u8])>) {
    heard.utterances.retain(|utterance| !utterance.text.trim().is_empty() && !utterance.is_made_up());
    let Some((wav, bytes)) = wav else { return };
    for channel in 0..wav.channels {
        let is_here = |utterance: &Utterance| utterance.channel.unwrap_or(0) == channel;
        if !heard.utterances.iter().any(is_here) {
            continue;
        }
        let alone = heard.utterances.iter().all(|utterance| utterance.channel.is_none());
        let samples = if alone { wav.mixed(bytes) } else { wav.channel(bytes, channel) };
        let is_spoken = |utterance: &Utterance| match (utterance.start_ms, utterance.end_ms) {
            (Some(start), Some(end)) => !wav::is_silent(&samples, wav.sample_rate, start, end),
            _ => true,
        };
        heard.utterances.retain(|utterance| !is_here(utterance) || is_spoken(utterance));
    }
}

/// The transcript of what was heard.
pub(super) fn write(mut heard: Heard, about: &About<'_>) -> Written {
    heard.utterances.sort_by_key(|utterance| (utterance.start_ms, utterance.channel));
    heard.utterances.truncate(MOST_LINES);
    let (texts, spans, found) = redacted(&heard.utterances, about.settings.redact_own);
    let (audio, audio_reason, silence) = sound(&heard.utterances, &spans, about);
    let lines = heard.utterances.iter().zip(texts).map(|(utterance, text)| line(utterance, text, about)).collect();
    let found = found.into_iter().map(|(secret, count)| (secret.as_str().to_owned(), count)).collect();
    Written { lines, language: heard.language, model: heard.model, found, audio, audio_reason, silence }
}

fn redacted(utterances: &[Utterance], is_on: bool) -> (Vec<String>, Vec<Span>, redact::Counts) {
    if !is_on {
        return (
            utterances.iter().map(|utterance| utterance.text.clone()).collect(),
            Vec::new(),
            redact::Counts::new(),
        );
    }
    let speakers: Vec<Option<String>> = utterances.iter().map(voice).collect();
    let said = utterances
        .iter()
        .zip(&speakers)
        .map(|(utterance, speaker)| Said { speaker: speaker.as_deref(), text: &utterance.text });
    let redacted = redact::redact(&said.collect::<Vec<_>>());
    (redacted.lines, redacted.spans, redacted.counts)
}

/// What tells speakers apart.
fn voice(utterance: &Utterance) -> Option<String> {
    utterance.channel.map(|channel| format!("channel {channel}")).or_else(|| utterance.speaker.clone())
}

fn line(utterance: &Utterance, content: String, about: &About<'_>) -> TranscriptLine {
    let at = |offset: Option<i64>| {
        offset.map(|offset| about.began + std::time::Duration::from_millis(offset.max(0).unsigned_abs()))
    };
    let is_agent = utterance.channel.and_then(|channel| is_agent(channel, about));
    let agent = about
        .call
        .and_then(|call| call.agent_name.clone())
        .filter(|_| !about.call.is_some_and(|call| call.is_internal));
    let speaker = match is_agent {
        Some(true) => agent,
        Some(false) => None,
        None => utterance
            .channel
            .map(|channel| channel.to_string())
            .or_else(|| utterance.speaker.clone())
            .map(|name| numbered(&name)),
    };
    TranscriptLine {
        kind: LineKind::Speech,
        speaker,
        is_agent,
        content,
        at: at(utterance.start_ms),
        until: at(utterance.end_ms),
    }
}

/// `0` is the first speaker; letters are what the provider calls them.
fn numbered(name: &str) -> String {
    match name.parse::<u32>() {
        Ok(number) => format!("Speaker {}", number.saturating_add(1)),
        Err(_) => format!("Speaker {}", name.chars().take(20).collect::<String>()),
    }
}

/// Whose channel it is: who placed the call is known, and which channel is theirs.
fn is_agent(channel: usize, about: &About<'_>) -> Option<bool> {
    let callers = match about.settings.caller_channel {
        CallerChannel::Left => 0,
        CallerChannel::Right => 1,
        CallerChannel::Unknown => return None,
    };
    let call = about.call?;
    if call.is_internal {
        return Some(true);
    }
    let is_caller = channel == callers;
    match call.direction? {
        Direction::Outbound => Some(is_caller),
        Direction::Inbound => Some(!is_caller),
        Direction::Internal => Some(true),
    }
}

/// What must be silenced, or why it cannot be.
fn sound(utterances: &[Utterance], spans: &[Span], about: &About<'_>) -> (AudioState, Option<String>, Vec<Silence>) {
    if spans.is_empty() {
        return (AudioState::Clean, None, Vec::new());
    }
    let audible = |why: String| (AudioState::Audible, Some(why), Vec::new());
    if !about.is_wav {
        return audible(format!("only uncompressed WAV files can be silenced, and this one is {}", about.content_type));
    }
    let times: Option<Vec<Silence>> = spans.iter().map(|span| time_of(&utterances[span.line], span)).collect();
    match times {
        Some(times) => (AudioState::Pending, None, joined(times)),
        None => audible("the provider did not say when it was spoken".to_owned()),
    }
}

/// When a span was spoken: its words, else the whole line that it stands in.
fn time_of(utterance: &Utterance, span: &Span) -> Option<Silence> {
    let words = placed(&utterance.text, &utterance.words);
    let spoken: Vec<&Word> =
        words.iter().filter(|(start, end, _)| *start < span.end && *end > span.start).map(|(.., word)| *word).collect();
    let (from, until) =
        match (spoken.iter().map(|word| word.start_ms).min(), spoken.iter().map(|word| word.end_ms).max()) {
            (Some(from), Some(until)) => (from, until),
            _ => (utterance.start_ms?, utterance.end_ms?),
        };
    Some(((from - BEFORE_MS).max(0), until + BEHIND_MS))
}

/// Where in the text each word stands. Words that are written otherwise there have no place.
fn placed<'w>(text: &str, words: &'w [Word]) -> Vec<(usize, usize, &'w Word)> {
    let mut at = 0;
    let place = |word: &'w Word| {
        let wanted = word.text.trim();
        let start = at + text.get(at..)?.find(wanted).filter(|_| !wanted.is_empty())?;
        at = start + wanted.len();
        Some((start, at, word))
    };
    words.iter().filter_map(place).collect()
}

fn joined(mut times: Vec<Silence>) -> Vec<Silence> {
    times.sort_unstable();
    times.into_iter().fold(Vec::new(), |mut joined: Vec<Silence>, (from, until)| {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(until),
            _ => joined.push((from, until)),
        }
        joined
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(channel: usize, start: i64, text: &str) -> Utterance {
        let words = text.split(' ').enumerate().map(|(index, word)| {
            let start_ms = start + i64::try_from(index).unwrap() * 500;
            Word { text: word.to_owned(), start_ms, end_ms: start_ms + 400 }
        });
        let words: Vec<Word> = words.collect();
        let end_ms = words.last().map(|word| word.end_ms);
        Utterance {
            channel: Some(channel),
            text: text.into(),
            start_ms: Some(start),
            end_ms,
            words,
            ..Utterance::default()
        }
    }

    fn about(settings: &TranscriptionSettings, is_wav: bool) -> About<'_> {
        About { began: Timestamp::EPOCH, call: None, settings, is_wav, content_type: "audio/mpeg" }
    }

    #[test]
    fn what_is_taken_out_of_the_text_is_silenced_by_its_words() {
        let settings = TranscriptionSettings::default();
        let heard = Heard {
            utterances: vec![said(1, 10_000, "the code is 123 okay"), said(0, 0, "your security code")],
            ..Heard::default()
        };
        let written = write(heard.clone(), &about(&settings, true));
        assert_eq!(written.lines[1].content, "the code is [security code] okay");
        assert_eq!(written.found["security_code"], 1);
        assert_eq!((written.audio, written.silence), (AudioState::Pending, vec![(11_350, 12_150)]));
        let mp3 = write(heard.clone(), &about(&settings, false));
        assert_eq!(mp3.audio, AudioState::Audible);
        assert!(mp3.audio_reason.unwrap().contains("audio/mpeg"));
        let kept = write(heard, &about(&TranscriptionSettings { redact_own: false, ..settings }, true));
        assert_eq!((kept.lines[1].content.as_str(), kept.audio), ("the code is 123 okay", AudioState::Clean));
    }

    #[test]
    fn without_words_the_whole_line_is_silenced_and_without_times_it_says_so() {
        let settings = TranscriptionSettings::default();
        let mut line = said(0, 1_000, "cvv 123");
        line.words.clear();
        let written = write(Heard { utterances: vec![line.clone()], ..Heard::default() }, &about(&settings, true));
        assert_eq!(written.silence, [(850, 2_150)]);
        line.start_ms = None;
        let untimed = write(Heard { utterances: vec![line], ..Heard::default() }, &about(&settings, true));
        assert_eq!(untimed.audio, AudioState::Audible);
    }
}
