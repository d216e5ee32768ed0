//! What calls' words come to: estimates, phrases that were heard, and what a chat server made of them.

use serde::Serialize;
use switchboard_app::insights::{ChatSettingsError, ChatState, analyse::AnalyseError};
use switchboard_domain::{
    Timestamp,
    analysis::{ActionItem, Analysis, ItemResult, ScorecardResult, Verdict},
    ids::{KeywordId, KeywordListId, ScorecardId},
    insight::{Sentiment, Speaker, TurnMood},
};
use switchboard_store::insights::{HeardPhrase, Insight};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod analyse;
pub mod change_settings;
pub mod of_call;
pub mod refresh;
pub mod settings;

super::word_schemas! {
    sentiment = Sentiment;
    side = Speaker;
    verdict = Verdict;
}

/// What is known of a call's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallInsights {
    /// Null: nothing was said, or nothing has been read yet.
    pub insight: Option<InsightView>,
    /// Phrases of the workspace's lists that were heard, most often first.
    pub keywords: Vec<HeardView>,
    /// Null: no chat server has read the call.
    pub analysis: Option<AnalysisView>,
    /// Whether a chat server may be asked to.
    pub chat: ChatView,
}

/// What our own rules read off a transcript. Sentiments are estimates by a lexicon of English words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Insight)]
pub struct InsightView {
    /// ISO 639-1; null where it could not be told.
    pub language: Option<String>,
    /// How the call ended for the customer. `unknown`: in another language than English, or too little was said.
    #[schema(schema_with = sentiment)]
    pub sentiment: Sentiment,
    /// -100 to 100, over the whole call. Where the sides are not told apart it is everybody's.
    pub customer_sentiment: Option<i64>,
    pub agent_sentiment: Option<i64>,
    /// The agents' share of talking: of the time where that is known, of the words else.
    pub agent_talk_percent: Option<i64>,
    /// Null, like what follows, where the transcript has no times of each line.
    pub silence_seconds: Option<i64>,
    pub interruptions: Option<i64>,
    /// Words in a minute.
    pub agent_wpm: Option<i64>,
    pub customer_wpm: Option<i64>,
    /// The estimate of each line that somebody said.
    pub turns: Vec<TurnView>,
    /// The mean of the scorecards, 0 to 100.
    pub score: Option<i64>,
}

/// How one line felt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnMood)]
pub struct TurnView {
    /// The line's place in the transcript's `lines`, from 0.
    pub turn: usize,
    #[schema(schema_with = side)]
    pub speaker: Speaker,
    /// -100 to 100; null: in a language that is not judged.
    pub score: Option<i64>,
}

/// A phrase that was heard on one side of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeardKeyword)]
pub struct HeardView {
    #[schema(value_type = String)]
    pub keyword_id: KeywordId,
    pub phrase: String,
    #[schema(value_type = String)]
    pub list_id: KeywordListId,
    pub list_name: String,
    #[schema(schema_with = side)]
    pub speaker: Speaker,
    pub hits: i64,
    /// The lines' places in the transcript's `lines`, from 0; the first 50.
    pub turns: Vec<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_at: Option<Timestamp>,
}

/// What a chat server made of a call. Places of lines were checked against the transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallAnalysis)]
pub struct AnalysisView {
    pub summary: String,
    pub topics: Vec<String>,
    pub action_items: Vec<ActionItemView>,
    pub scorecards: Vec<CardResultView>,
    /// The mean of the scorecards, 0 to 100.
    pub score: Option<i64>,
    /// As the server calls it.
    pub model: String,
    pub prompt_version: i64,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub latency_ms: i64,
    #[schema(value_type = String, format = DateTime)]
    pub answered_at: Timestamp,
}

/// Something that somebody said they would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionItem)]
pub struct ActionItemView {
    pub text: String,
    pub owner: Option<String>,
    /// In the words of the call.
    pub due: Option<String>,
    /// The lines that say so.
    pub turns: Vec<i64>,
}

