//! What a chat server made of a call's words: a summary, topics, things to do, and the answers to a tenant's scorecards.
//!
//! Unlike an insight it cannot be computed again (a model answers differently each time, and costs), so its answer is an
//! event in the log and this is a record made of it. Numbers that can be counted are never asked of a model: see
//! [`crate::insight`].

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    fact::AnalysisFact,
    ids::{AnalysisId, CallId, ConnectionId, LegId, ScorecardId, TenantId, deterministic},
    merge::{Earliest, Latest, Stamp},
    text_enum,
};

text_enum! {
    /// How a question of a scorecard was answered.
    pub enum Verdict {
        Yes "yes",
        No "no",
        /// The call gave no occasion for it: it counts neither way.
        NotApplicable "not_applicable",
    }
}

/// Something that somebody said they would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ActionItem {
    pub text: String,
    /// Who does it, in the words of the call.
    pub owner: Option<String>,
    /// Until when, in the words of the call.
    pub due: Option<String>,
    /// The lines of the transcript that say so.
    pub turns: Vec<i64>,
}

/// The answer to one question of a scorecard, as the card stood then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemResult {
    pub question: String,
    pub weight: i64,
    pub verdict: Verdict,
    /// The lines of the transcript that show it. A yes without any does not count as one.
    pub turns: Vec<i64>,
    pub reason: Option<String>,
}

/// A scorecard's answers for one call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScorecardResult {
    pub scorecard_id: ScorecardId,
    pub name: String,
    pub items: Vec<ItemResult>,
    /// 0 to 100; `None` where no question applied.
    pub score: Option<i64>,
}

impl ScorecardResult {
    pub fn new(scorecard_id: ScorecardId, name: String, items: Vec<ItemResult>) -> Self {
        let score = score(&items);
        Self { scorecard_id, name, items, score }
    }
}

/// The weight of what was answered with yes, of all that applied.
pub fn score(items: &[ItemResult]) -> Option<i64> {
    let sum = |wanted: &[Verdict]| -> i64 {
        items.iter().filter(|item| wanted.contains(&item.verdict)).map(|item| item.weight.max(0)).sum()
    };
    (sum(&[Verdict::Yes]) * 100).checked_div(sum(&[Verdict::Yes, Verdict::No]))
}

/// How an answer came to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnalysisOrigin {
    /// As the server calls it.
    pub model: String,
    /// Which of our prompts was sent.
    pub prompt_version: i64,
    /// Requests that it took: a long call is read in parts.
    pub requests: i64,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub latency_ms: i64,
}

/// What a chat server made of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnalysisAnswer {
    pub summary: String,
    pub topics: Vec<String>,
    pub action_items: Vec<ActionItem>,
    pub scorecards: Vec<ScorecardResult>,
    pub origin: AnalysisOrigin,
}

/// Everything that facts have said of an analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnalysisDoc {
    answer: Latest<AnalysisAnswer>,
    first_at: Earliest<Timestamp>,
}

impl AnalysisDoc {
    pub fn apply(&mut self, stamp: Stamp, fact: &AnalysisFact) {
        self.first_at.offer(Some(stamp.at));
        self.answer.offer(stamp, Some(fact.answer.clone()));
    }

    /// `None` while nothing was answered.
    pub fn project(&self, owner: &AnalysisOwner) -> Option<Analysis> {
        let answer = self.answer.cloned()?;
        Some(Analysis {
            id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            call_id: owner.call_id,
            leg_id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            leg_external_id: owner.leg_external_id.clone(),
            score: mean_score(&answer.scorecards),
            model: answer.origin.model.clone(),
            answered_at: self.answer.at().unwrap_or_default(),
            answer,
            occurred_at: self.first_at.value().unwrap_or_default(),
        })
    }
}

fn mean_score(cards: &[ScorecardResult]) -> Option<i64> {
    let scores: Vec<i64> = cards.iter().filter_map(|card| card.score).collect();
    scores.iter().sum::<i64>().checked_div(i64::try_from(scores.len()).unwrap_or(i64::MAX))
}

/// Whose analysis it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub leg_external_id: String,
    pub call_id: CallId,
}

/// What a chat server made of a call's transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Analysis {
    pub id: AnalysisId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub call_id: CallId,
    pub leg_id: LegId,
    pub leg_external_id: String,
    /// The mean of the scorecards, 0 to 100.
    pub score: Option<i64>,
    pub model: String,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub answer: AnalysisAnswer,
    pub answered_at: Timestamp,
    pub occurred_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_weight_of_yes_among_what_applied() {
        let item = |weight, verdict| ItemResult { question: "?".into(), weight, verdict, turns: vec![0], reason: None };
        let items = [item(3, Verdict::Yes), item(1, Verdict::No), item(50, Verdict::NotApplicable)];
        assert_eq!(score(&items), Some(75));
        assert_eq!(score(&items[2..]), None);
        assert_eq!(score(&[]), None);
    }
}
