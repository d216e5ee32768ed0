//! `POST /v1/listen`, answered at once or to a callback.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Speech, openai::seconds, refuse, script, sound::Sound};

/// What `/v1/listen` knows; Deepgram refuses the rest.
const KNOWN: [&str; 10] = [
    "model",
    "smart_format",
    "utterances",
    "multichannel",
    "diarize",
    "language",
    "detect_language",
    "callback",
    "punctuate",
    "redact",
];

pub(super) async fn projects() -> Json<Value> {
    Json(json!({ "projects": [{ "project_id": "5a0c7d1e-0000-4000-8000-000000000001", "name": "Sandbox" }] }))
}

pub(super) async fn listen(
    State(speech): State<Arc<Speech>>,
    Query(asked): Query<BTreeMap<String, String>>,
    body: Bytes,
) -> Response {
    if let Some(unknown) = asked.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "INVALID_QUERY_PARAMETER",
            &format!("unknown query parameter `{unknown}`"),
        );
    }
    if body.is_empty() {
        return refuse(StatusCode::BAD_REQUEST, "EMPTY_BODY", "the body holds no sound");
    }
    let is_split = asked.get("multichannel").is_some_and(|flag| flag == "true");
    let (request_id, answer) = answer(&body, asked.get("language").map(String::as_str), is_split);
    match asked.get("callback") {
        Some(url) => {
            speech.deliver(url.clone(), None, answer);
            Json(json!({ "request_id": request_id })).into_response()
        }
        None => Json(answer).into_response(),
    }
}

fn answer(file: &[u8], language: Option<&str>, is_split: bool) -> (String, Value) {
    let sound = Sound::of(file);
    let (language, turns) = script::of(&sound, language);
    let count = if is_split { sound.channels.len().max(1) } else { 1 };
    let word = |(word, from, until): (&str, usize, usize)| {
        let plain: String = word.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
        json!({ "word": plain, "punctuated_word": word, "start": seconds(from), "end": seconds(until), "confidence": 0.97 })
    };
    let channel = |number: usize| {
        let own: Vec<_> = turns.iter().filter(|turn| !is_split || turn.channel == number).collect();
        let transcript = own.iter().map(|turn| turn.text).collect::<Vec<_>>().join(" ");
        let words: Vec<Value> = own.iter().flat_map(|turn| turn.words()).map(word).collect();
        json!({ "detected_language": language, "alternatives": [{ "transcript": transcript, "confidence": 0.97, "words": words }] })
    };
    let utterance = |turn: &script::Turn| {
        json!({ "start": seconds(turn.from_ms), "end": seconds(turn.until_ms), "confidence": 0.97,
            "channel": if is_split { turn.channel } else { 0 }, "speaker": if is_split { 0 } else { turn.speaker },
            "transcript": turn.text, "words": turn.words().into_iter().map(word).collect::<Vec<_>>() })
    };
    let request_id = format!("sandbox-{:x}-{}", file.len(), sound.duration_ms);
    let answer = json!({
        "metadata": { "request_id": request_id, "duration": seconds(sound.duration_ms), "channels": count },
        "results": { "channels": (0..count).map(channel).collect::<Vec<_>>(), "utterances": turns.iter().map(utterance).collect::<Vec<_>>() },
    });
    (request_id, answer)
}
