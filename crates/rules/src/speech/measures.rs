//! Who talked how much, who was silent, who cut in: only from times that somebody measured.
//!
//! Without an end of each line nobody knows how long it took, so nothing is said about it but the share of words.

use std::time::Duration;

use switchboard_domain::{Timestamp, insight::Speaker};

use super::{Turn, words::words};

/// A pause shorter than this is breath between two sentences.
const BREATH: Duration = Duration::from_secs(2);
/// Overlap shorter than this is how recognisers cut.
const OVERLAP: Duration = Duration::from_millis(500);
/// "Mhm", "okay": agreeing is no interruption.
const AGREEING: usize = 2;
/// Speaking for less says nothing about somebody's pace.
const LEAST_PACE: Duration = Duration::from_secs(10);

/// What was measured; `None` where it could not be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measures {
    /// The agents' share of talking: of the time where that is known, of the words else.
    pub agent_talk_percent: Option<i64>,
    /// Seconds in which nobody said anything, short pauses left out.
    pub silence_seconds: Option<i64>,
    /// Times that one side began while the other one was still talking.
    pub interruptions: Option<i64>,
    /// Words in a minute of talking.
    pub agent_wpm: Option<i64>,
    pub customer_wpm: Option<i64>,
}

#[derive(Default)]
struct Side {
    words: usize,
    time: Duration,
}

/// Measures a conversation.
pub fn measure(turns: &[Turn<'_>]) -> Measures {
    let timed: Option<Vec<Timed>> = turns.iter().map(Timed::of).collect();
    let timed = timed.filter(|timed| !timed.is_empty());
    let (mut agent, mut customer) = (Side::default(), Side::default());
    for turn in turns {
        let side = match turn.speaker {
            Speaker::Agent => &mut agent,
            Speaker::Customer => &mut customer,
            Speaker::Unknown => continue,
        };
        side.words += words(turn.text).len();
        side.time += Timed::of(turn).map_or(Duration::ZERO, |timed| timed.until.since(timed.at));
    }
    let is_timed = timed.is_some();
    let share = |agent: u128, customer: u128| (agent * 100).checked_div(agent + customer);
    let percent = if is_timed && !(agent.time + customer.time).is_zero() {
        share(agent.time.as_millis(), customer.time.as_millis())
    } else {
        share(agent.words as u128, customer.words as u128)
    };
    let are_sides_known = !turns.iter().any(|turn| turn.speaker == Speaker::Unknown);
    Measures {
        agent_talk_percent: percent.and_then(|percent| i64::try_from(percent).ok()),
        silence_seconds: timed.as_deref().map(silence),
        interruptions: timed.as_deref().filter(|_| are_sides_known).map(interruptions),
        agent_wpm: is_timed.then(|| pace(&agent)).flatten(),
        customer_wpm: is_timed.then(|| pace(&customer)).flatten(),
    }
}

fn pace(side: &Side) -> Option<i64> {
    let millis = Some(side.time).filter(|time| *time >= LEAST_PACE)?.as_millis();
    i64::try_from(side.words as u128 * 60_000 / millis).ok()
}

/// A turn whose beginning and end are known.
struct Timed {
    at: Timestamp,
    until: Timestamp,
    speaker: Speaker,
    words: usize,
}

impl Timed {
    fn of(turn: &Turn<'_>) -> Option<Self> {
        let (at, until) = (turn.at?, turn.until?);
        (until >= at).then(|| Self { at, until, speaker: turn.speaker, words: words(turn.text).len() })
    }
}

fn silence(turns: &[Timed]) -> i64 {
    let mut ordered: Vec<(Timestamp, Timestamp)> = turns.iter().map(|turn| (turn.at, turn.until)).collect();
    ordered.sort_unstable();
    let Some((_, mut heard_until)) = ordered.first().copied() else { return 0 };
    let mut silent = Duration::ZERO;
    for (at, until) in ordered {
        // `since` is zero where one begins before the other one ended.
        let pause = at.since(heard_until);
        if pause >= BREATH {
            silent += pause;
        }
        heard_until = heard_until.max(until);
    }
    i64::try_from(silent.as_secs()).unwrap_or(i64::MAX)
}

fn interruptions(turns: &[Timed]) -> i64 {
    let cuts_in = |pair: &&[Timed]| {
        let [before, after] = pair else { return false };
        before.speaker != after.speaker
            && after.words > AGREEING
            && after.at > before.at
            && before.until.since(after.at) >= OVERLAP
    };
    i64::try_from(turns.windows(2).filter(cuts_in).count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(speaker: Speaker, text: &str, from: i64, to: i64) -> Turn<'_> {
        let at = |seconds: i64| Some(Timestamp::from_millis(seconds * 1_000));
        Turn { number: 0, speaker, text, at: at(from), until: at(to) }
    }

    #[test]
    fn shares_silence_and_cutting_in_are_counted_from_times() {
        let ten_words = "one two three four five six seven eight nine ten";
        let turns = [
            turn(Speaker::Agent, ten_words, 0, 6),
            turn(Speaker::Customer, ten_words, 7, 19),
            turn(Speaker::Agent, "let me stop you there", 16, 20),
            turn(Speaker::Customer, "mhm", 18, 19),
            turn(Speaker::Agent, ten_words, 50, 60),
        ];
        let measured = measure(&turns);
        assert_eq!(measured.silence_seconds, Some(30), "the second between the first two turns is breath");
        assert_eq!(measured.interruptions, Some(1), "agreeing is not cutting in");
        assert_eq!(measured.agent_talk_percent, Some(60));
        assert_eq!((measured.agent_wpm, measured.customer_wpm), (Some(75), Some(50)));
    }

    #[test]
    fn without_ends_only_the_share_of_words_is_known() {
        let untimed = |speaker, text| Turn { until: None, ..turn(speaker, text, 0, 1) };
        let turns = [untimed(Speaker::Agent, "one two three"), untimed(Speaker::Customer, "one")];
        let only_share = Measures { agent_talk_percent: Some(75), ..Measures::default() };
        assert_eq!(measure(&turns), only_share);
        assert_eq!(measure(&[]), Measures::default());
        assert_eq!(measure(&[untimed(Speaker::Unknown, "one two")]), Measures::default());
    }
}
