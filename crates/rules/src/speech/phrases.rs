//! Where listed words and phrases were said.
//!
//! Whole words, in their forms: "refund" finds "refunds" and "refunded", and "art" does not find "start". The words of a
//! phrase must follow each other within one turn.

use switchboard_domain::{Timestamp, insight::Speaker};

use super::{
    Turn,
    words::{stem, words},
};

/// A word or phrase that is listened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<String>);

impl Phrase {
    /// `None` where there is no word in it.
    pub fn new(text: &str) -> Option<Self> {
        let stems: Vec<String> = words(text).iter().map(|word| stem(word)).collect();
        (!stems.is_empty()).then_some(Self(stems))
    }
}

/// A phrase was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Its place among those that were listened for.
    pub phrase: usize,
    /// The line's place in the transcript.
    pub turn: usize,
    pub speaker: Speaker,
    pub at: Option<Timestamp>,
}

/// Each time that one of these was said, in the order of the conversation. A word counts once for each phrase.
pub fn spot(turns: &[Turn<'_>], phrases: &[Phrase]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for turn in turns {
        let said: Vec<String> = words(turn.text).iter().map(|word| stem(word)).collect();
        for (phrase, Phrase(wanted)) in phrases.iter().enumerate() {
            let mut from = 0;
            while let Some(window) = said.get(from..from + wanted.len()) {
                let is_said = window == wanted.as_slice();
                if is_said {
                    hits.push(Hit { phrase, turn: turn.number, speaker: turn.speaker, at: turn.at });
                }
                from += if is_said { wanted.len() } else { 1 };
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(number: usize, speaker: Speaker, text: &str) -> Turn<'_> {
        Turn { number, speaker, text, at: None, until: None }
    }

    #[test]
    fn forms_count_parts_of_words_do_not() {
        let turns = [
            turn(0, Speaker::Customer, "I want a refund. You refunded my neighbour, so refund me!"),
            turn(1, Speaker::Agent, "Let me start over: our cancellation fees are on the chart."),
            turn(2, Speaker::Customer, "Cancel. Fee? The cancellation   fee, then."),
        ];
        let phrases = ["refund", "art", "cancellation fee", "¡!"].map(Phrase::new);
        assert_eq!(phrases[3], None);
        let phrases: Vec<Phrase> = phrases.into_iter().flatten().collect();
        let found: Vec<(usize, usize)> = spot(&turns, &phrases).iter().map(|hit| (hit.phrase, hit.turn)).collect();
        // "Cancel. Fee?" are two sentences of one turn; recognisers place full stops where they like.
        assert_eq!(found, [(0, 0), (0, 0), (0, 0), (2, 1), (2, 2), (2, 2)]);
    }
}
