//! Plans: read by everybody, edited by who administers the installation, and asked before a tenant grows.

use switchboard_domain::{
    actor::Actor,
    audit::Action,
    plan::{PastLimit, Plan},
    usage::{Metric, Period},
};
use switchboard_store::{StoreError, TenantScope, plans, usage, work};

use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
};

/// Characters of a plan's id, of its name, and of a word of what is included.
const MAX_SHORT: usize = 60;
/// What a plan can include.
const MAX_INCLUDED: usize = 50;

/// A plan cannot be as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PlansError {
    #[error("there is no such plan")]
    NotFound,
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the plans could not be read or changed")]
    Store(#[from] StoreError),
}

/// All plans, cheapest first.
pub async fn list(app: &App) -> Result<Vec<Plan>, StoreError> {
    // Plans are no tenant's; any scope may read them.
    let mut reader = app.db.read(work::installation_scope()).await?;
    plans::list(&mut reader.conn()).await
}

/// One plan.
pub async fn find(app: &App, id: &str) -> Result<Plan, PlansError> {
    let mut reader = app.db.read(work::installation_scope()).await?;
    plans::find(&mut reader.conn(), id).await?.ok_or(PlansError::NotFound)
}

/// Keeps a plan as it is given, new or not. What a tenant has is a plan's id, so this reaches all who have it at once.
pub async fn save(app: &App, plan: &Plan, by: &Origin) -> Result<(), PlansError> {
    check(plan)?;
    let mut tx = app.db.begin_platform().await?;
    plans::save(&mut tx, plan).await?;
    let entry = Entry::new(by, Action::PlanSaved)
        .on("plan", &plan.id)
        .with("price_cents", plan.price_cents)
        .with("minutes", plan.limits.minutes)
        .with("retention_months", plan.limits.retention_months)
        .with("past_limit", plan.past_limit.as_str())
        .with("is_offered", plan.is_offered);
    audit::record_platform(&mut tx, app, entry).await?;
    tx.commit().await?;
    Ok(())
}

fn check(plan: &Plan) -> Result<(), PlansError> {
    let is_word = |text: &str| {
        (1..=MAX_SHORT).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
    };
    let is_limit = |limit: Option<i64>| limit.is_none_or(|limit| (1..=1_000_000_000).contains(&limit));
    let checks = [
        (is_word(&plan.id), "id", "it needs 1 to 60 lower-case letters, digits, hyphens and underscores"),
        (
            switchboard_domain::tenant::checked_name(&plan.name).is_ok(),
            "name",
            "it needs 1 to 200 characters, one of them a letter",
        ),
        ((0..=1_000_000_000).contains(&plan.price_cents), "price_cents", "it goes from 0 to 1,000,000,000"),
        (
            plan.currency.len() == 3 && plan.currency.bytes().all(|byte| byte.is_ascii_uppercase()),
            "currency",
            "it is three capital letters, such as USD",
        ),
        (is_limit(plan.limits.minutes), "limits.minutes", "it is at least 1; leave it out for no limit"),
        (
            is_limit(plan.limits.retention_months),
            "limits.retention_months",
            "it is at least 1; leave it out for no limit",
        ),
        (
            is_limit(plan.limits.requests_per_hour),
            "limits.requests_per_hour",
            "it is at least 1; leave it out for what the installation says",
        ),
        (
            plan.included.len() <= MAX_INCLUDED && plan.included.iter().all(|word| is_word(word)),
            "included",
            "it is at most 50 words of lower-case letters, digits, hyphens and underscores",
        ),
    ];
    let wrong = checks.into_iter().filter(|(is_right, ..)| !is_right);
    let faults: Vec<FieldFault> = wrong.map(|(_, field, why)| FieldFault::new(field, "invalid", why)).collect();
    if faults.is_empty() { Ok(()) } else { Err(PlansError::Invalid(faults)) }
}

/// The tenant may not grow just now.
#[derive(Debug, thiserror::Error)]
pub enum GrowthError {
    #[error(
        "this month's {limit} minutes of the plan are used up, and the plan adds nothing new until the month ends; choose a \
         larger plan to go on at once"
    )]
    LimitReached { limit: i64 },
    #[error("the plan could not be read")]
    Store(#[from] StoreError),
}

/// Whether the tenant may get new apps, connections and invitations: see [`PastLimit::NoAdditions`]. What it has goes on
/// working whatever this says. Asked by the functions that make one, so that it holds on every way to them. Who administers
/// the installation is not held up: they could give the tenant another plan as well.
pub async fn may_grow(app: &App, scope: TenantScope, by: &Actor) -> Result<(), GrowthError> {
    match by {
        Actor::App { .. } | Actor::User { .. } => {}
        Actor::PlatformAdmin { .. } | Actor::Operator | Actor::System => return Ok(()),
    }
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(plan) = plans::of_tenant(conn, scope).await? else { return Ok(()) };
    let (PastLimit::NoAdditions, Some(limit)) = (plan.past_limit, plan.limits.minutes) else { return Ok(()) };
    let used = usage::used(conn, scope, Period::of(app.now()), Metric::CallMinutes).await?;
    if used < limit { Ok(()) } else { Err(GrowthError::LimitReached { limit }) }
}
