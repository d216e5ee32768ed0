//! A device's clock on the wall, placed in the world.
//!
//! Records carry times without a zone. What is known beside them: the zone that the workspace (or the connection) says the
//! device is in, and the moment at which the call's first channel was made, which stands in its identity in seconds of the
//! world. The zone decides; the channel's moment picks one of the two hours that a clock shows twice in autumn, stands in
//! where nobody has set a zone, and shows that a zone is wrong: a leg cannot begin before its call's first channel.
//!
//! Where nobody has set a zone, a leg lies between two moments of the world: its call's channel, and when its record came. The
//! clock is as far from UTC as puts it nearest behind the channel; or nearest before the record came, where a device wrote
//! that within seconds of the leg's end, as they do when they push: a leg may begin hours into its call. What cannot be placed
//! for certain is placed as well as can be and says so.

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};
use switchboard_domain::Timestamp;

use super::{keys, record::Record};

/// How far the device's two clocks may be apart, in seconds.
const SLACK: i64 = 120;
/// Seconds within which a record comes when it is pushed as its leg ends.
const PROMPT: i64 = 10;
/// All offsets of the world are multiples of it.
const QUARTER: i64 = 900;
/// How far clocks of the world are from UTC, in minutes, but for those that are a quarter of an hour off. A leg that began a
/// while into its call is as far from its channel as from none of the offsets that nobody uses.
const OFFSETS: [i64; 35] = [
    -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150, -120, -60, 0, 60, 120, 180, 210, 240,
    270, 300, 330, 360, 390, 420, 480, 540, 570, 600, 630, 660, 720, 780,
];
/// The rest: Kiribati's, and those of Nepal, Eucla and Chatham, which count only where the channel says them exactly.
const RARE: [i64; 5] = [345, 525, 765, 825, 840];
/// The largest offset there is, and one more hour.
const FARTHEST: i64 = 15 * 3_600;
/// How far into its call a leg may begin where the zone is not known. Farther apart, the two times do not belong together.
const MOST_INTO: i64 = 12 * 3_600;
/// Seconds by which a count and two times may differ: devices round each by itself.
const ROUNDING: i64 = 5;
const DAY: i64 = 86_400;

/// The times of a leg, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    pub start: Option<Timestamp>,
    /// Instead of `start`: when it must have begun at the latest.
    pub estimated: Option<Timestamp>,
    pub answer: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// What is wrong with what the device said, for a person.
    pub fault: Option<String>,
    /// How far the device's clock is from UTC by its own channel's moment, in minutes: what the zone is compared with.
    pub offset_minutes: Option<i64>,
}

impl Times {
    /// When it began, for certain or not.
    pub fn began(&self) -> Option<Timestamp> {
        self.start.or(self.estimated)
    }
}

/// What is known of where the device's clock hangs.
#[derive(Debug)]
pub struct Clock {
    zone: TimeZone,
    /// Somebody said that this is the zone; otherwise it is only what there is.
    is_stated: bool,
    /// The channel's moment, in seconds.
    epoch: Option<i64>,
    /// Nothing happened after it, by our clock.
    received: i64,
    /// The device sent it by itself: then that is often when the leg was over.
    is_pushed: bool,
}

/// A start in the world, and how it came about.
struct Placed {
    at: i64,
    /// The clock's distance from UTC where the zone did not decide.
    fixed: Option<i64>,
    fault: Option<String>,
}

impl Clock {
    pub fn new(zone: Option<&str>, record: &Record, received_at: Timestamp) -> Self {
        let known = zone.filter(|name| *name != "UTC").and_then(|name| TimeZone::get(name).ok());
        Self {
            is_stated: known.is_some(),
            zone: known.unwrap_or(TimeZone::UTC),
            epoch: keys::epoch(record),
            received: received_at.as_seconds(),
            is_pushed: true,
        }
    }

    /// Of a record that was asked for: when it came says nothing of when its leg was over.
    pub fn of_an_answer(self) -> Self {
        Self { is_pushed: false, ..self }
    }

