//! What a chat server made of calls, and what asking it cost.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    analysis::{Analysis, AnalysisDoc},
    change::RecordKind,
    ids::CallId,
    words::Words,
};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    record::{self, Columns, KeptDoc},
    search::Entry,
    sql::{Arg, json},
};

/// An analysis as its table keeps it.
pub type KeptAnalysis = KeptDoc<Analysis, AnalysisDoc>;

impl Columns for Analysis {
    const TABLE: &'static str = "call_analyses";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "score",
        "model",
        "answer",
        "answered_at",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            self.call_id.uuid().into(),
            self.leg_id.uuid().into(),
            (&self.leg_external_id).into(),
            self.score.into(),
            (&self.model).into(),
            json(&self.answer).into(),
            self.answered_at.into(),
            self.occurred_at.into(),
        ]
    }

    const SEARCHED: &'static [&'static str] = &["call_id", "answer", "occurred_at"];

    fn entry(&self) -> Option<Entry> {
        let mut words = Words::default();
        words.text(&self.answer.summary);
        for topic in &self.answer.topics {
            words.text(topic);
        }
        let (id, tenant, call_id) = (self.id.uuid(), self.tenant_id, Some(self.call_id.uuid()));
        Some(Entry { id, tenant, kind: RecordKind::Call, call_id, words, occurred_at: self.occurred_at })
    }
}

/// The analyses of one call, the latest answer first. A call whose legs were transcribed one by one has several.
pub async fn of_call(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<KeptAnalysis>, StoreError> {
    let mut found: Vec<KeptAnalysis> = record::find_of_calls(conn, scope.tenant(), &[call.uuid()]).await?;
    found.sort_by_key(|kept| (std::cmp::Reverse(kept.record.answered_at), kept.record.id));
    Ok(found)
}

/// Requests and tokens of a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    pub requests: i64,
    pub tokens: i64,
}

/// What a month (`2026-11`) has cost so far.
pub async fn used(conn: &mut Conn<'_>, scope: TenantScope, month: &str) -> Result<Used, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT requests, tokens FROM chat_usage WHERE tenant_id = $1 AND month = $2",
        scope.tenant(),
        month
    )?;
    Ok(row.map(|(requests, tokens)| Used { requests, tokens }).unwrap_or_default())
}

/// Adds to what a month has cost.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, month: &str, more: Used) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO chat_usage (tenant_id, month, requests, tokens) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, month) DO UPDATE SET requests = chat_usage.requests + excluded.requests, \
         tokens = chat_usage.tokens + excluded.tokens",
        scope.tenant(),
        month,
        more.requests,
        more.tokens
    )?;
    Ok(())
}

/// What a tenant has set about its chat server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct ChatRow {
    pub is_on: bool,
    /// `None`: what a tenant may use that set none.
    pub monthly_tokens: Option<i64>,
}

/// What a tenant has set; `None` where nothing was.
pub async fn settings(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<ChatRow>, StoreError> {
    Ok(fetch_optional!(
        conn,
        ChatRow,
        "SELECT is_on, monthly_tokens FROM chat_settings WHERE tenant_id = $1",
        scope.tenant()
    )?)
}

/// Sets it.
pub async fn set_settings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    row: &ChatRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO chat_settings (tenant_id, is_on, monthly_tokens, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id) DO UPDATE SET is_on = excluded.is_on, monthly_tokens = excluded.monthly_tokens, \
         updated_at = excluded.updated_at",
        scope.tenant(),
        row.is_on,
        row.monthly_tokens,
        now
    )?;
    Ok(())
}
