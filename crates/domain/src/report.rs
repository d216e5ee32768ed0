//! What a day comes to: pure formulas over the day's calls and messages, and which part of which day is compared with which.
//!
//! Each number's definition is the comment of its field or function; the dashboard and the API's document say the same. Calls
//! and messages between colleagues (`is_internal`) are left out before they come here.

use std::collections::{BTreeMap, HashMap};

use jiff::{ToSpan, Zoned, civil::Date, tz::TimeZone};
use uuid::Uuid;

use crate::{
    call::{CallOutcome, CallStatus, Direction},
    clock::Timestamp,
    contact::ContactId,
};

/// A day of a place, up to a moment of it.
#[derive(Debug, Clone)]
pub struct Day {
    pub date: Date,
    pub starts: Timestamp,
    /// Where the next day starts.
    pub ends: Timestamp,
    /// What is counted began before this moment.
    pub until: Timestamp,
    zone: TimeZone,
}

impl Day {
    /// The day that `now` is in, up to now. A zone that is not known counts as UTC.
    pub fn of(now: Timestamp, zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let local = zoned(now, &zone);
        Self { until: now, ..Self::at(local.date(), zone) }
    }

    /// The same weekday a week before, up to the same time on the clock, however long the days between them were.
    #[must_use]
    pub fn week_before(&self) -> Self {
        let time = zoned(self.until, &self.zone).time();
        let date = self.date.checked_sub(7.days()).unwrap_or(self.date);
        let until = date.to_datetime(time).to_zoned(self.zone.clone()).map_or(self.until, |local| stamp(&local));
        Self { until, ..Self::at(date, self.zone.clone()) }
    }

    fn at(date: Date, zone: TimeZone) -> Self {
        let begins = |date: Date| date.to_zoned(zone.clone()).and_then(|local| local.start_of_day());
        let starts = begins(date).map_or(Timestamp::EPOCH, |local| stamp(&local));
        let next = date.checked_add(1.days()).unwrap_or(date);
        let ends = begins(next).map_or(starts, |local| stamp(&local));
        Self { date, starts, ends, until: ends, zone }
    }

    /// The hour on the clock, from 0 to 23.
    pub fn hour_of(&self, at: Timestamp) -> usize {
        usize::try_from(zoned(at, &self.zone).hour()).unwrap_or(0)
    }
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default().to_zoned(zone.clone())
}

fn stamp(at: &Zoned) -> Timestamp {
    Timestamp::from_micros(at.timestamp().as_microsecond())
}

/// What counting needs to know of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct CallFact {
    pub id: Uuid,
    pub occurred_at: Timestamp,
    pub direction: Option<Direction>,
    pub status: CallStatus,
    pub outcome: Option<CallOutcome>,
    pub duration_seconds: Option<i64>,
    pub contact_id: Option<ContactId>,
}

impl CallFact {
    const fn is_inbound(&self) -> bool {
        matches!(self.direction, Some(Direction::Inbound))
    }

    const fn is_outbound(&self) -> bool {
        matches!(self.direction, Some(Direction::Outbound))
    }

    /// Somebody called and reached nobody. Rejected callers (blocked, spam) do not wait for anything.
    const fn is_missed(&self) -> bool {
        let missed =
            matches!(self.outcome, Some(CallOutcome::Missed | CallOutcome::Abandoned | CallOutcome::Voicemail));
        self.is_inbound() && missed
    }

    /// Somebody of ours talked, or talks.
    const fn is_talk(&self) -> bool {
        matches!(self.outcome, Some(CallOutcome::Answered)) || matches!(self.status, CallStatus::Active)
    }
}

/// What counting needs to know of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct MessageFact {
    pub occurred_at: Timestamp,
    pub direction: Option<Direction>,
    pub contact_id: Option<ContactId>,
}

