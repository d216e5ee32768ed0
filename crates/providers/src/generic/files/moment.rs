//! Times as telephone systems write them: by the clock on the wall, in the order of their country, or in seconds since 1970.

use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use switchboard_domain::Timestamp;

/// How times without a zone are understood.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub zone: TimeZone,
    /// `03/04/2026` is the third of April.
    pub day_first: bool,
}

impl Clock {
    /// The moment that is written; `None` when it is none. In the hour that comes twice when the clocks go back it is the one
    /// nearer to `near`, where that is known, else the first.
    pub(super) fn read(&self, text: &str, near: Option<Timestamp>) -> Option<Timestamp> {
        let text = text.trim();
        if let Some(moment) = since_1970(text) {
            return Some(moment);
        }
        let (day, rest) = date(text, self.day_first)?;
        let rest = rest.trim_start_matches(['T', ' ', ',']);
        let (time, rest) = if rest.is_empty() { (Time::midnight(), "") } else { time(rest)? };
        let written = DateTime::from_parts(day, time);
        let rest = rest.trim();
        let moment = match rest {
            "" => self.placed(written, near)?,
            "Z" | "z" | "UTC" | "GMT" => TimeZone::UTC.to_timestamp(written).ok()?,
            offset => TimeZone::fixed(offset_of(offset)?).to_timestamp(written).ok()?,
        };
        (moment.as_second() >= 0).then(|| Timestamp::from_micros(moment.as_microsecond()))
    }

    fn placed(&self, written: DateTime, near: Option<Timestamp>) -> Option<jiff::Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(written);
        let (Some(near), true) = (near, ambiguous.is_ambiguous()) else { return ambiguous.compatible().ok() };
        let (early, late) = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
        let distance = |moment: &jiff::Timestamp| (moment.as_microsecond() - near.as_micros()).abs();
        Some(if distance(&late) < distance(&early) { late } else { early })
    }
}

/// Seconds or milliseconds since 1970, of this century.
fn since_1970(text: &str) -> Option<Timestamp> {
    let whole = text.split('.').next().unwrap_or(text);
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (whole.len(), whole.parse::<i64>().ok()?) {
        (10, seconds) => Some(Timestamp::from_millis(seconds * 1_000)),
        (13, millis) => Some(Timestamp::from_millis(millis)),
        _ => None,
    }
}

/// The digits that a text begins with, and what follows them.
fn digits(text: &str) -> Option<(i16, usize, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok()?;
    Some((number, end, &text[end..]))
}

fn date(text: &str, day_first: bool) -> Option<(Date, &str)> {
    let (first, width, rest) = digits(text)?;
    let sign = rest.chars().next().filter(|sign| matches!(sign, '-' | '/' | '.'))?;
    let (second, _, rest) = digits(&rest[1..])?;
    let (third, _, rest) = digits(rest.strip_prefix(sign)?)?;
    let small = |number: i16| i8::try_from(number).ok();
    let day = if width == 4 {
        Date::new(first, small(second)?, small(third)?)
    } else {
        let year = if third < 100 { 2_000 + third } else { third };
        // A dot stands in dates that begin with the day.
        let day_first = (day_first || sign == '.' || first > 12) && second <= 12;
        let (day, month) = if day_first { (first, second) } else { (second, first) };
        Date::new(year, small(month)?, small(day)?)
    };
    Some((day.ok()?, rest))
}

fn time(text: &str) -> Option<(Time, &str)> {
    let (hour, _, rest) = digits(text)?;
    let (minute, _, mut rest) = digits(rest.strip_prefix(':')?)?;
    let mut second = 0;
    if let Some(more) = rest.strip_prefix(':') {
        (second, _, rest) = digits(more)?;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|sign: char| sign.is_ascii_digit());
    }
    let mut hour = hour;
    let mark = rest.trim_start().get(..2).map(str::to_ascii_uppercase);
    if let Some(mark) = mark.filter(|mark| mark == "AM" || mark == "PM") {
        hour = hour % 12 + if mark == "PM" { 12 } else { 0 };
        rest = &rest.trim_start()[2..];
    }
    let small = |number: i16| i8::try_from(number).ok();
    Some((Time::new(small(hour)?, small(minute)?, small(second)?.min(59), 0).ok()?, rest))
}

/// `+02:00`, `-0530`, `+2`.
fn offset_of(text: &str) -> Option<jiff::tz::Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let plain: String = rest.chars().filter(|sign| *sign != ':').collect();
    let number: i32 = plain.parse().ok()?;
    let (hours, minutes) = if plain.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    jiff::tz::Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

/// A number of seconds: `75`, `75.4`, `1:15`, `0:01:15`.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.split('.').next().unwrap_or(text);
    let mut total: i64 = 0;
    let mut parts = 0;
    for part in whole.split(':') {
        parts += 1;
        let number: i64 = part.parse().ok().filter(|number| (0..1_000_000_000).contains(number))?;
        total = total * 60 + number;
    }
    (parts <= 3).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, day_first: bool) -> Option<String> {
        let clock = Clock { zone: TimeZone::get("America/Chicago").unwrap(), day_first };
        clock.read(text, None).map(|moment| moment.to_string())
    }

    #[test]
    fn times_are_read_in_every_form_that_systems_write() {
        let expected = Some("2026-03-10T14:30:01Z".to_owned());
        for text in [
            "2026-03-10 09:30:01",
            "2026-03-10T09:30:01",
            "2026/03/10 09:30:01.123",
            "03/10/2026 09:30:01",
            "3/10/2026 9:30:01 AM",
            "10.03.2026 09:30:01",
            "2026-03-10T14:30:01Z",
            "2026-03-10 15:30:01+01:00",
            "1773153001",
            "1773153001.801",
            "1773153001000",
        ] {
            assert_eq!(read(text, false), expected, "{text}");
        }
        assert_eq!(read("10/03/2026 09:30:01", true), expected);
        assert_eq!(read("3/10/2026 9:30 PM", false).as_deref(), Some("2026-03-11T02:30:00Z"));
        for wrong in ["", "0000-00-00 00:00:00", "yesterday", "2026-13-10 09:30:01", "12", "2026-03-10 25:00:00"] {
            assert_eq!(read(wrong, false), None, "{wrong}");
        }
    }

    #[test]
    fn the_hour_that_comes_twice_is_the_one_nearer_to_what_is_known() {
        let clock = Clock { zone: TimeZone::get("America/Chicago").unwrap(), day_first: false };
        let at = |near: Option<&str>| {
            clock.read("2026-11-01 01:30:00", near.map(|near| near.parse().unwrap())).unwrap().to_string()
        };
        assert_eq!(at(None), "2026-11-01T06:30:00Z");
        assert_eq!(at(Some("2026-11-01T07:29:00Z")), "2026-11-01T07:30:00Z");
        assert_eq!(at(Some("2026-11-01T06:29:00Z")), "2026-11-01T06:30:00Z");
    }

    #[test]
    fn seconds_are_read_with_and_without_colons() {
        assert_eq!([seconds("75"), seconds("1:15"), seconds("0:01:15"), seconds("75.4")], [Some(75); 4]);
        assert_eq!([seconds(""), seconds("-3"), seconds("a"), seconds("1:2:3:4")], [None; 4]);
    }
}
