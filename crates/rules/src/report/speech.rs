//! What was said in a set of calls, as far as somebody or something judged it.

use super::{
    answers::Sentiment,
    codec::{Reader, Writer},
    math::real,
};

/// What is known of how one call went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpeechFact {
    pub call_id: uuid::Uuid,
    /// The customer's sentiment, from -100 to 100; `None` where it could not be told.
    pub sentiment: Option<i64>,
    /// `positive`, `neutral`, `negative` or anything else for unknown.
    pub label: String,
    /// From 0 to 100.
    pub score: Option<i64>,
}

/// A word of the workspace's lists that was said in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeywordFact {
    pub call_id: uuid::Uuid,
    pub keyword_id: uuid::Uuid,
    pub hits: i64,
}

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Speech {
    pub transcribed: i64,
    pub positive: i64,
    pub neutral: i64,
    pub negative: i64,
    /// Sentiments, each with 100 added: sums are kept as whole numbers from 0 on.
    raised: i64,
    measured: i64,
    pub scored: i64,
    score: i64,
    /// Calls in which words of a list were said, and how often.
    pub keyword_calls: i64,
    pub hits: i64,
}

impl Speech {
    pub fn add(&mut self, fact: &SpeechFact) {
        self.transcribed += 1;
        match fact.label.as_str() {
            "positive" => self.positive += 1,
            "neutral" => self.neutral += 1,
            "negative" => self.negative += 1,
            _ => {}
        }
        if let Some(sentiment) = fact.sentiment {
            self.raised += sentiment.clamp(-100, 100) + 100;
            self.measured += 1;
        }
        if let Some(score) = fact.score {
            self.scored += 1;
            self.score += score.clamp(0, 100);
        }
    }

    pub const fn add_keyword(&mut self, hits: i64) {
        self.keyword_calls += 1;
        self.hits += hits;
    }

    pub const fn merge(&mut self, other: &Self) {
        self.transcribed += other.transcribed;
        self.positive += other.positive;
        self.neutral += other.neutral;
        self.negative += other.negative;
        self.raised += other.raised;
        self.measured += other.measured;
        self.scored += other.scored;
        self.score += other.score;
        self.keyword_calls += other.keyword_calls;
        self.hits += other.hits;
    }

    pub const fn rated(&self) -> i64 {
        self.positive + self.neutral + self.negative
    }

    pub fn sentiment(&self) -> Sentiment {
        let average = (self.measured > 0).then(|| real(self.raised) / real(self.measured) - 100.0);
        Sentiment { positive: self.positive, neutral: self.neutral, negative: self.negative, average }
    }

    pub fn average_score(&self) -> Option<f64> {
        (self.scored > 0).then(|| real(self.score) / real(self.scored))
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.put(self.transcribed).put(self.positive).put(self.neutral).put(self.negative).put(self.raised);
        to.put(self.measured).put(self.scored).put(self.score).put(self.keyword_calls).put(self.hits);
        to.finish()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let mut next = || from.take();
        let speech = Self {
            transcribed: next()?,
            positive: next()?,
            neutral: next()?,
            negative: next()?,
            raised: next()?,
            measured: next()?,
            scored: next()?,
            score: next()?,
            keyword_calls: next()?,
            hits: next()?,
        };
        from.is_done().then_some(speech)
    }
}
