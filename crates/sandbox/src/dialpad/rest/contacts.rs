//! Outside people a company knows. Every change tells the contact subscriptions.

use serde_json::Value;

use super::super::{
    company::{Contact, MAX_ITEMS},
    error::ApiError,
    event::Event,
    gate::Request,
    play::Trouble,
};

const WHAT: &str = "contact";

pub(super) fn list(request: &Request<'_>) -> Result<Value, ApiError> {
    let owner = request.query_text("owner_id");
    let include_local = request.query.get("include_local").and_then(Value::as_bool).unwrap_or(false);
    let ledger = request.company.ledger();
    let wanted = |contact: &&Contact| match (&contact.owner_id, owner) {
        (None, _) => true,
        (Some(of), Some(owner)) => of == owner,
        (Some(_), None) => include_local,
    };
    request.page(ledger.contacts.values().filter(wanted).map(|contact| ((contact.id, 0), contact.proto())))
}

pub(super) fn get(request: &Request<'_>) -> Result<Value, ApiError> {
    find(request).map(|contact| contact.proto())
}

/// By numeric id, or by the uid the API client gave.
fn find(request: &Request<'_>) -> Result<Contact, ApiError> {
    let shown = request.text_id();
    let ledger = request.company.ledger();
    let found = ledger.contacts.values().find(|contact| contact.shown_id() == shown).cloned();
    found.ok_or_else(|| ApiError::not_found(WHAT))
}

pub(super) fn create(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut fields = request.body.clone();
    let owner_id = fields.remove("owner_id").and_then(|owner| owner.as_str().map(str::to_owned));
    let contact = Contact { id: request.company.dice.id(), owner_id, uid: None, fields };
    keep(request, &contact, "created")
}

/// `PUT /contacts`: creates, or replaces the one with the same uid.
pub(super) fn create_with_uid(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut fields = request.body.clone();
    let uid = fields.remove("uid").and_then(|uid| uid.as_str().map(|uid| format!("api_{uid}")));
    let known = request.company.ledger().contacts.values().find(|contact| contact.uid == uid).map(|contact| contact.id);
    let id = known.unwrap_or_else(|| request.company.dice.id());
    keep(request, &Contact { id, owner_id: None, uid, fields }, if known.is_some() { "updated" } else { "created" })
}

pub(super) fn update(request: &Request<'_>) -> Result<Value, ApiError> {
    let mut contact = find(request)?;
    contact.fields.extend(request.body.clone());
    keep(request, &contact, "updated")
}

fn keep(request: &Request<'_>, contact: &Contact, action: &str) -> Result<Value, ApiError> {
    {
        let mut ledger = request.company.ledger();
        if ledger.contacts.len() >= MAX_ITEMS && !ledger.contacts.contains_key(&contact.id) {
            return Err(ApiError::bad_request("the company has too many contacts"));
        }
        ledger.contacts.insert(contact.id, contact.clone());
    }
    Ok(tell(request, contact, action))
}

pub(super) fn delete(request: &Request<'_>) -> Result<Value, ApiError> {
    let contact = find(request)?;
    request.company.ledger().contacts.remove(&contact.id);
    Ok(tell(request, &contact, "deleted"))
}

fn tell(request: &Request<'_>, contact: &Contact, action: &str) -> Value {
    let body = contact.proto();
    let event = Event::of_contact(&body, contact.owner_id.is_none(), contact.id, action, request.now());
    // The delivery goes its own way and is in the log.
    drop(request.dialpad.dispatch(request.company, &event, &Trouble::default()));
    body
}
