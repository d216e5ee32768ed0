//! The company itself: users, office, call centre, and what their screens show.

use serde_json::{Value, json};

use super::super::{error::ApiError, event::Event, gate::Request, people::Party, play::Trouble};
use crate::clock::iso;

/// When every company of the sandbox was founded: 2026-01-01T00:00:00Z.
const FOUNDED_MS: i64 = 1_767_225_600_000;

#[expect(clippy::unnecessary_wraps, reason = "every handler has the one signature")]
pub(super) fn company(request: &Request<'_>) -> Result<Value, ApiError> {
    Ok(json!({
        "id": request.company.people.company_id,
        "name": "Example Co",
        "domain": "example.com",
        "admin_email": request.company.people.users[0].email,
        "country": "us",
        "office_count": 1,
        "account_type": "pro",
        "state": "active",
    }))
}

/// Nobody ever opted out of an invented company's texts.
pub(super) fn opted_out(request: &Request<'_>) -> Result<Value, ApiError> {
    if request.id("company")? != request.company.people.company_id {
        return Err(ApiError::not_found("company"));
    }
    request.page([])
}

fn user_proto(request: &Request<'_>, user: &Party) -> Value {
    let (first, last) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    let people = &request.company.people;
    let admin = user.id == people.users[0].id;
    let (duty, reason, since) = duty_of(request, user);
    let dnd = request.company.ledger().do_not_disturb.contains(&user.id);
    json!({
        "id": user.id, "company_id": people.company_id, "office_id": people.office.id,
        "display_name": user.name, "first_name": first, "last_name": last,
        "emails": [user.email], "phone_numbers": [user.phone],
        "country": "us", "language": "en", "timezone": "US/Pacific", "license": "agents", "state": "active",
        "date_added": iso(FOUNDED_MS), "date_active": iso(FOUNDED_MS),
        "is_admin": admin, "is_super_admin": admin, "is_online": true,
        "is_available": duty == "available" && !dnd, "is_on_duty": duty != "unavailable",
        "on_duty_status": duty, "duty_status_reason": reason, "duty_status_started": iso(since),
        "do_not_disturb": dnd, "muted": false,
        "group_details": [{"group_id": people.queue.id, "group_type": "callcenter", "role": "operator", "do_not_disturb": dnd}],
    })
}

pub(super) fn users(request: &Request<'_>) -> Result<Value, ApiError> {
    let people = &request.company.people;
    let wanted = |user: &&Party| {
        request.query_text("email").is_none_or(|email| user.email == email)
            && request.query_text("number").is_none_or(|number| user.phone == number)
            && request.query_text("state").is_none_or(|state| matches!(state, "active" | "all"))
            && request.query.get("company_admin").is_none_or(|admin| *admin == (user.id == people.users[0].id))
    };
    let mut found: Vec<_> = people.users.iter().filter(wanted).collect();
    found.sort_unstable_by_key(|user| user.id);
    request.page(found.into_iter().map(|user| ((user.id, 0), user_proto(request, user))))
}

/// The user in the path; `me` is the owner of the key.
pub(super) fn find_user<'a>(request: &Request<'a>) -> Result<&'a Party, ApiError> {
    let people = &request.company.people;
    if request.text_id() == "me" {
        return Ok(&people.users[0]);
    }
    people.user(request.id("user")?).ok_or_else(|| ApiError::not_found("user"))
}

pub(super) fn user(request: &Request<'_>) -> Result<Value, ApiError> {
    Ok(user_proto(request, find_user(request)?))
}

pub(super) fn toggle_dnd(request: &Request<'_>) -> Result<Value, ApiError> {
    let user = find_user(request)?;
    let on = request.flag("do_not_disturb").unwrap_or(false);
    let mut ledger = request.company.ledger();
    if on {
        ledger.do_not_disturb.insert(user.id);
    } else {
        ledger.do_not_disturb.remove(&user.id);
    }
    Ok(json!({
        "id": user.id, "do_not_disturb": on,
        "group_id": request.number("group_id"), "group_type": request.text("group_type"),
    }))
}

pub(super) fn screen_pop(request: &Request<'_>) -> Result<Value, ApiError> {
    request.require("screen_pop")?;
    let user = find_user(request)?;
    if reqwest::Url::parse(request.text("screen_pop_uri").unwrap_or_default()).is_err() {
        return Err(ApiError::bad_request("\"screen_pop_uri\" must be an address"));
    }
    Ok(json!({"device": {"id": user.id.to_string(), "type": "native", "display_name": "Desktop", "user_id": user.id}}))
}

fn routing() -> Value {
    let inner =
        json!({"action": "voicemail", "try_dial_operators": true, "operator_routing": "longestidle", "dtmf": []});
    json!({"open": inner, "closed": inner})
}

