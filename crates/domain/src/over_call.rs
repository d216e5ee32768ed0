//! A call that is over, as counting needs it: one row of `calls` without what only people read.

use crate::{
    call::{CallOutcome, Direction},
    clock::Timestamp,
    ids::{CallId, ConnectionId},
    phone, text_enum,
};

text_enum! {
    /// Which way a call went. Calls between colleagues are neither inbound nor outbound, whatever the provider calls them.
    pub enum Way {
        Inbound "inbound",
        Outbound "outbound",
        Internal "internal",
        Unknown "unknown",
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a call, each counted by itself")]
pub struct OverCall {
    pub id: CallId,
    pub connection_id: ConnectionId,
    pub occurred_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// When we first heard of it.
    pub created_at: Timestamp,
    pub direction: Option<Direction>,
    pub outcome: CallOutcome,
    pub is_internal: bool,
    pub is_transferred: bool,
    pub is_voicemail: bool,
    pub start_estimated: bool,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    pub ivr: Option<String>,
    pub trunk: Option<String>,
    pub did: Option<String>,
    pub country: Option<String>,
    pub ring_seconds: Option<i64>,
    pub wait_seconds: Option<i64>,
    pub talk_seconds: Option<i64>,
    pub duration_seconds: Option<i64>,
}

impl OverCall {
    pub const fn way(&self) -> Way {
        match self.direction {
            _ if self.is_internal => Way::Internal,
            Some(Direction::Internal) => Way::Internal,
            Some(Direction::Inbound) => Way::Inbound,
            Some(Direction::Outbound) => Way::Outbound,
            None => Way::Unknown,
        }
    }

    pub const fn is_answered(&self) -> bool {
        matches!(self.outcome, CallOutcome::Answered)
    }

    /// Somebody called and should have been answered, and was not.
    pub const fn is_missed(&self) -> bool {
        matches!(self.way(), Way::Inbound) && !matches!(self.outcome, CallOutcome::Answered | CallOutcome::Rejected)
    }

    /// Seconds that people talked.
    pub fn talk(&self) -> i64 {
        if self.is_answered() { self.talk_seconds.or(self.duration_seconds).unwrap_or(0).max(0) } else { 0 }
    }

    /// The number of who is not ours.
    pub fn other_side(&self) -> Option<&str> {
        match self.way() {
            Way::Inbound => self.from_number.as_deref(),
            Way::Outbound => self.to_number.as_deref(),
            Way::Internal | Way::Unknown => None,
        }
    }

    /// It went to another country than that of our own number; `home` stands in where ours tells none.
    pub fn is_abroad(&self, home: Option<&str>) -> bool {
        let Some(country) = self.country.as_deref().filter(|_| self.way() == Way::Outbound) else { return false };
        let ours = self.from_number.as_deref().or(self.did.as_deref()).and_then(phone::country);
        ours.as_deref().or(home).is_some_and(|ours| ours != country)
    }

    /// When it held a line, in seconds since 1970: to its end, or to where its ringing and talking must have ended.
    pub fn held(&self) -> (i64, i64) {
        let start = self.occurred_at.as_seconds();
        let seconds = self.ring_seconds.unwrap_or(0).max(self.wait_seconds.unwrap_or(0)).max(0) + self.talk();
        (start, self.ended_at.map_or(start + seconds, Timestamp::as_seconds).max(start))
    }

    /// When somebody talked, in seconds since 1970; `None` if nobody did.
    pub fn talking(&self) -> Option<(i64, i64)> {
        let (_, end) = self.held();
        (self.talk() > 0).then(|| (end - self.talk(), end))
    }
}
