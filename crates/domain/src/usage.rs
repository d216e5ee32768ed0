//! Usage: what a tenant's records count for, and in which month.
//!
//! Months are calendar months of UTC, for every tenant: two tenants in different time zones then mean the same by "used in
//! November", and a tenant that moves its clock cannot move its bill. A record counts in the month in which it happened
//! at the provider, not in which it reached us.

use std::{fmt, str::FromStr};

use crate::{
    call::{Call, Direction},
    clock::Timestamp,
    message::Message,
    recording::{Recording, StoredMedia},
    text_enum,
    voicemail::Voicemail,
};

text_enum! {
    /// What is counted.
    pub enum Metric {
        /// Calls that are over.
        Calls "calls",
        /// Minutes of answered calls, each call rounded up to a whole minute.
        CallMinutes "call_minutes",
        MessagesIn "messages_in",
        MessagesOut "messages_out",
        /// Messages left after the tone.
        Voicemails "voicemails",
        /// Bytes of the copies of recordings that we keep.
        RecordingBytes "recording_bytes",
        /// Minutes of recordings that a speech provider was given.
        TranscriptionMinutes "transcription_minutes",
    }
}

/// At which parts of a limit, in percent, a tenant's owners are told.
pub const WARN_AT: [i32; 3] = [80, 90, 100];

/// A calendar month of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    month: i8,
}

impl Period {
    /// The month of a moment.
    pub fn of(at: Timestamp) -> Self {
        let moment = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        let date = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
        Self { year: date.year(), month: date.month() }
    }

    #[must_use]
    pub const fn previous(self) -> Self {
        if self.month == 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { year: self.year, month: self.month - 1 }
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The text is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month like 2026-11")]
pub struct PeriodError(String);

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = || PeriodError(text.chars().take(20).collect());
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let (year, month) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
        if (1..=12).contains(&month) { Ok(Self { year, month }) } else { Err(wrong()) }
    }
}

/// What one record counts for. An amount of nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    pub period: Period,
    pub amounts: Vec<(Metric, i64)>,
}

impl Weight {
    fn new(at: Timestamp, amounts: impl IntoIterator<Item = (Metric, i64)>) -> Self {
        Self { period: Period::of(at), amounts: amounts.into_iter().filter(|(_, amount)| *amount > 0).collect() }
    }

    /// A call counts once it is over. One that turns out to go on (a late leg) does not count again until it is.
    pub fn of_call(call: &Call) -> Self {
        let is_over = i64::from(!call.status.is_live());
        let minutes = minutes_of(call.duration_seconds.unwrap_or(0).max(0));
        Self::new(call.occurred_at, [(Metric::Calls, is_over), (Metric::CallMinutes, minutes * is_over)])
    }

    /// A message counts once its direction is known.
    pub fn of_message(message: &Message) -> Self {
        let metric = match message.direction {
            Some(Direction::Inbound) => Some(Metric::MessagesIn),
            Some(Direction::Outbound) => Some(Metric::MessagesOut),
            Some(Direction::Internal) | None => None,
        };
        Self::new(message.occurred_at, metric.map(|metric| (metric, 1)))
    }

    pub fn of_voicemail(voicemail: &Voicemail) -> Self {
        Self::new(voicemail.occurred_at, [(Metric::Voicemails, 1)])
    }

    pub fn of_recording(recording: &Recording) -> Self {
        let bytes = match &recording.media {
            Some(StoredMedia::Saved { bytes, .. }) => *bytes,
            Some(StoredMedia::Failed { .. } | StoredMedia::Removed { .. }) | None => 0,
        };
        Self::new(recording.occurred_at, [(Metric::RecordingBytes, bytes)])
    }
}

/// Begun minutes.
const fn minutes_of(seconds: i64) -> i64 {
    seconds / 60 + (seconds % 60 > 0) as i64
}

/// How much of a limit is used, in percent, rounded down. A limit of nothing is used up.
pub fn percent(used: i64, limit: i64) -> i64 {
    if limit <= 0 { 100 } else { used.max(0).saturating_mul(100) / limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_utc_and_read_back() {
        let last: Timestamp = "2026-12-31T23:59:59.999999Z".parse().unwrap();
        let period = Period::of(last);
        assert_eq!(period.to_string(), "2026-12");
        assert_eq!(Period::of(last + std::time::Duration::from_micros(1)).to_string(), "2027-01");
        assert_eq!(Period::of(last + std::time::Duration::from_micros(1)).previous(), period);
        assert_eq!("2026-12".parse(), Ok(period));
        for wrong in ["", "2026", "2026-13", "2026-00", "total", "2026-1x"] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn minutes_are_rounded_up_and_percents_down() {
        let minutes: Vec<i64> = [0, 1, 59, 60, 61, 3_600].map(minutes_of).to_vec();
        assert_eq!(minutes, [0, 1, 1, 1, 2, 60]);
        assert_eq!((percent(1_999, 2_500), percent(2_000, 2_500), percent(1, 0)), (79, 80, 100));
    }
}