    /// Where the record's times are.
    pub fn place(&self, record: &Record) -> Times {
        let duration = record.seconds("duration");
        let Some(said) = record.get("start").and_then(Said::read) else {
            return self.without_start(record, duration);
        };
        let placed = match said {
            Said::Moment(at) => Placed { at, fixed: None, fault: None },
            Said::Wall(wall) => self.start(wall, ended(record, wall, duration)),
        };
        let (end, fault) = self.end(record, &placed, duration);
        let placed_by = placed.fixed.filter(|_| placed.fault.is_none());
        let answer = record.get("answer").and_then(Said::read).and_then(|said| self.between(said, &placed, end));
        Times {
            start: Some(stamp(placed.at)),
            estimated: None,
            answer: answer.map(stamp),
            end: end.map(stamp),
            fault: self.future(placed.at).or(placed.fault).or(fault),
            offset_minutes: placed_by.or_else(|| self.offset(said.wall()?)).map(|offset| offset / 60),
        }
    }

    /// A record without its start began when it ended less its length; else when its channel was made; else before it came.
    fn without_start(&self, record: &Record, duration: Option<i64>) -> Times {
        let end = record.get("end").and_then(Said::read).map(|said| match said {
            Said::Moment(at) => at,
            Said::Wall(wall) => self.start(wall, naive(wall)).at,
        });
        let counted = end.zip(duration).map(|(end, seconds)| end - seconds);
        let began =
            counted.or(self.epoch).filter(|at| *at <= self.received.saturating_add(DAY)).unwrap_or(self.received);
        let end = end.filter(|end| *end >= began).or_else(|| duration.map(|seconds| began.saturating_add(seconds)));
        Times { estimated: Some(stamp(began)), end: end.map(stamp), ..Times::default() }
    }

    /// Kept as it was said: which of the two clocks is wrong is not known here.
    fn future(&self, start: i64) -> Option<String> {
        (start > self.received.saturating_add(DAY))
            .then(|| "the start is in the future; the telephone system's clock or this server's is wrong".to_owned())
    }

    /// How far a time on the wall is from the channel's moment, if that is a distance that zones have.
    fn offset(&self, wall: DateTime) -> Option<i64> {
        let ahead = naive(wall)? - self.epoch?;
        let offset = (ahead + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
        ((ahead - offset).abs() <= SLACK && offset.abs() <= FARTHEST).then_some(offset)
    }

    /// `ended` is when the leg was over, in seconds of the same clock.
    fn start(&self, wall: DateTime, ended: Option<i64>) -> Placed {
        let Some(shown) = naive(wall) else {
            return Placed { at: self.received, fixed: None, fault: Some("the start is no time".to_owned()) };
        };
        if let (false, Some(epoch)) = (self.is_stated, self.epoch) {
            return self.unstated(shown, ended, epoch);
        }
        let by_channel = self.offset(wall).map(|offset| (shown - offset, offset));
        let candidates = self.candidates(wall, shown);
        let Some(epoch) = self.epoch else { return unguided(&candidates, shown) };
        match (candidates.iter().copied().filter(|at| *at >= epoch - SLACK).min(), by_channel) {
            (Some(at), _) if at - epoch <= 7 * DAY => Placed { at, fixed: None, fault: None },
            (_, Some((at, offset))) => {
                let fault = format!(
                    "the telephone system's clock is not in the zone that is set: it is {} from UTC",
                    hours(offset)
                );
                Placed { at, fixed: Some(offset), fault: Some(fault) }
            }
            _ => {
                let fault = "the start and the moment in the call's identity do not fit together".to_owned();
                Placed { fault: Some(fault), ..unguided(&candidates, shown) }
            }
        }
    }

    /// Where nobody has said a zone, between the channel's moment and when the record came.
    fn unstated(&self, shown: i64, ended: Option<i64>, epoch: i64) -> Placed {
        let at = |offset: i64| Placed { at: shown - offset, fixed: Some(offset), fault: None };
        let (nearest, within) = match offset_behind(shown - epoch) {
            Some(offset) => (Some(offset), shown - offset - epoch),
            None => (None, i64::MAX),
        };
        let pushed = ended.filter(|_| self.is_pushed).and_then(|ended| offset_at(ended - self.received, PROMPT));
        match (pushed, nearest) {
            // The record came as the leg ended: nothing else is as exact.
            (Some(pushed), _) if pushed <= shown - epoch + SLACK => at(pushed),
            (_, Some(nearest)) if within <= MOST_INTO => at(nearest),
            _ => {
                let fault = "the start and the moment in the call's identity do not fit together".to_owned();
                Placed { at: epoch, fixed: Some(shown - epoch), fault: Some(fault) }
            }
        }
    }

    /// The moments at which the zone's clock shows this: one, two when it is set back, none when it is set forward.
    fn candidates(&self, wall: DateTime, shown: i64) -> Vec<i64> {
        let at = |offset: Offset| shown - i64::from(offset.seconds());
        match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => vec![at(offset)],
            AmbiguousOffset::Fold { before, after } => vec![at(before), at(after)],
            AmbiguousOffset::Gap { .. } => Vec::new(),
        }
    }

