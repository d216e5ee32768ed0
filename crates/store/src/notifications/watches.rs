//! Where each rule stands with each of its subjects. Moved only by whoever saw it as it is: who comes second changes nothing.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::NotificationRuleId, notification::Watch};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all},
};

/// A rule's standing with one subject.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeptWatch {
    pub rule_id: NotificationRuleId,
    pub subject: String,
    pub is_open: bool,
    pub fired_at: Option<Timestamp>,
}

impl KeptWatch {
    pub const fn watch(&self) -> Watch {
        Watch { is_open: self.is_open, fired_at: self.fired_at }
    }
}

/// All of a tenant's. There are as many as rules times connections.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<KeptWatch>, StoreError> {
    Ok(fetch_all!(
        conn,
        KeptWatch,
        "SELECT rule_id, subject, is_open, fired_at FROM notification_watches WHERE tenant_id = $1 LIMIT 20000",
        scope.tenant()
    )?)
}

/// Notes that people are told now, and that an incident goes on if `is_open`. False if somebody told them since `before`
/// was read.
pub async fn fire(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    rule: NotificationRuleId,
    subject: &str,
    before: Watch,
    is_open: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    execute!(
        conn,
        "INSERT INTO notification_watches (tenant_id, rule_id, subject, is_open, fired_at) \
         VALUES ($1, $2, $3, $4, NULL) ON CONFLICT (tenant_id, rule_id, subject) DO NOTHING",
        scope.tenant(),
        rule,
        subject,
        false
    )?;
    let moved = execute!(
        conn,
        "UPDATE notification_watches SET is_open = $4, fired_at = $5 \
         WHERE tenant_id = $1 AND rule_id = $2 AND subject = $3 AND is_open = $6 AND coalesce(fired_at, $7) = $7",
        scope.tenant(),
        rule,
        subject,
        is_open,
        now,
        before.is_open,
        before.fired_at.unwrap_or(Timestamp::EPOCH)
    )?;
    Ok(moved == 1)
}

/// Notes that an incident is over.
pub async fn close(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    rule: NotificationRuleId,
    subject: &str,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE notification_watches SET is_open = $4 WHERE tenant_id = $1 AND rule_id = $2 AND subject = $3",
        scope.tenant(),
        rule,
        subject,
        false
    )?;
    Ok(())
}

/// Forgets where a rule stands: it is another rule now, or none.
pub async fn forget(conn: &mut Conn<'_>, scope: TenantScope, rule: NotificationRuleId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM notification_watches WHERE tenant_id = $1 AND rule_id = $2", scope.tenant(), rule)?;
    Ok(())
}
