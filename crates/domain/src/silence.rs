//! Whether a connection has fallen silent: nothing came for longer than it usually stays quiet.
//!
//! No fixed time would do. A busy office that says nothing for two hours on a Tuesday morning has lost its webhook; the same
//! office says nothing all weekend. So the hours in which it was heard of during the last weeks say how likely each hour of
//! the silence was to pass without a word, and a silence that was very unlikely is told of.

use jiff::tz::TimeZone;

use crate::{clock::Timestamp, text_enum};

/// Weeks that are looked back.
pub const WEEKS: i64 = 8;
/// Silences that were less likely than this are told of. A connection that was heard of in each such hour of four weeks is
/// told of after four hours, one of eight weeks after three.
const UNLIKELY: f64 = 0.002;
/// Longest silence that is looked at, in hours: by then it was told of, or the connection has no habits.
const LONGEST: i64 = 14 * 24;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

text_enum! {
    /// Whether what a provider sends still arrives.
    pub enum Health {
        Ok "ok",
        /// Set up, and nothing has arrived yet.
        Waiting "waiting",
        /// Nothing came for longer than it usually stays quiet.
        Silent "silent",
        /// The provider refuses our credentials, or something is missing.
        Failing "failing",
        /// Switched off by a person.
        Paused "paused",
    }
}

/// An hour in which a connection was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct HeardHour {
    /// When the hour began.
    pub hour: Timestamp,
    /// The last word in it.
    pub last_at: Timestamp,
}

/// The hour of a moment, in UTC.
pub fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_micros().div_euclid(HOUR) * HOUR)
}

/// What is to be said of a connection's silence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Silence {
    /// The last word; `None` if none came in the last weeks.
    pub last_at: Option<Timestamp>,
    /// Whole hours since, in which it was heard of at least every other time.
    pub usual_hours: i64,
    pub is_unusual: bool,
}

/// Judges the silence up to `now` by the hours before it, which are in order. Weekdays and hours are those of the zone.
pub fn judge(heard: &[HeardHour], now: Timestamp, zone: &str) -> Silence {
    let (Some(first), Some(last)) = (heard.first(), heard.last()) else { return Silence::default() };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let mut silence = Silence { last_at: Some(last.last_at), ..Silence::default() };
    let Some(habits) = Habits::of(heard, first.hour, last.hour, &zone) else { return silence };
    let mut likely = 1.0;
    let begins = last.hour.as_micros() + HOUR;
    let whole = ((now.as_micros() - begins) / HOUR).clamp(0, LONGEST);
    for hour in (0..whole).map(|hour| Timestamp::from_micros(begins + hour * HOUR)) {
        let share = habits.share(slot(hour, &zone));
        likely *= 1.0 - share;
        silence.usual_hours += i64::from(habits.is_usual(slot(hour, &zone)));
    }
    silence.is_unusual = likely < UNLIKELY;
    silence
}

/// Hour of the week, from 0 on Monday.
fn slot(hour: Timestamp, zone: &TimeZone) -> usize {
    let local = jiff::Timestamp::from_microsecond(hour.as_micros()).unwrap_or_default().to_zoned(zone.clone());
    let day = local.weekday().to_monday_zero_offset();
    usize::try_from(i32::from(day) * 24 + i32::from(local.hour())).unwrap_or(0)
}

/// How often it was heard of in each hour: of the week, or of the day while it is too young for weeks.
struct Habits {
    times: Vec<u32>,
    /// How often it could have been.
    of: u32,
}

impl Habits {
    /// `None` while it is too young for habits.
    fn of(heard: &[HeardHour], first: Timestamp, last: Timestamp, zone: &TimeZone) -> Option<Self> {
        let age = last.as_micros() - first.as_micros() + HOUR;
        let (slots, length) = if age >= 2 * WEEK { (168, WEEK) } else { (24, DAY) };
        let of = (age / length).min(WEEKS * WEEK / length);
        if of < 2 {
            return None;
        }
        let mut times = vec![0; slots];
        for known in heard.iter().filter(|known| known.hour.as_micros() > last.as_micros() - of * length) {
            times[slot(known.hour, zone) % slots] += 1;
        }
        Some(Self { times, of: u32::try_from(of).ok()? })
    }

