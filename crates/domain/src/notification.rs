//! Notifications: what people want to be told of without looking, and when one incident becomes another.
//!
//! A rule has a condition; a condition is read off the records as they are (`Reading`), never off a single event, so that an
//! event that comes twice or late cannot tell anybody twice. From readings to notifications it is one pure step
//! ([`Watch::step`]): an incident begins when a reading is bad and ends when one is good, and what lies between changes
//! nothing. Without that band, five missed calls that age out of the window one by one would be five incidents.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::{CallId, ConnectionId, KeywordListId, UserId, VoicemailId},
    text_enum,
};

text_enum! {
    /// What a rule is about.
    pub enum RuleKind {
        /// Many inbound calls that nobody took, in a short time.
        MissedCallSpike "missed_call_spike",
        /// Too small a part of the inbound calls was answered.
        LowAnswerRate "low_answer_rate",
        /// A connection that used to send events has sent none for a while.
        ConnectionSilent "connection_silent",
        /// A connection's credentials are refused, or end soon and cannot be renewed.
        CredentialExpiring "credential_expiring",
        /// Somebody left a message.
        VoicemailReceived "voicemail_received",
        /// A word or phrase that is listened for was said in a call.
        KeywordHeard "keyword_heard",
        /// A call ended badly for the customer, as far as that can be estimated.
        NegativeSentiment "negative_sentiment",
    }
}

/// What must be the case for a rule to fire, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    MissedCallSpike {
        calls: u32,
        within_minutes: u32,
    },
    LowAnswerRate {
        below_percent: u32,
        within_minutes: u32,
        least_calls: u32,
    },
    /// For so long; `None`: for longer than it usually stays quiet ([`crate::silence`]).
    ConnectionSilent {
        minutes: Option<u32>,
    },
    CredentialExpiring {
        days: u32,
    },
    VoicemailReceived {},
    /// Of this list; `None`: of any.
    KeywordHeard {
        list_id: Option<KeywordListId>,
    },
    /// The customer's estimate is −`strength` or worse.
    NegativeSentiment {
        strength: u32,
    },
}

/// A number of a condition, by name, with its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    pub name: &'static str,
    pub value: u32,
    pub least: u32,
    pub most: u32,
}

/// Minutes of a day and of a fortnight.
const DAY: u32 = 24 * 60;
const FORTNIGHT: u32 = 14 * DAY;

impl Condition {
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::MissedCallSpike { .. } => RuleKind::MissedCallSpike,
            Self::LowAnswerRate { .. } => RuleKind::LowAnswerRate,
            Self::ConnectionSilent { .. } => RuleKind::ConnectionSilent,
            Self::CredentialExpiring { .. } => RuleKind::CredentialExpiring,
            Self::VoicemailReceived {} => RuleKind::VoicemailReceived,
            Self::KeywordHeard { .. } => RuleKind::KeywordHeard,
            Self::NegativeSentiment { .. } => RuleKind::NegativeSentiment,
        }
    }

    /// Its numbers, for whoever checks them.
    pub fn numbers(&self) -> Vec<Number> {
        let number = |name, value, least, most| Number { name, value, least, most };
        match *self {
            Self::MissedCallSpike { calls, within_minutes } => {
                vec![number("calls", calls, 1, 1_000), number("within_minutes", within_minutes, 1, DAY)]
            }
            Self::LowAnswerRate { below_percent, within_minutes, least_calls } => vec![
                number("below_percent", below_percent, 1, 100),
                number("within_minutes", within_minutes, 5, DAY),
                number("least_calls", least_calls, 1, 1_000),
            ],
            Self::ConnectionSilent { minutes } => {
                minutes.into_iter().map(|minutes| number("minutes", minutes, 5, FORTNIGHT)).collect()
            }
            Self::CredentialExpiring { days } => vec![number("days", days, 1, 90)],
            Self::NegativeSentiment { strength } => vec![number("strength", strength, 1, 100)],
            Self::VoicemailReceived {} | Self::KeywordHeard { .. } => Vec::new(),
        }
    }
}