    /// The end: the moment that its wall time can mean that fits the count best, and never before the start.
    fn end(&self, record: &Record, start: &Placed, duration: Option<i64>) -> (Option<i64>, Option<String>) {
        let counted = duration.map(|seconds| start.at.saturating_add(seconds));
        let candidates = match record.get("end").and_then(Said::read) {
            None => return (counted, None),
            Some(Said::Moment(at)) => vec![at],
            Some(Said::Wall(wall)) => self.later(wall, start),
        };
        let fitting = candidates.iter().copied().filter(|at| *at >= start.at);
        match (fitting.min_by_key(|at| (at - counted.unwrap_or(start.at)).abs()), counted) {
            (Some(end), Some(counted)) if (end - counted).abs() > 60 => {
                (Some(end), Some("the end and the length do not fit together".to_owned()))
            }
            (Some(end), _) => (Some(end), None),
            (None, Some(counted)) if is_set_back(&candidates, counted, start) => (Some(counted), None),
            (None, counted) => (counted.or(Some(start.at)), Some("the end is before the start".to_owned())),
        }
    }

    /// A later time of the same leg.
    fn later(&self, wall: DateTime, start: &Placed) -> Vec<i64> {
        let Some(shown) = naive(wall) else { return Vec::new() };
        if let Some(offset) = start.fixed {
            vec![shown - offset]
        } else {
            let candidates = self.candidates(wall, shown);
            if candidates.is_empty() { vec![unguided(&candidates, shown).at] } else { candidates }
        }
    }

    /// A time that lies between start and end, or none: devices fill it in where nobody answered, too.
    fn between(&self, said: Said, start: &Placed, end: Option<i64>) -> Option<i64> {
        let candidates = match said {
            Said::Moment(at) => vec![at],
            Said::Wall(wall) => self.later(wall, start),
        };
        candidates.into_iter().find(|at| *at >= start.at && end.is_none_or(|end| *at <= end))
    }
}

/// The largest offset that puts a clock's time at or after a moment which it is so far ahead of.
fn offset_behind(ahead: i64) -> Option<i64> {
    let exact = RARE.into_iter().map(|minutes| minutes * 60).find(|offset| (ahead - offset).abs() <= SLACK);
    let behind = || OFFSETS.into_iter().map(|minutes| minutes * 60).filter(|offset| *offset <= ahead + SLACK).max();
    exact.or_else(behind)
}

/// The offset that a clock has which is so far ahead, give or take.
fn offset_at(ahead: i64, slack: i64) -> Option<i64> {
    let all = OFFSETS.into_iter().chain(RARE).map(|minutes| minutes * 60);
    all.min_by_key(|offset| (ahead - offset).abs()).filter(|offset| (ahead - offset).abs() <= slack)
}

/// When a leg was over by its own clock: what it says, else its start and its length.
fn ended(record: &Record, start: DateTime, duration: Option<i64>) -> Option<i64> {
    let start = naive(start)?;
    let counted = duration.map(|seconds| start.saturating_add(seconds));
    let said = record.get("end").and_then(Said::read).and_then(Said::wall).and_then(naive);
    // A clock that was set back meanwhile shows an end that is too early; then the length says more.
    said.filter(|end| *end >= start).or(counted)
}

/// Where the zone is not known, a clock that was set back by an hour meanwhile shows in an end that is an hour too early.
fn is_set_back(candidates: &[i64], counted: i64, start: &Placed) -> bool {
    start.fixed.is_some() && candidates.iter().any(|at| (at + 3_600 - counted).abs() <= ROUNDING)
}

