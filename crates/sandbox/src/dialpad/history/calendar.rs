//! When things of a past happened: by the hours and weekdays of a shop, in its own time zone.

use jiff::{Span, civil::Weekday, tz::TimeZone};

use super::{MINUTE, number, weighted};
use crate::dice::Dice;

/// Nothing of the past is closer to now.
const NOW_MARGIN: i64 = 10 * MINUTE;
/// How many calls come in an hour of the day, compared with others. The shop is open from 8 to 18, and on Saturday from 10 to
/// 16, as its people say on the telephone.
const HOURS: [u64; 24] = [0, 0, 0, 0, 0, 0, 1, 2, 8, 18, 21, 19, 12, 13, 17, 19, 16, 9, 3, 2, 1, 1, 0, 0];
const OPEN: std::ops::Range<i8> = 8..18;
const OPEN_ON_SATURDAY: std::ops::Range<i8> = 10..16;

/// When things happen.
pub(super) struct Calendar {
    pub(super) zone: TimeZone,
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// How many days it goes back.
    pub(super) days: u32,
}

impl Calendar {
    /// An instant of the last days, likelier when the shop is busy, and whether it is open then.
    pub(super) fn pick(&self, dice: &Dice) -> (i64, bool) {
        // What falls on a quiet day, or ahead of now, is drawn again; in the end some instant of yesterday will do.
        for _ in 0..200 {
            if let Some(found) = self.draw(dice) {
                return found;
            }
        }
        (self.now - 24 * 60 * MINUTE, true)
    }

    fn draw(&self, dice: &Dice) -> Option<(i64, bool)> {
        let today = jiff::Timestamp::from_millisecond(self.now).ok()?.to_zoned(self.zone.clone()).date();
        let day = today.checked_sub(Span::new().days(number(dice.below(u64::from(self.days) + 1)))).ok()?;
        let of_ten = match day.weekday() {
            Weekday::Saturday => 4,
            Weekday::Sunday => 1,
            Weekday::Monday => 10,
            _ => 9,
        };
        if dice.below(10) >= of_ten {
            return None;
        }
        let hour = i8::try_from(weighted(dice, &HOURS)).ok()?;
        let (minute, second) = (i8::try_from(dice.below(60)).ok()?, i8::try_from(dice.below(60)).ok()?);
        let at = day.at(hour, minute, second, 0).to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond();
        let is_open = match day.weekday() {
            Weekday::Sunday => false,
            Weekday::Saturday => OPEN_ON_SATURDAY.contains(&hour),
            _ => OPEN.contains(&hour),
        };
        self.is_past(at).then_some((at, is_open))
    }

    pub(super) fn is_past(&self, at: i64) -> bool {
        at < self.now - NOW_MARGIN && at > self.now - (i64::from(self.days) + 1) * 24 * 60 * MINUTE
    }
}
