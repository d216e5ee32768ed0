//! Webhooks, and the subscriptions that say what is sent to them.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DialpadClient, Extra};
use crate::{
    dialpad::operations as op,
    lenient::{WireId, secret},
    outbound::OutboundError,
};

/// A webhook as Dialpad lists it.
#[derive(Debug, Clone, Deserialize)]
pub struct Webhook {
    pub id: WireId,
    #[serde(default)]
    pub hook_url: Option<String>,
    /// Missing where the webhook has no secret and its events come unsigned.
    #[serde(default)]
    pub signature: Option<Signature>,
}

/// Dialpad echoes the secret.
#[derive(Debug, Clone, Deserialize)]
pub struct Signature {
    #[serde(default)]
    pub algo: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub secret: Option<SecretString>,
}

/// The four kinds of subscription that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionKind {
    Call,
    Sms,
    AgentStatus,
    Contact,
}

impl SubscriptionKind {
    pub const ALL: [Self; 4] = [Self::Call, Self::Sms, Self::AgentStatus, Self::Contact];

    /// Dialpad's word, as in its paths.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Sms => "sms",
            Self::AgentStatus => "agent_status",
            Self::Contact => "contact",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactType {
    Local,
    Shared,
}

/// A subscription as Dialpad lists it. Which members are there depends on the kind.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    pub id: WireId,
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Where its events go, unless they go to a websocket.
    #[serde(default)]
    pub webhook: Option<Webhook>,
    #[serde(default)]
    pub target_type: Option<String>,
    #[serde(default)]
    pub target_id: Option<WireId>,
    #[serde(default)]
    pub call_states: Option<Vec<String>>,
    #[serde(default)]
    pub group_calls_only: Option<bool>,
    #[serde(default)]
    pub direction: Option<String>,
    #[serde(default)]
    pub status: Option<bool>,
    #[serde(default)]
    pub include_internal: Option<bool>,
    #[serde(default)]
    pub contact_type: Option<ContactType>,
}

/// A subscription as we want it: everything of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionWish {
    /// All call states, all calls.
    Calls,
    /// Both directions, with one event per delivery status.
    Messages,
    /// Agents of call centres. Needs a company admin's key.
    AgentStatus,
    /// Needs a company admin's key.
    Contacts(ContactType),
}

impl SubscriptionWish {
    pub const fn kind(self) -> SubscriptionKind {
        match self {
            Self::Calls => SubscriptionKind::Call,
            Self::Messages => SubscriptionKind::Sms,
            Self::AgentStatus => SubscriptionKind::AgentStatus,
            Self::Contacts(_) => SubscriptionKind::Contact,
        }
    }

    /// The members of a create or update request, the target apart.
    fn members(self) -> Map<String, Value> {
        let members = match self {
            Self::Calls => json!({ "call_states": ["all"], "group_calls_only": false }),
            Self::Messages => json!({ "direction": "all", "status": true }),
            Self::AgentStatus => json!({ "agent_type": "callcenter" }),
            Self::Contacts(contact_type) => json!({ "contact_type": contact_type }),
        };
        let Value::Object(mut members) = members else { return Map::new() };
        members.insert("enabled".to_owned(), Value::Bool(true));
        members
    }
}

impl DialpadClient {
    /// All webhooks of the company, ours and others'.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, OutboundError> {
        self.whole_list(&op::LIST_WEBHOOKS, &[], &[]).await
    }

    pub async fn webhook(&self, id: &str) -> Result<Webhook, OutboundError> {
        self.get(&op::GET_WEBHOOK, &[id]).await
    }

    /// After an uncertain end, look into [`Self::webhooks`] before creating again;
    /// [`provision::apply`](crate::dialpad::provision::apply) does.
    pub async fn create_webhook(&self, hook_url: &str, secret: &SecretString) -> Result<Webhook, OutboundError> {
        let body = json!({ "hook_url": hook_url, "secret": secret.expose_secret() });
        self.send(&op::CREATE_WEBHOOK, &[], &body).await
    }

    pub async fn update_webhook(
        &self,
        id: &str,
        hook_url: &str,
        secret: &SecretString,
    ) -> Result<Webhook, OutboundError> {
        let body = json!({ "hook_url": hook_url, "secret": secret.expose_secret() });
        self.send(&op::UPDATE_WEBHOOK, &[id], &body).await
    }

    /// Deleting what is gone already is a success.
    pub async fn delete_webhook(&self, id: &str) -> Result<(), OutboundError> {
        gone(self.call(&op::DELETE_WEBHOOK, &[id], Extra::None).await.map(drop))
    }

    /// All subscriptions of a kind, ours and others'.
    pub async fn subscriptions(&self, kind: SubscriptionKind) -> Result<Vec<Subscription>, OutboundError> {
        self.whole_list(&op::LIST_SUBSCRIPTIONS, &[kind.as_str()], &[]).await
    }

    pub async fn subscription(&self, kind: SubscriptionKind, id: &str) -> Result<Subscription, OutboundError> {
        self.get(&op::GET_SUBSCRIPTION, &[kind.as_str(), id]).await
    }

    /// `target` (type and id) narrows it to one user or group; without one it is the whole company's.
    pub async fn create_subscription(
        &self,
        wish: SubscriptionWish,
        webhook: &WireId,
        target: Option<(&str, &WireId)>,
    ) -> Result<Subscription, OutboundError> {
        let mut body = wish.members();
        body.insert("endpoint_id".to_owned(), json!(webhook));
        if let Some((kind, id)) = target {
            body.insert("target_type".to_owned(), json!(kind));
            body.insert("target_id".to_owned(), json!(id));
        }
        self.send(&op::CREATE_SUBSCRIPTION, &[wish.kind().as_str()], &body).await
    }

    /// Makes it what is wished: all states, both directions, enabled, and sending to `webhook`.
    pub async fn update_subscription(
        &self,
        wish: SubscriptionWish,
        id: &str,
        webhook: &WireId,
    ) -> Result<Subscription, OutboundError> {
        let mut body = wish.members();
        body.insert("endpoint_id".to_owned(), json!(webhook));
        self.send(&op::UPDATE_SUBSCRIPTION, &[wish.kind().as_str(), id], &body).await
    }

    /// Deleting what is gone already is a success.
    pub async fn delete_subscription(&self, kind: SubscriptionKind, id: &str) -> Result<(), OutboundError> {
        gone(self.call(&op::DELETE_SUBSCRIPTION, &[kind.as_str(), id], Extra::None).await.map(drop))
    }
}

fn gone(outcome: Result<(), OutboundError>) -> Result<(), OutboundError> {
    match outcome {
        Err(error) if error.status() == Some(404) => Ok(()),
        outcome => outcome,
    }
}
