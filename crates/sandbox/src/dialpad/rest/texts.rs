//! Sending a text.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::super::{
    error::ApiError,
    gate::Request,
    message::Text,
    people::{Party, is_e164},
    play::{FinalStatus, Performance},
};

/// Documented: up to ten numbers, media up to 500 KiB.
const MAX_RECIPIENTS: usize = 10;
const MAX_MEDIA: usize = 500 * 1024;
/// A text to a number that ends so is refused by the carrier, to try failures out.
const FAILING_END: &str = "0404";

pub(super) fn send(request: &Request<'_>) -> Result<Value, ApiError> {
    let (target, sender) = sender(request)?;
    let to = recipients(request)?;
    let media = media(request)?;
    let text = request.text("text").unwrap_or_default();
    if text.is_empty() && !media {
        return Err(ApiError::bad_request("field \"text\" is required when there is no \"media\""));
    }
    let id = request.company.dice.id();
    let fails = to.iter().any(|number| number.ends_with(FAILING_END));
    let message = Text {
        id,
        inbound: false,
        created_date: request.now(),
        event_timestamp: request.now(),
        from: target.phone.clone(),
        internal: request.company.people.by_number(&to[0]).is_some(),
        contact: request.company.outside(&to[0]),
        admin: sender.clone(),
        target,
        to,
        text: text.to_owned(),
        media_url: media.then(|| format!("{}/media/{id}", request.origin())),
        status: "pending",
    };
    let reply = message.proto();
    request.company.ledger().put_text(message.clone());
    let path = if fails { FinalStatus::Failed.path() } else { FinalStatus::Delivered.path() };
    Performance::of_sent_text(request.dialpad, request.company, message, path).start();
    Ok(reply)
}

/// Whose number it comes from, and the user who sends. `from_number` overrides the rest, as documented.
fn sender(request: &Request<'_>) -> Result<(Party, Party), ApiError> {
    let people = &request.company.people;
    let user = match request.number("user_id") {
        Some(id) => Some(people.user(id).ok_or_else(|| ApiError::bad_request("\"user_id\": no such user"))?),
        None => None,
    };
    let admin = user.unwrap_or(&people.users[0]).clone();
    if let Some(number) = request.text("from_number") {
        let owner = people.by_number(number);
        let owner = owner.ok_or_else(|| ApiError::bad_request("\"from_number\" belongs to nobody in this company"))?;
        return Ok((owner.clone(), admin));
    }
    if let Some(id) = request.number("sender_group_id") {
        let kind = request.text("sender_group_type");
        let kind = kind
            .ok_or_else(|| ApiError::bad_request("field \"sender_group_type\" is required with \"sender_group_id\""))?;
        let group = people.by_target(kind, id);
        let group = group.ok_or_else(|| ApiError::bad_request("\"sender_group_id\": no such group"))?;
        return Ok((group.clone(), admin));
    }
    let user = user
        .ok_or_else(|| ApiError::bad_request("one of \"user_id\", \"from_number\", \"sender_group_id\" is required"))?;
    Ok((user.clone(), admin))
}

fn recipients(request: &Request<'_>) -> Result<Vec<String>, ApiError> {
    let numbers = request.body.get("to_numbers").and_then(Value::as_array).into_iter().flatten();
    let numbers: Vec<_> = numbers.filter_map(|number| number.as_str().map(str::to_owned)).collect();
    if numbers.is_empty() || numbers.len() > MAX_RECIPIENTS {
        return Err(ApiError::bad_request("\"to_numbers\" must have 1 to 10 numbers"));
    }
    let relaxed = request.flag("infer_country_code").unwrap_or(false);
    match numbers.iter().position(|number| !is_e164(number) && (!relaxed || !is_e164(&format!("+1{number}")))) {
        Some(index) => Err(ApiError::bad_request(format!("\"to_numbers[{index}]\" must be in E.164 form"))),
        None => Ok(numbers.into_iter().map(|n| if n.starts_with('+') { n } else { format!("+1{n}") }).collect()),
    }
}

fn media(request: &Request<'_>) -> Result<bool, ApiError> {
    let Some(media) = request.text("media") else { return Ok(false) };
    // The document's `byte` format has been checked: this decodes.
    let size = STANDARD.decode(media).map_or(0, |bytes| bytes.len());
    if size > MAX_MEDIA { Err(ApiError::bad_request("\"media\" is larger than 500 KiB")) } else { Ok(size > 0) }
}
