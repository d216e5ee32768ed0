//! Business hours: when a tenant is open, in its own time zone.
//!
//! Hours are kept as people say them ("Monday nine to five") and laid over the calendar only when somebody asks: what nine
//! o'clock is in UTC differs between summer and winter, and a table of moments would be wrong after the next law about it.
//! A closed date wins over the week. Everything here is pure; the present moment is passed in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    time::Duration,
};

pub use jiff::civil::Date;
use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{clock::Timestamp, text_enum};

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Spans that one day may have.
pub const MAX_SPANS: usize = 6;
/// Dates that may be closed.
pub const MAX_CLOSED: usize = 400;
/// How many days are looked back at most: longer than any rule about open time reaches.
const LOOK_BACK: i32 = 62;

text_enum! {
    /// A day of the week, as the API writes it.
    pub enum Day {
        Monday "mon",
        Tuesday "tue",
        Wednesday "wed",
        Thursday "thu",
        Friday "fri",
        Saturday "sat",
        Sunday "sun",
    }
}

impl Day {
    /// The day of the week that a date is.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            civil::Weekday::Monday => Self::Monday,
            civil::Weekday::Tuesday => Self::Tuesday,
            civil::Weekday::Wednesday => Self::Wednesday,
            civil::Weekday::Thursday => Self::Thursday,
            civil::Weekday::Friday => Self::Friday,
            civil::Weekday::Saturday => Self::Saturday,
            civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

/// A time of day on the clock on the wall, to the minute. `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// The text is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time of day; write 09:00 to 24:00")]
pub struct TimeOfDayError(String);

impl TimeOfDay {
    /// When the clock on the wall shows this time. Shown twice in autumn: the first; left out in spring: what follows.
    pub fn on(self, date: Date, zone: &TimeZone) -> Option<Timestamp> {
        let (date, minutes) = if self.0 == DAY { (date.tomorrow().ok()?, 0) } else { (date, self.0) };
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        let moment = zone.to_timestamp(date.at(hour, minute, 0, 0)).ok()?;
        Some(Timestamp::from_micros(moment.as_microsecond()))
    }
}

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;
    fn from_str(text: &str) -> Result<Self, TimeOfDayError> {
        let refuse = || TimeOfDayError(text.chars().take(20).collect());
        let digits = |part: &str| {
            let is_two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            is_two.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hour, minute) = text.split_once(':').ok_or_else(refuse)?;
        let (hour, minute) = (digits(hour).ok_or_else(refuse)?, digits(minute).ok_or_else(refuse)?);
        let minutes = hour * 60 + minute;
        if minute < 60 && minutes <= DAY { Ok(Self(minutes)) } else { Err(refuse()) }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'_, str>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// From one time of a day to a later one of the same day. What goes over midnight is two spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub from: TimeOfDay,
    pub to: TimeOfDay,
}

/// When a tenant is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Spans of each day; a day that is missing is closed.
    pub weekly: BTreeMap<Day, Vec<Span>>,
    /// Dates on which nobody works, whatever day they are.
    pub closed_dates: BTreeSet<Date>,
}

/// What is wrong with hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("a day can have at most {MAX_SPANS} spans")]
    TooMany(Day),
    #[error("{} to {}: a span must end after it begins; what goes over midnight is two spans", .1.from, .1.to)]
    Backwards(Day, Span),
    #[error("{} to {} overlaps the span before it", .1.from, .1.to)]
    Overlaps(Day, Span),
    #[error("at most {MAX_CLOSED} dates can be closed")]
    TooManyDates,
}

impl HoursError {
    /// The day it is about; `None` for the closed dates.
    pub const fn day(&self) -> Option<Day> {
        match self {
            Self::TooMany(day) | Self::Backwards(day, _) | Self::Overlaps(day, _) => Some(*day),
            Self::TooManyDates => None,
        }
    }
}

