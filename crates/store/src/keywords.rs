//! Lists of words and phrases that are listened for.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{KeywordId, KeywordListId},
    insight::Speaker,
};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all},
};

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeywordList {
    pub id: KeywordListId,
    pub name: String,
    /// Whose words count; `None`: everybody's.
    pub speaker: Option<Speaker>,
    pub is_on: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A word or phrase of a list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Keyword {
    pub id: KeywordId,
    pub list_id: KeywordListId,
    /// As somebody typed it.
    pub phrase: String,
}

/// A tenant's lists, oldest first; at most `limit`.
pub async fn lists(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<KeywordList>, StoreError> {
    Ok(fetch_all!(
        conn,
        KeywordList,
        "SELECT id, name, speaker, is_on, created_at, updated_at FROM keyword_lists WHERE tenant_id = $1 \
         ORDER BY id LIMIT $2",
        scope.tenant(),
        limit
    )?)
}

/// Everything that a tenant listens for, list by list, in the order in which it was written down; at most `limit`.
pub async fn all(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<Keyword>, StoreError> {
    Ok(fetch_all!(
        conn,
        Keyword,
        "SELECT id, list_id, phrase FROM keywords WHERE tenant_id = $1 ORDER BY list_id, id LIMIT $2",
        scope.tenant(),
        limit
    )?)
}

/// Adds a list without words.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, list: &KeywordList) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO keyword_lists (id, tenant_id, name, speaker, is_on, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        list.id,
        scope.tenant(),
        &list.name,
        list.speaker,
        list.is_on,
        list.created_at
    )?;
    Ok(())
}

/// Writes what people may change of a list. False if there is none.
pub async fn update(conn: &mut Conn<'_>, scope: TenantScope, list: &KeywordList) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE keyword_lists SET name = $3, speaker = $4, is_on = $5, updated_at = $6 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        list.id,
        &list.name,
        list.speaker,
        list.is_on,
        list.updated_at
    )?;
    Ok(changed == 1)
}

/// Adds a word to a list.
pub async fn insert_word(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    word: &Keyword,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO keywords (id, tenant_id, list_id, phrase, created_at) VALUES ($1, $2, $3, $4, $5)",
        word.id,
        scope.tenant(),
        word.list_id,
        &word.phrase,
        now
    )?;
    Ok(())
}

/// Takes a word out of its list, and with it where it was heard.
pub async fn remove_word(conn: &mut Conn<'_>, scope: TenantScope, id: KeywordId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM call_keywords WHERE tenant_id = $1 AND keyword_id = $2", scope.tenant(), id)?;
    execute!(conn, "DELETE FROM keywords WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(())
}

/// Removes a list that has no words any more. False if there is none.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: KeywordListId) -> Result<bool, StoreError> {
    Ok(execute!(conn, "DELETE FROM keyword_lists WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)? == 1)
}
