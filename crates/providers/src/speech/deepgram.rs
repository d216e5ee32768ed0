//! Deepgram: `POST /v1/listen` with the sound as the body. Answered in the same request, or to an address of ours.
//!
//! Peculiar about it: a callback carries no signature. Its address is therefore a password, made for one recording.

use reqwest::{Method, RequestBuilder, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Heard, Utterance, Word, key, language, millis};
use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

/// What is used where a connection names no model.
pub const MODEL: &str = "nova-3";

/// An account, ready to be asked.
#[derive(Debug, Clone)]
pub struct Listener {
    base: Url,
    key: SecretString,
    pub model: String,
    /// It answers to an address of ours.
    pub calls_back: bool,
}

/// Sound, and what is known of it.
#[derive(Debug, Clone)]
pub struct Sound {
    pub file: bytes::Bytes,
    pub content_type: String,
    /// Its channels are people: it has more than one.
    pub is_split: bool,
    pub language: Option<String>,
}

impl Listener {
    pub fn of(urls: &BaseUrls, given: &Given) -> Result<Self, CheckError> {
        let base = Url::parse(&urls.deepgram)
            .map_err(|error| CheckError::Unasked(OutboundError::BadUrl(error.to_string())))?;
        let model = given.settings.get("model").map(|model| model.trim()).filter(|model| !model.is_empty());
        let calls_back = given.settings.get("callback").is_some_and(|flag| flag == "true");
        Ok(Self { base, key: key(given)?, model: model.unwrap_or(MODEL).to_owned(), calls_back })
    }

    fn request(&self, http: &Http, method: Method, path: &str) -> Result<RequestBuilder, OutboundError> {
        let url = Url::parse(&format!("{}{path}", self.base.as_str().trim_end_matches('/')))
            .map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        Ok(http.request(method, url).header(header::AUTHORIZATION, format!("Token {}", self.key.expose_secret())))
    }

    fn listen(&self, http: &Http, sound: &Sound, callback: Option<&str>) -> Result<RequestBuilder, OutboundError> {
        let mut asked = vec![("model", self.model.as_str()), ("smart_format", "true"), ("utterances", "true")];
        asked.push(if sound.is_split { ("multichannel", "true") } else { ("diarize", "true") });
        asked.push(match &sound.language {
            Some(language) => ("language", language),
            None => ("detect_language", "true"),
        });
        asked.extend(callback.map(|url| ("callback", url)));
        let request = self.request(http, Method::POST, "/v1/listen")?.query(&asked);
        Ok(request.header(header::CONTENT_TYPE, &sound.content_type).body(sound.file.clone()))
    }

    /// Waits for the answer.
    pub async fn transcribe(&self, http: &Http, sound: &Sound) -> Result<Heard, OutboundError> {
        read(&http.send(self.listen(http, sound, None)?).await?.body)
    }

    /// Has it answer to `callback`; the id of the work.
    pub async fn submit(&self, http: &Http, sound: &Sound, callback: &str) -> Result<String, OutboundError> {
        #[derive(Deserialize)]
        struct Taken {
            request_id: String,
        }
        let taken: Taken = http.send(self.listen(http, sound, Some(callback))?).await?.json()?;
        Ok(taken.request_id)
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Results,
}

#[derive(Default, Deserialize)]
struct Results {
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    utterances: Vec<Spoken>,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(default)]
    alternatives: Vec<Alternative>,
    detected_language: Option<String>,
}

#[derive(Deserialize)]
struct Alternative {
    #[serde(default)]
    transcript: String,
    #[serde(default)]
    words: Vec<SpokenWord>,
    #[serde(default)]
    languages: Vec<String>,
}

#[derive(Deserialize)]
struct Spoken {
    start: Option<f64>,
    end: Option<f64>,
    channel: Option<usize>,
    speaker: Option<i64>,
    #[serde(default)]
    transcript: String,
    #[serde(default)]
    words: Vec<SpokenWord>,
}

#[derive(Deserialize)]
struct SpokenWord {
    word: Option<String>,
    punctuated_word: Option<String>,
    start: Option<f64>,
    end: Option<f64>,
}