/// What a notification says, in numbers and ids. No contents: who called is read from the record when somebody looks, so
/// that what is erased there is gone here as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
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
        connection_id: ConnectionId,
        connection_name: String,
        silent_minutes: i64,
        last_event_at: Timestamp,
    },
    CredentialExpiring {
        connection_id: ConnectionId,
        connection_name: String,
        /// When it ends; `None` where the provider refuses it already.
        expires_at: Option<Timestamp>,
    },
    VoicemailReceived {
        voicemail_id: VoicemailId,
        call_id: CallId,
        duration_seconds: Option<i64>,
    },
    KeywordHeard {
        call_id: CallId,
        /// As the tenant wrote them into its lists; the first five.
        phrases: Vec<String>,
        hits: i64,
    },
    NegativeSentiment {
        call_id: CallId,
        /// −100 to 100.
        score: i64,
    },
}

impl Finding {
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::MissedCallSpike { .. } => RuleKind::MissedCallSpike,
            Self::LowAnswerRate { .. } => RuleKind::LowAnswerRate,
            Self::ConnectionSilent { .. } => RuleKind::ConnectionSilent,
            Self::CredentialExpiring { .. } => RuleKind::CredentialExpiring,
            Self::VoicemailReceived { .. } => RuleKind::VoicemailReceived,
            Self::KeywordHeard { .. } => RuleKind::KeywordHeard,
            Self::NegativeSentiment { .. } => RuleKind::NegativeSentiment,
        }
    }

    /// What it is about, of which each has incidents of its own: a connection, a voicemail, a call, or (empty) the workspace.
    pub fn subject(&self) -> String {
        match self {
            Self::MissedCallSpike { .. } | Self::LowAnswerRate { .. } => String::new(),
            Self::ConnectionSilent { connection_id, .. } | Self::CredentialExpiring { connection_id, .. } => {
                connection_id.to_string()
            }
            Self::VoicemailReceived { voicemail_id, .. } => voicemail_id.to_string(),
            Self::KeywordHeard { call_id, .. } | Self::NegativeSentiment { call_id, .. } => call_id.to_string(),
        }
    }
}

/// What a condition reads of its subject just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Over the line.
    Bad,
    /// Neither: an incident goes on, and none begins.
    Between,
    /// Well on the right side of it: an incident is over.
    Good,
}

/// How inbound calls of a time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: i64,
    /// Missed, abandoned, or went to voicemail.
    pub not_answered: i64,
}

impl Tally {
    pub const fn calls(self) -> i64 {
        self.answered + self.not_answered
    }

    /// The answered part in whole percent, rounded down; 100 of none.
    pub const fn percent(self) -> i64 {
        match self.calls() {
            0 => 100,
            calls => self.answered * 100 / calls,
        }
    }
}

/// Percent points above its line at which an answer rate is good again.
const RATE_BAND: i64 = 5;

/// Reads a spike of missed calls: over once no more than half as many are left.
pub const fn read_spike(missed: i64, calls: u32) -> Reading {
    let line = calls as i64;
    if missed >= line {
        Reading::Bad
    } else if missed <= line / 2 {
        Reading::Good
    } else {
        Reading::Between
    }
}

/// Reads an answer rate. Too few calls say nothing, and none at all is the end of an incident.
pub fn read_rate(tally: Tally, below_percent: u32, least_calls: u32) -> Reading {
    let line = i64::from(below_percent);
    if tally.calls() == 0 {
        return Reading::Good;
    }
    if tally.calls() < i64::from(least_calls) {
        return Reading::Between;
    }
    match tally.percent() {
        percent if percent < line => Reading::Bad,
        percent if percent >= (line + RATE_BAND).min(100) => Reading::Good,
        _ => Reading::Between,
    }
}

/// Where a rule stands with one subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// An incident goes on.
    pub is_open: bool,
    /// When people were last told of one.
    pub fired_at: Option<Timestamp>,
}

/// What follows from a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Nothing,
    /// An incident begins, and people are told.
    Fire,
    /// The incident is over. Nobody is told: what they were told of they have looked at.
    Close,
}

impl Watch {
    /// One incident is one notification. `may_tell` is false outside the hours of a rule that keeps to them. Within the
    /// quiet period nothing is told; what is still bad when it ends is told then.
    pub fn step(self, reading: Reading, may_tell: bool, quiet: Duration, now: Timestamp) -> Step {
        match (self.is_open, reading) {
            (true, Reading::Good) => Step::Close,
            (false, Reading::Bad) if may_tell && !self.is_quiet(quiet, now) => Step::Fire,
            _ => Step::Nothing,
        }
    }

    /// Since when an incident goes on.
    pub fn open_since(self) -> Option<Timestamp> {
        self.fired_at.filter(|_| self.is_open)
    }

    fn is_quiet(self, quiet: Duration, now: Timestamp) -> bool {
        self.fired_at.is_some_and(|fired_at| now < fired_at + quiet)
    }
}

