//! How long something lasted over many calls, kept so that the spreads of days make those of a year.
//!
//! A median of medians is not a median, so the seconds themselves are kept, as a histogram: each second up to 256 on its own,
//! then 128 bars to each doubling. What comes out is exact below 256 seconds, and off by less than 0.4 per cent above.

use super::{
    answers::{Bar, Distribution, Histogram},
    codec::{Reader, Writer},
    math::real,
};

/// Up to here each second has a bar of its own.
const EXACT: i64 = 256;
/// Bars of each doubling above.
const PARTS: i64 = 128;
/// Longer than any call: a week.
const LONGEST: i64 = 7 * 24 * 3_600;
/// Where the bars that people see begin. Each is where a bar that is kept begins, too.
const EDGES: [i64; 14] = [0, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600];

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    pub calls: i64,
    pub seconds: i64,
    longest: i64,
    /// By bar, in order: a list and no map, because a year of a busy workspace is read and added up in one go.
    bars: Vec<(i64, i64)>,
}

/// The bar of so many seconds.
fn bar_of(seconds: i64) -> i64 {
    if seconds < EXACT {
        return seconds;
    }
    let doubling = i64::from(seconds.ilog2()) - i64::from(EXACT.ilog2());
    let width = (EXACT / PARTS) << doubling;
    EXACT + doubling * PARTS + (seconds - (EXACT << doubling)) / width
}

/// Where a bar begins, and how wide it is.
const fn span_of(bar: i64) -> (i64, i64) {
    if bar < EXACT {
        return (bar, 1);
    }
    let doubling = (bar - EXACT) / PARTS;
    let width = (EXACT / PARTS) << doubling;
    ((EXACT << doubling) + (bar - EXACT) % PARTS * width, width)
}

/// Both are in order, and so is what comes out.
fn joined(one: &[(i64, i64)], other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let mut rest = other;
    for (bar, calls) in one {
        let before = rest.iter().take_while(|(next, _)| next < bar).count();
        all.extend_from_slice(&rest[..before]);
        rest = &rest[before..];
        let same = rest.first().filter(|(next, _)| next == bar).map(|(_, calls)| *calls);
        rest = &rest[usize::from(same.is_some())..];
        all.push((*bar, calls + same.unwrap_or(0)));
    }
    all.extend_from_slice(rest);
    all
}

