//! How many calls a line carries at one time, and how much of an hour: what trunks are bought by.

use super::codec::{Reader, Writer};

/// Seconds of an hour.
const HOUR: i64 = 3_600;

/// The load of a day, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Seconds that calls were going on, added up.
    pub held: i64,
    /// The most calls at one time, and when that began, in seconds since 1970.
    pub peak: i64,
    pub peak_at: i64,
    /// The same sum of the busiest hour, and when it began.
    pub busy: i64,
    pub busy_at: i64,
    /// Days with a call.
    pub days: i64,
    /// The busiest hours of all days, added up.
    pub busy_sum: i64,
}

impl Load {
    /// Of one day: calls from their beginning to their end, cut to `from..before`. Hours are counted from `from` on.
    pub fn of(calls: impl IntoIterator<Item = (i64, i64)>, from: i64, before: i64) -> Self {
        let cut = calls.into_iter().map(|(start, end)| (start.max(from), end.min(before)));
        let cut: Vec<(i64, i64)> = cut.filter(|(start, end)| start < end).collect();
        let mut load = Self { held: cut.iter().map(|(start, end)| end - start).sum(), ..Self::default() };
        load.sweep(&cut);
        load.hours(&cut, from, before);
        load.days = i64::from(!cut.is_empty());
        load.busy_sum = load.busy;
        load
    }

    /// Walks along the beginnings and ends. Who ends in the second in which another begins makes room for it.
    fn sweep(&mut self, calls: &[(i64, i64)]) {
        let mut steps: Vec<(i64, i64)> = calls.iter().flat_map(|(start, end)| [(*start, 1), (*end, -1)]).collect();
        steps.sort_unstable();
        let mut now = 0;
        for (at, step) in steps {
            now += step;
            if now > self.peak {
                (self.peak, self.peak_at) = (now, at);
            }
        }
    }

    fn hours(&mut self, calls: &[(i64, i64)], from: i64, before: i64) {
        let count = usize::try_from((before - from + HOUR - 1) / HOUR).unwrap_or(0).min(26);
        let mut hours = vec![0_i64; count];
        for (start, end) in calls {
            let (first, last) = ((start - from) / HOUR, (end - 1 - from) / HOUR);
            for hour in first..=last {
                let (begins, ends) = (from + hour * HOUR, from + (hour + 1) * HOUR);
                if let Some(sum) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
                    *sum += end.min(&ends) - start.max(&begins);
                }
            }
        }
        for (hour, held) in (0..).zip(hours) {
            if held > self.busy {
                (self.busy, self.busy_at) = (held, from + hour * HOUR);
            }
        }
    }

    /// Adds another day, or other days.
    pub fn merge(&mut self, other: &Self) {
        self.held += other.held;
        self.days += other.days;
        self.busy_sum += other.busy_sum;
        if (other.peak, -other.peak_at) > (self.peak, -self.peak_at) {
            (self.peak, self.peak_at) = (other.peak, other.peak_at);
        }
        if (other.busy, -other.busy_at) > (self.busy, -self.busy_at) {
            (self.busy, self.busy_at) = (other.busy, other.busy_at);
        }
    }

    pub fn write(&self, to: &mut Writer) {
        to.put(self.days);
        if self.days > 0 {
            to.put(self.held).put(self.peak).put(self.peak_at).put(self.busy).put(self.busy_at).put(self.busy_sum);
        }
    }

    pub fn read(from: &mut Reader<'_>) -> Option<Self> {
        let days = from.take()?;
        if days == 0 {
            return Some(Self::default());
        }
        let mut next = || from.take();
        Some(Self {
            days,
            held: next()?,
            peak: next()?,
            peak_at: next()?,
            busy: next()?,
            busy_at: next()?,
            busy_sum: next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_call_that_ends_makes_room_for_the_next() {
        let load = Load::of([(0, 60), (60, 120), (30, 90), (7_200, 7_201)], 0, 86_400);
        assert_eq!((load.peak, load.peak_at, load.held), (2, 30, 181));
        assert_eq!((load.busy, load.busy_at, load.busy_sum, load.days), (180, 0, 180, 1));
    }

    #[test]
    fn what_reaches_over_midnight_is_cut() {
        let load = Load::of([(-100, 50), (86_000, 90_000)], 0, 86_400);
        assert_eq!((load.held, load.peak), (450, 1));
        assert_eq!(Load::of([(5, 5), (9, 3)], 0, 86_400), Load::default());
    }

    proptest! {
        #[test]
        fn the_peak_is_what_counting_each_second_finds(calls in prop::collection::vec((0..300_i64, 0..40_i64), 0..30)) {
            let calls: Vec<(i64, i64)> = calls.into_iter().map(|(start, length)| (start, start + length)).collect();
            let load = Load::of(calls.clone(), 0, 300);
            let at = |second: i64| calls.iter().filter(|(start, end)| *start <= second && second < (*end).min(300)).count();
            let most = (0..300).map(at).max().unwrap_or(0);
            prop_assert_eq!(load.peak, i64::try_from(most).unwrap());
            let held: usize = (0..300).map(at).sum();
            prop_assert_eq!(load.held, i64::try_from(held).unwrap());
            prop_assert_eq!(load.busy, load.held);
        }
    }
}
