//! When a report is sent by itself, and which days are in it.
//!
//! A rhythm is kept as people say it ("Mondays at eight") and laid over the calendar of the workspace's zone only when the
//! next time is wanted, as business hours are: eight o'clock stays eight o'clock through summer time. What is sent are whole
//! days that are over, so that a report which is late by an hour or a week of downtime says the same as one in time.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    hours::{Day, TimeOfDay},
    text_enum,
};

/// The latest day of a month that every month has.
pub const LAST_MONTH_DAY: i64 = 28;

text_enum! {
    /// How often.
    pub enum Every {
        /// About the day before.
        Day "day",
        /// About the seven days before.
        Week "week",
        /// About the calendar month before.
        Month "month",
    }
}

text_enum! {
    /// What a report or a list is written as.
    pub enum FileFormat {
        Csv "csv",
        Xlsx "xlsx",
        Pdf "pdf",
    }
}

impl FileFormat {
    /// What browsers and mail programs are told that it is.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

/// When, in the clock on the workspace's wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    pub every: Every,
    /// Of a week; else `None`.
    pub weekday: Option<Day>,
    /// Of a month, from 1 to [`LAST_MONTH_DAY`]; else `None`.
    pub month_day: Option<i64>,
    pub time: TimeOfDay,
}

/// A rhythm says too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RhythmError {
    #[error("a report of each week needs the day of the week that it is sent on")]
    Weekday,
    #[error("a report of each month needs the day of the month that it is sent on, from 1 to {LAST_MONTH_DAY}")]
    MonthDay,
}

impl Rhythm {
    /// The rhythm as it is kept: without what its kind has no use for.
    pub fn checked(mut self) -> Result<Self, RhythmError> {
        if self.every != Every::Week {
            self.weekday = None;
        } else if self.weekday.is_none() {
            return Err(RhythmError::Weekday);
        }
        if self.every != Every::Month {
            self.month_day = None;
        } else if !self.month_day.is_some_and(|day| (1..=LAST_MONTH_DAY).contains(&day)) {
            return Err(RhythmError::MonthDay);
        }
        Ok(self)
    }

    /// The first time after a moment. A zone that the database of zones does not know (any more) is UTC.
    pub fn next_after(&self, after: Timestamp, zone: &str) -> Timestamp {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let today = date_of(after, &zone);
        // From the day before: `24:00` of yesterday is today. Five weeks hold each day of a week and of a month.
        let days = (-1..=36_i64).filter_map(|ahead| today.checked_add(ahead.days()).ok());
        let times = days.filter(|date| self.is_on(*date)).filter_map(|date| self.time.on(date, &zone));
        // There is always one but at the end of all time.
        times.filter(|time| *time > after).min().unwrap_or(Timestamp::from_micros(i64::MAX))
    }

    fn is_on(&self, date: Date) -> bool {
        match self.every {
            Every::Day => true,
            Every::Week => self.weekday.is_none_or(|day| Day::of(date) == day),
            Every::Month => self.month_day.is_none_or(|day| i64::from(date.day()) == day),
        }
    }

    /// The first and the last day that a report is about which is sent at a moment.
    pub fn days_before(&self, due: Timestamp, zone: &str) -> (Date, Date) {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let today = date_of(due, &zone);
        let back = |date: Date, days: i64| date.checked_sub(days.days()).unwrap_or(date);
        match self.every {
            Every::Day => (back(today, 1), back(today, 1)),
            Every::Week => (back(today, 7), back(today, 1)),
            Every::Month => {
                let last = back(today.first_of_month(), 1);
                (last.first_of_month(), last)
            }
        }
    }
}

