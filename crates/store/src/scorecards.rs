//! Scorecards: questions that calls are judged by, each with its weight.

use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use switchboard_domain::{Timestamp, ids::ScorecardId};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all},
};

/// A question that is answered with yes or no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScorecardItem {
    pub question: String,
    /// What a yes is worth beside the others.
    pub weight: i64,
}

/// A scorecard as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Scorecard {
    pub id: ScorecardId,
    pub name: String,
    #[sqlx(json)]
    pub items: Vec<ScorecardItem>,
    pub is_on: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A tenant's scorecards, oldest first; at most `limit`.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<Scorecard>, StoreError> {
    Ok(fetch_all!(
        conn,
        Scorecard,
        "SELECT id, name, items, is_on, created_at, updated_at FROM scorecards WHERE tenant_id = $1 ORDER BY id LIMIT $2",
        scope.tenant(),
        limit
    )?)
}

/// Adds a scorecard.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, card: &Scorecard) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO scorecards (id, tenant_id, name, items, is_on, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        card.id,
        scope.tenant(),
        &card.name,
        Json(&card.items),
        card.is_on,
        card.created_at
    )?;
    Ok(())
}

/// Writes what people may change of a scorecard. Calls that were judged keep what they were judged by. False if there is
/// none.
pub async fn update(conn: &mut Conn<'_>, scope: TenantScope, card: &Scorecard) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE scorecards SET name = $3, items = $4, is_on = $5, updated_at = $6 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        card.id,
        &card.name,
        Json(&card.items),
        card.is_on,
        card.updated_at
    )?;
    Ok(changed == 1)
}

/// Removes a scorecard. Calls that were judged by it keep their answers. False if there is none.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: ScorecardId) -> Result<bool, StoreError> {
    Ok(execute!(conn, "DELETE FROM scorecards WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)? == 1)
}
