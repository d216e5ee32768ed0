//! AssemblyAI: the sound is left there (`/v2/upload`), then work on it is ordered (`/v2/transcript`), and looked up.
//!
//! Peculiar about it: a callback says which work is done and not what was said, so whatever it says is looked up. The address
//! of what was left there is ours alone, so an order whose end is uncertain can be found again by it.

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Heard, Utterance, Word, key, language};
use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

/// What is used where a connection names no model.
pub const MODEL: &str = "universal";
/// The header in which a callback shows our secret.
pub const SECRET_HEADER: &str = "x-switchboard-secret";
/// Orders that are looked through for one of ours.
const LOOKED_THROUGH: &str = "/v2/transcript?limit=200";

/// An account, ready to be asked.
#[derive(Debug, Clone)]
pub struct Desk {
    base: Url,
    key: SecretString,
    pub model: String,
    /// It tells an address of ours when it is done.
    pub calls_back: bool,
}

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    pub upload_url: &'a str,
    /// Its channels are people: it has more than one.
    pub is_split: bool,
    pub language: Option<&'a str>,
    /// Where to tell, and the secret to show there.
    pub callback: Option<(&'a str, &'a str)>,
}

/// How far an order is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    Working,
    Done(Heard),
    /// The provider's reason.
    Failed(String),
}

impl Desk {
    pub fn of(urls: &BaseUrls, given: &Given) -> Result<Self, CheckError> {
        let base = Url::parse(&urls.assemblyai)
            .map_err(|error| CheckError::Unasked(OutboundError::BadUrl(error.to_string())))?;
        let model = given.settings.get("model").map(|model| model.trim()).filter(|model| !model.is_empty());
        let calls_back = given.settings.get("callback").is_some_and(|flag| flag == "true");
        Ok(Self { base, key: key(given)?, model: model.unwrap_or(MODEL).to_owned(), calls_back })
    }

    fn request(&self, http: &Http, method: Method, path: &str) -> Result<RequestBuilder, OutboundError> {
        let url = Url::parse(&format!("{}{path}", self.base.as_str().trim_end_matches('/')))
            .map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        Ok(http.request(method, url).header(header::AUTHORIZATION, self.key.expose_secret()))
    }

    /// Leaves sound there. Nothing is done with it, and it is forgotten after a while: twice is no harm.
    pub async fn upload(&self, http: &Http, file: Bytes) -> Result<String, OutboundError> {
        #[derive(Deserialize)]
        struct Left {
            upload_url: String,
        }
        let request = self.request(http, Method::POST, "/v2/upload")?;
        let request = request.header(header::CONTENT_TYPE, "application/octet-stream").body(file);
        let left: Left = http.send(request).await?.json()?;
        Ok(left.upload_url)
    }

    /// Orders; the id of the work.
    pub async fn order(&self, http: &Http, order: &Order<'_>) -> Result<String, OutboundError> {
        let mut body = json!({ "audio_url": order.upload_url, "speech_model": self.model });
        let mut set = |name: &str, value: serde_json::Value| body[name] = value;
        set(if order.is_split { "multichannel" } else { "speaker_labels" }, true.into());
        match order.language {
            Some(language) => set("language_code", language.into()),
            None => set("language_detection", true.into()),
        }
        if let Some((url, secret)) = order.callback {
            set("webhook_url", url.into());
            set("webhook_auth_header_name", SECRET_HEADER.into());
            set("webhook_auth_header_value", secret.into());
        }
        let reply = http.send(self.request(http, Method::POST, "/v2/transcript")?.json(&body)).await?;
        Ok(reply.json::<Listed>()?.id)
    }

    /// The order for what was left at `upload_url`, if it arrived.
    pub async fn find(&self, http: &Http, upload_url: &str) -> Result<Option<String>, OutboundError> {
        #[derive(Deserialize)]
        struct List {
            transcripts: Vec<Listed>,
        }
        let list: List = http.send(self.request(http, Method::GET, LOOKED_THROUGH)?).await?.json()?;
        let is_ours = |order: &Listed| order.audio_url.as_deref() == Some(upload_url);
        Ok(list.transcripts.into_iter().find(is_ours).map(|order| order.id))
    }

