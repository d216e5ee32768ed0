//! The operations of `/api/v2`, one file per noun, and the list that binds them to the document.

mod call_actions;
mod callbacks;
mod calls;
mod contacts;
mod directory;
mod share_links;
mod stats;
mod subscriptions;
mod texts;
mod transcripts;
mod webhooks;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{error::ApiError, gate::Request};

/// Answers one operation; the reply is printed by the document afterwards.
pub(crate) type Handler = fn(&Request<'_>) -> Result<Value, ApiError>;

/// Every operation that is served. A test compares the list with the document: neither may have more than the other.
const HANDLERS: &[(&str, Handler)] = &[
    ("call.list", calls::list),
    ("call.get_call_info", calls::get),
    ("call.call", calls::ring),
    ("users.initiate_call", calls::initiate),
    ("call.actions.hangup", call_actions::hang_up),
    ("call.put_call_labels", call_actions::label),
    ("call.participants.add", call_actions::add_participant),
    ("call.transfer_call", call_actions::transfer),
    ("call.unpark", call_actions::unpark),
    ("users.update_active_call", call_actions::record_active),
    ("users.toggle_call_vi", call_actions::toggle_vi),
    ("call.callback", callbacks::create),
    ("call.validate_callback", callbacks::validate),
    ("sms.send", texts::send),
    ("transcripts.get", transcripts::get),
    ("transcripts.get_url", transcripts::url),
    ("recording_share_link.create", share_links::create_recording),
    ("recording_share_link.get", share_links::get_recording),
    ("recording_share_link.update", share_links::update_recording),
    ("recording_share_link.delete", share_links::delete_recording),
    ("call_review_share_link.create", share_links::create_review),
    ("call_review_share_link.get", share_links::get_review),
    ("call_review_share_link.update", share_links::update_review),
    ("call_review_share_link.delete", share_links::delete_review),
    ("company.get", directory::company),
    ("company.sms_opt_out", directory::opted_out),
    ("users.list", directory::users),
    ("users.get", directory::user),
    ("users.toggle_dnd", directory::toggle_dnd),
    ("screen_pop.initiate", directory::screen_pop),
    ("offices.list", directory::offices),
    ("offices.get", directory::office),
    ("callcenters.listall", directory::queues),
    ("callcenters.list", directory::queues_of_office),
    ("callcenters.get", directory::queue),
    ("callcenters.status", directory::queue_status),
    ("callcenters.operators.get", directory::queue_operators),
    ("callcenters.operators.get.dutystatus", directory::duty),
    ("callcenters.operators.dutystatus", directory::set_duty),
    ("contacts.list", contacts::list),
    ("contacts.get", contacts::get),
    ("contacts.create", contacts::create),
    ("contacts.create_with_uid", contacts::create_with_uid),
    ("contacts.update", contacts::update),
    ("contacts.delete", contacts::delete),
    ("stats.create", stats::create),
    ("stats.get", stats::get),
    ("webhooks.list", webhooks::list),
    ("webhooks.create", webhooks::create),
    ("webhooks.get", webhooks::get),
    ("webhook.update", webhooks::update),
    ("webhooks.delete", webhooks::delete),
    ("webhook_call_event_subscription.list", subscriptions::list_call),
    ("webhook_call_event_subscription.create", subscriptions::create_call),
    ("webhook_call_event_subscription.get", subscriptions::get_call),
    ("webhook_call_event_subscription.update", subscriptions::update_call),
    ("webhook_call_event_subscription.delete", subscriptions::delete_call),
    ("webhook_sms_event_subscription.list", subscriptions::list_sms),
    ("webhook_sms_event_subscription.create", subscriptions::create_sms),
    ("webhook_sms_event_subscription.get", subscriptions::get_sms),
    ("webhook_sms_event_subscription.update", subscriptions::update_sms),
    ("webhook_sms_event_subscription.delete", subscriptions::delete_sms),
    ("webhook_agent_status_event_subscription.list", subscriptions::list_agent_status),
    ("webhook_agent_status_event_subscription.create", subscriptions::create_agent_status),
    ("webhook_agent_status_event_subscription.get", subscriptions::get_agent_status),
    ("webhook_agent_status_event_subscription.update", subscriptions::update_agent_status),
    ("webhook_agent_status_event_subscription.delete", subscriptions::delete_agent_status),
    ("webhook_contact_event_subscription.list", subscriptions::list_contact),
    ("webhook_contact_event_subscription.create", subscriptions::create_contact),
    ("webhook_contact_event_subscription.get", subscriptions::get_contact),
    ("webhook_contact_event_subscription.update", subscriptions::update_contact),
    ("webhook_contact_event_subscription.delete", subscriptions::delete_contact),
    ("webhook_change_log_event_subscription.list", subscriptions::list_changelog),
    ("webhook_change_log_event_subscription.create", subscriptions::create_changelog),
    ("webhook_change_log_event_subscription.get", subscriptions::get_changelog),
    ("webhook_change_log_event_subscription.update", subscriptions::update_changelog),
    ("webhook_change_log_event_subscription.delete", subscriptions::delete_changelog),
];

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(id, _)| *id == operation).map(|(_, handler)| *handler)
}

