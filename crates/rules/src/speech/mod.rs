//! What can be read off a transcript by rules: how people felt, who talked how much, and which phrases were said.
//!
//! No model is asked. What is counted here (talk time, silence, hits of a phrase) is counted, because a language model that
//! is asked to count makes numbers up; what is judged here (a mood) is an estimate and is shown as one.

mod language;
mod measures;
mod mood;
mod phrases;
mod words;

use switchboard_domain::{
    Timestamp,
    insight::Speaker,
    transcript::{LineKind, TranscriptLine},
};

pub use self::{
    language::{Language, detect},
    measures::{Measures, measure},
    mood::{MoodOfCall, judge},
    phrases::{Hit, Phrase, spot},
};

/// Counted up when the rules here begin to say something else of the same words.
pub const VERSION: i64 = 1;

/// Something that one person said without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn<'a> {
    /// The place of its line in the transcript, from 0: what everything that points at words points with.
    pub number: usize,
    pub speaker: Speaker,
    pub text: &'a str,
    pub at: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// What people said, in order; a provider's remarks were said by nobody.
pub fn turns(lines: &[TranscriptLine]) -> Vec<Turn<'_>> {
    let spoken = lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Speech);
    spoken
        .map(|(number, line)| {
            let speaker = match line.is_agent {
                Some(true) => Speaker::Agent,
                Some(false) => Speaker::Customer,
                None => Speaker::Unknown,
            };
            Turn { number, speaker, text: &line.content, at: line.at, until: line.until }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(is_agent: Option<bool>, content: &str, at: Option<i64>) -> TranscriptLine {
        let at = at.map(Timestamp::from_millis);
        let until = at.map(|at| at + std::time::Duration::from_secs(2));
        TranscriptLine { kind: LineKind::Speech, speaker: None, is_agent, content: content.into(), at, until }
    }

    #[test]
    fn remarks_are_no_turns_and_numbers_stay_those_of_the_lines() {
        let note = TranscriptLine { kind: LineKind::Note, ..line(None, "action item", None) };
        let lines = [line(Some(true), "Hello", None), note, line(Some(false), "Hi", None)];
        let turns = turns(&lines);
        assert_eq!(
            turns.iter().map(|turn| (turn.number, turn.speaker)).collect::<Vec<_>>(),
            [(0, Speaker::Agent), (2, Speaker::Customer)]
        );
    }

    proptest! {
        /// Whatever a recogniser wrote: nothing panics, and every number is inside its bounds and points at a line.
        #[test]
        fn any_text_is_judged_within_bounds(
            texts in prop::collection::vec((any::<Option<bool>>(), "\\PC{0,60}", any::<Option<u32>>()), 0..20),
        ) {
            let lines: Vec<_> = texts.iter().map(|(who, text, at)| line(*who, text, at.map(i64::from))).collect();
            let turns = turns(&lines);
            let mood = judge(&turns, None);
            for score in mood.turns.iter().filter_map(|turn| turn.score).chain(mood.customer).chain(mood.agent) {
                prop_assert!((-100..=100).contains(&score));
            }
            prop_assert!(mood.turns.iter().all(|turn| turn.turn < lines.len()));
            let measures = measure(&turns);
            prop_assert!(measures.agent_talk_percent.is_none_or(|percent| (0..=100).contains(&percent)));
            prop_assert!(measures.silence_seconds.is_none_or(|seconds| seconds >= 0));
        }

        /// A phrase is found exactly where it was said.
        #[test]
        fn a_phrase_that_was_said_is_found(before in "[a-z ]{0,20}", after in "[a-z ]{0,20}", is_agent in any::<bool>()) {
            let text = format!("{before} cancellation fee {after}");
            let lines = [line(Some(is_agent), "hello", None), line(Some(is_agent), &text, None)];
            let hits = spot(&turns(&lines), &[Phrase::new("cancellation fees").unwrap()]);
            prop_assert_eq!(hits.len(), 1);
            prop_assert_eq!((hits[0].phrase, hits[0].turn), (0, 1));
        }
    }
}
