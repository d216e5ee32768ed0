//! What was said on a call.

use serde_json::{Value, json};

use super::super::{error::ApiError, gate::Request, leg::Leg};
use crate::clock::iso_without_zone;

/// A call without a transcript answers with its id alone.
pub(super) fn get(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("call")?;
    let ledger = request.company.ledger();
    let leg = ledger.legs.get(&id).ok_or_else(|| ApiError::not_found("call"))?;
    if leg.transcript.is_empty() {
        return Ok(json!({"call_id": id}));
    }
    Ok(json!({"call_id": id, "lines": lines(leg)}))
}

fn lines(leg: &Leg) -> Vec<Value> {
    let begin = leg.date_connected.unwrap_or(leg.date_started);
    let mut lines: Vec<_> = leg
        .transcript
        .iter()
        .map(|(ours, text, ms)| {
            let who = if *ours { &leg.target } else { &leg.contact };
            let mut line = json!({
                "type": "transcript", "name": who.name, "content": text, "time": iso_without_zone(begin + ms),
            });
            line[if *ours { "user_id" } else { "contact_id" }] = who.id.into();
            line
        })
        .collect();
    // A moment is a note of Dialpad Ai between the lines, not speech; readers must tell them apart.
    let time = iso_without_zone(begin + 9_900);
    lines.push(json!({"type": "moment", "name": "scheduling", "content": "scheduling", "time": time}));
    lines
}

pub(super) fn url(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("call")?;
    if request.company.ledger().legs.contains_key(&id) {
        Ok(json!({"call_id": id, "url": format!("{}/callhistory/callreview/{id}?tab=transcript", request.origin())}))
    } else {
        Err(ApiError::not_found("call"))
    }
}
