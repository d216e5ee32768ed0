//! Notifications: what people were told, and what they have read of it.

use serde::Serialize;
use switchboard_app::notifications::{Listed, VoicemailBrief};
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ConnectionId, NotificationId, NotificationRuleId, NotificationSendId, VoicemailId},
    mail::MailState,
    notification::{Finding, SendWay},
};
use switchboard_store::notifications::sends::Send;
use utoipa::ToSchema;

pub mod get;
pub mod list;
pub mod read;

super::word_schemas! {
    way = SendWay;
    send_state = MailState;
}

/// What was found, in numbers and ids. More kinds may be added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = NotificationFinding)]
pub enum FindingView {
    MissedCallSpike {
        calls: i64,
        within_minutes: u32,
    },
    LowAnswerRate {
        percent: i64,
        calls: i64,
        within_minutes: u32,
    },
    ConnectionSilent {
        #[schema(value_type = String)]
        connection_id: ConnectionId,
        /// As it was called then.
        connection_name: String,
        silent_minutes: i64,
        #[schema(value_type = String, format = DateTime)]
        last_event_at: Timestamp,
    },
    CredentialExpiring {
        #[schema(value_type = String)]
        connection_id: ConnectionId,
        connection_name: String,
        /// Null: they are refused already, or could not be renewed.
        #[schema(value_type = Option<String>, format = DateTime)]
        expires_at: Option<Timestamp>,
    },
    VoicemailReceived {
        #[schema(value_type = String)]
        voicemail_id: VoicemailId,
        #[schema(value_type = String)]
        call_id: CallId,
        duration_seconds: Option<i64>,
        /// Null: the voicemail is gone.
        voicemail: Option<VoicemailBriefView>,
    },
    KeywordHeard {
        #[schema(value_type = String)]
        call_id: CallId,
        /// The first five.
        phrases: Vec<String>,
        hits: i64,
    },
    NegativeSentiment {
        #[schema(value_type = String)]
        call_id: CallId,
        /// -100 to 100; an estimate.
        score: i64,
    },
}

/// Who left a message, as the voicemail says now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoicemailBrief)]
pub struct VoicemailBriefView {
    pub from_number: Option<String>,
    pub contact_name: Option<String>,
    /// For whom it was left.
    pub agent_name: Option<String>,
    pub is_heard: bool,
}

impl From<VoicemailBrief> for VoicemailBriefView {
    fn from(brief: VoicemailBrief) -> Self {
        Self {
            from_number: brief.from_number,
            contact_name: brief.contact_name,
            agent_name: brief.agent_name,
            is_heard: brief.is_heard,
        }
    }
}

impl FindingView {
    fn of(finding: Finding, voicemail: Option<VoicemailBrief>) -> Self {
        match finding {
            Finding::MissedCallSpike { calls, within_minutes } => Self::MissedCallSpike { calls, within_minutes },
            Finding::LowAnswerRate { percent, calls, within_minutes } => {
                Self::LowAnswerRate { percent, calls, within_minutes }
            }
            Finding::ConnectionSilent { connection_id, connection_name, silent_minutes, last_event_at } => {
                Self::ConnectionSilent { connection_id, connection_name, silent_minutes, last_event_at }
            }
            Finding::CredentialExpiring { connection_id, connection_name, expires_at } => {
                Self::CredentialExpiring { connection_id, connection_name, expires_at }
            }
            Finding::VoicemailReceived { voicemail_id, call_id, duration_seconds } => {
                let voicemail = voicemail.map(VoicemailBriefView::from);
                Self::VoicemailReceived { voicemail_id, call_id, duration_seconds, voicemail }
            }
            Finding::KeywordHeard { call_id, phrases, hits } => Self::KeywordHeard { call_id, phrases, hits },
            Finding::NegativeSentiment { call_id, score } => Self::NegativeSentiment { call_id, score },
        }
    }
}

/// How a notification left the house.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationSend)]
pub struct SendView {
    #[schema(value_type = String)]
    pub id: NotificationSendId,
    #[schema(schema_with = way)]
    pub way: SendWay,
    /// The connection to Slack.
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    /// `unknown`: it was handed over and nobody knows whether it was taken; it is not sent again by itself. Null: that is no
    /// longer kept.
    #[schema(schema_with = nullable_state)]
    pub state: Option<MailState>,
    /// Why it did not go out.
    pub problem: Option<String>,
}

fn nullable_state() -> utoipa::openapi::schema::Object {
    super::or_null(send_state())
}

impl From<Send> for SendView {
    fn from(send: Send) -> Self {
        Self { id: send.id, way: send.way, connection_id: send.connection_id, state: send.state, problem: send.problem }
    }
}

/// A notification.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationView {
    #[schema(value_type = String)]
    pub id: NotificationId,
    #[schema(value_type = String)]
    pub rule_id: NotificationRuleId,
    /// As the rule was called then; null: it had no name.
    pub rule_name: Option<String>,
    pub finding: FindingView,
    /// Somebody tried the rule; nothing has happened.
    pub is_test: bool,
    /// By the caller.
    pub is_read: bool,
    /// One for each person and channel that it went to.
    pub sends: Vec<SendView>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Listed> for NotificationView {
    fn from(Listed { entry, sends, voicemail }: Listed) -> Self {
        let notification = entry.notification;
        Self {
            id: notification.id,
            rule_id: notification.rule_id,
            rule_name: notification.rule_name,
            finding: FindingView::of(notification.finding, voicemail),
            is_test: notification.is_test,
            is_read: entry.is_read,
            sends: sends.into_iter().map(SendView::from).collect(),
            created_at: notification.created_at,
        }
    }
}
