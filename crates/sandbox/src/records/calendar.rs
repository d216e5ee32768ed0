//! How many calls fall into which hour of a year: weekdays, hours, seasons, holidays, and the odd day that went wrong.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
    tz::TimeZone,
};

use super::small;
use crate::dice::Dice;

/// How busy an hour is compared with others. Lunch is quieter; after ten at night it is alarms and wrong numbers.
const HOURS: [u64; 24] =
    [2, 1, 1, 1, 1, 3, 9, 38, 105, 152, 170, 158, 112, 126, 150, 160, 138, 84, 34, 20, 12, 8, 5, 3];
/// In per cent of a usual day, from Monday.
const WEEKDAYS: [u64; 7] = [118, 104, 100, 98, 92, 26, 9];
/// In per cent of a usual month, from January.
const MONTHS: [u64; 12] = [108, 102, 104, 100, 98, 94, 84, 86, 103, 108, 106, 107];
/// Days on which nearly nobody works: month and day.
const HOLIDAYS: [(i8, i8); 6] = [(1, 1), (7, 4), (11, 26), (12, 24), (12, 25), (12, 31)];
/// The hours at which the office answers.
const OPEN: std::ops::Range<i8> = 8..18;

/// What is special about an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HourKind {
    pub is_open: bool,
    /// Up to 100: how busy it is for its people.
    pub load: u64,
    /// Half of the phones do not work.
    pub is_broken: bool,
}

/// An hour with calls in it.
#[derive(Debug)]
pub(super) struct Hour {
    /// Unix seconds.
    pub began_at: i64,
    pub calls: u64,
    pub kind: HourKind,
}

/// A year of hours with their weights.
pub(super) struct Calendar {
    hours: Vec<(i64, u64, HourKind)>,
    total: u64,
}

impl Calendar {
    pub(super) fn new(year: i16, zone: &TimeZone, dice: &Dice) -> Self {
        let odd = odd_days(dice);
        let mut hours = Vec::with_capacity(8_800);
        let mut day = date(year, 1, 1);
        while day.year() == year {
            hours_of(day, zone, &odd, &mut hours);
            let Ok(next) = day.checked_add(1.day()) else { break };
            day = next;
        }
        let total = hours.iter().map(|(_, weight, _)| weight).sum();
        Self { hours, total }
    }

    /// The hours that have calls, when there are so many in all. What is lost to rounding in one hour is had in the next.
    pub(super) fn hours(&self, calls: u64) -> impl Iterator<Item = Hour> {
        let (mut passed, mut given) = (0_u64, 0);
        self.hours.iter().filter_map(move |(began_at, weight, kind)| {
            passed += weight;
            let due = u128::from(calls) * u128::from(passed) / u128::from(self.total.max(1));
            let calls = u64::try_from(due).unwrap_or(u64::MAX) - given;
            given += calls;
            (calls > 0).then_some(Hour { began_at: *began_at, calls, kind: *kind })
        })
    }
}

/// What happened on a day of the year that is not like the others.
#[derive(Debug, Clone, Copy)]
enum Odd {
    /// Everybody calls: a recall, a bill that was wrong.
    Rush,
    /// The telephone system answers only now and then.
    Broken,
}

/// Some five rushes and three failures.
fn odd_days(dice: &Dice) -> BTreeMap<i16, Odd> {
    let mut days = BTreeMap::new();
    for odd in [Odd::Rush, Odd::Rush, Odd::Rush, Odd::Rush, Odd::Rush, Odd::Broken, Odd::Broken, Odd::Broken] {
        days.insert(i16::try_from(dice.below(365)).unwrap_or(0) + 1, odd);
    }
    days
}

fn hours_of(day: Date, zone: &TimeZone, odd: &BTreeMap<i16, Odd>, hours: &mut Vec<(i64, u64, HourKind)>) {
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let month = usize::try_from(day.month() - 1).unwrap_or(0);
    let odd = odd.get(&day.day_of_year());
    let mut weight = WEEKDAYS[weekday] * MONTHS[month];
    let is_holiday = HOLIDAYS.contains(&(day.month(), day.day()));
    if is_holiday {
        weight /= 12;
    }
    if matches!(odd, Some(Odd::Rush)) {
        weight = weight * 5 / 2;
    }
    let is_workday = !is_holiday && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    for (hour, share) in (0_i8..).zip(HOURS) {
        let Ok(began) = day.at(hour, 0, 0, 0).to_zoned(zone.clone()) else { continue };
        let kind = HourKind {
            is_open: is_workday && OPEN.contains(&hour),
            load: (share * weight / 20_000).min(100),
            is_broken: matches!(odd, Some(Odd::Broken)) && (10..15).contains(&hour),
        };
        hours.push((began.timestamp().as_second(), share * weight, kind));
    }
}

/// So many times in a hundred.
pub(super) fn chance(dice: &Dice, percent: u64) -> bool {
    dice.below(100) < percent
}

/// One of `from..=to`.
pub(super) fn between(dice: &Dice, from: i64, to: i64) -> i64 {
    from + small(dice.below(u64::try_from(to - from + 1).unwrap_or(1)))
}
