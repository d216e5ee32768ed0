//! Tenants: their standing, plan and settings.
//!
//! Suspending is one row and one change. Everybody who acts for a tenant asks that row: keys and sessions when they are
//! authenticated, jobs before they run, open sockets when the change reaches them. Providers do not ask it: what they
//! deliver is stored and merged, so that a workspace that comes back has missed nothing.

mod create;
mod impersonate;

use serde_json::json;
use switchboard_domain::{
    audit::Action,
    change::{NewChange, RecordKind, Verb},
    ids::TenantId,
    tenant::{MAX_REASON, TenantStatus, time_zone_of},
    usage::Period,
};
pub use switchboard_store::{platform::TenantOverview, tenants::TenantRow};
use switchboard_store::{StoreError, TenantScope, TenantTx, plans, platform, tenants, usage as store};

pub use self::{
    create::{Created, NewOwner, NewTenant, create},
    impersonate::{Impersonation, impersonate},
};
use crate::{
    App,
    access::TenantRefused,
    accounts::{FieldFault, fault, password::PasswordError},
    audit::{self, Entry, Origin},
    usage,
    wake::Signal,
};

/// An operation on a tenant failed.
#[derive(Debug, thiserror::Error)]
pub enum TenantsError {
    #[error("there is no such tenant")]
    NotFound,
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error(transparent)]
    Refused(#[from] TenantRefused),
    #[error("nobody in this workspace can be impersonated: it has no active owner, or the person named is no member")]
    NobodyThere,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the tenant could not be read or changed")]
    Store(#[from] StoreError),
}

/// The tenant of a scope.
pub async fn find(app: &App, scope: TenantScope) -> Result<TenantRow, StoreError> {
    let mut reader = app.db.read(scope).await?;
    tenants::find(&mut reader.conn(), scope).await
}

/// A tenant by its id, with the right to act for it: for who administers the installation.
pub async fn lookup(app: &App, id: TenantId) -> Result<TenantOverview, TenantsError> {
    platform::find_tenant(&app.db, id).await?.ok_or(TenantsError::NotFound)
}

/// What of a tenant is to be other than it is.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub name: Option<String>,
    pub time_zone: Option<String>,
}

/// Changes a tenant's own settings. Returns the tenant as it is then.
pub async fn update(
    app: &App,
    scope: TenantScope,
    wanted: &Settings,
    by: &Origin,
) -> Result<TenantRow, TenantsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = tenants::find_for_update(&mut tx.conn(), scope).await?;
    let mut faults = Vec::new();
    let name = wanted.name.as_ref().map(|given| fault::name("name", given, &mut faults));
    let time_zone = wanted.time_zone.as_ref().map(|given| time_zone(given, &mut faults));
    if !faults.is_empty() {
        return Err(TenantsError::Invalid(faults));
    }
    let name = name.flatten().unwrap_or_else(|| before.name.clone());
    let time_zone = time_zone.flatten().unwrap_or_else(|| before.time_zone.clone());
    let mut entry = Entry::new(by, Action::TenantUpdated).on("tenant", scope.tenant());
    let mut fields = Vec::new();
    for (field, from, to) in [("name", &before.name, &name), ("time_zone", &before.time_zone, &time_zone)] {
        if from != to {
            entry = entry.with(field, json!({ "from": from, "to": to }));
            fields.push(field);
        }
    }
    if fields.is_empty() {
        return Ok(before);
    }
    tenants::set_settings(&mut tx.conn(), scope, &name, &time_zone, now).await?;
    changed(app, &mut tx, &fields);
    audit::record(&mut tx, app, entry).await?;
    let after = tenants::find(&mut tx.conn(), scope).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Changes(scope.tenant()));
    Ok(after)
}

/// A time zone as it is kept, or the fault of the field `time_zone`.
fn time_zone(given: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    let found = time_zone_of(given);
    if found.is_none() {
        faults.push(FieldFault::new("time_zone", "unknown", "it is no name of the time zone database, such as Europe/Berlin"));
    }
    found
}

