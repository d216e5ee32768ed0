//! From sums to reports. Pure: what the sums were read from, the kept ones or the calls themselves, is not known here, so
//! both answer alike.

mod calls;
mod insight;
mod lines;
mod people;

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use switchboard_domain::{Timestamp, call::Direction, over_call::Way};

pub use self::{calls::*, insight::*, lines::*, people::*};
use super::{
    Filter,
    answers::{About, CallsQuery},
    day::{self, Labelled, LocalDay},
    settings::Settings,
    tally::Tally,
};

/// The days of a period with what is counted of each; days without a call may be missing.
pub type Days = BTreeMap<Date, Tally>;
/// What is counted of each key of a slice in a period.
pub type Keys<T> = BTreeMap<String, Labelled<T>>;

/// What every report is made with.
#[derive(Debug, Clone)]
pub struct Frame {
    pub about: About,
    pub filter: Filter,
    pub zone: TimeZone,
    pub settings: Settings,
    pub now: Timestamp,
}

impl Frame {
    /// The calls of the filter, whenever they were.
    fn filtered(&self) -> CallsQuery {
        let filter = &self.filter;
        let query = CallsQuery {
            outcome: filter.outcome,
            connection_id: filter.connection,
            agent_id: filter.agent.clone(),
            queue: filter.queue.clone(),
            ring_group: filter.ring_group.clone(),
            trunk: filter.trunk.clone(),
            did: filter.did.clone(),
            ..CallsQuery::default()
        };
        match filter.direction {
            None => query,
            Some(direction) => query.way(direction),
        }
    }

    /// The calls of these days, both included.
    fn of_days(&self, from: Date, to: Date) -> CallsQuery {
        CallsQuery {
            occurred_from: Some(day::start_of(from, &self.zone)),
            occurred_before: Some(day::start_of(day::next(to), &self.zone)),
            ..self.filtered()
        }
    }

    fn of_day(&self, date: Date) -> CallsQuery {
        self.of_days(date, date)
    }

    /// The calls of the period.
    fn query(&self) -> CallsQuery {
        self.of_days(self.filter.from, self.filter.to)
    }

    fn dates(&self) -> impl Iterator<Item = Date> {
        day::days(self.filter.from, self.filter.to)
    }

    fn day(&self, date: Date) -> LocalDay {
        LocalDay::of(date, &self.zone)
    }
}

impl CallsQuery {
    /// Only calls of this direction. Calls between colleagues are of no other, whatever the provider calls them.
    #[must_use]
    fn way(self, direction: Direction) -> Self {
        match direction {
            Direction::Internal => Self { is_internal: Some(true), ..self },
            Direction::Inbound | Direction::Outbound => {
                Self { direction: Some(direction), is_internal: Some(false), ..self }
            }
        }
    }

    /// Without calls between colleagues.
    #[must_use]
    fn external(self) -> Self {
        Self { is_internal: Some(false), ..self }
    }
}

/// The way that a direction is counted as.
pub const fn way_of(direction: Direction) -> Way {
    match direction {
        Direction::Inbound => Way::Inbound,
        Direction::Outbound => Way::Outbound,
        Direction::Internal => Way::Internal,
    }
}

/// Everything of a period as one.
fn total(days: &Days) -> Tally {
    let mut total = Tally::default();
    for day in days.values() {
        total.merge_days(day);
    }
    total
}

/// A length as `usize` for lists that people see.
fn left_out(all: usize, most: usize) -> i64 {
    i64::try_from(all.saturating_sub(most)).unwrap_or(i64::MAX)
}
