//! Saved views: lists that people keep by name.

use std::collections::BTreeMap;

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{TenantId, UserId, ViewId},
    view::Noun,
};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    sql::Sql,
};

/// What a list is narrowed by: names of its query and their values.
pub type Filters = BTreeMap<String, String>;

/// A view as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct View {
    pub id: ViewId,
    pub tenant_id: TenantId,
    /// Whose it is.
    pub user_id: UserId,
    pub noun: Noun,
    pub name: String,
    #[sqlx(json)]
    pub filters: Filters,
    /// Everybody in the tenant sees it.
    pub is_shared: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds a view.
pub async fn insert(conn: &mut Conn<'_>, view: &View) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO saved_views (id, tenant_id, user_id, noun, name, filters, is_shared, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        view.id,
        view.tenant_id,
        view.user_id,
        view.noun,
        &view.name,
        sqlx::types::Json(&view.filters),
        view.is_shared,
        view.created_at,
        view.updated_at
    )?;
    Ok(())
}

/// Replaces what may change of a view.
pub async fn update(conn: &mut Conn<'_>, scope: TenantScope, view: &View) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE saved_views SET name = $3, filters = $4, is_shared = $5, updated_at = $6 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        view.id,
        &view.name,
        sqlx::types::Json(&view.filters),
        view.is_shared,
        view.updated_at
    )?;
    Ok(())
}

/// Takes a view away.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: ViewId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM saved_views WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(())
}

/// A view that this person sees: their own, or a shared one. Without a person, shared ones alone.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    user: Option<UserId>,
    id: ViewId,
) -> Result<Option<View>, StoreError> {
    Ok(fetch_optional!(
        conn,
        View,
        "SELECT * FROM saved_views WHERE tenant_id = $1 AND id = $2 AND (is_shared OR user_id = $3)",
        scope.tenant(),
        id,
        user
    )?)
}

/// The views that this person sees, of one noun or of all, oldest first; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    user: Option<UserId>,
    noun: Option<Noun>,
    limit: i64,
) -> Result<Vec<View>, StoreError> {
    let mut sql = Sql::new("SELECT * FROM saved_views WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).and(" AND noun = ", noun.map(Noun::as_str));
    sql.push(" AND (is_shared");
    if let Some(user) = user {
        sql.push(" OR user_id = ").bind(user.uuid());
    }
    sql.push(") ORDER BY noun, id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Removes the views that say one of these texts, and says how many: somebody is forgotten, and a list of theirs would not
/// forget them.
pub async fn remove_mentions(conn: &mut Conn<'_>, scope: TenantScope, texts: &[String]) -> Result<u64, StoreError> {
    let mut sql = Sql::new("DELETE FROM saved_views WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND (1 = 0");
    for text in texts {
        let mention = format!("%{text}%");
        sql.push(" OR CAST(filters AS text) LIKE ").bind(&mention).push(" OR name LIKE ").bind(&mention);
    }
    sql.push(")");
    sql.execute(conn).await
}

/// How many views a person has here.
pub async fn count(conn: &mut Conn<'_>, scope: TenantScope, user: UserId) -> Result<i64, StoreError> {
    let counted = fetch_optional!(
        conn,
        (i64,),
        "SELECT count(*) FROM saved_views WHERE tenant_id = $1 AND user_id = $2",
        scope.tenant(),
        user
    )?;
    Ok(counted.map_or(0, |(count,)| count))
}
