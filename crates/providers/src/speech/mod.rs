//! Speech: having recordings written down, by a server that speaks OpenAI's protocol, by Deepgram or by AssemblyAI.
//!
//! Three protocols and one answer ([`Heard`]). What differs is who waits: an OpenAI-compatible server answers in the same
//! request, so nobody can ask it afterwards what it did; Deepgram does either, and names its work only in its answer; work
//! at AssemblyAI can be listed and looked up. [`Provider::effect`] says so, and whoever submits keeps to it.
//!
//! Speech models make things up where nobody speaks ("Thank you for watching"). [`Utterance::is_made_up`] knows the signs.

pub mod assemblyai;
pub mod chat;
mod connect;
pub mod deepgram;
mod multipart;
pub mod openai;
pub mod wav;

use secrecy::SecretString;

use crate::{
    connect::{BaseUrls, CheckError, Checked, Checking, ConnectSpec, Connectable, Given},
    outbound::{Effect, Http},
};

/// A kind of connection that can write recordings down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    OpenAi,
    Deepgram,
    AssemblyAi,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Deepgram, Self::AssemblyAi];

    /// The word of its connections.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Deepgram => "deepgram",
            Self::AssemblyAi => "assemblyai",
        }
    }

    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.slug() == slug)
    }

    /// What happens if the same recording is submitted twice: it is paid for twice.
    pub const fn effect(self) -> Effect {
        match self {
            Self::OpenAi | Self::Deepgram => Effect::Neither,
            Self::AssemblyAi => Effect::Queryable,
        }
    }
}

/// What was heard, whoever listened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    pub utterances: Vec<Utterance>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// The model that listened, where the answer names it.
    pub model: Option<String>,
}

/// What somebody said in one go.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Utterance {
    pub channel: Option<usize>,
    /// Told apart by voice: `0`, `A`.
    pub speaker: Option<String>,
    pub text: String,
    /// Milliseconds since the recording began.
    pub start_ms: Option<i64>,
    pub end_ms: Option<i64>,
    pub words: Vec<Word>,
    pub doubts: Doubts,
}

/// A word and when it was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub start_ms: i64,
    pub end_ms: i64,
}

/// What a model says of how sure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Doubts {
    pub no_speech: Option<f64>,
    pub average_log_probability: Option<f64>,
    pub compression_ratio: Option<f64>,
}

impl Utterance {
    /// Words without a speaker: it doubts that there was speech and is unsure of the words, or it repeats itself so much that
    /// the text compresses like none that people speak (the thresholds of Whisper's own decoder).
    pub fn is_made_up(&self) -> bool {
        let Doubts { no_speech, average_log_probability, compression_ratio } = self.doubts;
        let is_unsure = average_log_probability.is_some_and(|probability| probability < -1.0);
        let doubts_speech = no_speech.is_some_and(|probability| probability > 0.6);
        (doubts_speech && is_unsure) || compression_ratio.is_some_and(|ratio| ratio > 2.4)
    }

    fn shifted(mut self, by_ms: i64) -> Self {
        self.start_ms = self.start_ms.map(|at| at + by_ms);
        self.end_ms = self.end_ms.map(|at| at + by_ms);
        for word in &mut self.words {
            word.start_ms += by_ms;
            word.end_ms += by_ms;
        }
        self
    }
}

impl Heard {
    /// The same, of a piece that begins so late in its recording, on one of its channels.
    #[must_use]
    pub fn placed(mut self, by_ms: i64, channel: Option<usize>) -> Self {
        let place =
            |utterance: Utterance| Utterance { channel: channel.or(utterance.channel), ..utterance.shifted(by_ms) };
        self.utterances = self.utterances.into_iter().map(place).collect();
        self
    }
}

/// A key that some service takes.
fn key(given: &Given) -> Result<SecretString, CheckError> {
    given.credential("api_key").cloned()
}

/// `2.52` seconds.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond an i64 is clamped, and no recording is so long")]
fn millis(seconds: f64) -> i64 {
    (seconds * 1_000.0).round() as i64
}

/// `en-US`, `english` or `en` as ISO 639-1.
pub fn language(written: &str) -> Option<String> {
    const NAMES: [(&str, &str); 12] = [
        ("english", "en"),
        ("spanish", "es"),
        ("french", "fr"),
        ("german", "de"),
        ("portuguese", "pt"),
        ("italian", "it"),
        ("dutch", "nl"),
        ("chinese", "zh"),
        ("japanese", "ja"),
        ("arabic", "ar"),
        ("hindi", "hi"),
        ("russian", "ru"),
    ];
    let lower = written.trim().to_ascii_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some((*code).to_owned());
    }
    let code = lower.split(['-', '_']).next().unwrap_or_default();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())).then(|| code.to_owned())
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $slug:literal $shown:literal $spec:ident $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Connectable for $name {
            fn slug(&self) -> &'static str {
                $slug
            }

            fn display_name(&self) -> &'static str {
                $shown
            }

            fn connect(&self) -> &'static ConnectSpec {
                &connect::$spec
            }
        }

        impl Checked for $name {
            fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a> {
                Box::pin($check(http, urls, given))
            }
        }
    )*};
}

kinds! {
    /// A server that speaks OpenAI's protocol: OpenAI itself, or one of one's own.
    OpenAi "openai" "OpenAI-compatible server" OPENAI openai::check;
    /// An account at Deepgram.
    Deepgram "deepgram" "Deepgram" DEEPGRAM deepgram::check;
    /// An account at AssemblyAI.
    AssemblyAi "assemblyai" "AssemblyAI" ASSEMBLYAI assemblyai::check;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_said_is_known_by_its_signs() {
        let with = |no_speech, log, ratio| Utterance {
            doubts: Doubts { no_speech, average_log_probability: log, compression_ratio: ratio },
            ..Utterance::default()
        };
        assert!(with(Some(0.7), Some(-1.2), None).is_made_up());
        assert!(with(None, None, Some(2.5)).is_made_up());
        assert!(!with(Some(0.9), Some(-0.3), Some(1.4)).is_made_up());
        assert!(!Utterance::default().is_made_up());
    }

    #[test]
    fn languages_are_read_however_they_are_written() {
        assert_eq!(language("en-US").as_deref(), Some("en"));
        assert_eq!(language("spanish").as_deref(), Some("es"));
        assert_eq!(language("klingon"), None);
    }
}
