//! The call log, and calls that a program starts.

use serde_json::{Value, json};

use super::super::{
    error::ApiError,
    gate::Request,
    leg::Leg,
    people::{Party, is_e164},
    play::Performance,
    scenario::{Effect, Plan, step},
};
use crate::clock::iso;

/// Documented for `custom_data`.
const MAX_CUSTOM_DATA: usize = 2_000;

/// Concluded calls only, newest first by start.
pub(super) fn list(request: &Request<'_>) -> Result<Value, ApiError> {
    request.require("calls:list")?;
    let (after, before) = (request.query_number("started_after"), request.query_number("started_before"));
    if before.is_some_and(|before| before > request.now()) {
        return Err(ApiError::bad_request("\"started_before\" must not be in the future"));
    }
    let target = (request.query_text("target_type"), request.query_number("target_id"));
    let ledger = request.company.ledger();
    let wanted = |leg: &&Leg| {
        leg.is_over()
            && after.is_none_or(|after| leg.date_started > after)
            && before.is_none_or(|before| leg.date_started < before)
            && target.0.is_none_or(|kind| leg.target.api_kind() == kind)
            && target.1.is_none_or(|id| leg.target.id == id)
    };
    let mut legs: Vec<_> =
        ledger.legs.values().filter(wanted).map(|leg| ((-leg.date_started, leg.call_id), leg)).collect();
    legs.sort_unstable_by_key(|(key, _)| *key);
    request.page(legs.into_iter().map(|(key, leg)| (key, leg.proto(request.origin()))))
}

pub(super) fn get(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("call")?;
    let ledger = request.company.ledger();
    ledger.legs.get(&id).map(|leg| leg.proto(request.origin())).ok_or_else(|| ApiError::not_found("call"))
}

/// `POST /call`: rings the user's own devices, then the number.
pub(super) fn ring(request: &Request<'_>) -> Result<Value, ApiError> {
    let user = request.number("user_id").and_then(|id| request.company.people.user(id));
    let user = user.ok_or_else(|| ApiError::bad_request("\"user_id\": no such user"))?;
    let call_id = start_call(request, user)?;
    Ok(json!({"call_id": call_id}))
}

/// `POST /users/{id}/initiate_call`: the user's app dials.
pub(super) fn initiate(request: &Request<'_>) -> Result<Value, ApiError> {
    let user = super::directory::find_user(request)?;
    start_call(request, user)?;
    let device = json!({
        "id": user.id.to_string(), "type": "native", "display_name": format!("{}'s desktop", user.name),
        "user_id": user.id, "phone_number": user.phone, "date_created": iso(request.now()),
    });
    Ok(json!({"device": device}))
}

fn start_call(request: &Request<'_>, user: &Party) -> Result<i64, ApiError> {
    let number = request.text("phone_number").unwrap_or_default();
    if !is_e164(number) {
        return Err(ApiError::bad_request("\"phone_number\" must be in E.164 form, such as +14155550123"));
    }
    let custom_data = request.text("custom_data").map(str::to_owned);
    if custom_data.as_ref().is_some_and(|data| data.len() > MAX_CUSTOM_DATA) {
        return Err(ApiError::bad_request("\"custom_data\" has more than 2000 characters"));
    }
    let mut leg =
        Leg::begin(request.company.dice.id(), false, request.now(), request.company.outside(number), user.clone());
    leg.custom_data = custom_data;
    let call_id = leg.call_id;
    // Stored at once, so that the id which is answered can be asked about at once.
    request.company.ledger().put_leg(leg.clone());
    let steps = vec![
        step(0, 0, "calling", Effect::Nothing),
        step(0, 0, "ringing", Effect::Ring),
        step(0, 0, "connected", Effect::Answer),
    ];
    Performance::of_request(request.dialpad, request.company, Plan { legs: vec![leg], steps }).start();
    Ok(call_id)
}
