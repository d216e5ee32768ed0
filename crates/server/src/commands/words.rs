//! How commands say things to people: times from now, absent values.

use std::time::Duration;

use switchboard_domain::Timestamp;

/// What stands for nothing.
pub(super) const NONE: &str = "-";

/// `4 min ago`, `in 3 h`; the date where it is more than a month away.
pub(super) fn relative(now: Timestamp, at: Timestamp) -> String {
    const MONTH: Duration = Duration::from_hours(31 * 24);
    let (distance, is_past) = if at <= now { (now.since(at), true) } else { (at.since(now), false) };
    if distance > MONTH {
        return at.to_string().chars().take(10).collect();
    }
    match (distance.as_secs(), is_past) {
        (0, _) => "just now".to_owned(),
        (_, true) => format!("{} ago", span(distance)),
        (_, false) => format!("in {}", span(distance)),
    }
}

/// [`relative`], or a dash.
pub(super) fn maybe_relative(now: Timestamp, at: Option<Timestamp>) -> String {
    at.map_or_else(|| NONE.to_owned(), |at| relative(now, at))
}

/// In its largest unit, rounded down.
pub(super) fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The text, or a dash.
pub(super) fn maybe(text: Option<impl ToString>) -> String {
    text.map_or_else(|| NONE.to_owned(), |text| text.to_string())
}

/// `1 webhook`, `2 webhooks`.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_now() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let cases = [
            ("2026-11-20T12:00:00Z", "just now"),
            ("2026-11-20T11:59:18Z", "42 s ago"),
            ("2026-11-20T11:30:01Z", "29 min ago"),
            ("2026-11-19T13:00:00Z", "23 h ago"),
            ("2026-11-10T12:00:00Z", "10 d ago"),
            ("2026-11-20T14:00:01Z", "in 2 h"),
            ("2026-01-02T12:00:00Z", "2026-01-02"),
        ];
        for (at, said) in cases {
            assert_eq!(relative(now, at.parse().unwrap()), said, "{at}");
        }
        assert_eq!(maybe_relative(now, None), "-");
        assert_eq!((count(1, "webhook"), count(0, "webhook")), ("1 webhook".into(), "0 webhooks".into()));
    }
}
