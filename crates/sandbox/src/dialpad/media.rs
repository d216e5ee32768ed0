//! What the links in events lead to: recordings and voicemails as real WAV files, and the CSV of a statistics export.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    Dialpad,
    error::ApiError,
    gate::{Caller, query_pairs},
    leg::{Leg, Recording},
};

const SAMPLE_RATE: u32 = 8_000;
/// A recording plays no longer than this: 160 kB are enough to hear, store and stream.
const MAX_MS: i64 = 10_000;

fn caller(dialpad: &Dialpad, headers: &HeaderMap, query: Option<&str>) -> Result<Caller, ApiError> {
    let key = query_pairs(query.unwrap_or_default()).into_iter().find(|(name, _)| name == "apikey");
    dialpad.caller(headers, key.as_ref().map(|(_, key)| key.as_str())).ok_or_else(ApiError::unauthorized)
}

/// `GET /r/{id}`: a call recording of the caller's own company.
pub(crate) async fn recording(
    State(dialpad): State<Arc<Dialpad>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    if let Some(fault) = dialpad.faults.take("GET", &format!("/r/{id}")) {
        return Ok(fault.answer(&dialpad.stop).await);
    }
    let caller = caller(&dialpad, &headers, query.as_deref())?;
    require_export(&caller)?;
    let ledger = caller.company.ledger();
    let found = ledger.legs.values().flat_map(|leg| &leg.recordings).find(|r| r.id == id && r.kind != "voicemail");
    found.map(sound).ok_or_else(|| ApiError::not_found("recording"))
}

/// `GET /v/{call_id}`: the voicemail of a call; 404 when the caller hung up in the greeting, link or no link.
pub(crate) async fn voicemail(
    State(dialpad): State<Arc<Dialpad>>,
    Path(call_id): Path<i64>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    if let Some(fault) = dialpad.faults.take("GET", &format!("/v/{call_id}")) {
        return Ok(fault.answer(&dialpad.stop).await);
    }
    let caller = caller(&dialpad, &headers, query.as_deref())?;
    require_export(&caller)?;
    let ledger = caller.company.ledger();
    let found = ledger.legs.get(&call_id).and_then(Leg::voicemail);
    found.map(sound).ok_or_else(|| ApiError::not_found("voicemail"))
}

/// `GET /media/{message_id}`: the picture of an MMS sent over the API, a single pixel whatever was sent.
pub(crate) async fn picture(
    State(dialpad): State<Arc<Dialpad>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let caller = caller(&dialpad, &headers, query.as_deref())?;
    let ledger = caller.company.ledger();
    let known = ledger.texts.iter().any(|text| text.id == id && text.media_url.is_some());
    if known { Ok(([(CONTENT_TYPE, "image/gif")], PIXEL).into_response()) } else { Err(ApiError::not_found("media")) }
}

/// A transparent GIF of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// Links into Dialpad's own web app (call reviews, call history): there is none here, and the page says so.
pub(crate) async fn app_page() -> &'static str {
    "Here Dialpad's own web app would show the call. The sandbox has no such pages.\n"
}

fn require_export(caller: &Caller) -> Result<(), ApiError> {
    if caller.scopes.has("recordings_export") {
        Ok(())
    } else {
        Err(ApiError::forbidden("this needs the scope recordings_export"))
    }
}

/// `GET /stats/{id}.csv`.
pub(crate) async fn stats_file(
    State(dialpad): State<Arc<Dialpad>>,
    Path(file): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let caller = caller(&dialpad, &headers, query.as_deref())?;
    let ledger = caller.company.ledger();
    let id = file.strip_suffix(".csv").unwrap_or(&file);
    let csv = ledger.stats.get(id).and_then(Value::as_str).ok_or_else(|| ApiError::not_found("statistics export"))?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv.to_owned()).into_response())
}

fn sound(recording: &Recording) -> Response {
    ([(CONTENT_TYPE, "audio/wav")], wav(recording.duration_ms.clamp(1, MAX_MS), recording.id)).into_response()
}

/// 16-bit mono PCM that sounds a little like talking: a voice's harmonics under a syllable-long envelope. The id sets the
/// pitch, so two recordings differ.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "at most 80,000 samples of amplitude below 12,000"
)]
fn wav(duration_ms: i64, id: i64) -> Vec<u8> {
    let samples = (duration_ms as u64 * u64::from(SAMPLE_RATE) / 1000) as u32;
    let pitch = 100.0 + (id.rem_euclid(8) as f32) * 12.0;
    let mut file = wav_header(samples * 2);
    for index in 0..samples {
        let t = index as f32 / SAMPLE_RATE as f32;
        let envelope = (t * 3.7 * std::f32::consts::PI).sin().max(0.0);
        let voice: f32 =
            (1..=4u8).map(|n| (t * pitch * f32::from(n) * std::f32::consts::TAU).sin() / f32::from(n)).sum();
        file.extend_from_slice(&((voice * envelope * 5_500.0) as i16).to_le_bytes());
    }
    file
}

fn wav_header(data_bytes: u32) -> Vec<u8> {
    let mut header = Vec::with_capacity(44 + data_bytes as usize);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt ");
    header.extend_from_slice(&16u32.to_le_bytes());
    header.extend_from_slice(&1u16.to_le_bytes()); // PCM
    header.extend_from_slice(&1u16.to_le_bytes()); // mono
    header.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    header.extend_from_slice(&(SAMPLE_RATE * 2).to_le_bytes());
    header.extend_from_slice(&2u16.to_le_bytes());
    header.extend_from_slice(&16u16.to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&data_bytes.to_le_bytes());
    header
}
