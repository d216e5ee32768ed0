//! Shares, averages and what traffic engineers use.

/// A count as a number to divide. Counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds of a report are far below 2^52")]
pub const fn real(count: i64) -> f64 {
    count as f64
}

/// `part` of `whole`; `None` of nothing.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| real(part) / real(whole))
}

/// The probability that a call finds all `lines` busy, at an offered load of `erlangs` (Erlang B).
pub fn erlang_b(erlangs: f64, lines: i64) -> f64 {
    let mut blocked = 1.0;
    for line in 1..=lines {
        blocked = erlangs * blocked / (real(line) + erlangs * blocked);
    }
    blocked
}

/// The probability that a call must wait for one of `agents` (Erlang C). 1 where the load cannot be carried at all.
pub fn erlang_c(erlangs: f64, agents: i64) -> f64 {
    if real(agents) <= erlangs {
        return 1.0;
    }
    let blocked = erlang_b(erlangs, agents);
    real(agents) * blocked / (real(agents) - erlangs * (1.0 - blocked))
}

/// The share of calls that are answered within `target` seconds by `agents`, each call taking `handling` seconds.
pub fn service_level(erlangs: f64, agents: i64, target: f64, handling: f64) -> f64 {
    if real(agents) <= erlangs || handling <= 0.0 {
        return 0.0;
    }
    1.0 - erlang_c(erlangs, agents) * (-(real(agents) - erlangs) * target / handling).exp()
}

/// The least value that `fits`, counted up from `from`; bounded, because a load of a broken clock must not loop for ever.
fn least(from: i64, fits: impl Fn(i64) -> bool) -> i64 {
    (from..from.saturating_add(10_000)).find(|count| fits(*count)).unwrap_or(from)
}

#[expect(clippy::cast_possible_truncation, reason = "loads are bounded by the number of calls in an hour")]
fn whole(value: f64) -> i64 {
    value.clamp(0.0, 1e6) as i64
}

/// Lines that carry a load with at most this share blocked (Erlang B). None for no load.
pub fn lines_for(erlangs: f64, blocking: f64) -> i64 {
    if erlangs <= 0.0 { 0 } else { least(1, |lines| erlang_b(erlangs, lines) <= blocking) }
}

/// Agents that answer `wanted` of the calls within `target` seconds (Erlang C).
pub fn agents_for(erlangs: f64, wanted: f64, target: f64, handling: f64) -> i64 {
    if erlangs <= 0.0 || handling <= 0.0 {
        return 0;
    }
    least(whole(erlangs) + 1, |agents| service_level(erlangs, agents, target, handling) >= wanted)
}

/// The middle of the values; between the two middle ones of an even number.
pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    values.get(middle - 1).map(|lower| f64::midpoint(*lower, upper))
}

/// How far a value is from what is usual, in robust standard deviations: differences from the median, by the median of such
/// differences (times 1.4826, which makes it the standard deviation of a bell curve). One strange week among the others
/// hardly moves it, which it would a mean. `least` is the least deviation that is believed: eight equal weeks have none.
pub fn robust_score(value: f64, usual: &[f64], least: f64) -> Option<(f64, f64)> {
    let middle = median(&mut usual.to_vec())?;
    let mut apart: Vec<f64> = usual.iter().map(|value| (value - middle).abs()).collect();
    let deviation = (1.4826 * median(&mut apart)?).max(least);
    Some((middle, (value - middle) / deviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-4
    }

    #[test]
    fn erlang_b_is_what_the_tables_say() {
        // Lines that carry these loads with 1 % blocked, as the traffic tables print them, rounded down.
        for (load, lines) in [(0.010, 1), (0.152, 2), (0.455, 3), (0.869, 4), (1.360, 5), (4.461, 10), (12.03, 20)] {
            assert_eq!(lines_for(load, 0.01), lines, "{load}");
        }
        assert!(near(erlang_b(2.0, 4), 0.0952) && near(erlang_b(10.0, 10), 0.2146));
        assert_eq!((lines_for(0.0, 0.01), lines_for(-1.0, 0.01)), (0, 0));
    }

    #[test]
    fn erlang_c_is_what_the_textbook_says() {
        // 100 calls in half an hour of three minutes each: 10 Erlangs, 14 agents: 88.8 % within 20 seconds.
        assert!(near(erlang_c(10.0, 14), 0.1741), "{}", erlang_c(10.0, 14));
        let level = service_level(10.0, 14, 20.0, 180.0);
        assert!((level - 0.888).abs() < 1e-3, "{level}");
        assert_eq!(agents_for(10.0, 0.8, 20.0, 180.0), 14);
        assert!(near(erlang_c(10.0, 10), 1.0) && near(service_level(10.0, 9, 20.0, 180.0), 0.0));
    }

    #[test]
    fn one_strange_week_does_not_make_the_next_one_usual() {
        let usual = [20.0, 22.0, 19.0, 21.0, 20.0, 300.0, 18.0, 23.0];
        let (middle, score) = robust_score(60.0, &usual, 1.0).unwrap();
        assert!(near(middle, 20.5) && score > 10.0, "{middle} {score}");
        let (_, score) = robust_score(23.0, &usual, 1.0).unwrap();
        assert!(score < 2.0, "{score}");
        // All alike: the least deviation keeps one call more from being a sensation.
        assert_eq!(robust_score(5.0, &[4.0; 8], 2.0), Some((4.0, 0.5)));
        assert_eq!(robust_score(5.0, &[], 2.0), None);
    }
}
