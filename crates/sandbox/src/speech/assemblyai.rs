//! `/v2/upload` and `/v2/transcript`. Work is in the queue when it is looked at for the first time, and done at the second.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{Speech, lock, refuse, script, sound::Sound};

/// Sounds that are kept.
const MOST_UPLOADS: usize = 50;
const KNOWN: [&str; 9] = [
    "audio_url",
    "speech_model",
    "multichannel",
    "speaker_labels",
    "language_code",
    "language_detection",
    "webhook_url",
    "webhook_auth_header_name",
    "webhook_auth_header_value",
];

/// Ordered work.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    audio_url: String,
    answer: Value,
    looks: u32,
}

pub(super) async fn upload(State(speech): State<Arc<Speech>>, body: Bytes) -> Json<Value> {
    let mut uploads = lock(&speech.uploads);
    let id = uploads.keys().last().map_or(1, |last| last + 1);
    uploads.insert(id, body);
    while uploads.len() > MOST_UPLOADS {
        uploads.pop_first();
    }
    Json(json!({ "upload_url": format!("{}/assemblyai/upload/{id}", speech.origin) }))
}

pub(super) async fn order(State(speech): State<Arc<Speech>>, Json(asked): Json<Map<String, Value>>) -> Response {
    if let Some(unknown) = asked.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return refuse(StatusCode::BAD_REQUEST, "bad_request", &format!("Invalid endpoint schema: `{unknown}`"));
    }
    let text = |name: &str| asked.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(audio_url) = text("audio_url") else {
        return refuse(StatusCode::BAD_REQUEST, "bad_request", "`audio_url` is required");
    };
    let upload = audio_url.rsplit('/').next().and_then(|id| id.parse().ok());
    let Some(file) = upload.and_then(|id: u64| lock(&speech.uploads).get(&id).cloned()) else {
        return refuse(StatusCode::BAD_REQUEST, "bad_request", "Download error, unable to access the file");
    };
    let is_split = asked.get("multichannel") == Some(&Value::Bool(true));
    let id = {
        let mut orders = lock(&speech.orders);
        let id = orders.keys().last().map_or(1, |last| last + 1);
        let answer = answer(id, &audio_url, &file, text("language_code").as_deref(), is_split);
        orders.insert(
            id,
            Order { audio_url: audio_url.clone(), answer, looks: u32::from(asked.contains_key("webhook_url")) },
        );
        id
    };
    if let Some(url) = text("webhook_url") {
        let header = text("webhook_auth_header_name").zip(text("webhook_auth_header_value"));
        speech.deliver(url, header, json!({ "transcript_id": shown(id), "status": "completed" }));
    }
    Json(json!({ "id": shown(id), "status": "queued", "audio_url": audio_url })).into_response()
}

fn shown(id: u64) -> String {
    format!("5551722f-0000-4000-8000-{id:012}")
}

pub(super) async fn list(State(speech): State<Arc<Speech>>) -> Json<Value> {
    let orders = lock(&speech.orders);
    let listed = orders.iter().rev().take(200);
    let listed =
        listed.map(|(id, order)| json!({ "id": shown(*id), "status": "queued", "audio_url": order.audio_url }));
    Json(json!({ "page_details": { "limit": 200 }, "transcripts": listed.collect::<Vec<_>>() }))
}

pub(super) async fn look(State(speech): State<Arc<Speech>>, Path(id): Path<String>) -> Response {
    let number = id.rsplit('-').next().and_then(|number| number.parse::<u64>().ok());
    let mut orders = lock(&speech.orders);
    let Some(order) = number.and_then(|number| orders.get_mut(&number)) else {
        return refuse(StatusCode::NOT_FOUND, "not_found", "Transcript lookup error, transcript id not found");
    };
    order.looks += 1;
    if order.looks > 1 {
        return Json(order.answer.clone()).into_response();
    }
    Json(json!({ "id": id, "status": "processing", "audio_url": order.audio_url })).into_response()
}

fn answer(id: u64, audio_url: &str, file: &[u8], language: Option<&str>, is_split: bool) -> Value {
    let (language, turns) = script::of(&Sound::of(file), language);
    let word = |(word, from, until): (&str, usize, usize)| json!({ "text": word, "start": from, "end": until, "confidence": 0.97 });
    let utterance = |turn: &script::Turn| {
        let speaker = if is_split { format!("{}A", turn.channel + 1) } else { ["A", "B"][turn.speaker].to_owned() };
        let mut spoken = json!({ "start": turn.from_ms, "end": turn.until_ms, "text": turn.text, "confidence": 0.97, "speaker": speaker,
            "words": turn.words().into_iter().map(word).collect::<Vec<_>>() });
        if is_split {
            spoken["channel"] = (turn.channel + 1).to_string().into();
        }
        spoken
    };
    json!({ "id": shown(id), "status": "completed", "audio_url": audio_url, "language_code": language,
        "text": turns.iter().map(|turn| turn.text).collect::<Vec<_>>().join(" "),
        "utterances": turns.iter().map(utterance).collect::<Vec<_>>() })
}
