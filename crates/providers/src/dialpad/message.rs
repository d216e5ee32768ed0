//! Text messages into facts. One message is reported once when it is made and again with each delivery status.

use switchboard_domain::{
    Timestamp,
    call::Direction,
    fact::{Fact, FactBody, MessageFact},
    message::MessageStatus,
};

use super::{
    call::{number, other_party, target},
    payload::MessagePayload,
};
use crate::contract::Malformed;

pub fn facts(message: &MessagePayload, received_at: Timestamp) -> Result<Vec<Fact>, Malformed> {
    let external_id = message.id.clone().ok_or_else(|| Malformed::new("the message has no id"))?;
    let at = message.event_timestamp.or(message.created_date).unwrap_or(received_at);
    let (text, media_urls) = contents(message);
    let other_number = match message.direction {
        Some(Direction::Inbound) => message.from_number.as_deref(),
        Some(Direction::Outbound) => message.to_numbers.iter().flatten().next().map(String::as_str),
        Some(Direction::Internal) | None => None,
    };
    let to_numbers = message.to_numbers.as_ref().map(|written| {
        let numbers: Vec<String> = written.iter().filter_map(|one| number(Some(one))).collect();
        numbers
    });
    let fact = MessageFact {
        external_id,
        direction: message.direction,
        from_number: number(message.from_number.as_deref()),
        to_numbers: to_numbers.filter(|numbers| !numbers.is_empty()),
        text,
        media_urls: Some(media_urls).filter(|urls| !urls.is_empty()),
        status: status(message),
        delivery_result: message.message_delivery_result.clone(),
        contact: other_party(message.contact.as_ref(), other_number, message.is_internal),
        target: target(message.target.as_ref()),
        sender_id: message.sender_id.clone(),
        is_internal: message.is_internal,
        sent_at: message.created_date,
    };
    Ok(vec![Fact::provider(at, FactBody::Message(Box::new(fact)))])
}

/// How far the message got; `None` for a word we do not know, which then changes nothing.
///
/// An inbound text has arrived, whatever Dialpad calls it (it says `pending`). `success` is REST's only good word and
/// means that Dialpad's part went well: it is a delivery only where the carrier's result says `accepted`, else the
/// message is sent and a later event may still say more.
fn status(message: &MessagePayload) -> Option<MessageStatus> {
    let word = message.message_status.as_deref()?;
    let is_inbound = message.direction == Some(Direction::Inbound);
    match word {
        "pending" | "sent" | "delivered" | "success" if is_inbound => Some(MessageStatus::Received),
        "pending" => Some(MessageStatus::Pending),
        "delivered" => Some(MessageStatus::Delivered),
        "success" if message.message_delivery_result.as_deref() == Some("accepted") => Some(MessageStatus::Delivered),
        "sent" | "success" => Some(MessageStatus::Sent),
        "undelivered" => Some(MessageStatus::Undelivered),
        "failed" => Some(MessageStatus::Failed),
        _ => None,
    }
}

/// Text and media. `text_content` is what the person wrote; for an MMS, `text` may be the address of the picture.
fn contents(message: &MessagePayload) -> (Option<String>, Vec<String>) {
    let is_address = |text: &str| !text.contains(char::is_whitespace) && text.starts_with("https://");
    let mut media = message.mms_urls.clone();
    let plain = message.text.clone().filter(|text| {
        let is_media = message.is_mms && is_address(text);
        if is_media && media.is_empty() {
            media.push(text.clone());
        }
        !is_media
    });
    (message.text_content.clone().or(plain), media)
}