/// What a clock on the wall means when nothing else helps.
fn unguided(candidates: &[i64], shown: i64) -> Placed {
    match candidates {
        [only] => Placed { at: *only, fixed: None, fault: None },
        [first, ..] => {
            let fault = "the clock showed this time twice that night, and nothing says which it was".to_owned();
            Placed { at: *first, fixed: None, fault: Some(fault) }
        }
        [] => {
            let fault = "no clock of the zone that is set showed this time that night".to_owned();
            Placed { at: shown, fixed: None, fault: Some(fault) }
        }
    }
}

/// A time as a device writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Wall(DateTime),
    /// In seconds of the world: some firmware and some exports write that.
    Moment(i64),
}

impl Said {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let number: i64 = text.parse().ok()?;
            let seconds = if number > 100_000_000_000 { number / 1_000 } else { number };
            return (946_684_800..4_102_444_800).contains(&seconds).then_some(Self::Moment(seconds));
        }
        if text.len() > 40 || !text.is_ascii() {
            return None;
        }
        let has_zone = text.ends_with(['Z', 'z']) || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
        if has_zone && let Ok(moment) = text.replacen(' ', "T", 1).parse::<jiff::Timestamp>() {
            return Some(Self::Moment(moment.as_second()));
        }
        // `0000-00-00 00:00:00` is how a device writes "never"; it is no date.
        let wall: DateTime = text.get(..19)?.parse().ok()?;
        (2000..2100).contains(&wall.year()).then_some(Self::Wall(wall))
    }

    fn wall(self) -> Option<DateTime> {
        match self {
            Self::Wall(wall) => Some(wall),
            Self::Moment(_) => None,
        }
    }
}

/// The seconds that a clock in UTC would show this at.
fn naive(wall: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(wall).ok().map(jiff::Timestamp::as_second)
}

fn stamp(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1_000))
}