/// What the counted part of a day comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// Calls that began.
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    /// Calls that are over, by what came of them.
    pub outcomes: BTreeMap<CallOutcome, i64>,
    /// Of inbound calls that are over, the share that somebody answered. Rejected ones are left out on both sides: nobody
    /// was meant to answer them. `None` without such a call.
    pub answer_rate: Option<f64>,
    /// Seconds that people talked, in calls that are over.
    pub talk_seconds: i64,
    /// People whose calls reached nobody, and who have not talked with us since nor been called.
    pub not_returned: i64,
    pub messages_in: i64,
    pub messages_out: i64,
    /// How long people waited for us.
    pub response: Option<Response>,
}

/// How long those who wrote, or called and reached nobody, waited for the first call or message of ours.
///
/// The wait begins with the first such message or call that nothing of ours followed yet, so three messages in a row are one
/// wait. It ends without a time when they get through by themselves. Who still waits is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    pub median_seconds: i64,
    /// Nine of ten waited this long or less.
    pub p90_seconds: i64,
    /// Waits that ended.
    pub count: i64,
}

/// Counts a day. The facts are in the order of their times.
pub fn numbers(day: &Day, calls: &[CallFact], messages: &[MessageFact]) -> Numbers {
    let calls = &calls[..calls.partition_point(|call| call.occurred_at < day.until)];
    let messages = &messages[..messages.partition_point(|message| message.occurred_at < day.until)];
    let count = |fits: &dyn Fn(&CallFact) -> bool| total(calls.iter().filter(|call| fits(call)).count());
    let direction = |wanted| total(messages.iter().filter(|message| message.direction == Some(wanted)).count());
    let mut outcomes = BTreeMap::new();
    for outcome in calls.iter().filter_map(|call| call.outcome) {
        *outcomes.entry(outcome).or_default() += 1;
    }
    Numbers {
        calls: total(calls.len()),
        inbound: count(&CallFact::is_inbound),
        outbound: count(&CallFact::is_outbound),
        outcomes,
        answer_rate: answer_rate(calls),
        talk_seconds: calls.iter().filter_map(|call| call.duration_seconds).sum(),
        not_returned: total(not_returned(calls).len()),
        messages_in: direction(Direction::Inbound),
        messages_out: direction(Direction::Outbound),
        response: response(calls, messages),
    }
}

fn total(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// See [`Numbers::answer_rate`].
fn answer_rate(calls: &[CallFact]) -> Option<f64> {
    let over = calls.iter().filter(|call| call.is_inbound());
    let asked = over.filter(|call| call.outcome.is_some_and(|outcome| outcome != CallOutcome::Rejected));
    let (mut all, mut answered) = (0_u32, 0_u32);
    for call in asked {
        all += 1;
        answered += u32::from(call.outcome == Some(CallOutcome::Answered));
    }
    (all > 0).then(|| f64::from(answered) / f64::from(all))
}

/// Somebody whose calls reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub contact_id: ContactId,
    /// The last of their calls.
    pub call_id: Uuid,
    pub at: Timestamp,
    /// How often they called.
    pub calls: i64,
}

/// See [`Numbers::not_returned`]. The latest first. Callers who hide their number cannot be called back, and are not in it.
pub fn not_returned(calls: &[CallFact]) -> Vec<Waiting> {
    let mut waiting: HashMap<ContactId, Waiting> = HashMap::new();
    for call in calls {
        let Some(contact_id) = call.contact_id else { continue };
        if call.is_missed() {
            let before = waiting.get(&contact_id).map_or(0, |waiting| waiting.calls);
            let now = Waiting { contact_id, call_id: call.id, at: call.occurred_at, calls: before + 1 };
            waiting.insert(contact_id, now);
        } else if call.is_outbound() || call.is_talk() {
            waiting.remove(&contact_id);
        }
    }
    let mut waiting: Vec<Waiting> = waiting.into_values().collect();
    waiting.sort_by_key(|waiting| std::cmp::Reverse((waiting.at, waiting.call_id)));
    waiting
}

