//! `POST /v1/audio/transcriptions` and `GET /v1/models`.

use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{refuse, script, sound::Sound};

/// The models that there are: one that writes down, one that knows no `verbose_json`, one that chats.
const MODELS: [&str; 3] = ["sandbox-whisper", "gpt-4o-transcribe", "sandbox-chat"];
const MOST_FILE: usize = 25 * 1024 * 1024;

pub(super) async fn models() -> Json<Value> {
    let model = |id: &&str| json!({ "id": id, "object": "model", "created": 1_700_000_000, "owned_by": "sandbox" });
    Json(json!({ "object": "list", "data": MODELS.iter().map(model).collect::<Vec<_>>() }))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a recording")]
pub(super) fn seconds(millis: usize) -> f64 {
    millis as f64 / 1_000.0
}

pub(super) async fn transcribe(headers: HeaderMap, body: Bytes) -> Response {
    let Some(form) = Form::read(&headers, &body) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_body", "Could not parse multipart form");
    };
    let (Some(file), Some(model)) = (form.file("file"), form.text("model")) else {
        return refuse(StatusCode::BAD_REQUEST, "missing_field", "you must provide a model and a file parameter");
    };
    if !MODELS[..2].contains(&model) {
        return refuse(StatusCode::NOT_FOUND, "model_not_found", &format!("The model `{model}` does not exist"));
    }
    if file.len() > MOST_FILE {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", "Maximum content size limit exceeded");
    }
    let format = form.text("response_format").unwrap_or("json");
    if model == "gpt-4o-transcribe" && format != "json" {
        return refuse(
            StatusCode::BAD_REQUEST,
            "unsupported_value",
            "response_format 'verbose_json' is not compatible with the model",
        );
    }
    let sound = Sound::of(file);
    let (language, turns) = script::of(&sound, form.text("language"));
    let text = turns.iter().map(|turn| turn.text).collect::<Vec<_>>().join(" ");
    if format != "verbose_json" {
        return Json(json!({ "text": text })).into_response();
    }
    let segment = |(index, turn): (usize, &script::Turn)| {
        json!({ "id": index, "seek": 0, "start": seconds(turn.from_ms), "end": seconds(turn.until_ms), "text": format!(" {}", turn.text),
            "tokens": [], "temperature": 0.0, "avg_logprob": -0.25, "compression_ratio": 1.3, "no_speech_prob": 0.02 })
    };
    let mut segments: Vec<Value> = turns.iter().enumerate().map(segment).collect();
    let end = seconds(sound.duration_ms);
    segments.push(
        json!({ "id": segments.len(), "seek": 0, "start": end, "end": end + 2.0, "text": " Thank you for watching!",
        "tokens": [], "temperature": 1.0, "avg_logprob": -1.4, "compression_ratio": 0.9, "no_speech_prob": 0.93 }),
    );
    let words: Vec<Value> = turns
        .iter()
        .flat_map(script::Turn::words)
        .map(|(word, from, until)| json!({ "word": word, "start": seconds(from), "end": seconds(until) }))
        .collect();
    let language = if language == "es" { "spanish" } else { "english" };
    Json(json!({ "task": "transcribe", "language": language, "duration": end, "text": text, "segments": segments, "words": words }))
        .into_response()
}

/// The parts of a form, by their names.
struct Form<'a>(Vec<(String, &'a [u8])>);

fn find(body: &[u8], wanted: &[u8]) -> Option<usize> {
    body.windows(wanted.len()).position(|window| window == wanted)
}

impl<'a> Form<'a> {
    fn read(headers: &HeaderMap, body: &'a [u8]) -> Option<Self> {
        let boundary =
            headers.get(CONTENT_TYPE)?.to_str().ok()?.split_once("boundary=")?.1.trim_matches('"').to_owned();
        let (first, between) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
        let mut rest = body.strip_prefix(first.as_bytes())?;
        let mut parts = Vec::new();
        loop {
            let head = find(rest, b"\r\n\r\n")?;
            let name = std::str::from_utf8(&rest[..head]).ok()?.split_once(" name=\"")?.1.split('"').next()?.to_owned();
            let content = &rest[head + 4..];
            let end = find(content, between.as_bytes())?;
            parts.push((name, &content[..end]));
            rest = &content[end + between.len()..];
            match rest.strip_prefix(b"\r\n") {
                Some(next) => rest = next,
                None => return rest.starts_with(b"--").then_some(Self(parts)),
            }
        }
    }

    fn file(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(held, _)| held == name).map(|(_, content)| *content)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.file(name)?).ok()
    }
}
