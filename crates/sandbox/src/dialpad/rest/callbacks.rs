//! Call-backs: a number waits in a call centre's queue for the next free operator.

use serde_json::{Value, json};

use super::super::{error::ApiError, gate::Request, people::is_e164};

/// Bound of one company's queue of call-backs.
const MAX_WAITING: usize = 1_000;

/// The pair (call centre, number), if a call-back may be asked for.
fn wanted(request: &Request<'_>) -> Result<(i64, String), ApiError> {
    let queue = &request.company.people.queue;
    let id = request.number("call_center_id");
    let id = id
        .filter(|id| *id == queue.id)
        .ok_or_else(|| ApiError::bad_request("\"call_center_id\": no such call center"))?;
    let number = request.text("phone_number").unwrap_or_default();
    if !is_e164(number) {
        return Err(ApiError::bad_request("\"phone_number\" must be in E.164 form, such as +14155550123"));
    }
    if !number.starts_with("+1") {
        return Err(ApiError::bad_request("\"phone_number\": international call backs are not allowed"));
    }
    let wanted = (id, number.to_owned());
    if request.company.ledger().callbacks.contains(&wanted) {
        return Err(ApiError::bad_request("\"phone_number\": a call back to this number is already waiting"));
    }
    Ok(wanted)
}

pub(super) fn create(request: &Request<'_>) -> Result<Value, ApiError> {
    let wanted = wanted(request)?;
    let mut ledger = request.company.ledger();
    if ledger.callbacks.len() >= MAX_WAITING {
        return Err(ApiError::bad_request("the queue of call backs is full"));
    }
    ledger.callbacks.push(wanted);
    Ok(json!({"position": ledger.callbacks.len()}))
}

pub(super) fn validate(request: &Request<'_>) -> Result<Value, ApiError> {
    wanted(request)?;
    Ok(json!({"success": true}))
}
