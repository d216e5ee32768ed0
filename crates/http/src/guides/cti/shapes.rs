//! Records in the guide's shapes. Ids are bare UUIDs; Dialpad's 64-bit ids are strings, as its PostgreSQL driver made them.
//! What the guide does not show is added behind what it does.

use serde_json::{Value, json};
use switchboard_domain::{
    Timestamp,
    call::Call,
    ids::{AppId, ContactId},
};
use switchboard_store::{
    api_keys::AuditEntry, messages::KeptMessage, record::Kept, registered_webhooks::RegisteredWebhook,
    user_mappings::UserMapping, voicemails::KeptVoicemail,
};

use super::query::Paging;

/// A page: `{success, <noun>: […], data: […], pagination}`. The guide promises the noun, its code said `data`.
pub(super) fn page(noun: &str, rows: Vec<Value>, paging: Paging, total: i64) -> Value {
    let mut body = json!({ "success": true, "data": rows.clone(), "pagination": paging.pagination(total) });
    body[noun] = Value::Array(rows);
    body
}

pub(super) fn call(kept: &Kept<Call>) -> Value {
    let call = &kept.record;
    json!({
        "id": call.id.uuid(),
        "dialpad_call_id": call.external_id,
        "direction": call.direction,
        "from_number": call.from_number,
        "to_number": call.to_number,
        "status": call.status,
        "dialpad_user_id": call.agent_id,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_seconds": call.duration_seconds,
        "recording_url": call.recording_url,
        "created_at": kept.created_at,
        "updated_at": kept.updated_at,
        "answered_at": call.answered_at,
        "outcome": call.outcome,
        "user_name": call.agent_name,
        "contact_id": call.contact_id.map(ContactId::uuid),
        "contact_name": call.contact_name,
        "is_voicemail": call.is_voicemail,
        "is_internal": call.is_internal,
        "is_transferred": call.is_transferred,
    })
}

pub(super) fn message(kept: &KeptMessage) -> Value {
    let message = &kept.record;
    json!({
        "id": message.id.uuid(),
        "dialpad_message_id": message.external_id,
        "direction": message.direction,
        "from_number": message.from_number,
        "to_number": message.to_numbers.first(),
        "text": message.text,
        "dialpad_user_id": message.agent_id,
        "sent_at": message.sent_at,
        "created_at": kept.created_at,
        "updated_at": kept.updated_at,
        "to_numbers": message.to_numbers,
        "status": message.status,
        "delivery_result": message.delivery_result,
        "media_urls": message.media_urls,
        "contact_id": message.contact_id.map(ContactId::uuid),
        "contact_name": message.contact_name,
    })
}

pub(super) fn voicemail(kept: &KeptVoicemail, app_id: AppId) -> Value {
    let voicemail = &kept.record;
    json!({
        "id": voicemail.id.uuid(),
        "app_id": app_id.uuid(),
        "dialpad_call_id": voicemail.leg_external_id,
        "dialpad_user_id": voicemail.agent_id,
        "from_number": voicemail.from_number,
        "to_number": voicemail.to_number,
        "recording_url": voicemail.recording_url,
        "transcript": voicemail.transcript,
        "duration_seconds": voicemail.duration_ms.map(whole_seconds),
        "created_at": kept.created_at,
        "updated_at": kept.updated_at,
        "received_at": voicemail.occurred_at,
        "call_id": voicemail.call_id.uuid(),
        "contact_id": voicemail.contact_id.map(ContactId::uuid),
        "user_name": voicemail.agent_name,
    })
}

/// Rounded to the nearest.
fn whole_seconds(millis: i64) -> i64 {
    (millis + 500).div_euclid(1_000)
}

pub(super) fn mapping(mapping: &UserMapping) -> Value {
    json!({
        "id": mapping.id.uuid(),
        "app_id": mapping.app_id.uuid(),
        "dialpad_user_id": mapping.dialpad_user_id.to_string(),
        "crm_user_id": mapping.crm_user_id,
        "created_at": mapping.created_at,
        "updated_at": mapping.updated_at,
    })
}

pub(super) fn webhook(webhook: &RegisteredWebhook) -> Value {
    json!({
        "id": webhook.id.uuid(),
        "app_id": webhook.app_id.map(AppId::uuid),
        "webhook_id": webhook_number(&webhook.external_id),
        "hook_url": webhook.hook_url,
        "secret": "***",
        "algo": "HS256",
        "signature_type": "jwt",
        "subscriptions": webhook.subscriptions,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    })
}

/// A number, as in the guide; a string only if Dialpad should ever name one by letters.
pub(super) fn webhook_number(external_id: &str) -> Value {
    external_id.parse::<i64>().map_or_else(|_| external_id.into(), Value::from)
}

pub(super) fn audit(entry: &AuditEntry) -> Value {
    json!({
        "id": entry.id,
        "app_id": entry.app_id.uuid(),
        "action": entry.action,
        "old_key_hint": entry.old_key_hint,
        "new_key_hint": entry.new_key_hint,
        "actor": entry.actor,
        "address": entry.address,
        "created_at": entry.created_at,
    })
}

/// The time, or the word that the guide's code used for none.
pub(super) fn time_or_never(at: Option<Timestamp>) -> Value {
    at.map_or_else(|| "Never".into(), |at| json!(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_whether_there_is_more() {
        let paging = Paging { limit: 50, offset: 50 };
        assert_eq!(paging.pagination(101)["has_more"], true);
        assert_eq!(paging.pagination(100)["has_more"], false);
        let body = page("calls", vec![json!({ "id": 1 })], paging, 51);
        assert_eq!(body["calls"], body["data"]);
    }

    #[test]
    fn webhook_ids_are_numbers_and_halves_round_up() {
        assert_eq!(webhook_number("6421977457180672"), json!(6_421_977_457_180_672_i64));
        assert_eq!((whole_seconds(1_499), whole_seconds(1_500)), (1, 2));
    }
}