/// A scorecard's answers, with its questions as they stood then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardResult)]
pub struct CardResultView {
    #[schema(value_type = String)]
    pub scorecard_id: ScorecardId,
    pub name: String,
    /// 0 to 100; null where no question applied.
    pub score: Option<i64>,
    pub items: Vec<AnswerView>,
}

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardAnswer)]
pub struct AnswerView {
    pub question: String,
    pub weight: i64,
    #[schema(schema_with = verdict)]
    pub verdict: Verdict,
    /// The lines that show it.
    pub turns: Vec<i64>,
    pub reason: Option<String>,
}

/// Whether calls are sent to a chat server, and what that has cost this month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatAnalysis)]
pub struct ChatView {
    /// A connection of the kind `openai` has a chat model.
    pub is_connected: bool,
    pub model: Option<String>,
    /// New calls are sent by themselves.
    pub is_on: bool,
    /// Behind it nothing is sent until the next month (of UTC).
    pub monthly_tokens: i64,
    pub used_tokens: i64,
    pub used_requests: i64,
}

impl From<ChatState> for ChatView {
    fn from(state: ChatState) -> Self {
        Self {
            is_connected: state.is_connected(),
            model: state.model,
            is_on: state.settings.is_on,
            monthly_tokens: state.settings.monthly_tokens,
            used_tokens: state.used.tokens,
            used_requests: state.used.requests,
        }
    }
}

impl From<Insight> for InsightView {
    fn from(insight: Insight) -> Self {
        let turn = |TurnMood { turn, speaker, score }| TurnView { turn, speaker, score };
        Self {
            language: insight.language,
            sentiment: insight.sentiment,
            customer_sentiment: insight.customer_sentiment,
            agent_sentiment: insight.agent_sentiment,
            agent_talk_percent: insight.agent_talk_percent,
            silence_seconds: insight.silence_seconds,
            interruptions: insight.interruptions,
            agent_wpm: insight.agent_wpm,
            customer_wpm: insight.customer_wpm,
            turns: insight.turns.into_iter().map(turn).collect(),
            score: insight.score,
        }
    }
}

impl From<HeardPhrase> for HeardView {
    fn from(HeardPhrase { heard, phrase, list_id, list_name }: HeardPhrase) -> Self {
        Self {
            keyword_id: heard.keyword_id,
            phrase,
            list_id,
            list_name,
            speaker: heard.speaker,
            hits: heard.hits,
            turns: heard.turns,
            first_at: heard.first_at,
        }
    }
}

impl From<Analysis> for AnalysisView {
    fn from(analysis: Analysis) -> Self {
        let (answer, origin) = (analysis.answer.clone(), analysis.answer.origin);
        let action = |ActionItem { text, owner, due, turns }: ActionItem| ActionItemView { text, owner, due, turns };
        Self {
            summary: answer.summary,
            topics: answer.topics,
            action_items: answer.action_items.into_iter().map(action).collect(),
            scorecards: answer.scorecards.into_iter().map(CardResultView::from).collect(),
            score: analysis.score,
            model: origin.model,
            prompt_version: origin.prompt_version,
            input_tokens: origin.input_tokens,
            output_tokens: origin.output_tokens,
            latency_ms: origin.latency_ms,
            answered_at: analysis.answered_at,
        }
    }
}

impl From<ScorecardResult> for CardResultView {
    fn from(result: ScorecardResult) -> Self {
        let answer = |ItemResult { question, weight, verdict, turns, reason }: ItemResult| AnswerView {
            question,
            weight,
            verdict,
            turns,
            reason,
        };
        Self {
            scorecard_id: result.scorecard_id,
            name: result.name,
            score: result.score,
            items: result.items.into_iter().map(answer).collect(),
        }
    }
}

impl From<AnalyseError> for Problem {
    fn from(error: AnalyseError) -> Self {
        let detail = error.to_string();
        match error {
            AnalyseError::NoSuchCall => Self::not_found("call"),
            AnalyseError::NoTranscript | AnalyseError::NoServer | AnalyseError::UsedUp => {
                Self::new(Code::Conflict, detail)
            }
            AnalyseError::Connections(error) => error.into(),
            AnalyseError::Store(error) => error.into(),
        }
    }
}

impl From<ChatSettingsError> for Problem {
    fn from(error: ChatSettingsError) -> Self {
        match error {
            ChatSettingsError::Invalid(faults) => Self::fields(faults),
            ChatSettingsError::Connections(error) => error.into(),
            ChatSettingsError::Store(error) => error.into(),
        }
    }
}