impl Spread {
    /// Adds a call. Less than nothing counts as nothing, more than a week as a week.
    pub fn add(&mut self, seconds: i64) {
        let seconds = seconds.clamp(0, LONGEST);
        self.calls += 1;
        self.seconds += seconds;
        self.longest = self.longest.max(seconds);
        let bar = bar_of(seconds);
        match self.bars.binary_search_by_key(&bar, |(bar, _)| *bar) {
            Ok(at) => self.bars[at].1 += 1,
            Err(at) => self.bars.insert(at, (bar, 1)),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.seconds += other.seconds;
        self.longest = self.longest.max(other.longest);
        if self.bars.is_empty() {
            self.bars.clone_from(&other.bars);
        } else if !other.bars.is_empty() {
            self.bars = joined(&self.bars, &other.bars);
        }
    }

    pub fn average(&self) -> Option<f64> {
        (self.calls > 0).then(|| real(self.seconds) / real(self.calls))
    }

    /// The least length that this share of the calls does not exceed (nearest rank): the middle of its bar.
    pub fn percentile(&self, percent: i64) -> Option<i64> {
        let rank = (self.calls * percent + 99) / 100;
        let mut seen = 0;
        for (bar, calls) in &self.bars {
            seen += calls;
            if seen >= rank.max(1) {
                let (from, width) = span_of(*bar);
                return Some((from + (width - 1) / 2).min(self.longest));
            }
        }
        None
    }

    pub fn distribution(&self) -> Distribution {
        Distribution {
            calls: self.calls,
            total_seconds: self.seconds,
            average_seconds: self.average(),
            median_seconds: self.percentile(50),
            p90_seconds: self.percentile(90),
            longest_seconds: (self.calls > 0).then_some(self.longest),
        }
    }

    /// With the bars that people see.
    pub fn histogram(&self) -> Histogram {
        let ends = EDGES.iter().skip(1).map(|edge| Some(*edge)).chain([None]);
        let bars = EDGES.iter().zip(ends).map(|(from, before)| {
            let least = bar_of(*from);
            let most = before.map_or(i64::MAX, bar_of);
            let inside = self.bars.iter().filter(|(bar, _)| (least..most).contains(bar));
            let counted = inside.map(|(_, calls)| calls).sum();
            Bar { from_seconds: *from, before_seconds: before, calls: counted }
        });
        Histogram { distribution: self.distribution(), bars: bars.collect() }
    }

    pub fn write(&self, to: &mut Writer) {
        to.put(self.calls);
        if self.calls == 0 {
            return;
        }
        to.put(self.seconds).put(self.longest).put_len(self.bars.len());
        let mut last = 0;
        for (bar, calls) in &self.bars {
            to.put(bar - last).put(*calls);
            last = *bar;
        }
    }

    pub fn read(from: &mut Reader<'_>) -> Option<Self> {
        let calls = from.take()?;
        if calls == 0 {
            return Some(Self::default());
        }
        let (seconds, longest) = (from.take()?, from.take()?);
        let count = from.take_len()?;
        let (mut bars, mut bar) = (Vec::with_capacity(count), 0_i64);
        for _ in 0..count {
            bar = bar.checked_add(from.take()?)?;
            bars.push((bar, from.take()?));
        }
        Some(Self { calls, seconds, longest, bars })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_see_begins_where_a_bar_begins() {
        for edge in EDGES {
            assert_eq!(span_of(bar_of(edge)).0, edge);
        }
    }

    #[test]
    fn an_empty_spread_says_nothing() {
        assert_eq!(Spread::default().distribution(), Distribution::default());
        assert!(Spread::default().histogram().bars.iter().all(|bar| bar.calls == 0));
    }

    proptest! {
        #[test]
        fn bars_lie_side_by_side(seconds in 0..LONGEST) {
            let (from, width) = span_of(bar_of(seconds));
            prop_assert!(from <= seconds && seconds < from + width);
            prop_assert!(seconds < EXACT && width == 1 || width * PARTS <= from);
        }

        #[test]
        fn days_added_up_are_the_year(days in prop::collection::vec(prop::collection::vec(0..9_000_i64, 0..40), 1..6)) {
            let mut merged = Spread::default();
            for day in &days {
                let mut spread = Spread::default();
                for seconds in day {
                    spread.add(*seconds);
                }
                let mut writer = Writer::new();
                spread.write(&mut writer);
                let bytes = writer.finish();
                merged.merge(&Spread::read(&mut Reader::new(&bytes)).unwrap());
            }
            let mut all: Vec<i64> = days.concat();
            all.sort_unstable();
            prop_assert_eq!(merged.calls, i64::try_from(all.len()).unwrap());
            prop_assert_eq!(merged.seconds, all.iter().sum::<i64>());
            for percent in [50, 90, 100] {
                let rank = (all.len() * percent).div_ceil(100).max(1) - 1;
                let (exact, found) = (all.get(rank).copied(), merged.percentile(i64::try_from(percent).unwrap()));
                if let Some(exact) = exact {
                    let apart = (found.unwrap() - exact).abs();
                    prop_assert!(apart == 0 || exact >= EXACT && apart * 250 <= exact, "{} for {}", found.unwrap(), exact);
                } else { prop_assert_eq!(found, None) }
            }
            let drawn: i64 = merged.histogram().bars.iter().map(|bar| bar.calls).sum();
            prop_assert_eq!(drawn, merged.calls);
        }
    }
}
