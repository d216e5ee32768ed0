//! A year of call records as a telephone system of Grandstream exports them: something of the size and shape of a company's
//! history, to import and to draw reports from.
//!
//! Everything follows from the seed, and nothing is held in memory but the hour that is being written. The numbers are
//! of ranges that nobody has.

mod calendar;
mod cast;
mod leg;
mod play;

use std::io::{self, Write};

use jiff::tz::TimeZone;

use self::{calendar::Calendar, cast::Cast, play::Stage};
use crate::dice::Dice;

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Year {
    pub calls: u64,
    pub year: i16,
    /// Where the company is: its hours, and the clock of its telephone system.
    pub zone: TimeZone,
    /// Another number tells another story, the same one the same.
    pub seed: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub calls: u64,
    pub legs: u64,
}

impl Year {
    /// Writes the year as CSV, in the order of its calls. `told` hears now and then how many calls there are so far.
    pub fn write(&self, out: &mut impl Write, told: &mut dyn FnMut(u64)) -> io::Result<Written> {
        let dice = Dice::for_key(self.seed, "records");
        let calendar = Calendar::new(self.year, &self.zone, &dice);
        let cast = Cast::of(self.calls, self.seed);
        let mut stage = Stage::new(&cast, &dice);
        let mut written = Written::default();
        let mut line = String::new();
        out.write_all(leg::HEADER.as_bytes())?;
        for hour in calendar.hours(self.calls) {
            let mut seconds: Vec<i64> = (0..hour.calls).map(|_| small(dice.below(3_600))).collect();
            seconds.sort_unstable();
            for second in seconds {
                for leg in stage.call(hour.began_at + second, &hour.kind) {
                    line.clear();
                    leg.write(&mut line, &self.zone);
                    out.write_all(line.as_bytes())?;
                    written.legs += 1;
                }
                written.calls += 1;
            }
            told(written.calls);
        }
        out.flush()?;
        Ok(written)
    }
}

/// What the dice said, as a signed number.
fn small(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of seconds with this mean, exponentially distributed as waiting and talking are: often short, now and then long.
fn around(dice: &Dice, mean: i64) -> i64 {
    // -ln(1 - i/16), in thousandths; between two of them it is a straight line.
    const QUANTILES: [i64; 17] =
        [0, 65, 134, 208, 288, 375, 470, 575, 693, 827, 981, 1_163, 1_386, 1_674, 2_079, 2_773, 4_700];
    let place = usize::try_from(dice.below(16)).unwrap_or(0);
    let (from, to) = (QUANTILES[place], QUANTILES[place + 1]);
    mean * (from + (to - from) * small(dice.below(1_000)) / 1_000) / 1_000
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn written(calls: u64, seed: u64) -> (Written, String) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let mut out = Vec::new();
        let written = Year { calls, year: 2026, zone, seed }.write(&mut out, &mut |_| {}).unwrap();
        (written, String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_same_seed_writes_the_same_year_and_another_one_another() {
        assert_eq!(written(300, 2), written(300, 2));
        assert_ne!(written(300, 2).1, written(300, 3).1);
    }

    #[test]
    fn a_year_has_the_calls_that_were_asked_for_and_the_shape_of_a_company() {
        let (written, text) = written(20_000, 2);
        assert_eq!(written.calls, 20_000);
        let per_call = written.legs * 100 / written.calls;
        assert!((140..190).contains(&per_call), "{per_call} legs in a hundred calls");
        let width = leg::HEADER.matches(',').count();
        let mut sessions = BTreeSet::new();
        let mut hours: BTreeMap<String, u32> = BTreeMap::new();
        for line in text.lines().skip(1) {
            // No name in the cast has a comma, so that a line can be cut without reading CSV.
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), width + 1, "{line}");
            assert!(cells[10].starts_with("2026-"), "{line}");
            sessions.insert(cells[27].to_owned());
            *hours.entry(cells[10][11..13].to_owned()).or_default() += 1;
        }
        assert_eq!(sessions.len(), 20_000, "each call has a session of its own");
        assert!(hours["10"] > 20 * hours.get("03").copied().unwrap_or_default(), "{hours:?}");
        for word in ["QUEUE[6500]", "RINGGROUP[6400]", "IVR[7000]", "TRANSFER", "VoiceMail", "BUSY", "CONGESTION"] {
            assert!(text.contains(word), "nobody met {word}");
        }
    }
}
