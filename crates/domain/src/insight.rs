//! What is read off a call's words: how people felt, who talked how much, and which phrases were said.
//!
//! An insight is computed by our own rules from the transcript and can be computed again at any time, so it is no record:
//! nothing of it is in the log. It holds numbers and places of lines, never words.

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// Which side said it.
    pub enum Speaker {
        Customer "customer",
        Agent "agent",
        /// The recogniser did not tell the sides apart.
        Unknown "unknown",
    }
}

text_enum! {
    /// How a call felt for the customer; an estimate.
    pub enum Sentiment {
        Positive "positive",
        Neutral "neutral",
        Negative "negative",
        /// Spoken in a language that the rules do not know, or too little was said.
        Unknown "unknown",
    }
}

/// How one turn felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnMood {
    /// The line's place in the transcript, from 0.
    pub turn: usize,
    pub speaker: Speaker,
    /// −100 to 100; `None` where the rules do not know the language.
    pub score: Option<i64>,
}
