//! What a program may do to a call that is going on. Each action tells the webhooks as the app's own button would.

use serde_json::{Value, json};

use super::super::{
    error::ApiError,
    gate::Request,
    leg::Leg,
    people::{Party, is_e164},
    play::Performance,
    scenario::{Effect, Plan, Step, step},
};

/// The leg in the path, while it lasts.
fn live_leg(request: &Request<'_>) -> Result<Leg, ApiError> {
    let id = request.id("call")?;
    let leg = request.company.ledger().legs.get(&id).cloned().ok_or_else(|| ApiError::not_found("call"))?;
    if leg.is_over() { Err(ApiError::conflict("the call has ended")) } else { Ok(leg) }
}

fn play(request: &Request<'_>, legs: Vec<Leg>, steps: Vec<Step>) {
    Performance::of_request(request.dialpad, request.company, Plan { legs, steps }).start();
}

/// Ends the leg at once, so that nothing which is being played about it goes on, and has the events of that end sent.
fn end_leg(request: &Request<'_>, mut leg: Leg, mut more_legs: Vec<Leg>, mut steps: Vec<Step>) {
    leg.ended_by_request = true;
    leg.date_ended = Some(request.now());
    leg.state = "hangup";
    request.company.ledger().put_leg(leg.clone());
    steps.push(step(0, 0, "hangup", Effect::HangUp));
    if leg.is_recording && leg.date_connected.is_some() {
        steps.push(step(0, 0, "recording", Effect::Record { recording_id: request.company.dice.id() }));
    }
    let mut legs = vec![leg];
    legs.append(&mut more_legs);
    play(request, legs, steps);
}

pub(super) fn hang_up(request: &Request<'_>) -> Result<Value, ApiError> {
    let leg = live_leg(request)?;
    end_leg(request, leg, Vec::new(), Vec::new());
    Ok(json!({}))
}

pub(super) fn label(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("call")?;
    let mut ledger = request.company.ledger();
    let leg = ledger.legs.get_mut(&id).ok_or_else(|| ApiError::not_found("call"))?;
    let labels = request.body.get("labels").and_then(Value::as_array).into_iter().flatten();
    leg.labels = labels.filter_map(|label| label.as_str().map(str::to_owned)).collect();
    Ok(leg.proto(request.origin()))
}

/// Where a call is to go, as `participant` and `to` name it.
enum Destination {
    Number(Party),
    Ours(Party),
    Call(i64),
}

fn destination(request: &Request<'_>, field: &str) -> Result<Destination, ApiError> {
    let Some(to) = request.body.get(field) else {
        return Err(ApiError::bad_request(format!("field \"{field}\" is required")));
    };
    if let Some(number) = to["number"].as_str() {
        if !is_e164(number) {
            return Err(ApiError::bad_request(format!("\"{field}.number\" must be in E.164 form")));
        }
        return Ok(Destination::Number(request.company.outside(number)));
    }
    if let Some(id) = to["call_id"].as_i64() {
        let going_on = request.company.ledger().legs.get(&id).is_some_and(|leg| !leg.is_over());
        return if going_on { Ok(Destination::Call(id)) } else { Err(ApiError::not_found("call")) };
    }
    let (kind, id) = (to["target_type"].as_str().unwrap_or_default(), to["target_id"].as_i64().unwrap_or_default());
    let target = request.company.people.by_target(kind, id);
    let target = target.ok_or_else(|| ApiError::bad_request(format!("\"{field}.target_id\": no such target")))?;
    Ok(Destination::Ours(target.clone()))
}

/// A further leg of the same conversation.
fn further_leg(request: &Request<'_>, from: &Leg, to: &Destination) -> Leg {
    let (inbound, contact, target) = match to {
        Destination::Number(party) => (false, party.clone(), from.target.clone()),
        Destination::Ours(party) => (from.inbound, from.contact.clone(), party.clone()),
        Destination::Call(_) => (from.inbound, from.contact.clone(), from.target.clone()),
    };
    let mut leg = Leg::begin(request.company.dice.id(), inbound, request.now(), contact, target);
    leg.master_call_id = Some(from.call_id);
    leg.custom_data.clone_from(&from.custom_data);
    leg
}