/// What begins or ends a wait.
#[derive(Clone, Copy)]
enum Turn {
    Theirs,
    Ours,
    /// They got through.
    Talk,
}

/// See [`Response`].
fn response(calls: &[CallFact], messages: &[MessageFact]) -> Option<Response> {
    let call_turn = |call: &CallFact| {
        if call.is_missed() {
            Some(Turn::Theirs)
        } else if call.is_outbound() {
            Some(Turn::Ours)
        } else {
            call.is_talk().then_some(Turn::Talk)
        }
    };
    let message_turn = |message: &MessageFact| match message.direction? {
        Direction::Inbound => Some(Turn::Theirs),
        Direction::Outbound => Some(Turn::Ours),
        Direction::Internal => None,
    };
    let of_calls = calls.iter().filter_map(|call| Some((call.occurred_at, call.contact_id?, call_turn(call)?)));
    let of_messages =
        messages.iter().filter_map(|message| Some((message.occurred_at, message.contact_id?, message_turn(message)?)));
    let mut turns: Vec<(Timestamp, ContactId, Turn)> = of_calls.chain(of_messages).collect();
    turns.sort_by_key(|(at, ..)| *at);

    let mut since: HashMap<ContactId, Timestamp> = HashMap::new();
    let mut waits = Vec::new();
    for (at, contact, turn) in turns {
        match turn {
            Turn::Theirs => {
                since.entry(contact).or_insert(at);
            }
            Turn::Ours => waits.extend(since.remove(&contact).map(|since| at.as_seconds() - since.as_seconds())),
            Turn::Talk => {
                since.remove(&contact);
            }
        }
    }
    waits.sort_unstable();
    Some(Response {
        median_seconds: percentile(&waits, 50)?,
        p90_seconds: percentile(&waits, 90)?,
        count: total(waits.len()),
    })
}