impl Hours {
    /// Hours as they are kept: spans in order, days without any left out.
    pub fn checked(mut self) -> Result<Self, HoursError> {
        for (day, spans) in &mut self.weekly {
            spans.sort_unstable();
            if spans.len() > MAX_SPANS {
                return Err(HoursError::TooMany(*day));
            }
            if let Some(span) = spans.iter().find(|span| span.from >= span.to) {
                return Err(HoursError::Backwards(*day, *span));
            }
            if let Some(pair) = spans.windows(2).find(|pair| pair[0].to > pair[1].from) {
                return Err(HoursError::Overlaps(*day, pair[1]));
            }
        }
        if self.closed_dates.len() > MAX_CLOSED {
            return Err(HoursError::TooManyDates);
        }
        self.weekly.retain(|_, spans| !spans.is_empty());
        Ok(self)
    }

    /// Lays the hours over the calendar of a time zone. One that the time zone database does not know (any more) is UTC.
    pub fn in_zone(&self, zone: &str) -> LocalHours<'_> {
        LocalHours { hours: self, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }
}

/// What the clock on the wall shows at a moment: `2026-11-21 10:30`.
pub fn wall_clock(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(moment) => moment.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => at.to_string(),
    }
}

/// Hours in a time zone.
#[derive(Debug, Clone)]
pub struct LocalHours<'a> {
    hours: &'a Hours,
    zone: TimeZone,
}

