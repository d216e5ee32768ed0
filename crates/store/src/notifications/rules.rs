//! Rules: what a tenant's people want to be told of, and in which ways.

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{NotificationRuleId, TenantId, deterministic},
    mail::Language,
    notification::{Condition, Ways, first_conditions},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A rule as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Rule {
    pub id: NotificationRuleId,
    /// `None`: it is known by its kind.
    pub name: Option<String>,
    #[sqlx(json)]
    pub condition: Condition,
    pub is_on: bool,
    pub only_in_hours: bool,
    #[sqlx(json)]
    pub ways: Ways,
    /// What is written in that leaves the house.
    pub language: Language,
    pub quiet_minutes: i64,
    pub last_fired_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds a rule.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, rule: &Rule) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO notification_rules (id, tenant_id, name, kind, condition, is_on, only_in_hours, ways, language, \
         quiet_minutes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        rule.id,
        scope.tenant(),
        &rule.name,
        rule.condition.kind(),
        Json(&rule.condition),
        rule.is_on,
        rule.only_in_hours,
        Json(&rule.ways),
        rule.language,
        rule.quiet_minutes,
        rule.created_at
    )?;
    Ok(())
}

/// The rules that every tenant begins with, in the transaction that makes it.
pub(crate) async fn insert_first(conn: &mut Conn<'_>, scope: TenantScope, now: Timestamp) -> Result<(), StoreError> {
    for (condition, only_in_hours, quiet_minutes) in first_conditions() {
        let rule = Rule {
            // Made from the tenant's, so that no randomness needs to be passed down here.
            id: deterministic(scope.tenant().uuid(), condition.kind().as_str()),
            name: None,
            condition,
            is_on: true,
            only_in_hours,
            ways: Ways::in_app_only(),
            language: Language::English,
            quiet_minutes,
            last_fired_at: None,
            created_at: now,
            updated_at: now,
        };
        insert(conn, scope, &rule).await?;
    }
    Ok(())
}

/// A tenant's rules, oldest first; at most `limit`.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<Rule>, StoreError> {
    Ok(fetch_all!(
        conn,
        Rule,
        "SELECT id, name, condition, is_on, only_in_hours, ways, language, quiet_minutes, last_fired_at, created_at, \
         updated_at FROM notification_rules WHERE tenant_id = $1 ORDER BY created_at, id LIMIT $2",
        scope.tenant(),
        limit
    )?)
}

/// One rule.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, id: NotificationRuleId) -> Result<Option<Rule>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Rule,
        "SELECT id, name, condition, is_on, only_in_hours, ways, language, quiet_minutes, last_fired_at, created_at, \
         updated_at FROM notification_rules WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// Like [`find`]; whoever else changes the rule waits until this transaction ends.
pub async fn lock(conn: &mut Conn<'_>, scope: TenantScope, id: NotificationRuleId) -> Result<Option<Rule>, StoreError> {
    execute!(
        conn,
        "UPDATE notification_rules SET updated_at = updated_at WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?;
    find(conn, scope, id).await
}

/// Writes what people may change of a rule.
pub async fn update(conn: &mut Conn<'_>, scope: TenantScope, rule: &Rule) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE notification_rules SET name = $3, kind = $4, condition = $5, is_on = $6, only_in_hours = $7, ways = $8, \
         language = $9, quiet_minutes = $10, updated_at = $11 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        rule.id,
        &rule.name,
        rule.condition.kind(),
        Json(&rule.condition),
        rule.is_on,
        rule.only_in_hours,
        Json(&rule.ways),
        rule.language,
        rule.quiet_minutes,
        rule.updated_at
    )?;
    Ok(())
}

/// Notes that people were told.
pub async fn set_fired(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: NotificationRuleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE notification_rules SET last_fired_at = $3 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        now
    )?;
    Ok(())
}

/// Removes a rule. What it told stays. False if there is none.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: NotificationRuleId) -> Result<bool, StoreError> {
    let removed =
        execute!(conn, "DELETE FROM notification_rules WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(removed == 1)
}

/// Tenants in service with a rule that is on, after `after`; at most `limit`.
pub async fn tenants_with_rules(db: &Db, after: Option<TenantId>, limit: i64) -> Result<Vec<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    let rows = fetch_all!(
        &mut reader.conn(),
        (TenantId,),
        "SELECT t.id FROM tenants t WHERE t.id > $1 AND t.status = 'active' AND EXISTS (\
             SELECT 1 FROM notification_rules r WHERE r.tenant_id = t.id AND r.is_on) ORDER BY t.id LIMIT $2",
        after.map_or(Uuid::nil(), TenantId::uuid),
        limit
    )?;
    Ok(rows.into_iter().map(|(tenant,)| TenantScope::new(tenant)).collect())
}