text_enum! {
    /// Whom a rule writes to.
    pub enum Audience {
        Owners "owners",
        /// Owners and admins.
        Admins "admins",
        Everybody "everybody",
        /// The people that the rule names.
        Chosen "chosen",
    }
}

text_enum! {
    /// How a notification leaves the house.
    pub enum SendWay {
        Email "email",
        Slack "slack",
    }
}

/// In which ways a rule tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub in_app: bool,
    pub email: Option<EmailWay>,
    pub slack: Option<SlackWay>,
}

/// Mails to people of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailWay {
    pub to: Audience,
    /// Whom, where they are chosen one by one.
    pub user_ids: Vec<UserId>,
}

/// A message to a Slack channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlackWay {
    pub connection_id: ConnectionId,
}

impl Ways {
    pub const fn in_app_only() -> Self {
        Self { in_app: true, email: None, slack: None }
    }

    /// It tells nobody at all.
    pub const fn is_none(&self) -> bool {
        !self.in_app && self.email.is_none() && self.slack.is_none()
    }
}

/// The conditions of the rules that a new tenant has, whether they keep to its hours, and their quiet minutes. All of
/// them tell in the dashboard alone: nobody is written to who did not ask for it.
pub const fn first_conditions() -> [(Condition, bool, i64); 3] {
    [
        (Condition::MissedCallSpike { calls: 5, within_minutes: 15 }, false, 60),
        // By its habits, which know of nights and weekends before anybody has set hours.
        (Condition::ConnectionSilent { minutes: None }, false, 24 * 60),
        (Condition::CredentialExpiring { days: 7 }, false, 24 * 60),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_hours(1);

    fn at(minute: u64) -> Timestamp {
        Timestamp::from_millis(1_788_000_000_000) + Duration::from_mins(minute)
    }

    /// Feeds readings of one a minute; returns the minutes of notifications.
    fn told(readings: &[i64], line: u32, may_tell: impl Fn(u64) -> bool) -> Vec<u64> {
        let (mut watch, mut told) = (Watch::default(), Vec::new());
        for (minute, missed) in (0..).zip(readings) {
            match watch.step(read_spike(*missed, line), may_tell(minute), QUIET, at(minute)) {
                Step::Fire => {
                    watch = Watch { is_open: true, fired_at: Some(at(minute)) };
                    told.push(minute);
                }
                Step::Close => watch.is_open = false,
                Step::Nothing => {}
            }
        }
        told
    }

    #[test]
    fn one_incident_is_one_notification_however_it_swings() {
        assert_eq!(told(&[0, 2, 4, 5, 7, 4, 5, 3, 6, 5, 4], 5, |_| true), [3]);
        // Over at minute 2, bad again at once, and told when the quiet period ends.
        let mut readings = vec![5, 6, 2];
        readings.extend([5; 60]);
        assert_eq!(told(&readings, 5, |_| true), [0, 60]);
        // Over again before the quiet period ended: not told a second time.
        assert_eq!(told(&[5, 0, 5, 0], 5, |_| true), [0]);
        assert_eq!(told(&[1, 1, 0, 0], 1, |_| true), [0]);
    }

    #[test]
    fn what_is_still_bad_when_the_doors_open_is_told_then() {
        assert_eq!(told(&[5, 5, 5, 5], 5, |minute| minute >= 2), [2]);
        assert_eq!(told(&[5, 5, 1, 1], 5, |minute| minute >= 2), [] as [u64; 0]);
    }

    #[test]
    fn a_rate_of_too_few_calls_says_nothing() {
        let rate = |answered, not_answered| read_rate(Tally { answered, not_answered }, 80, 10);
        assert_eq!(rate(0, 9), Reading::Between);
        assert_eq!(rate(7, 3), Reading::Bad);
        assert_eq!(rate(8, 2), Reading::Between);
        assert_eq!(rate(17, 3), Reading::Good);
        assert_eq!(rate(0, 0), Reading::Good);
        // A line at 100 % can be reached from below only by answering all.
        assert_eq!(read_rate(Tally { answered: 10, not_answered: 0 }, 100, 1), Reading::Good);
    }

    #[test]
    fn every_first_rule_is_within_its_bounds() {
        for (condition, ..) in first_conditions() {
            for number in condition.numbers() {
                assert!((number.least..=number.most).contains(&number.value), "{number:?}");
            }
        }
    }
}
