//! A tenant's rules about how long things are kept.
//!
//! A rule is carried out by the next daily run, not by the request that sets it: somebody who typed 3 for 30 has until then
//! to see it.

use std::collections::BTreeMap;

use switchboard_domain::{
    Timestamp,
    audit::Action,
    retention::{DAY, RetentionKind},
};
use switchboard_store::{
    StoreError, TenantScope,
    retention::{self, Rule},
    withheld,
};

use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// How long a month of a plan is, in days: never shorter than a real one.
const MONTH_DAYS: i64 = 31;

/// What holds for one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub kind: RetentionKind,
    /// The tenant's rule; `None`: nothing is removed, but for what `days_without_rule` of the kind says.
    pub days: Option<i64>,
    /// When the rule was set.
    pub updated_at: Option<Timestamp>,
    /// Up to when things of this kind were removed.
    pub removed_before: Option<Timestamp>,
}

/// All that holds for a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub kinds: Vec<Kept>,
    pub plan: Option<String>,
    /// What the plan offers, in days; only a proposal.
    pub plan_days: Option<i64>,
}

/// A rule cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error("{kind} can be kept for {least} to {most} days; leave the days out to keep them for ever")]
    OutOfBounds { kind: RetentionKind, least: i64, most: i64 },
    #[error("the rules could not be read or written")]
    Store(#[from] StoreError),
}

/// What holds for a tenant.
pub async fn show(app: &App, scope: TenantScope) -> Result<Retention, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let rules = retention::rules(conn, scope).await?;
    let removed = withheld::load(conn, scope).await?;
    let plan = retention::plan(conn, scope).await?;
    let months = plan.as_ref().and_then(|(_, limits)| limits.get("retention_months")?.as_i64());
    let kept = |kind: &RetentionKind| {
        let rule: Option<&Rule> = rules.iter().find(|rule| rule.kind == *kind);
        Kept {
            kind: *kind,
            days: rule.map(|rule| rule.days),
            updated_at: rule.map(|rule| rule.updated_at),
            removed_before: removed.before(*kind),
        }
    };
    Ok(Retention {
        kinds: RetentionKind::ALL.iter().map(kept).collect(),
        plan: plan.map(|(name, _)| name),
        plan_days: months.map(|months| months.saturating_mul(MONTH_DAYS)),
    })
}

/// Sets rules and takes rules away (`None`); kinds that are not named stay as they are.
pub async fn set(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    wishes: &BTreeMap<RetentionKind, Option<i64>>,
) -> Result<Retention, RetentionError> {
    for (kind, days) in wishes {
        let (least, most) = (kind.least_days(), RetentionKind::MAX_DAYS);
        if days.is_some_and(|days| !(least..=most).contains(&days)) {
            return Err(RetentionError::OutOfBounds { kind: *kind, least, most });
        }
    }
    let now = app.now();
    let before = show(app, scope).await?;
    let mut tx = app.db.begin(scope).await?;
    let mut entry = Entry::new(by, Action::RetentionChanged);
    for (kind, days) in wishes {
        let held = before.kinds.iter().find(|kept| kept.kind == *kind).and_then(|kept| kept.days);
        if held != *days {
            retention::set_rule(&mut tx.conn(), scope, *kind, *days, now).await?;
            entry =
                entry.with(kind.as_str(), days.map_or_else(|| "for ever".to_owned(), |days| format!("{days} days")));
        }
    }
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    Ok(show(app, scope).await?)
}

/// The moment behind which things of a kind are removed.
pub(crate) fn horizon(now: Timestamp, days: i64) -> Timestamp {
    now - DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX))
}