fn hours(offset: i64) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset.abs() / 3_600, offset.abs() / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHICAGO: Option<&str> = Some("America/Chicago");

    fn place(zone: Option<&str>, json: &str) -> Times {
        let record = Record::read(json.as_bytes()).unwrap();
        let received = Timestamp::from_millis(1_800_000_000_000);
        Clock::new(zone, &record, received).place(&record)
    }

    fn shown(at: Option<Timestamp>) -> String {
        at.map_or_else(|| "-".to_owned(), |at| at.to_string())
    }

    #[test]
    fn the_zone_that_is_set_places_a_time() {
        let times = place(
            CHICAGO,
            r#"{"start":"2026-03-10 09:30:01","end":"2026-03-10 09:33:11","uniqueid":"1773153000.801"}"#,
        );
        assert_eq!(shown(times.start), "2026-03-10T14:30:01Z");
        assert_eq!(shown(times.end), "2026-03-10T14:33:11Z");
        assert_eq!((times.offset_minutes, times.fault), (Some(-300), None));
    }

    #[test]
    fn without_a_zone_the_channel_says_how_far_the_clock_is() {
        let times =
            place(None, r#"{"start":"2026-03-10 09:30:01","end":"2026-03-10 09:33:11","uniqueid":"1773153000.801"}"#);
        assert_eq!((shown(times.start), times.fault), ("2026-03-10T14:30:01Z".to_owned(), None));
    }

    /// What a device in that zone writes of a leg that began so long into its call and lasted ten minutes.
    fn leg_into(zone: &str, into: i64) -> (String, i64) {
        let epoch = 1_773_153_000;
        let zone = TimeZone::get(zone).unwrap();
        let wall = |at: i64| zone.to_datetime(jiff::Timestamp::from_second(at).unwrap()).strftime("%F %T").to_string();
        let (start, end) = (epoch + into, epoch + into + 600);
        let json =
            format!(r#"{{"start":"{}","end":"{}","duration":600,"uniqueid":"{epoch}.801"}}"#, wall(start), wall(end));
        (json, start)
    }

    #[test]
    fn without_a_zone_legs_are_placed_however_late_in_their_call_they_began() {
        for zone in ["America/Chicago", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu", "UTC"] {
            for into in [0, 1, 30, 180, 600, 900, 1_700, 2_700, 10_800, 13_333] {
                let (json, start) = leg_into(zone, into);
                let record = Record::read(json.as_bytes()).unwrap();
                let placed = |received: i64| Clock::new(None, &record, Timestamp::from_millis(received * 1_000));
                let pushed = placed(start + 603).place(&record);
                assert_eq!(pushed.start, Some(stamp(start)), "pushed, {zone}, {into} s into the call");
                assert_eq!(pushed.end, Some(stamp(start + 600)), "{zone}, {into}");
                assert_eq!(pushed.fault, None, "{zone}, {into}");
                // Zones a half or a quarter of an hour off have a neighbour so near that only the push tells them apart.
                let is_whole = !zone.starts_with("Asia");
                if into == 0 || (is_whole && into < 3_000) {
                    let late = placed(start + 40 * DAY).of_an_answer().place(&record);
                    assert_eq!((late.start, late.fault), (Some(stamp(start)), None), "asked for, {zone}, {into}");
                }
            }
        }
    }

    #[test]
    fn without_a_zone_a_leg_is_never_placed_before_its_channel() {
        for start in ["2026-03-08 09:30:01", "2026-03-12 09:30:01", "2026-03-09 23:00:00"] {
            let times = place(
                None,
                &format!(r#"{{"start":"{start}","end":"{start}","duration":0,"uniqueid":"1773153000.801"}}"#),
            );
            let at = times.start.unwrap().as_seconds();
            assert!((1_773_153_000 - SLACK..=1_773_153_000 + MOST_INTO).contains(&at), "{start}: {at}");
            assert_eq!(times.start, times.end, "{start}");
        }
    }

    #[test]
    fn the_channel_picks_the_hour_that_is_shown_twice() {
        // 2026-11-01 01:30 is shown at 06:30 UTC (summer time) and again at 07:30 UTC.
        let at = |epoch: i64| {
            place(CHICAGO, &format!(r#"{{"start":"2026-11-01 01:30:01","duration":"60","uniqueid":"{epoch}.1"}}"#))
        };
        assert_eq!(shown(at(1_793_514_600).start), "2026-11-01T06:30:01Z");
        assert_eq!(shown(at(1_793_518_200).start), "2026-11-01T07:30:01Z");
        assert!(at(1_793_518_200).fault.is_none());
        let unguided = place(CHICAGO, r#"{"start":"2026-11-01 01:30:01","duration":"60"}"#);
        assert!(unguided.fault.unwrap().contains("twice"));
    }

    #[test]
    fn a_clock_that_is_set_back_during_a_call_shows_an_end_before_the_start() {
        let json =
            r#"{"start":"2026-11-01 01:59:30","end":"2026-11-01 01:01:30","duration":120,"uniqueid":"1793516370.5"}"#;
        for zone in [CHICAGO, None] {
            let times = place(zone, json);
            assert_eq!(
                (shown(times.start), shown(times.end)),
                ("2026-11-01T06:59:30Z".into(), "2026-11-01T07:01:30Z".into())
            );
            assert_eq!(times.fault, None, "{zone:?}");
        }
    }

    #[test]
    fn impossible_times_say_so() {
        let early = place(CHICAGO, r#"{"start":"2026-03-10 09:30:01","uniqueid":"1773160200.1"}"#);
        assert!(early.fault.unwrap().contains("-07:00"), "two hours before its channel: another zone");
        assert_eq!(shown(early.start), "2026-03-10T16:30:01Z");
        let backwards =
            place(CHICAGO, r#"{"start":"2026-03-10 09:30:01","end":"2026-03-10 09:10:00","duration":"30"}"#);
        assert!(backwards.fault.unwrap().contains("before the start"));
        assert_eq!(shown(backwards.end), "2026-03-10T14:30:31Z");
        let future = place(CHICAGO, r#"{"start":"2062-03-10 09:30:01"}"#);
        assert!(future.start.is_some() && future.fault.unwrap().contains("future"));
    }

    #[test]
    fn a_record_without_its_start_began_at_the_latest_when_it_came() {
        assert_eq!(shown(place(CHICAGO, r#"{"uniqueid":"test"}"#).estimated), "2027-01-15T08:00:00Z");
        assert_eq!(shown(place(CHICAGO, r#"{"uniqueid":"1773153000.801"}"#).estimated), "2026-03-10T14:30:00Z");
        let zero = place(CHICAGO, r#"{"start":"0000-00-00 00:00:00","end":"2026-03-10 09:33:11","duration":190}"#);
        assert_eq!((shown(zero.estimated), zero.start), ("2026-03-10T14:30:01Z".to_owned(), None));
    }
}