impl LocalHours<'_> {
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.open_since(at).is_some()
    }

    /// Since when it has been open without a break; `None` if it is closed.
    pub fn open_since(&self, at: Timestamp) -> Option<Timestamp> {
        let mut since = None;
        for (start, end) in self.backwards(at) {
            match since {
                None if start <= at && at < end => since = Some(start),
                // Midnight is no break for who is open on both of its sides.
                Some(open) if end == open => since = Some(start),
                None if end > at => {}
                _ => break,
            }
        }
        since
    }

    /// How much of the time between two moments it was open. Looks back two months at most.
    pub fn open_time(&self, from: Timestamp, to: Timestamp) -> Duration {
        let spans = self.backwards(to).take_while(|(_, end)| *end > from);
        spans.map(|(start, end)| end.min(to).since(start.max(from))).sum()
    }

    /// The spans that begin on the day of `at` or before it, the latest first.
    fn backwards(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let today = jiff::Timestamp::from_microsecond(at.as_micros()).map(|at| at.to_zoned(self.zone.clone()).date());
        let days = today.into_iter().flat_map(|today| {
            (0..=LOOK_BACK).filter_map(move |days| today.checked_sub(jiff::Span::new().days(days)).ok())
        });
        days.flat_map(|date| self.spans_on(date))
    }

    fn spans_on(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        if self.hours.closed_dates.contains(&date) {
            return Vec::new();
        }
        let spans = self.hours.weekly.get(&Day::of(date)).map(Vec::as_slice).unwrap_or_default();
        let moments = |span: &Span| Some((self.moment(date, span.from)?, self.moment(date, span.to)?));
        spans.iter().rev().filter_map(moments).collect()
    }

    fn moment(&self, date: Date, time: TimeOfDay) -> Option<Timestamp> {
        time.on(date, &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(days: &[(Day, &[(&str, &str)])], closed: &[&str]) -> Hours {
        let span = |(from, to): &(&str, &str)| Span { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let weekly = days.iter().map(|(day, spans)| (*day, spans.iter().map(span).collect())).collect();
        let closed_dates = closed.iter().map(|date| date.parse().unwrap()).collect();
        Hours { weekly, closed_dates }.checked().unwrap()
    }

    fn office() -> Hours {
        let day: &[(&str, &str)] = &[("13:00", "17:00"), ("09:00", "12:00")];
        hours(&[(Day::Monday, day), (Day::Friday, day)], &["2026-12-25"])
    }

    #[test]
    fn nine_is_another_moment_in_summer_and_in_winter() {
        let hours = office();
        let berlin = hours.in_zone("Europe/Berlin");
        // Monday 2026-07-06, UTC+2, and Monday 2026-11-23, UTC+1.
        for (first, last) in
            [("2026-07-06T07:00:00Z", "2026-07-06T14:59:59Z"), ("2026-11-23T08:00:00Z", "2026-11-23T15:59:59Z")]
        {
            assert!(berlin.is_open(at(first)) && berlin.is_open(at(last)), "{first}");
            let second = Duration::from_secs(1);
            assert!(!berlin.is_open(at(first) - second) && !berlin.is_open(at(last) + second), "{first}");
        }
        // The break is closed, and so are other days and a closed date that is a Friday.
        for closed in ["2026-11-23T11:30:00Z", "2026-11-24T10:00:00Z", "2026-12-25T10:00:00Z"] {
            assert!(!berlin.is_open(at(closed)), "{closed}");
        }
        assert!(berlin.is_open(at("2026-12-18T10:00:00Z")));
    }

    #[test]
    fn a_day_with_a_missing_and_one_with_a_doubled_hour_are_counted_as_they_passed() {
        let day: &[(&str, &str)] = &[("00:00", "24:00")];
        let hours = hours(&[(Day::Saturday, day), (Day::Sunday, day)], &[]);
        let new_york = hours.in_zone("America/New_York");
        let of_sunday = |from: &str, to: &str| new_york.open_time(at(from), at(to)).as_secs() / 3_600;
        assert_eq!(of_sunday("2026-03-08T05:00:00Z", "2026-03-10T00:00:00Z"), 23);
        assert_eq!(of_sunday("2026-11-01T04:00:00Z", "2026-11-03T00:00:00Z"), 25);
        // Both half past ones of the doubled hour are open; the span that begins at the missing half past two is there.
        assert!(new_york.is_open(at("2026-11-01T05:30:00Z")) && new_york.is_open(at("2026-11-01T06:30:00Z")));
        let early = self::hours(&[(Day::Sunday, &[("02:30", "04:00")])], &[]);
        assert!(early.in_zone("America/New_York").is_open(at("2026-03-08T07:45:00Z")));
    }

    #[test]
    fn midnight_is_no_break_and_a_weekend_is_one() {
        let hours = hours(&[(Day::Friday, &[("18:00", "24:00")]), (Day::Saturday, &[("00:00", "02:00")])], &[]);
        let utc = hours.in_zone("UTC");
        assert_eq!(utc.open_since(at("2026-11-28T01:00:00Z")), Some(at("2026-11-27T18:00:00Z")));
        assert_eq!(utc.open_since(at("2026-11-28T02:00:00Z")), None);
        // From Friday evening to Monday noon an office was open for three hours.
        let office = office();
        let utc = office.in_zone("UTC");
        assert_eq!(utc.open_time(at("2026-11-20T17:30:00Z"), at("2026-11-23T12:30:00Z")), Duration::from_hours(3));
        assert_eq!(utc.open_time(at("2026-11-23T10:00:00Z"), at("2026-11-23T10:30:00Z")), Duration::from_mins(30));
        assert_eq!(utc.open_since(at("2026-11-23T14:00:00Z")), Some(at("2026-11-23T13:00:00Z")));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_day() {
        let span = |from: &str, to: &str| Span { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let of = |spans: Vec<Span>| {
            let hours = Hours { weekly: BTreeMap::from([(Day::Tuesday, spans)]), ..Hours::default() };
            hours.checked().map_err(|error| error.day())
        };
        assert_eq!(of(vec![span("17:00", "09:00")]), Err(Some(Day::Tuesday)));
        assert_eq!(of(vec![span("09:00", "12:00"), span("11:00", "13:00")]), Err(Some(Day::Tuesday)));
        assert_eq!(of(vec![span("09:00", "10:00"); 7]), Err(Some(Day::Tuesday)));
        assert_eq!(of(vec![]), Ok(Hours::default()));
        for text in ["24:01", "9:00", "09:60", "0900", "ab:cd", "٠٩:٠٠"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        assert_eq!("24:00".parse::<TimeOfDay>().unwrap().to_string(), "24:00");
    }

    #[test]
    fn hours_are_written_as_people_say_them() {
        let json = serde_json::to_value(office()).unwrap();
        assert_eq!(json["weekly"]["mon"][0], serde_json::json!({ "from": "09:00", "to": "12:00" }));
        assert_eq!(json["closed_dates"][0], "2026-12-25");
        assert_eq!(serde_json::from_value::<Hours>(json).unwrap(), office());
    }
}
