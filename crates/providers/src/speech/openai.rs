//! `POST {base}/v1/audio/transcriptions`, as OpenAI, speaches, whisper.cpp, vLLM and others understand it. The same
//! connection serves the chat half.
//!
//! Self-hosted servers leave out whatever they like of `verbose_json`, so all but the text is optional.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Doubts, Heard, Utterance, Word, language, millis, multipart::Form};
use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    destination::PublicUrl,
    outbound::{Http, OutboundError},
};

/// The most that OpenAI takes in one request; servers of one's own were built to the same.
pub const MAX_FILE: usize = 25 * 1024 * 1024;
/// The longest that one piece may take.
pub const PATIENCE: Duration = Duration::from_mins(5);

#[derive(Debug, Clone)]
enum Base {
    /// The operator's setting.
    Ours(Url),
    /// Typed by a tenant.
    Theirs(PublicUrl),
}

/// A server, and what it is asked for there.
#[derive(Debug, Clone)]
pub struct Server {
    base: Base,
    key: Option<SecretString>,
    /// `None`: it writes nothing down.
    pub transcription_model: Option<String>,
    /// `None`: it is not chatted with.
    pub chat_model: Option<String>,
}

/// Where a server is, without a slash and the version, which people paste along.
fn trimmed(text: &str) -> &str {
    let text = text.trim().trim_end_matches('/');
    text.strip_suffix("/v1").unwrap_or(text).trim_end_matches('/')
}

impl Server {
    pub fn of(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Self, CheckError> {
        let text = |name: &str| given.settings.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let base = match text("base_url").map(trimmed) {
            Some(typed) if typed != trimmed(&urls.openai) => {
                let wrong = |error: crate::destination::DestinationError| CheckError::Wrong {
                    field: "base_url",
                    found: error.to_string(),
                };
                Base::Theirs(http.public_url(typed).map_err(wrong)?)
            }
            _ => Base::Ours(parse(trimmed(&urls.openai)).map_err(CheckError::Unasked)?),
        };
        let key = given.credentials.get("api_key").filter(|key| !key.expose_secret().is_empty()).cloned();
        Ok(Self {
            base,
            key,
            transcription_model: text("transcription_model").map(str::to_owned),
            chat_model: text("chat_model").map(str::to_owned),
        })
    }

    /// A request to a path of it, such as `/v1/models`, with the key.
    pub fn request(&self, http: &Http, method: Method, path: &str) -> Result<RequestBuilder, OutboundError> {
        let request = match &self.base {
            Base::Ours(base) => http.request(method, parse(&format!("{}{path}", trimmed(base.as_str())))?),
            Base::Theirs(base) => {
                let url = http.public_url(&format!("{}{path}", trimmed(base.as_url().as_str())))?;
                http.request_public(method, &url)
            }
        };
        Ok(match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        })
    }

    /// Has one piece of sound written down: at most [`MAX_FILE`] bytes.
    pub async fn transcribe(&self, http: &Http, piece: &Piece<'_>) -> Result<Heard, OutboundError> {
        let model = self.transcription_model.as_deref().unwrap_or_default();
        // These models know no other answer than the plain one.
        let is_plain = model.starts_with("gpt-4o");
        match self.ask(http, piece, model, is_plain).await {
            Err(OutboundError::Refused { status: 400 | 422, excerpt, .. })
                if !is_plain && (excerpt.contains("response_format") || excerpt.contains("verbose_json")) =>
            {
                self.ask(http, piece, model, true).await
            }
            answered => answered,
        }
    }

    async fn ask(&self, http: &Http, piece: &Piece<'_>, model: &str, plain: bool) -> Result<Heard, OutboundError> {
        let mut form = Form::new(piece.file)
            .text("model", model)
            .text("temperature", "0")
            .text("response_format", if plain { "json" } else { "verbose_json" });
        if !plain {
            form = form.text("timestamp_granularities[]", "segment").text("timestamp_granularities[]", "word");
        }
        if let Some(language) = piece.language {
            form = form.text("language", language);
        }
        let (content_type, body) = form.file("file", piece.file_name, piece.content_type, piece.file).finish();
        let request = self.request(http, Method::POST, "/v1/audio/transcriptions")?;
        let reply = http.send(request.header(header::CONTENT_TYPE, content_type).body(body)).await?;
        Ok(heard(reply.json()?, model))
    }
}

fn parse(text: &str) -> Result<Url, OutboundError> {
    Url::parse(text).map_err(|error| OutboundError::BadUrl(error.to_string()))
}

/// A piece of sound.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub file: &'a [u8],
    /// With the ending that says what it is: servers go by it.
    pub file_name: &'a str,
    pub content_type: &'a str,
    /// ISO 639-1.
    pub language: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
struct Answer {
    #[serde(default)]
    text: String,
    language: Option<String>,
    segments: Option<Vec<AnswerSegment>>,
    words: Option<Vec<AnswerWord>>,
}

#[derive(Debug, Default, Deserialize)]
struct AnswerSegment {
    start: Option<f64>,
    end: Option<f64>,
    #[serde(default)]
    text: String,
    avg_logprob: Option<f64>,
    compression_ratio: Option<f64>,
    no_speech_prob: Option<f64>,
    words: Option<Vec<AnswerWord>>,
}

#[derive(Debug, Default, Deserialize)]
struct AnswerWord {
    #[serde(default)]
    word: String,
    start: Option<f64>,
    end: Option<f64>,
}

