//! What happened at a company and may be told to its webhooks.

use serde_json::{Map, Value};

use super::{leg::Leg, message::Text, people::Party};

/// The five kinds of subscription, which are also the five kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Call,
    Sms,
    AgentStatus,
    Contact,
    ChangeLog,
}

impl Kind {
    /// The word in `/subscriptions/{word}`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Sms => "sms",
            Self::AgentStatus => "agent_status",
            Self::Contact => "contact",
            Self::ChangeLog => "changelog",
        }
    }
}

/// What a subscription looks at to decide whether an event is for it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trait {
    Call {
        group: bool,
    },
    /// `first`: the first event of a message, which is sent whether or not the subscription wants every status.
    Sms {
        inbound: bool,
        internal: bool,
        first: bool,
    },
    AgentStatus,
    Contact {
        shared: bool,
    },
    ChangeLog,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) nature: Trait,
    /// Call state, message status, duty status, or action.
    pub(crate) label: String,
    /// Call id, message id, user id, contact id.
    pub(crate) subject: i64,
    #[expect(clippy::struct_field_names, reason = "Dialpad's own name for it")]
    pub(crate) event_timestamp: i64,
    /// (type as the API spells it, id) of every party of ours that this is about.
    pub(crate) targets: Vec<(&'static str, i64)>,
    pub(crate) body: Map<String, Value>,
}

impl Event {
    pub(crate) fn kind(&self) -> Kind {
        match self.nature {
            Trait::Call { .. } => Kind::Call,
            Trait::Sms { .. } => Kind::Sms,
            Trait::AgentStatus => Kind::AgentStatus,
            Trait::Contact { .. } => Kind::Contact,
            Trait::ChangeLog => Kind::ChangeLog,
        }
    }

    pub(crate) fn of_leg(leg: &Leg, origin: &str) -> Self {
        let parties = [Some(&leg.target), leg.entry_point_target.as_ref()];
        let mut targets: Vec<_> = parties.into_iter().flatten().map(|party| (party.api_kind(), party.id)).collect();
        targets.extend(leg.target.office_id.map(|id| ("office", id)));
        Self {
            nature: Trait::Call { group: leg.is_group_call() },
            label: leg.state.to_owned(),
            subject: leg.call_id,
            event_timestamp: leg.event_timestamp,
            targets,
            body: leg.event(origin),
        }
    }

    pub(crate) fn of_text(text: &Text, first: bool) -> Self {
        Self {
            nature: Trait::Sms { inbound: text.inbound, internal: text.internal, first },
            label: text.status.to_owned(),
            subject: text.id,
            event_timestamp: text.event_timestamp,
            targets: vec![(text.target.api_kind(), text.target.id), ("user", text.admin.id)],
            body: object(text.event()),
        }
    }

    /// `body` in the layout of field "agent status": `on_duty_status` is one of Dialpad's documented words.
    pub(crate) fn of_agent(user: &Party, queue: i64, on_duty_status: &str, reason: Option<&str>, at: i64) -> Self {
        let available = on_duty_status == "available";
        let body = serde_json::json!({
            "availability_status": if available { "available" } else { "unavailable" },
            "call_center_ids": [queue.to_string()],
            "date": at,
            "event_timestamp": at,
            "on_duty_status": on_duty_status,
            "on_duty_status_reason": reason,
            "powerdialer_mode": false,
            "target": {"id": user.id, "type": user.kind, "name": user.name, "email": user.email},
        });
        Self {
            nature: Trait::AgentStatus,
            label: on_duty_status.to_owned(),
            subject: user.id,
            event_timestamp: at,
            targets: Vec::new(),
            body: object(body),
        }
    }

    /// No captured contact event is public: `action` and `contact` are what the documentation speaks of, the layout is ours.
    pub(crate) fn of_contact(contact: &Value, shared: bool, subject: i64, action: &str, at: i64) -> Self {
        let body = serde_json::json!({"action": action, "contact": contact, "date": at, "event_timestamp": at});
        Self {
            nature: Trait::Contact { shared },
            label: action.to_owned(),
            subject,
            event_timestamp: at,
            targets: Vec::new(),
            body: object(body),
        }
    }

    pub(crate) fn of_change(action: &str, note: &str, target: &Party, by: &Party, at: i64) -> Self {
        let body = serde_json::json!({
            "date": at,
            "action": action,
            "note": note,
            "additional_data": {},
            "target": {"type": target.kind, "id": target.id},
            "changed_by": {"name": by.name, "id": by.id, "type": by.kind},
        });
        Self {
            nature: Trait::ChangeLog,
            label: action.to_owned(),
            subject: target.id,
            event_timestamp: at,
            targets: Vec::new(),
            body: object(body),
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
