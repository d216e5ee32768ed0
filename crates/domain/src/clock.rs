//! Time as a value that is passed in. Nothing outside this file reads the machine's clock (`clippy.toml` forbids it), so
//! a test can stand at any moment it likes.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in whole microseconds since 1970-01-01T00:00:00Z. Microseconds because that is what both databases keep:
/// a finer value would change on its way through storage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// The last moment that the time library can show, near the end of the year 9999.
const MAX_MICROS: i64 = 253_402_207_199_999_999;

impl Timestamp {
    pub const EPOCH: Self = Self(0);

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From Unix milliseconds, as most providers send them. Out-of-range values are pulled to the nearest moment
    /// that can be shown.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000).clamp(0, MAX_MICROS))
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Time from `earlier` to `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, UTC, with as many fraction digits as are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(_) if self.0 >= 0 => f.write_str(plain::write(self.0, &mut [0; plain::LONGEST])),
            Ok(moment) => fmt::Display::fmt(&moment, f),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time like 2026-01-31T09:30:00Z")]
pub struct TimestampError(String);

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if let Some(micros) = plain::read(text.as_bytes()) {
            return Ok(Self(micros));
        }
        text.parse::<jiff::Timestamp>()
            .map(|moment| Self(moment.as_microsecond()))
            .map_err(|_| TimestampError(text.chars().take(60).collect()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'_, str>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The one form in which we write times ourselves, `2026-01-31T09:30:00.25Z`, by hand: records are full of them, and the
/// time library's general reader and writer took a tenth of a merge. Years 1970 to 9999.
mod plain {
    pub const LONGEST: usize = 27;
    const DAY: i64 = 86_400_000_000;

    /// Writes a moment from 1970 on, with as many fraction digits as it has.
    pub fn write(micros: i64, into: &mut [u8; LONGEST]) -> &str {
        let (year, month, day) = date(micros.div_euclid(DAY));
        let of_day = micros.rem_euclid(DAY);
        let seconds = of_day / 1_000_000;
        *into = *b"0000-00-00T00:00:00.000000Z";
        digits(&mut into[0..4], year);
        digits(&mut into[5..7], month);
        digits(&mut into[8..10], day);
        digits(&mut into[11..13], seconds / 3_600);
        digits(&mut into[14..16], seconds / 60 % 60);
        digits(&mut into[17..19], seconds % 60);
        digits(&mut into[20..26], of_day % 1_000_000);
        let mut end = 26;
        while into[end - 1] == b'0' && end > 20 {
            end -= 1;
        }
        // Without a fraction, without its point.
        end = if end == 20 { 19 } else { end };
        into[end] = b'Z';
        std::str::from_utf8(&into[..=end]).unwrap_or_default()
    }

    /// Reads what [`write`] writes; `None` for everything else, also where it only might be a time.
    pub fn read(text: &[u8]) -> Option<i64> {
        let (head, tail) = text.split_at_checked(19)?;
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if separators.iter().any(|(at, byte)| head[*at] != *byte) {
            return None;
        }
        let fraction = match tail {
            b"Z" => 0,
            [b'.', fraction @ .., b'Z'] if (1..=6).contains(&fraction.len()) => {
                number(fraction)? * 10_i64.pow(6 - u32::try_from(fraction.len()).ok()?)
            }
            _ => return None,
        };
        let (year, month, day) = (number(&head[..4])?, number(&head[5..7])?, number(&head[8..10])?);
        let (hour, minute, second) = (number(&head[11..13])?, number(&head[14..16])?, number(&head[17..19])?);
        let days = days(year, month, day);
        let is_real = year >= 1970 && date(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
        is_real.then_some(days * DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction)
    }

    fn digits(into: &mut [u8], mut value: i64) {
        for digit in into.iter_mut().rev() {
            *digit = b'0' + u8::try_from(value % 10).unwrap_or(0);
            value /= 10;
        }
    }

    fn number(digits: &[u8]) -> Option<i64> {
        digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
    }

    /// Days since 1970-01-01 to a date and back, by eras of 400 years that begin in March (so leap days come last): the
    /// well-known algorithms of Howard Hinnant's `chrono-Compatible Low-Level Date Algorithms`.
    fn date(days: i64) -> (i64, i64, i64) {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, of_year - (153 * shifted + 2) / 5 + 1)
    }

    fn days(year: i64, month: i64, day: i64) -> i64 {
        let year = year - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
    }
}

/// Where the present moment comes from.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock, truncated to microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

/// PostgreSQL keeps a `timestamptz` as microseconds since 2000-01-01, SQLite gets our own number.
#[cfg(feature = "sqlx")]
mod sql {
    use sqlx::{
        Database, Decode, Encode, Postgres, Sqlite, Type,
        encode::IsNull,
        error::BoxDynError,
        postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat},
    };

    use super::Timestamp;

    /// Microseconds from 1970 to 2000, the zero of PostgreSQL's wire format.
    const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

    impl Type<Postgres> for Timestamp {
        fn type_info() -> PgTypeInfo {
            PgTypeInfo::with_name("timestamptz")
        }
    }

    impl PgHasArrayType for Timestamp {
        fn array_type_info() -> PgTypeInfo {
            PgTypeInfo::array_of("timestamptz")
        }
    }

    impl Encode<'_, Postgres> for Timestamp {
        fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            <i64 as Encode<'_, Postgres>>::encode(self.0.saturating_sub(POSTGRES_EPOCH_MICROS), buf)
        }
    }

    impl<'r> Decode<'r, Postgres> for Timestamp {
        fn decode(value: <Postgres as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
            match value.format() {
                PgValueFormat::Binary => {
                    let micros = <i64 as Decode<'_, Postgres>>::decode(value)?;
                    Ok(Self(micros.saturating_add(POSTGRES_EPOCH_MICROS)))
                }
                PgValueFormat::Text => Err("timestamptz came as text; only prepared statements may read times".into()),
            }
        }
    }

    impl Type<Sqlite> for Timestamp {
        fn type_info() -> <Sqlite as Database>::TypeInfo {
            <i64 as Type<Sqlite>>::type_info()
        }
        fn compatible(ty: &<Sqlite as Database>::TypeInfo) -> bool {
            <i64 as Type<Sqlite>>::compatible(ty)
        }
    }

    impl<'q> Encode<'q, Sqlite> for Timestamp {
        fn encode_by_ref(&self, args: &mut <Sqlite as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            <i64 as Encode<'q, Sqlite>>::encode_by_ref(&self.0, args)
        }
    }

    impl<'r> Decode<'r, Sqlite> for Timestamp {
        fn decode(value: <Sqlite as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
            <i64 as Decode<'r, Sqlite>>::decode(value).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn times_are_written_and_read_as_the_time_library_does(micros in 0..=MAX_MICROS, coarse in 0u32..7) {
            let step = 10_i64.pow(coarse);
            let moment = Timestamp(micros / step * step);
            let text = jiff::Timestamp::from_microsecond(moment.0).unwrap().to_string();
            prop_assert_eq!(moment.to_string(), text.clone());
            prop_assert_eq!(plain::read(text.as_bytes()), Some(moment.0));
        }

        #[test]
        fn what_is_read_by_hand_is_what_the_time_library_reads(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,7})?Z?",
        ) {
            if let Some(micros) = plain::read(text.as_bytes()) {
                prop_assert_eq!(text.parse::<jiff::Timestamp>().unwrap().as_microsecond(), micros);
            }
        }
    }

    #[test]
    fn text_and_number_agree() {
        let moment = Timestamp::from_millis(1_788_000_001_012);
        assert_eq!(moment.to_string(), "2026-08-29T10:40:01.012Z");
        assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
    }

    #[test]
    fn impossible_milliseconds_are_pulled_into_range() {
        assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9999-12-30T21:59:59.999999Z");
        assert_eq!(Timestamp::from_millis(-5), Timestamp::EPOCH);
    }
}