pub(super) fn add_participant(request: &Request<'_>) -> Result<Value, ApiError> {
    let from = live_leg(request)?;
    let leg = further_leg(request, &from, &destination(request, "participant")?);
    let call_id = leg.call_id;
    request.company.ledger().put_leg(leg.clone());
    let steps = vec![step(0, 0, "ringing", Effect::Ring), step(0, 0, "connected", Effect::Answer)];
    play(request, vec![leg], steps);
    Ok(json!({"call_id": call_id}))
}

pub(super) fn transfer(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut from = live_leg(request)?;
    let state = request.text("transfer_state");
    if let Some(data) = request.text("custom_data") {
        from.custom_data = Some(data.to_owned());
    }
    if let Some(waiting @ ("hold" | "parked")) = state {
        return Ok(set_aside(request, from, if waiting == "hold" { "hold" } else { "parked" }));
    }
    let to = destination(request, "to")?;
    let number = match &to {
        Destination::Number(party) | Destination::Ours(party) => Some(party.phone.clone()),
        Destination::Call(_) => None,
    };
    if let Destination::Call(into) = to {
        end_leg(request, from, Vec::new(), vec![step(0, 0, "merged", Effect::Nothing)]);
        return Ok(json!({"call_id": into, "transferred_to_state": state}));
    }
    let mut leg = further_leg(request, &from, &to);
    leg.transferred_from = Some(from.target.clone());
    let call_id = leg.call_id;
    request.company.ledger().put_leg(leg.clone());
    let arrival = match state {
        Some("voicemail") => step(1, 0, "voicemail", Effect::Greeting),
        Some("preanswer") => step(1, 0, "preanswer", Effect::Nothing),
        _ => step(1, 0, "connected", Effect::Answer),
    };
    let steps = vec![step(1, 0, "ringing", Effect::Ring), arrival];
    end_leg(request, from, vec![leg], steps);
    Ok(json!({"call_id": call_id, "transferred_to_number": number, "transferred_to_state": state}))
}

fn set_aside(request: &Request<'_>, mut leg: Leg, state: &'static str) -> Value {
    let call_id = leg.call_id;
    leg.parked = state == "parked";
    leg.state = state;
    request.company.ledger().put_leg(leg.clone());
    play(request, vec![leg], vec![step(0, 0, state, Effect::Nothing)]);
    json!({"call_id": call_id, "transferred_to_state": state})
}

pub(super) fn unpark(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut leg = live_leg(request)?;
    let user = request.number("user_id").and_then(|id| request.company.people.user(id));
    let user = user.ok_or_else(|| ApiError::bad_request("\"user_id\": no such user"))?;
    if !leg.parked {
        return Err(ApiError::conflict("the call is not parked"));
    }
    leg.parked = false;
    leg.target = user.clone();
    leg.state = "connected";
    let call_id = leg.call_id;
    request.company.ledger().put_leg(leg.clone());
    let effect = if leg.date_connected.is_some() { Effect::Nothing } else { Effect::Answer };
    play(request, vec![leg], vec![step(0, 0, "connected", effect)]);
    Ok(json!({"call_id": call_id}))
}

/// The call the user is on; the newest when there are several.
fn active_leg(request: &Request<'_>) -> Result<Leg, ApiError> {
    let user = super::directory::find_user(request)?.id;
    let ledger = request.company.ledger();
    let on_it = |leg: &&Leg| leg.target.id == user && !leg.is_over() && leg.date_connected.is_some();
    let found = ledger.legs.values().filter(on_it).max_by_key(|leg| (leg.date_started, leg.call_id));
    found.cloned().ok_or_else(|| ApiError::not_found("active call"))
}

/// `PATCH /users/{id}/activecall`: recording on or off. What was recorded comes when the call ends.
pub(super) fn record_active(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut leg = active_leg(request)?;
    if let Some(on) = request.flag("is_recording") {
        leg.is_recording = on;
    }
    request.company.ledger().put_leg(leg.clone());
    Ok(json!({"id": leg.call_id, "call_state": leg.state, "is_recording": leg.is_recording}))
}

pub(super) fn toggle_vi(request: &Request<'_>) -> Result<Value, ApiError> {
    let leg = active_leg(request)?;
    let locale = request.text("vi_locale").unwrap_or("en-us");
    let on = request.flag("enable_vi").unwrap_or(false);
    Ok(json!({"id": leg.call_id, "call_state": leg.state, "enable_vi": on, "vi_locale": locale}))
}
