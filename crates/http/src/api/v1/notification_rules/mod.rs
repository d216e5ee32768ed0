//! Notification rules: what people want to be told of, and in which ways.

use serde::{Deserialize, Deserializer, Serialize};
use switchboard_app::notifications::{RuleWish, RulesError, Shown};
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, KeywordListId, NotificationRuleId, UserId},
    mail::Language,
    notification::{Audience, Condition, EmailWay, SlackWay},
};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod test;
pub mod update;

super::word_schemas! {
    audience = Audience;
    language = Language;
}

/// When a rule fires, with its numbers. More kinds may be added.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = NotificationCondition)]
pub enum ConditionView {
    /// So many inbound calls of the last minutes were not answered.
    MissedCallSpike { calls: u32, within_minutes: u32 },
    /// Of the inbound calls of the last minutes, of which there were at least so many, less than this share was answered.
    LowAnswerRate { below_percent: u32, within_minutes: u32, least_calls: u32 },
    /// A connection has sent nothing for so many minutes; null: for longer than it usually stays quiet.
    ConnectionSilent { minutes: Option<u32> },
    /// A connection's credentials end within so many days, cannot be renewed, or are refused.
    CredentialExpiring { days: u32 },
    /// Somebody left a message.
    VoicemailReceived {},
    /// A phrase of this keyword list was said in a call; null: of any list.
    KeywordHeard {
        #[schema(value_type = Option<String>)]
        list_id: Option<KeywordListId>,
    },
    /// A call ended badly, and the customer's estimated sentiment is -`strength` (1 to 100) or worse.
    NegativeSentiment { strength: u32 },
}

impl From<Condition> for ConditionView {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::MissedCallSpike { calls, within_minutes } => Self::MissedCallSpike { calls, within_minutes },
            Condition::LowAnswerRate { below_percent, within_minutes, least_calls } => {
                Self::LowAnswerRate { below_percent, within_minutes, least_calls }
            }
            Condition::ConnectionSilent { minutes } => Self::ConnectionSilent { minutes },
            Condition::CredentialExpiring { days } => Self::CredentialExpiring { days },
            Condition::VoicemailReceived {} => Self::VoicemailReceived {},
            Condition::KeywordHeard { list_id } => Self::KeywordHeard { list_id },
            Condition::NegativeSentiment { strength } => Self::NegativeSentiment { strength },
        }
    }
}

impl From<ConditionView> for Condition {
    fn from(view: ConditionView) -> Self {
        match view {
            ConditionView::MissedCallSpike { calls, within_minutes } => Self::MissedCallSpike { calls, within_minutes },
            ConditionView::LowAnswerRate { below_percent, within_minutes, least_calls } => {
                Self::LowAnswerRate { below_percent, within_minutes, least_calls }
            }
            ConditionView::ConnectionSilent { minutes } => Self::ConnectionSilent { minutes },
            ConditionView::CredentialExpiring { days } => Self::CredentialExpiring { days },
            ConditionView::VoicemailReceived {} => Self::VoicemailReceived {},
            ConditionView::KeywordHeard { list_id } => Self::KeywordHeard { list_id },
            ConditionView::NegativeSentiment { strength } => Self::NegativeSentiment { strength },
        }
    }
}

/// Mails to people of the workspace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationEmail)]
pub struct EmailView {
    #[schema(schema_with = audience)]
    pub to: Audience,
    /// Whom, where `to` is `chosen`; at most 50.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub user_ids: Vec<UserId>,
}

/// A message to a Slack channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationSlack)]
pub struct SlackView {
    /// A connection of the kind `slack`.
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationRule)]
pub struct RuleView {
    #[schema(value_type = String)]
    pub id: NotificationRuleId,
    /// Null: it is known by its kind.
    pub name: Option<String>,
    pub condition: ConditionView,
    pub is_on: bool,
    /// It tells nothing outside the workspace's hours, and counts only what happens within them.
    pub only_in_hours: bool,
    /// It tells in the dashboard.
    pub in_app: bool,
    pub email: Option<EmailView>,
    pub slack: Option<SlackView>,
    /// What e-mails and Slack messages are written in.
    #[schema(schema_with = language)]
    pub language: Language,
    /// The shortest time between two notifications about the same thing.
    pub quiet_minutes: i64,
    /// Incidents that go on: people were told, and it is not over.
    pub open_incidents: usize,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_fired_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Shown> for RuleView {
    fn from(Shown { rule, open_incidents }: Shown) -> Self {
        Self {
            id: rule.id,
            name: rule.name,
            condition: rule.condition.into(),
            is_on: rule.is_on,
            only_in_hours: rule.only_in_hours,
            in_app: rule.ways.in_app,
            email: rule.ways.email.map(|email| EmailView { to: email.to, user_ids: email.user_ids }),
            slack: rule.ways.slack.map(|slack| SlackView { connection_id: slack.connection_id }),
            language: rule.language,
            quiet_minutes: rule.quiet_minutes,
            open_incidents,
            last_fired_at: rule.last_fired_at,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

/// What is to be other than it is; what is left out stays. Null takes a name or a way away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationRuleWish)]
#[expect(clippy::option_option, reason = "null and a field that is not there mean different things")]
pub struct RuleBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    name: Option<Option<String>>,
    condition: Option<ConditionView>,
    is_on: Option<bool>,
    only_in_hours: Option<bool>,
    in_app: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<EmailView>)]
    email: Option<Option<EmailView>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<SlackView>)]
    slack: Option<Option<SlackView>>,
    #[schema(schema_with = language)]
    language: Option<Language>,
    #[schema(minimum = 0, maximum = 20_160)]
    quiet_minutes: Option<i64>,
}

/// Tells null from a field that is not there.
#[expect(clippy::option_option, reason = "null and a field that is not there mean different things")]
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl From<RuleBody> for RuleWish {
    fn from(body: RuleBody) -> Self {
        Self {
            name: body.name,
            condition: body.condition.map(Condition::from),
            is_on: body.is_on,
            only_in_hours: body.only_in_hours,
            in_app: body.in_app,
            email: body.email.map(|email| email.map(|view| EmailWay { to: view.to, user_ids: view.user_ids })),
            slack: body.slack.map(|slack| slack.map(|view| SlackWay { connection_id: view.connection_id })),
            language: body.language,
            quiet_minutes: body.quiet_minutes,
        }
    }
}

impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        let detail = error.to_string();
        match error {
            RulesError::NotFound => Self::not_found("notification rule"),
            RulesError::TooMany => Self::new(Code::Conflict, detail),
            RulesError::Invalid(faults) => Self::fields(faults),
            RulesError::Store(error) => error.into(),
        }
    }
}
