//! What can be kept for a limited time, and the bounds that people may choose within.
//!
//! Nothing is removed unless a tenant says so: a rule that is missing means "for ever". The plan's months are only what is
//! offered first. The audit log is exempt: it is what shows that a rule was set, and by whom.

use std::time::Duration;

use crate::text_enum;

text_enum! {
    /// What a rule is about.
    pub enum RetentionKind {
        /// Calls with their legs, recordings and transcripts. Voicemails have a rule of their own.
        Calls "calls",
        Messages "messages",
        /// Voicemails with their audio.
        Voicemails "voicemails",
        /// Our copies of the audio of calls; the calls and what else is known of the recordings stay.
        Recordings "recordings",
        /// The log of what providers sent.
        Events "events",
        /// The log of changes that live clients read.
        Changes "changes",
    }
}

/// A day.
pub const DAY: Duration = Duration::from_hours(24);

impl RetentionKind {
    /// The shortest time that may be chosen, in days. A provider sends an event again for up to 7 days, and what counts and
    /// tells from changes needs some days of them.
    pub const fn least_days(self) -> i64 {
        match self {
            Self::Calls | Self::Messages | Self::Voicemails | Self::Recordings => 1,
            Self::Events | Self::Changes => 7,
        }
    }

    /// The longest, in days: a century. Who wants more wants no rule.
    pub const MAX_DAYS: i64 = 36_500;

    /// What happens where there is no rule, in days; `None` is for ever.
    pub const fn days_without_rule(self) -> Option<i64> {
        match self {
            // A client that was away for longer reads everything again, which is then cheaper as well.
            Self::Changes => Some(90),
            _ => None,
        }
    }

    /// Records as people see them, rather than logs.
    pub const fn is_record(self) -> bool {
        matches!(self, Self::Calls | Self::Messages | Self::Voicemails)
    }
}

/// So many days.
pub fn days(count: i64) -> Duration {
    DAY.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}
