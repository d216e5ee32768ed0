//! Links that let others hear a recording or read a call's review page.

use serde_json::{Value, json};

use super::super::{
    company::{Link, MAX_ITEMS},
    error::ApiError,
    gate::Request,
};
use crate::clock::iso;

pub(super) fn create_recording(request: &Request<'_>) -> Result<Value, ApiError> {
    let item = request.text("recording_id").unwrap_or_default();
    let kind = request.text("recording_type").unwrap_or_default();
    let call_id = call_of_recording(request, item, kind).ok_or_else(|| ApiError::not_found("recording"))?;
    let id = request.company.dice.token();
    let link = json!({
        "id": id, "item_id": item, "type": kind, "call_id": call_id,
        "privacy": request.text("privacy").unwrap_or("owner"),
        "created_by_id": request.company.people.users[0].id,
        "date_added": iso(request.now()),
        "access_link": format!("{}/r/{item}", request.origin()),
    });
    keep(request, &id, false, link)
}

fn call_of_recording(request: &Request<'_>, item: &str, kind: &str) -> Option<i64> {
    let id: i64 = item.parse().ok()?;
    let ledger = request.company.ledger();
    let has = |leg: &&super::super::leg::Leg| leg.recordings.iter().any(|found| found.id == id && found.kind == kind);
    ledger.legs.values().find(has).map(|leg| leg.call_id)
}

pub(super) fn create_review(request: &Request<'_>) -> Result<Value, ApiError> {
    let call_id = request.number("call_id").ok_or_else(|| ApiError::bad_request("field \"call_id\" is required"))?;
    if !request.company.ledger().legs.contains_key(&call_id) {
        return Err(ApiError::not_found("call"));
    }
    let id = request.company.dice.token();
    let link = json!({
        "id": id, "call_id": call_id, "privacy": request.text("privacy").unwrap_or("company"),
        "access_link": format!("{}/shared/call/{id}", request.origin()),
    });
    keep(request, &id, true, link)
}

fn keep(request: &Request<'_>, id: &str, call_review: bool, body: Value) -> Result<Value, ApiError> {
    let mut ledger = request.company.ledger();
    if ledger.links.len() >= MAX_ITEMS {
        return Err(ApiError::bad_request("the company has too many share links"));
    }
    ledger.links.insert(id.to_owned(), Link { call_review, body: body.clone() });
    Ok(body)
}

pub(super) fn get_recording(request: &Request<'_>) -> Result<Value, ApiError> {
    get(request, false)
}

pub(super) fn get_review(request: &Request<'_>) -> Result<Value, ApiError> {
    get(request, true)
}

pub(super) fn update_recording(request: &Request<'_>) -> Result<Value, ApiError> {
    update(request, false)
}

pub(super) fn update_review(request: &Request<'_>) -> Result<Value, ApiError> {
    update(request, true)
}

pub(super) fn delete_recording(request: &Request<'_>) -> Result<Value, ApiError> {
    delete(request, false)
}

pub(super) fn delete_review(request: &Request<'_>) -> Result<Value, ApiError> {
    delete(request, true)
}

fn missing() -> ApiError {
    ApiError::not_found("share link")
}

fn get(request: &Request<'_>, call_review: bool) -> Result<Value, ApiError> {
    let ledger = request.company.ledger();
    let link = ledger.links.get(request.text_id()).filter(|link| link.call_review == call_review);
    link.map(|link| link.body.clone()).ok_or_else(missing)
}

fn update(request: &Request<'_>, call_review: bool) -> Result<Value, ApiError> {
    let mut ledger = request.company.ledger();
    let link = ledger.links.get_mut(request.text_id()).filter(|link| link.call_review == call_review);
    let link = link.ok_or_else(missing)?;
    link.body["privacy"] = request.text("privacy").into();
    Ok(link.body.clone())
}

fn delete(request: &Request<'_>, call_review: bool) -> Result<Value, ApiError> {
    let gone = get(request, call_review)?;
    request.company.ledger().links.remove(request.text_id());
    Ok(gone)
}