/// The fault of a plan that there is not.
fn unknown_plan() -> TenantsError {
    let fault = FieldFault::new("plan", "unknown", "there is no such plan; `GET /api/v1/plans` names them");
    TenantsError::Invalid(vec![fault])
}

/// Says of which part of itself the tenant is another now.
fn changed(app: &App, tx: &mut TenantTx, fields: &[&str]) {
    let change = NewChange::of::<TenantId>(RecordKind::Tenant, tx.tenant(), Verb::Updated, app.now());
    tx.push_change(NewChange { fields: fields.iter().map(|field| (*field).to_owned()).collect(), ..change });
}

/// What is to become of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    Active,
    /// Refused until it is resumed, for this reason.
    Suspended(&'a str),
    /// Refused, its providers too, for this reason. Nothing is removed; resuming brings it back.
    Deleted(&'a str),
}

impl<'a> Standing<'a> {
    const fn parts(self) -> (TenantStatus, Option<&'a str>, Action) {
        match self {
            Self::Active => (TenantStatus::Active, None, Action::TenantResumed),
            Self::Suspended(reason) => (TenantStatus::Suspended, Some(reason), Action::TenantSuspended),
            Self::Deleted(reason) => (TenantStatus::Deleted, Some(reason), Action::TenantDeleted),
        }
    }
}

/// Suspends, resumes or closes a tenant. One that stands like that already stays as it is, with the reason it had.
pub async fn set_standing(
    app: &App,
    scope: TenantScope,
    standing: Standing<'_>,
    by: &Origin,
) -> Result<TenantRow, TenantsError> {
    let (status, reason, action) = standing.parts();
    let reason = reason.map(checked_reason).transpose()?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = tenants::find_for_update(&mut tx.conn(), scope).await?;
    if before.status == status {
        return Ok(before);
    }
    tenants::set_status(&mut tx.conn(), scope, status, reason, now).await?;
    changed(app, &mut tx, &["status"]);
    let entry = Entry::new(by, action).on("tenant", scope.tenant()).with("reason", reason);
    audit::record(&mut tx, app, entry).await?;
    let after = tenants::find(&mut tx.conn(), scope).await?;
    tx.commit(now).await?;
    // Here at once; other nodes' answers are at most a few seconds old.
    app.access.forget();
    app.accounts.forget();
    app.hooks.clear();
    app.wake.send(Signal::Changes(scope.tenant()));
    app.wake.send(Signal::Work);
    Ok(after)
}

fn checked_reason(reason: &str) -> Result<&str, TenantsError> {
    let reason = reason.trim();
    let is_right = !reason.is_empty() && reason.chars().count() <= MAX_REASON && !reason.chars().any(char::is_control);
    if is_right {
        return Ok(reason);
    }
    let message = format!("it needs 1 to {MAX_REASON} characters on one line; the workspace's people are shown it");
    Err(TenantsError::Invalid(vec![FieldFault::new("reason", "invalid", message)]))
}

/// Gives a tenant another plan, offered or not: what is offered is a question of those who choose for themselves. Warnings
/// of this month were about the old limit; what the new one calls for is given at once.
pub async fn set_plan(app: &App, scope: TenantScope, plan: &str, by: &Origin) -> Result<TenantRow, TenantsError> {
    let owners = usage::owners(app, scope).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = tenants::find_for_update(&mut tx.conn(), scope).await?;
    if before.plan == plan {
        return Ok(before);
    }
    if plans::find(&mut tx.conn(), plan).await?.is_none() {
        return Err(unknown_plan());
    }
    tenants::set_plan(&mut tx.conn(), scope, plan, now).await?;
    store::remove_warnings(&mut tx.conn(), scope, Period::of(now)).await?;
    let has_mail = usage::warn(app, &mut tx, &owners, now).await?;
    changed(app, &mut tx, &["plan"]);
    let entry = Entry::new(by, Action::TenantPlanChanged)
        .on("tenant", scope.tenant())
        .with("from", before.plan)
        .with("to", plan);
    audit::record(&mut tx, app, entry).await?;
    let after = tenants::find(&mut tx.conn(), scope).await?;
    tx.commit(now).await?;
    usage::announce(app, scope, has_mail, true);
    Ok(after)
}