    /// How far an order is.
    pub async fn look(&self, http: &Http, id: &str) -> Result<Progress, OutboundError> {
        if !is_id(id) {
            return Err(OutboundError::BadUrl("this is no id of an order".to_owned()));
        }
        let answer: Answer =
            http.send(self.request(http, Method::GET, &format!("/v2/transcript/{id}"))?).await?.json()?;
        Ok(match answer.status.as_str() {
            "completed" => Progress::Done(answer.heard()),
            "error" => Progress::Failed(answer.error.unwrap_or_default().chars().take(300).collect()),
            _ => Progress::Working,
        })
    }
}

/// What a callback says: which work is over. Not what was said, and not whether it is true.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    pub transcript_id: String,
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    audio_url: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    error: Option<String>,
    text: Option<String>,
    language_code: Option<String>,
    utterances: Option<Vec<Spoken>>,
    words: Option<Vec<SpokenWord>>,
}

#[derive(Deserialize)]
struct Spoken {
    start: Option<i64>,
    end: Option<i64>,
    #[serde(default)]
    text: String,
    speaker: Option<String>,
    channel: Option<serde_json::Value>,
    #[serde(default)]
    words: Vec<SpokenWord>,
}

#[derive(Deserialize)]
struct SpokenWord {
    #[serde(default)]
    text: String,
    start: Option<i64>,
    end: Option<i64>,
}

fn words(words: Vec<SpokenWord>) -> Vec<Word> {
    words
        .into_iter()
        .filter_map(|word| Some(Word { text: word.text, start_ms: word.start?, end_ms: word.end? }))
        .collect()
}

/// `"1"` or `1`: it counts from one.
fn channel(value: &serde_json::Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok()?.checked_sub(1)
}

impl Answer {
    fn heard(self) -> Heard {
        let spoken = self.utterances.unwrap_or_default().into_iter().map(|spoken| {
            let channel = spoken.channel.as_ref().and_then(channel);
            Utterance {
                channel,
                speaker: spoken.speaker.filter(|_| channel.is_none()),
                text: spoken.text.trim().to_owned(),
                start_ms: spoken.start,
                end_ms: spoken.end,
                words: words(spoken.words),
                ..Utterance::default()
            }
        });
        let mut utterances: Vec<Utterance> = spoken.collect();
        let text = self.text.unwrap_or_default();
        if utterances.is_empty() && !text.trim().is_empty() {
            let words = words(self.words.unwrap_or_default());
            let (start_ms, end_ms) = (words.first().map(|word| word.start_ms), words.last().map(|word| word.end_ms));
            let text = text.trim().to_owned();
            utterances.push(Utterance { text, start_ms, end_ms, words, ..Utterance::default() });
        }
        Heard { utterances, language: self.language_code.as_deref().and_then(language), model: None }
    }
}

pub(super) async fn check(http: &Http, urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let desk = Desk::of(urls, given)?;
    http.send(desk.request(http, Method::GET, "/v2/transcript?limit=1")?).await?;
    Ok(Account::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_by_channel_or_by_voice() {
        let body = r#"{"id":"1","status":"completed","language_code":"es","text":"hola","utterances":[
            {"start":10,"end":500,"text":"hola","speaker":"1A","channel":"1","words":[{"text":"hola","start":10,"end":480}]},
            {"start":600,"end":900,"text":"buenas","speaker":"B","words":[]}]}"#;
        let heard = serde_json::from_str::<Answer>(body).unwrap().heard();
        assert_eq!((heard.utterances[0].channel, heard.utterances[0].speaker.as_deref()), (Some(0), None));
        assert_eq!((heard.utterances[1].channel, heard.utterances[1].speaker.as_deref()), (None, Some("B")));
        assert_eq!(heard.language.as_deref(), Some("es"));
        assert!(is_id("a1b2-c3") && !is_id("../x") && !is_id(""));
    }
}
