//! Webhooks, and the subscriptions that say which events go to them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::event::{Event, Kind, Trait};

/// Dialpad's caps: subscriptions of one kind per company, and how many of them may cover the whole company. Only calls and
/// texts can be narrowed to a target, so only for these the second one says something.
pub(crate) const MAX_PER_KIND: usize = 100;
pub(crate) const MAX_COMPANY_WIDE: usize = 10;

#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) hook_url: String,
    pub(crate) secret: Option<String>,
}

impl Webhook {
    /// Dialpad echoes the secret in full.
    pub(crate) fn proto(&self) -> Value {
        let signature = self.secret.as_ref().map(|secret| json!({"algo": "HS256", "type": "jwt", "secret": secret}));
        json!({"id": self.id, "hook_url": self.hook_url, "signature": signature})
    }
}

/// What the creator of a subscription may see. An API key sees everything.
#[derive(Clone, Debug)]
pub(crate) enum Scopes {
    All,
    Only(BTreeSet<String>),
}

impl Scopes {
    pub(crate) fn has(&self, scope: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(granted) => granted.contains(scope),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: i64,
    pub(crate) kind: Kind,
    pub(crate) endpoint_id: i64,
    /// The documented fields as given (already checked), without the endpoint.
    pub(crate) settings: Map<String, Value>,
    pub(crate) scopes: Scopes,
}

impl Subscription {
    pub(crate) fn proto(&self, webhook: Option<&Webhook>) -> Value {
        let mut body = self.settings.clone();
        body.insert("id".to_owned(), self.id.into());
        if let Some(webhook) = webhook {
            body.insert("webhook".to_owned(), webhook.proto());
        }
        Value::Object(body)
    }

    /// A subscription to the whole company's calls or texts.
    pub(crate) fn is_company_wide(&self) -> bool {
        matches!(self.kind, Kind::Call | Kind::Sms) && !self.settings.contains_key("target_id")
    }

    fn flag(&self, name: &str) -> bool {
        self.settings.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn text(&self, name: &str) -> &str {
        self.settings.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn covers(&self, event: &Event) -> bool {
        self.kind == event.kind() && self.flag("enabled") && self.covers_target(event) && self.covers_nature(event)
    }

    fn covers_target(&self, event: &Event) -> bool {
        let Some(id) = self.settings.get("target_id").and_then(Value::as_i64) else { return true };
        event.targets.contains(&(self.text("target_type"), id))
    }

    fn covers_nature(&self, event: &Event) -> bool {
        match event.nature {
            Trait::Call { group } => (group || !self.flag("group_calls_only")) && self.covers_state(&event.label),
            Trait::Sms { inbound, internal, first } => {
                let direction = match self.text("direction") {
                    "inbound" => inbound,
                    "outbound" => !inbound,
                    _ => true,
                };
                direction && (first || self.flag("status")) && (!internal || self.flag("include_internal"))
            }
            Trait::Contact { shared } => self.text("contact_type") == if shared { "shared" } else { "local" },
            Trait::AgentStatus | Trait::ChangeLog => true,
        }
    }

    fn covers_state(&self, state: &str) -> bool {
        let states = self.settings.get("call_states").and_then(Value::as_array);
        states.is_some_and(|states| states.iter().any(|wanted| wanted == state || wanted == "all"))
    }

    /// The body as this subscription may see it: keys its creator has no scope for are missing, not null.
    pub(crate) fn body_of(&self, event: &Event) -> Map<String, Value> {
        let mut body = event.body.clone();
        let hidden: &[&str] = match self.kind {
            Kind::Call if !self.scopes.has("recordings_export") => {
                &["recording_url", "admin_recording_urls", "recording_details"]
            }
            Kind::Sms if !self.may_read_texts() => &["text", "text_content", "mms_url"],
            _ => &[],
        };
        body.retain(|key, _| !hidden.contains(&key.as_str()));
        body
    }

    /// Targeted subscriptions need `message_content_export`, company-wide ones the `:all` form.
    fn may_read_texts(&self) -> bool {
        self.scopes.has("message_content_export:all")
            || (!self.is_company_wide() && self.scopes.has("message_content_export"))
    }
}
