//! What is read off calls' words: one row per call, and one for each phrase that was heard on a side.
//!
//! Written by the job that reads, and by nothing else; gone when the call goes (`removal`).

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{CallId, KeywordId, KeywordListId, TranscriptId},
    insight::{Sentiment, Speaker, TurnMood},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// A call's insight as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Insight {
    pub call_id: CallId,
    pub transcript_id: TranscriptId,
    /// ISO 639-1.
    pub language: Option<String>,
    pub sentiment: Sentiment,
    /// −100 to 100, like the agent's; `None` where it could not be estimated.
    pub customer_sentiment: Option<i64>,
    pub agent_sentiment: Option<i64>,
    pub agent_talk_percent: Option<i64>,
    pub silence_seconds: Option<i64>,
    pub interruptions: Option<i64>,
    pub agent_wpm: Option<i64>,
    pub customer_wpm: Option<i64>,
    #[sqlx(json)]
    pub turns: Vec<TurnMood>,
    /// The mean of the scorecards.
    pub score: Option<i64>,
    /// Of the rules that read it.
    pub version: i64,
    pub occurred_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Insight {
    /// Both say the same of the call.
    pub fn is_same(&self, other: &Self) -> bool {
        let times = |other: &Self| Self { created_at: self.created_at, updated_at: self.updated_at, ..other.clone() };
        *self == times(other)
    }
}

/// A phrase was heard on one side of a call.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Heard {
    pub keyword_id: KeywordId,
    pub speaker: Speaker,
    pub hits: i64,
    pub first_turn: i64,
    pub first_at: Option<Timestamp>,
    /// The lines, in order; the first 50.
    #[sqlx(json)]
    pub turns: Vec<i64>,
}

/// [`Heard`], with what was listened for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct HeardPhrase {
    #[sqlx(flatten)]
    pub heard: Heard,
    pub phrase: String,
    pub list_id: KeywordListId,
    pub list_name: String,
}

/// The insight of a call.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Option<Insight>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Insight,
        "SELECT call_id, transcript_id, language, sentiment, customer_sentiment, agent_sentiment, agent_talk_percent, \
         silence_seconds, interruptions, agent_wpm, customer_wpm, turns, score, version, occurred_at, created_at, \
         updated_at FROM call_insights WHERE tenant_id = $1 AND call_id = $2",
        scope.tenant(),
        call
    )?)
}

/// How a call felt, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Felt {
    pub call_id: CallId,
    pub sentiment: Sentiment,
    pub customer_sentiment: Option<i64>,
}

/// How these calls felt.
pub async fn felt(conn: &mut Conn<'_>, scope: TenantScope, calls: &[Uuid]) -> Result<Vec<Felt>, StoreError> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT call_id, sentiment, customer_sentiment FROM call_insights WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND call_id IN ").bind_list(calls);
    sql.fetch_all(conn).await
}

/// What was heard in a call, with phrases that are still listened for; most often first.
pub async fn heard_in(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<HeardPhrase>, StoreError> {
    Ok(fetch_all!(
        conn,
        HeardPhrase,
        "SELECT h.keyword_id, h.speaker, h.hits, h.first_turn, h.first_at, h.turns, k.phrase, k.list_id, \
         l.name AS list_name FROM call_keywords h \
         JOIN keywords k ON k.id = h.keyword_id AND k.tenant_id = $1 \
         JOIN keyword_lists l ON l.id = k.list_id AND l.tenant_id = $1 \
         WHERE h.tenant_id = $1 AND h.call_id = $2 ORDER BY h.hits DESC, k.phrase, h.speaker LIMIT 500",
        scope.tenant(),
        call
    )?)
}

/// What was heard in a call, as stored, in the order of its key.
pub async fn heard(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<Heard>, StoreError> {
    Ok(fetch_all!(
        conn,
        Heard,
        "SELECT keyword_id, speaker, hits, first_turn, first_at, turns FROM call_keywords \
         WHERE tenant_id = $1 AND call_id = $2 ORDER BY keyword_id, speaker",
        scope.tenant(),
        call
    )?)
}

/// Puts what was read of a call in place of what was there. An insight that a transcript of this call gave to another one, of
/// which it no longer is a part, goes; returns those calls.
pub async fn save(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    insight: &Insight,
    heard: &[Heard],
) -> Result<Vec<CallId>, StoreError> {
    let moved = fetch_all!(
        conn,
        (CallId,),
        "SELECT call_id FROM call_insights WHERE tenant_id = $1 AND call_id <> $2 AND transcript_id IN \
         (SELECT id FROM transcripts WHERE tenant_id = $1 AND call_id = $2)",
        scope.tenant(),
        insight.call_id
    )?;
    let mut gone: Vec<Uuid> = moved.iter().map(|(call,)| call.uuid()).collect();
    gone.push(insight.call_id.uuid());
    remove(conn, scope, &gone).await?;
    execute!(
        conn,
        "INSERT INTO call_insights (call_id, tenant_id, transcript_id, language, sentiment, customer_sentiment, \
         agent_sentiment, agent_talk_percent, silence_seconds, interruptions, agent_wpm, customer_wpm, turns, score, \
         version, occurred_at, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        insight.call_id,
        scope.tenant(),
        insight.transcript_id,
        &insight.language,
        insight.sentiment,
        insight.customer_sentiment,
        insight.agent_sentiment,
        insight.agent_talk_percent,
        insight.silence_seconds,
        insight.interruptions,
        insight.agent_wpm,
        insight.customer_wpm,
        Json(&insight.turns),
        insight.score,
        insight.version,
        insight.occurred_at,
        insight.created_at,
        insight.updated_at
    )?;
    for one in heard {
        execute!(
            conn,
            "INSERT INTO call_keywords (call_id, keyword_id, speaker, tenant_id, hits, first_turn, first_at, turns, \
             occurred_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            insight.call_id,
            one.keyword_id,
            one.speaker,
            scope.tenant(),
            one.hits,
            one.first_turn,
            one.first_at,
            Json(&one.turns),
            insight.occurred_at
        )?;
    }
    Ok(moved.into_iter().map(|(call,)| call).collect())
}

/// Removes what was read of these calls.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, calls: &[Uuid]) -> Result<(), StoreError> {
    for table in ["call_insights", "call_keywords"] {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(table).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
        sql.push(" AND call_id IN ").bind_list(calls);
        sql.execute(conn).await?;
    }
    Ok(())
}

/// The next calls with a transcript behind `after`, by their ids; at most `limit`.
pub async fn transcribed(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    after: Option<CallId>,
    limit: i64,
) -> Result<Vec<CallId>, StoreError> {
    let rows = fetch_all!(
        conn,
        (CallId,),
        "SELECT DISTINCT call_id FROM transcripts WHERE tenant_id = $1 AND call_id > $2 ORDER BY call_id LIMIT $3",
        scope.tenant(),
        after.map_or(Uuid::nil(), CallId::uuid),
        limit
    )?;
    Ok(rows.into_iter().map(|(call,)| call).collect())
}