impl Request<'_> {
    fn now(&self) -> i64 {
        self.dialpad.config.clock.now_ms()
    }

    fn origin(&self) -> &str {
        &self.dialpad.origin
    }

    /// The numeric id in the path; what is not a number is simply not there.
    fn id(&self, what: &str) -> Result<i64, ApiError> {
        let value = self.path.values().next();
        let id = value.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()));
        id.ok_or_else(|| ApiError::not_found(what))
    }

    fn text_id(&self) -> &str {
        self.path.values().next().and_then(Value::as_str).unwrap_or_default()
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }

    fn number(&self, field: &str) -> Option<i64> {
        self.body.get(field).and_then(Value::as_i64)
    }

    fn flag(&self, field: &str) -> Option<bool> {
        self.body.get(field).and_then(Value::as_bool)
    }

    fn query_number(&self, name: &str) -> Option<i64> {
        self.query.get(name).and_then(Value::as_i64)
    }

    fn query_text(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(Value::as_str)
    }

    fn require(&self, scope: &str) -> Result<(), ApiError> {
        if self.scopes.has(scope) { Ok(()) } else { Err(ApiError::forbidden(format!("this needs the scope {scope}"))) }
    }

    /// One page of a list that is sorted by its keys. The cursor names the last key that was shown, so that items which
    /// come or go between two pages neither repeat nor hide others.
    fn page(&self, items: impl IntoIterator<Item = (Key, Value)>) -> Result<Value, ApiError> {
        let after = self.query_text("cursor").map(read_cursor).transpose()?;
        let mut items = items.into_iter().filter(|(key, _)| after.is_none_or(|after| *key > after)).peekable();
        let mut page = Vec::new();
        let mut last = None;
        while page.len() < self.dialpad.config.dialpad.page_size.max(1) {
            let Some((key, item)) = items.next() else { break };
            page.push(item);
            last = Some(key);
        }
        let cursor = last.filter(|_| items.peek().is_some()).map(write_cursor);
        Ok(json!({"items": page, "cursor": cursor}))
    }
}

/// What a list is sorted by, ascending; a time is negated to come newest first.
type Key = (i64, i64);

fn write_cursor((first, second): Key) -> String {
    URL_SAFE_NO_PAD.encode(format!("{first}/{second}"))
}

fn read_cursor(text: &str) -> Result<Key, ApiError> {
    let read = || {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (first, second) = plain.split_once('/')?;
        Some((first.parse().ok()?, second.parse().ok()?))
    };
    read().ok_or_else(|| ApiError::bad_request("\"cursor\" is not one that a list returned"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::spec::Spec, *};

    #[test]
    fn the_list_and_the_document_have_the_same_operations() {
        let spec = Spec::load().unwrap();
        let documented: BTreeSet<_> = spec
            .operations
            .iter()
            .map(|operation| operation.id.as_str())
            .filter(|id| !id.starts_with("oauth2."))
            .collect();
        let served: BTreeSet<_> = HANDLERS.iter().map(|(id, _)| *id).collect();
        assert_eq!(served, documented);
        assert_eq!(served.len(), HANDLERS.len());
    }
}
