//! How people felt, by a lexicon of English words (VADER) and what telephone talk needs changed about it.
//!
//! The lexicon was made for short posts: it finds "no problem" negative, an apology sad, and every "yes, sure, okay, thank
//! you" a little joy, so that any polite call would be a happy one. `corrections` says what is put in place of such phrases
//! before the lexicon sees them, and which phrases of angry and relieved customers it has no words for.
//!
//! It knows English and nothing else: what is spoken in another language has no score, which is not the same as zero.

mod corrections;

use std::sync::LazyLock;

use switchboard_domain::insight::{Sentiment, Speaker, TurnMood};
use vader_sentimental::SentimentIntensityAnalyzer;

use self::corrections::corrected;
use super::{
    Turn,
    language::{Language, detect},
    words::words,
};

/// Below it a turn says nothing about a mood.
const EVIDENT: i64 = 10;
/// From here on a call is called positive or negative.
const LINE: i64 = 20;
/// With fewer words of the customer's, nothing is said about how they felt.
const LEAST_WORDS: usize = 5;

static LEXICON: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

/// How a call felt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoodOfCall {
    /// ISO 639-1; `None` where it could not be told.
    pub language: Option<String>,
    pub sentiment: Sentiment,
    /// −100 to 100. Where the sides are not told apart, it is everybody's.
    pub customer: Option<i64>,
    pub agent: Option<i64>,
    pub turns: Vec<TurnMood>,
}

/// Estimates how a conversation felt. `heard` is the language (ISO 639-1) that the recogniser heard, where it says so: it
/// had the sound.
pub fn judge(turns: &[Turn<'_>], heard: Option<&str>) -> MoodOfCall {
    let whole = turns.iter().map(|turn| turn.text).collect::<Vec<_>>().join(" ");
    let language = heard.or_else(|| detect(&whole).map(Language::code));
    let is_english = language == Some(Language::English.code());
    let moods: Vec<TurnMood> = turns.iter().map(|turn| mood(turn, is_english)).collect();
    let has_customer = turns.iter().any(|turn| turn.speaker == Speaker::Customer);
    let side = if has_customer { Speaker::Customer } else { Speaker::Unknown };
    let customer = is_understood(turns, &moods, side).then(|| mean(&moods, side));
    let agent = is_understood(turns, &moods, Speaker::Agent).then(|| mean(&moods, Speaker::Agent));
    let sentiment = customer.map_or(Sentiment::Unknown, |_| label(&moods, side));
    MoodOfCall { language: language.map(str::to_owned), sentiment, customer, agent, turns: moods }
}

fn mood(turn: &Turn<'_>, is_call_english: bool) -> TurnMood {
    // A short turn is in the language of its conversation.
    let is_english = detect(turn.text).map_or(is_call_english, |language| language == Language::English);
    let score = is_english.then(|| score(turn));
    TurnMood { turn: turn.number, speaker: turn.speaker, score }
}

#[expect(clippy::cast_possible_truncation, reason = "a compound is between -1 and 1")]
fn score(turn: &Turn<'_>) -> i64 {
    let said = corrected(&words(turn.text), turn.speaker);
    if said.is_empty() {
        return 0;
    }
    let compound = LEXICON.polarity_scores(&said).compound;
    (compound * 100.0).round().clamp(-100.0, 100.0) as i64
}

/// Enough of what this side said is in a language that can be judged.
fn is_understood(turns: &[Turn<'_>], moods: &[TurnMood], side: Speaker) -> bool {
    let of_side = turns.iter().zip(moods).filter(|(turn, _)| turn.speaker == side);
    let (mut all, mut judged) = (0, 0);
    for (turn, mood) in of_side {
        let count = words(turn.text).len();
        all += count;
        judged += if mood.score.is_some() { count } else { 0 };
    }
    judged >= LEAST_WORDS && judged * 2 > all
}

/// The mean of what was evident, drawn towards zero while that is little: one word is no mood.
fn drawn_mean(scores: impl Iterator<Item = i64>) -> Option<i64> {
    let evident: Vec<i64> = scores.filter(|score| score.abs() >= EVIDENT).collect();
    let count = i64::try_from(evident.len()).unwrap_or(i64::MAX);
    (count > 0).then(|| evident.iter().sum::<i64>() / count.saturating_add(1))
}

fn scores(moods: &[TurnMood], side: Speaker) -> impl Iterator<Item = i64> {
    moods.iter().filter(move |mood| mood.speaker == side).filter_map(|mood| mood.score)
}

fn mean(moods: &[TurnMood], side: Speaker) -> i64 {
    drawn_mean(scores(moods, side)).unwrap_or(0)
}

/// By how it ended: somebody who called in anger and was helped had a good call. Where the end says nothing, by all of it.
fn label(moods: &[TurnMood], side: Speaker) -> Sentiment {
    let last_third = &moods[moods.len() * 2 / 3..];
    let score = drawn_mean(scores(last_third, side)).unwrap_or_else(|| mean(moods, side));
    match score {
        score if score >= LINE => Sentiment::Positive,
        score if score <= -LINE => Sentiment::Negative,
        _ => Sentiment::Neutral,
    }
}

#[cfg(test)]
mod tests;