fn words(words: Vec<SpokenWord>) -> Vec<Word> {
    let word = |word: SpokenWord| {
        let text = word.punctuated_word.or(word.word)?;
        Some(Word { text, start_ms: millis(word.start?), end_ms: millis(word.end?) })
    };
    words.into_iter().filter_map(word).collect()
}

/// An answer, whichever way it came. With `multichannel` the utterances say which channel; with `diarize` which voice.
pub fn read(body: &[u8]) -> Result<Heard, OutboundError> {
    let answer: Answer = serde_json::from_slice(body).map_err(|error| {
        OutboundError::Unreadable(format!("unexpected JSON at line {}, column {}", error.line(), error.column()))
    })?;
    let Results { channels, utterances } = answer.results;
    let said = channels.iter().filter_map(|channel| {
        let named = channel.alternatives.first().and_then(|first| first.languages.first());
        channel.detected_language.as_ref().or(named).and_then(|written| language(written))
    });
    let language = said.into_iter().next();
    let is_split = channels.len() > 1;
    let spoken = utterances.into_iter().map(|spoken| Utterance {
        channel: spoken.channel.filter(|_| is_split),
        speaker: spoken.speaker.filter(|_| !is_split).map(|number| number.to_string()),
        text: spoken.transcript.trim().to_owned(),
        start_ms: spoken.start.map(millis),
        end_ms: spoken.end.map(millis),
        words: words(spoken.words),
        ..Utterance::default()
    });
    let mut utterances: Vec<Utterance> = spoken.collect();
    if utterances.is_empty() {
        utterances =
            channels.into_iter().enumerate().filter_map(|(number, channel)| whole(number, channel, is_split)).collect();
    }
    Ok(Heard { utterances, language, model: None })
}

fn whole(number: usize, channel: Channel, is_split: bool) -> Option<Utterance> {
    let first = channel.alternatives.into_iter().next()?;
    let words = words(first.words);
    let text = first.transcript.trim().to_owned();
    let (start_ms, end_ms) = (words.first().map(|word| word.start_ms), words.last().map(|word| word.end_ms));
    let channel = is_split.then_some(number);
    (!text.is_empty()).then(|| Utterance { channel, text, start_ms, end_ms, words, ..Utterance::default() })
}

#[derive(Deserialize)]
struct Projects {
    #[serde(default)]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    project_id: Option<String>,
    name: Option<String>,
}

pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let listener = Listener::of(urls, given)?;
    let reply = http.send(listener.request(http, Method::GET, "/v1/projects")?).await?;
    let projects: Projects = reply.json().map_err(CheckError::Unasked)?;
    let first = projects.projects.into_iter().next();
    Ok(first.map_or_else(Account::default, |project| Account { id: project.project_id, name: project.name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_and_voices_are_told_apart() {
        let split = r#"{"metadata":{"request_id":"r"},"results":{"channels":[{"detected_language":"en","alternatives":[{"transcript":"hi"}]},
            {"alternatives":[{"transcript":"hello"}]}],"utterances":[{"start":0.5,"end":1.0,"channel":1,"speaker":0,
            "transcript":" Hello ","words":[{"word":"hello","punctuated_word":"Hello","start":0.5,"end":0.9}]}]}}"#;
        let heard = read(split.as_bytes()).unwrap();
        let first = &heard.utterances[0];
        assert_eq!((first.channel, first.speaker.as_deref(), first.text.as_str()), (Some(1), None, "Hello"));
        assert_eq!(heard.language.as_deref(), Some("en"));
        let voices = r#"{"results":{"channels":[{"alternatives":[]}],"utterances":[{"speaker":2,"transcript":"x"}]}}"#;
        assert_eq!(read(voices.as_bytes()).unwrap().utterances[0].speaker.as_deref(), Some("2"));
        let bare = r#"{"results":{"channels":[{"alternatives":[{"transcript":"only text"}]}]}}"#;
        assert_eq!(read(bare.as_bytes()).unwrap().utterances[0].text, "only text");
        assert!(read(b"<html>").is_err());
    }
}
