//! `POST /api`: challenge, sign-in, and everything else by its `action`. Errors are numbers in a good answer.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Response},
};
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::{CloudUcm, audio, cdr, device::Device, faults::UcmFaultKind, hex};

const INVALID_PARAMETERS: i64 = -1;
const COOKIE_ERROR: i64 = -6;
const NO_SUCH_ITEM: i64 = -16;
const UNSUPPORTED: i64 = -19;
const WRONG_PASSWORD: i64 = -37;
const TOO_OFTEN: i64 = -45;
const NO_PERMISSION: i64 = -47;
const RESTRICTED: i64 = -68;
const UNKNOWN_USER: i64 = -71;
const BUSY: i64 = -98;
/// The longest a request is left hanging.
const HANG: Duration = Duration::from_mins(1);

fn status(status: i64) -> Response {
    axum::Json(json!({ "response": {}, "status": status })).into_response()
}

fn good(response: &Value) -> Response {
    axum::Json(json!({ "response": response, "status": 0 })).into_response()
}

/// `/api/challenge` and the like, which the documents once seemed to mean.
pub(super) async fn elsewhere() -> Response {
    axum::Json(json!({ "response": { "body": "Invalid parameters!" }, "status": INVALID_PARAMETERS })).into_response()
}

pub(super) async fn handle(State(ucm): State<Arc<CloudUcm>>, body: Bytes) -> Response {
    let request = match serde_json::from_slice::<Value>(&body) {
        Ok(mut body) => body.get_mut("request").map(Value::take),
        Err(_) => None,
    };
    let Some(Value::Object(parameters)) = request else { return status(INVALID_PARAMETERS) };
    let word = |name: &str| parameters.get(name).and_then(Value::as_str);
    match word("action") {
        None => status(INVALID_PARAMETERS),
        Some("challenge") => challenge(&ucm, word("user"), word("version")),
        Some("login") => login(&ucm, word("user"), word("token")),
        Some(action) => signed_in(&ucm, action, &parameters).await,
    }
}

fn challenge(ucm: &CloudUcm, user: Option<&str>, version: Option<&str>) -> Response {
    if !matches!(version, Some("1.0" | "1.1" | "1.2")) {
        return status(INVALID_PARAMETERS);
    }
    let Some(device) = user.and_then(|user| ucm.device(user)) else { return status(UNKNOWN_USER) };
    let challenge = format!("{:016}", device.dice.below(10_u64.pow(16)));
    let mut ledger = device.ledger();
    if ledger.is_blocked {
        return status(RESTRICTED);
    }
    ledger.challenge = Some(challenge.clone());
    good(&json!({ "challenge": challenge }))
}

fn login(ucm: &CloudUcm, user: Option<&str>, token: Option<&str>) -> Response {
    let Some(device) = user.and_then(|user| ucm.device(user)) else { return status(UNKNOWN_USER) };
    let cookie = format!("sid{}-{}", device.dice.below(1 << 30), device.dice.below(1 << 40));
    let mut ledger = device.ledger();
    if ledger.is_blocked {
        return status(RESTRICTED);
    }
    ledger.logins += 1;
    // Each is good once.
    let expected = ledger.challenge.take().map(|challenge| {
        let digest = Md5::digest(format!("{challenge}{}", ucm.config.clouducm.password));
        hex(&digest)
    });
    if expected.is_none() || expected.as_deref() != token {
        let left = ledger.refuse();
        let answer = json!({ "response": { "remain_num": left }, "status": WRONG_PASSWORD });
        return axum::Json(answer).into_response();
    }
    ledger.unblock();
    ledger.cookies.insert(cookie.clone(), ucm.now_ms());
    good(&json!({ "cookie": cookie }))
}

async fn signed_in(ucm: &CloudUcm, action: &str, parameters: &Map<String, Value>) -> Response {
    let cookie = parameters.get("cookie").and_then(Value::as_str).unwrap_or_default();
    let Some(device) = ucm.device_of_cookie(cookie) else { return status(COOKIE_ERROR) };
    if let Some(fault) = device.faults.take(action) {
        return trouble(ucm, &device, fault, cookie).await;
    }
    let now = ucm.now_ms();
    {
        let life = i64::try_from(ucm.config.clouducm.cookie_life.as_millis()).unwrap_or(i64::MAX);
        let mut ledger = device.ledger();
        match ledger.cookies.get_mut(cookie) {
            Some(used) if now - *used <= life => *used = now,
            _ => {
                ledger.cookies.remove(cookie);
                return status(COOKIE_ERROR);
            }
        }
    }
    match action {
        "logout" => {
            device.ledger().cookies.remove(cookie);
            good(&json!({}))
        }
        "cdrapi" => cdr::records(&device, parameters),
        "queueapi" => cdr::queue_calls(&device, parameters),
        "getRecordInfosByCall" => recordings_of(&device, parameters),
        "recapi" => recording(&device, parameters, now),
        "getSystemStatus" => good(&json!({ "serial-number": device.serial })),
        _ => status(UNSUPPORTED),
    }
}

fn recordings_of(device: &Device, parameters: &Map<String, Value>) -> Response {
    let Some(id) = parameters.get("id").and_then(Value::as_str).and_then(|id| id.parse::<u64>().ok()) else {
        return status(INVALID_PARAMETERS);
    };
    let ledger = device.ledger();
    match ledger.calls.iter().flat_map(|call| &call.legs).find(|leg| leg.account == id) {
        Some(leg) => good(&json!({ "recordfiles": leg.recordings.join(",") })),
        None => status(NO_SUCH_ITEM),
    }
}

fn recording(device: &Device, parameters: &Map<String, Value>, now: i64) -> Response {
    let word = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    let (folder, file) = (word("filedir"), word("filename"));
    if file.is_empty() || file.contains("..") || file.contains(' ') || file.len() > 256 {
        return StatusCode::NOT_FOUND.into_response();
    }
    let found = {
        let ledger = device.ledger();
        let found = ledger.recording(file).filter(|(_, recording)| folder == "monitor" && recording.ready_ms <= now);
        found.map(|(name, recording)| (name.to_owned(), recording.clone()))
    };
    match found {
        Some((name, recording)) => {
            let sound = audio::wav(&name, recording.seconds, recording.is_stereo);
            ([(CONTENT_TYPE, "application/octet-stream")], sound).into_response()
        }
        None => status(NO_SUCH_ITEM),
    }
}

async fn trouble(ucm: &CloudUcm, device: &Device, fault: UcmFaultKind, cookie: &str) -> Response {
    match fault {
        UcmFaultKind::TooOften => status(TOO_OFTEN),
        UcmFaultKind::Busy => status(BUSY),
        UcmFaultKind::NoPermission => status(NO_PERMISSION),
        UcmFaultKind::SignedOut => {
            device.ledger().cookies.remove(cookie);
            status(COOKIE_ERROR)
        }
        UcmFaultKind::Empty => StatusCode::OK.into_response(),
        UcmFaultKind::Page => Html("<html><head><title>Grandstream</title></head><body></body></html>").into_response(),
        UcmFaultKind::Wrapped => {
            let file = [&b"GSFF\x01\x00\x00\x00"[..], &[0; 512]].concat();
            ([(CONTENT_TYPE, "application/octet-stream")], file).into_response()
        }
        UcmFaultKind::ServerError => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        UcmFaultKind::Hang => {
            // Either end of the wait gives the same answer.
            let _ = ucm.stop.run_until_cancelled(tokio::time::sleep(HANG)).await;
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