fn office_proto(request: &Request<'_>) -> Value {
    let office = &request.company.people.office;
    json!({
        "id": office.id, "office_id": office.id, "name": office.name, "country": "us", "state": "active",
        "is_primary_office": true, "availability_status": "open", "timezone": "US/Pacific",
        "phone_numbers": [office.phone], "first_action": "operators", "no_operators_action": "voicemail",
        "ring_seconds": 30, "routing_options": routing(),
    })
}

pub(super) fn offices(request: &Request<'_>) -> Result<Value, ApiError> {
    request.page([((request.company.people.office.id, 0), office_proto(request))])
}

fn check_office(request: &Request<'_>) -> Result<(), ApiError> {
    let known = request.id("office")? == request.company.people.office.id;
    if known { Ok(()) } else { Err(ApiError::not_found("office")) }
}

pub(super) fn office(request: &Request<'_>) -> Result<Value, ApiError> {
    check_office(request)?;
    Ok(office_proto(request))
}

fn queue_proto(request: &Request<'_>) -> Value {
    let people = &request.company.people;
    json!({
        "id": people.queue.id, "name": people.queue.name, "office_id": people.office.id, "country": "us",
        "state": "active", "availability_status": "open", "timezone": "US/Pacific",
        "phone_numbers": [people.queue.phone], "first_action": "operators", "no_operators_action": "voicemail",
        "ring_seconds": 15, "hours_on": false, "routing_options": routing(),
        "hold_queue": {"max_hold_count": 50, "max_hold_seconds": 900, "allow_queue_callback": true, "announce_position": true},
        "voice_intelligence": {"allow_pause": true, "auto_start": true},
    })
}

pub(super) fn queues(request: &Request<'_>) -> Result<Value, ApiError> {
    let people = &request.company.people;
    let wanted = request.query_number("office_id").is_none_or(|id| id == people.office.id)
        && request.query_text("name_search").is_none_or(|text| contains(&people.queue.name, text));
    request.page(wanted.then(|| ((people.queue.id, 0), queue_proto(request))))
}

fn contains(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}

pub(super) fn queues_of_office(request: &Request<'_>) -> Result<Value, ApiError> {
    check_office(request)?;
    request.page([((request.company.people.queue.id, 0), queue_proto(request))])
}

fn check_queue(request: &Request<'_>) -> Result<(), ApiError> {
    let known = request.id("call center")? == request.company.people.queue.id;
    if known { Ok(()) } else { Err(ApiError::not_found("call center")) }
}

pub(super) fn queue(request: &Request<'_>) -> Result<Value, ApiError> {
    check_queue(request)?;
    Ok(queue_proto(request))
}

pub(super) fn queue_status(request: &Request<'_>) -> Result<Value, ApiError> {
    check_queue(request)?;
    let on_duty = request.company.people.users.iter().filter(|user| duty_of(request, user).0 != "unavailable").count();
    let ledger = request.company.ledger();
    let waiting = ledger.legs.values().filter(|leg| leg.state == "queued");
    let longest = waiting.clone().filter_map(|leg| leg.date_queued).map(|at| (request.now() - at) / 1000).max();
    Ok(json!({
        "availability": {"name": "open", "status": "open"},
        "capacity": 50, "on_duty_operators": on_duty, "pending": waiting.count(),
        "longest_call_wait_time": longest.unwrap_or(0),
    }))
}

pub(super) fn queue_operators(request: &Request<'_>) -> Result<Value, ApiError> {
    check_queue(request)?;
    let users: Vec<_> = request.company.people.users.iter().map(|user| user_proto(request, user)).collect();
    Ok(json!({"users": users, "rooms": []}))
}

/// Duty word, reason, since when; on duty from the start.
fn duty_of(request: &Request<'_>, user: &Party) -> (String, Option<String>, i64) {
    let known = request.company.ledger().duty.get(&user.id).cloned();
    known.unwrap_or_else(|| ("available".to_owned(), None, FOUNDED_MS))
}

fn duty_proto(request: &Request<'_>, user: &Party) -> Value {
    let (word, reason, since) = duty_of(request, user);
    json!({
        "user_id": user.id, "on_duty": word != "unavailable", "on_duty_status": word, "on_duty_started": since,
        "duty_status_reason": reason, "duty_status_started": since,
    })
}

pub(super) fn duty(request: &Request<'_>) -> Result<Value, ApiError> {
    Ok(duty_proto(request, find_user(request)?))
}

pub(super) fn set_duty(request: &Request<'_>) -> Result<Value, ApiError> {
    let user = find_user(request)?;
    let word = if request.flag("on_duty").unwrap_or(false) { "available" } else { "unavailable" };
    let reason = request.text("duty_status_reason").map(str::to_owned);
    request.company.ledger().duty.insert(user.id, (word.to_owned(), reason.clone(), request.now()));
    let event = Event::of_agent(user, request.company.people.queue.id, word, reason.as_deref(), request.now());
    // The delivery goes its own way and is in the log.
    drop(request.dialpad.dispatch(request.company, &event, &Trouble::default()));
    Ok(duty_proto(request, user))
}