fn date_of(at: Timestamp, zone: &TimeZone) -> Date {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or(jiff::Timestamp::MAX);
    at.to_zoned(zone.clone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rhythm(every: Every, weekday: Option<Day>, month_day: Option<i64>, time: &str) -> Rhythm {
        Rhythm { every, weekday, month_day, time: time.parse().unwrap() }.checked().unwrap()
    }

    #[test]
    fn eight_stays_eight_through_summer_time() {
        let daily = rhythm(Every::Day, None, None, "08:00");
        let mut now = at("2026-03-27T12:00:00Z");
        let mut times = Vec::new();
        for _ in 0..4 {
            now = daily.next_after(now, "Europe/Madrid");
            times.push(now.to_string());
        }
        // Clocks go forward on the 29th.
        let expected = ["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z", "2026-03-31T06:00:00Z"];
        assert_eq!(times, expected);
    }

    #[test]
    fn a_time_that_is_left_out_or_shown_twice_comes_once() {
        let daily = rhythm(Every::Day, None, None, "02:30");
        // 2026-03-08: New York goes from 02:00 to 03:00, so half past two is half past three that day.
        let first = daily.next_after(at("2026-03-08T05:00:00Z"), "America/New_York");
        assert_eq!(first, at("2026-03-08T07:30:00Z"));
        assert_eq!(daily.next_after(first, "America/New_York"), at("2026-03-09T06:30:00Z"));
        // 2026-11-01: 01:30 is shown twice.
        let daily = rhythm(Every::Day, None, None, "01:30");
        let first = daily.next_after(at("2026-11-01T04:00:00Z"), "America/New_York");
        assert_eq!(first, at("2026-11-01T05:30:00Z"));
        assert_eq!(daily.next_after(first, "America/New_York"), at("2026-11-02T06:30:00Z"));
    }

    #[test]
    fn weeks_and_months_come_on_their_day() {
        let weekly = rhythm(Every::Week, Some(Day::Monday), None, "08:00");
        // A Wednesday.
        assert_eq!(weekly.next_after(at("2026-11-25T10:00:00Z"), "UTC"), at("2026-11-30T08:00:00Z"));
        assert_eq!(weekly.next_after(at("2026-11-30T08:00:00Z"), "UTC"), at("2026-12-07T08:00:00Z"));
        let monthly = rhythm(Every::Month, None, Some(28), "06:00");
        assert_eq!(monthly.next_after(at("2027-01-29T00:00:00Z"), "UTC"), at("2027-02-28T06:00:00Z"));
        let midnight = rhythm(Every::Month, None, Some(1), "24:00");
        assert_eq!(midnight.next_after(at("2026-12-01T23:00:00Z"), "UTC"), at("2026-12-02T00:00:00Z"));
        // Kiritimati is fourteen hours ahead: its Monday begins on our Sunday.
        assert_eq!(weekly.next_after(at("2026-11-25T10:00:00Z"), "Pacific/Kiritimati"), at("2026-11-29T18:00:00Z"));
    }

    #[test]
    fn what_is_sent_are_days_that_are_over() {
        let days = |every, due: &str, zone| {
            let rhythm = rhythm(every, Some(Day::Monday), Some(1), "08:00");
            let (from, to) = rhythm.days_before(at(due), zone);
            format!("{from} {to}")
        };
        assert_eq!(days(Every::Day, "2026-11-30T07:00:00Z", "Europe/Madrid"), "2026-11-29 2026-11-29");
        // Still the day before in Los Angeles.
        assert_eq!(days(Every::Day, "2026-11-30T07:00:00Z", "America/Los_Angeles"), "2026-11-28 2026-11-28");
        assert_eq!(days(Every::Week, "2026-11-30T07:00:00Z", "UTC"), "2026-11-23 2026-11-29");
        assert_eq!(days(Every::Month, "2027-01-05T07:00:00Z", "UTC"), "2026-12-01 2026-12-31");
    }

    #[test]
    fn a_week_needs_a_day_and_a_day_needs_none() {
        let time = "08:00".parse().unwrap();
        let with = |every, weekday, month_day| Rhythm { every, weekday, month_day, time }.checked();
        assert_eq!(with(Every::Week, None, Some(3)), Err(RhythmError::Weekday));
        assert_eq!(with(Every::Month, Some(Day::Monday), Some(31)), Err(RhythmError::MonthDay));
        let daily = with(Every::Day, Some(Day::Monday), Some(3)).unwrap();
        assert_eq!((daily.weekday, daily.month_day), (None, None));
    }
}