/// The least value that this share of the sorted values does not exceed (nearest rank): always one that occurred.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// How many calls began in each hour on the clock. An hour that the clock repeats counts twice, one that it leaves out is 0.
pub fn by_hour(day: &Day, calls: &[CallFact]) -> [i64; 24] {
    let mut hours = [0; 24];
    for call in calls {
        if let Some(hour) = hours.get_mut(day.hour_of(call.occurred_at)) {
            *hour += 1;
        }
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn contact(number: u128) -> ContactId {
        ContactId::from_uuid(Uuid::from_u128(number))
    }

    fn call(second: i64, direction: Direction, outcome: CallOutcome, who: u128) -> CallFact {
        CallFact {
            id: Uuid::from_u128(u128::try_from(second).unwrap()),
            occurred_at: Timestamp::from_millis(second * 1_000),
            direction: Some(direction),
            status: CallStatus::Ended,
            outcome: Some(outcome),
            duration_seconds: Some(if outcome == CallOutcome::Answered { 60 } else { 0 }),
            contact_id: Some(contact(who)),
        }
    }

    fn text(second: i64, direction: Direction, who: u128) -> MessageFact {
        MessageFact {
            occurred_at: Timestamp::from_millis(second * 1_000),
            direction: Some(direction),
            contact_id: Some(contact(who)),
        }
    }

    #[test]
    fn a_day_is_compared_up_to_the_same_time_on_the_clock_across_a_change_of_it() {
        // Berlin put its clocks back on 25 October 2026.
        let day = Day::of(at("2026-10-26T09:30:00Z"), "Europe/Berlin");
        assert_eq!((day.starts, day.ends), (at("2026-10-25T23:00:00Z"), at("2026-10-26T23:00:00Z")));
        let before = day.week_before();
        assert_eq!((before.starts, before.until), (at("2026-10-18T22:00:00Z"), at("2026-10-19T08:30:00Z")));
        let long = Day::of(at("2026-10-25T12:00:00Z"), "Europe/Berlin");
        assert_eq!(long.ends.since(long.starts).as_secs(), 25 * 3_600);
        // 02:30 was there twice.
        assert_eq!((long.hour_of(at("2026-10-25T00:30:00Z")), long.hour_of(at("2026-10-25T01:30:00Z"))), (2, 2));
        assert_eq!(Day::of(at("2026-10-26T09:30:00Z"), "Mars/Olympus").starts, at("2026-10-26T00:00:00Z"));
    }

    #[test]
    fn rejected_calls_lower_no_answer_rate() {
        use CallOutcome as O;
        use Direction::{Inbound, Outbound};
        let calls = [
            call(1, Inbound, O::Answered, 1),
            call(2, Inbound, O::Rejected, 2),
            call(3, Inbound, O::Missed, 3),
            call(4, Outbound, O::NoAnswer, 4),
            CallFact { outcome: None, status: CallStatus::Ringing, ..call(5, Inbound, O::Missed, 5) },
        ];
        let day = Day { until: Timestamp::from_millis(6_000), ..Day::of(Timestamp::from_millis(6_000), "UTC") };
        let numbers = numbers(&day, &calls, &[]);
        assert_eq!(numbers.answer_rate, Some(0.5));
        assert_eq!((numbers.calls, numbers.inbound, numbers.outbound, numbers.talk_seconds), (5, 4, 1, 60));
        assert_eq!(numbers.outcomes[&O::Missed], 1);
        assert_eq!(numbers.response, None);
    }

    #[test]
    fn only_what_began_before_the_moment_counts() {
        let calls = [
            call(1, Direction::Inbound, CallOutcome::Missed, 1),
            call(9, Direction::Outbound, CallOutcome::Answered, 1),
        ];
        let day = Day::of(Timestamp::from_millis(9_000), "UTC");
        assert_eq!(numbers(&day, &calls, &[]).not_returned, 1);
        assert_eq!(numbers(&Day { until: day.ends, ..day }, &calls, &[]).not_returned, 0);
    }

    #[test]
    fn who_called_twice_waits_once_and_no_longer_than_until_they_are_spoken_to() {
        use CallOutcome as O;
        use Direction::{Inbound, Outbound};
        let calls = [
            call(1, Inbound, O::Missed, 1),
            call(2, Inbound, O::Voicemail, 1),
            call(3, Inbound, O::Abandoned, 2),
            call(4, Inbound, O::Missed, 3),
            call(5, Outbound, O::NoAnswer, 2),
            call(6, Inbound, O::Answered, 3),
            CallFact { contact_id: None, ..call(7, Inbound, O::Missed, 4) },
        ];
        let waiting = not_returned(&calls);
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].contact_id, waiting[0].calls), (contact(1), 2));
        assert_eq!(waiting[0].call_id, Uuid::from_u128(2));
    }

    #[test]
    fn a_wait_begins_with_the_first_word_and_ends_with_ours() {
        use CallOutcome as O;
        use Direction::{Inbound, Outbound};
        let calls = [
            call(100, Inbound, O::Missed, 2),
            call(130, Outbound, O::Answered, 2),
            // Got through by themselves: no time of ours.
            call(200, Inbound, O::Missed, 3),
            call(210, Inbound, O::Answered, 3),
            call(220, Outbound, O::Answered, 3),
        ];
        let messages = [
            text(10, Inbound, 1),
            text(20, Inbound, 1),
            text(70, Outbound, 1),
            text(80, Outbound, 1),
            // Still waits.
            text(90, Inbound, 4),
        ];
        let response = response(&calls, &messages).unwrap();
        assert_eq!(response, Response { median_seconds: 30, p90_seconds: 60, count: 2 });
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<i64> = (1..=10).collect();
        assert_eq!(
            (percentile(&values, 50), percentile(&values, 90), percentile(&values, 100)),
            (Some(5), Some(9), Some(10))
        );
        assert_eq!((percentile(&[7], 50), percentile(&[], 50)), (Some(7), None));
    }
}
