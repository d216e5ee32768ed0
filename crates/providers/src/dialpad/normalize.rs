//! What an item says: the way from a body to facts, by kind. The facts of calls are made in `super::call`, those of
//! texts in `super::message`, those of pulled transcripts and of contacts in `super::pulled`.

use switchboard_domain::fact::Fact;

use super::{
    call, message,
    payload::{CallPayload, ContactEventPayload, MessagePayload},
    pulled,
    split::{self, Shape},
};
use crate::{
    contract::{Malformed, StoredItem},
    lenient::Fields,
};

pub fn normalize(item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
    let fields = Fields::read(item.body)
        .ok_or_else(|| Malformed::new("the event is not a JSON object; Dialpad sends one object per event"))?;
    match item.kind {
        split::PULLED_CALL => call::facts(&CallPayload::read(&fields), call::Source::Pulled, item.received_at),
        split::PULLED_MESSAGE => message::facts(&MessagePayload::read(&fields), item.received_at),
        split::PULLED_TRANSCRIPT => pulled::transcript_facts(&fields, item.received_at),
        // Whatever was concluded when it was stored, the keys still tell: an event that an older version did not know
        // is understood by the version that does.
        _ => pushed(&fields, item),
    }
}

fn pushed(fields: &Fields<'_>, item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed> {
    match split::shape(fields) {
        Shape::Call => call::facts(&CallPayload::read(fields), call::Source::Pushed, item.received_at),
        Shape::Message => message::facts(&MessagePayload::read(fields), item.received_at),
        Shape::Contact => Ok(pulled::contact_facts(&ContactEventPayload::read(fields), item.received_at)),
        // Stored and shown, but they say nothing of a record.
        Shape::AgentStatus | Shape::ChangeLog => Ok(Vec::new()),
        Shape::Unknown => Err(Malformed::new(
            "no known Dialpad event has these keys; expected call_id with state (a call), id with from_number, \
             to_number or message_status (a text), on_duty_status or availability_status with target (an agent), \
             action with changed_by (a change), or the names of a contact",
        )),
    }
}