fn words(words: Vec<AnswerWord>) -> Vec<Word> {
    let word =
        |word: AnswerWord| Some(Word { text: word.word, start_ms: millis(word.start?), end_ms: millis(word.end?) });
    words.into_iter().filter_map(word).collect()
}

fn heard(answer: Answer, model: &str) -> Heard {
    let loose = words(answer.words.unwrap_or_default());
    let segments = answer.segments.unwrap_or_default();
    let mut utterances: Vec<Utterance> = segments.into_iter().map(|segment| utterance(segment, &loose)).collect();
    if utterances.is_empty() && !answer.text.trim().is_empty() {
        let (start_ms, end_ms) = (loose.first().map(|word| word.start_ms), loose.last().map(|word| word.end_ms));
        let text = answer.text.trim().to_owned();
        utterances.push(Utterance { text, start_ms, end_ms, words: loose, ..Utterance::default() });
    }
    let language = answer.language.as_deref().and_then(language);
    Heard { utterances, language, model: Some(model.to_owned()) }
}

fn utterance(segment: AnswerSegment, loose: &[Word]) -> Utterance {
    let (start_ms, end_ms) = (segment.start.map(millis), segment.end.map(millis));
    let own = words(segment.words.unwrap_or_default());
    // OpenAI lists the words beside the segments: a word belongs to the one in which its middle lies.
    let is_inside = |word: &&Word| {
        let middle = i64::midpoint(word.start_ms, word.end_ms);
        start_ms.is_some_and(|start| middle >= start) && end_ms.is_some_and(|end| middle < end)
    };
    let words = if own.is_empty() { loose.iter().filter(is_inside).cloned().collect() } else { own };
    Utterance {
        text: segment.text.trim().to_owned(),
        start_ms,
        end_ms,
        words,
        doubts: Doubts {
            no_speech: segment.no_speech_prob,
            average_log_probability: segment.avg_logprob,
            compression_ratio: segment.compression_ratio,
        },
        ..Utterance::default()
    }
}

#[derive(Deserialize)]
struct Models {
    #[serde(default)]
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

/// Asks for the models: it takes the key, costs nothing, and says whether the chosen ones are there.
pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let server = Server::of(http, urls, given)?;
    if server.transcription_model.is_none() && server.chat_model.is_none() {
        return Err(CheckError::Missing("transcription_model"));
    }
    let models = match http.send(server.request(http, Method::GET, "/v1/models")?).await {
        Ok(reply) => reply.json::<Models>().map(|models| models.data).unwrap_or_default(),
        Err(OutboundError::Refused { status: 404 | 405 | 501, .. }) => return without_list(http, &server).await,
        Err(error) => return Err(error.into()),
    };
    let is_there = |wanted: &str| models.is_empty() || models.iter().any(|model| model.id == wanted);
    let chosen = [("transcription_model", &server.transcription_model), ("chat_model", &server.chat_model)];
    for (field, model) in chosen {
        if let Some(missing) = model.as_deref().filter(|model| !is_there(model)) {
            let found = format!("the server has no model `{missing}`");
            return Err(CheckError::Wrong { field, found });
        }
    }
    Ok(Account::default())
}

/// Small servers list no models. One that writes things down refuses a form without a file, and one that does not knows no
/// such path.
async fn without_list(http: &Http, server: &Server) -> Result<Account, CheckError> {
    if server.transcription_model.is_none() {
        return Ok(Account::default());
    }
    let (content_type, body) = Form::new(b"").text("model", "").finish();
    let request = server.request(http, Method::POST, "/v1/audio/transcriptions")?;
    match http.send(request.header(header::CONTENT_TYPE, content_type).body(body)).await {
        Ok(_) | Err(OutboundError::Refused { status: 400 | 413 | 415 | 422 | 500, .. }) => Ok(Account::default()),
        Err(OutboundError::Refused { status: 404 | 405, .. }) => Err(CheckError::Wrong {
            field: "base_url",
            found: "the server answers, but knows no /v1/audio/transcriptions; look at its documentation for the path"
                .to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_nothing_but_text_is_one() {
        let plain = heard(serde_json::from_str(r#"{"text":" Hello. "}"#).unwrap(), "m");
        assert_eq!(plain.utterances[0].text, "Hello.");
        assert_eq!(plain.utterances[0].start_ms, None);
        let none = heard(serde_json::from_str(r#"{"text":"","segments":null}"#).unwrap(), "m");
        assert!(none.utterances.is_empty());
    }

    #[test]
    fn words_beside_the_segments_go_into_them() {
        let body = r#"{"text":"a b","language":"english","segments":[{"start":0,"end":1.5,"text":" a","no_speech_prob":0.1},
            {"start":1.5,"end":2.0,"text":"b","avg_logprob":-0.2}],"words":[{"word":"a","start":0.1,"end":0.4},
            {"word":"b","start":1.6,"end":1.9},{"word":"c"}],"unknown":{}}"#;
        let heard = heard(serde_json::from_str(body).unwrap(), "m").placed(600_000, Some(1));
        assert_eq!(heard.language.as_deref(), Some("en"));
        let second = &heard.utterances[1];
        assert_eq!((second.start_ms, second.end_ms, second.channel), (Some(601_500), Some(602_000), Some(1)));
        assert_eq!(second.words, [Word { text: "b".into(), start_ms: 601_600, end_ms: 601_900 }]);
    }

    #[test]
    fn the_version_is_not_asked_for_twice() {
        assert_eq!(trimmed(" https://api.openai.com/v1/ "), "https://api.openai.com");
        assert_eq!(trimmed("http://10.0.0.5:8000"), "http://10.0.0.5:8000");
    }
}