    fn times(&self, slot: usize) -> u32 {
        // An hour that the clock repeated counts once.
        self.times[slot % self.times.len()].min(self.of)
    }

    /// How likely it is to be heard of in such an hour. One more that it was not is added: four of four are no certainty.
    fn share(&self, slot: usize) -> f64 {
        f64::from(self.times(slot)) / f64::from(self.of + 1)
    }

    fn is_usual(&self, slot: usize) -> bool {
        self.times(slot) * 2 >= self.of
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Heard of each working hour of Berlin, nine to five, until some moment.
    fn office(until: &str) -> Vec<HeardHour> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let (mut hour, until) = (at("2026-09-07T00:00:00Z"), at(until));
        let mut heard = Vec::new();
        while hour < until {
            let slot = slot(hour, &zone);
            if slot / 24 < 5 && (9..17).contains(&(slot % 24)) {
                heard.push(HeardHour { hour, last_at: (hour + Duration::from_mins(59)).min(until) });
            }
            hour = hour + Duration::from_hours(1);
        }
        heard
    }

    #[test]
    fn nights_and_weekends_are_quiet_and_a_morning_is_not() {
        // Friday evening, Berlin.
        let heard = office("2026-10-09T18:00:00Z");
        let judge = |now| judge(&heard, at(now), "Europe/Berlin");
        assert!(!judge("2026-10-12T07:30:00Z").is_unusual);
        assert_eq!(judge("2026-10-12T07:30:00Z").usual_hours, 0);
        let monday = judge("2026-10-12T12:00:00Z");
        assert!(monday.is_unusual, "{monday:?}");
        assert_eq!((monday.usual_hours, monday.last_at), (5, Some(at("2026-10-09T14:59:00Z"))));
    }

    #[test]
    fn a_few_hours_in_the_middle_of_the_day_are_told_of() {
        // Wednesday, quiet from 11 on.
        let heard = office("2026-10-07T09:00:00Z");
        let judge = |now| judge(&heard, at(now), "Europe/Berlin").is_unusual;
        assert!(!judge("2026-10-07T11:30:00Z"));
        assert!(judge("2026-10-07T13:05:00Z"));
    }

    #[test]
    fn who_is_new_or_seldom_heard_of_is_not_called_silent() {
        assert_eq!(judge(&[], at("2026-10-07T12:00:00Z"), "UTC"), Silence::default());
        let once = [HeardHour { hour: at("2026-10-01T12:00:00Z"), last_at: at("2026-10-01T12:10:00Z") }];
        assert!(!judge(&once, at("2026-10-07T12:00:00Z"), "UTC").is_unusual);
        // Every tenth day or so.
        let seldom: Vec<HeardHour> = (0..6)
            .map(|n| at("2026-08-01T12:00:00Z") + Duration::from_hours(n * 235))
            .map(|hour| HeardHour { hour, last_at: hour })
            .collect();
        assert!(!judge(&seldom, at("2026-09-30T12:00:00Z"), "UTC").is_unusual);
    }

    #[test]
    fn days_do_while_there_are_no_weeks() {
        let heard: Vec<HeardHour> = (0..6 * 24)
            .map(|n| at("2026-10-01T00:00:00Z") + Duration::from_hours(n))
            .map(|hour| HeardHour { hour, last_at: hour })
            .collect();
        assert!(!judge(&heard, at("2026-10-07T01:59:00Z"), "UTC").is_unusual);
        assert!(judge(&heard, at("2026-10-07T04:00:00Z"), "UTC").is_unusual);
    }
}
