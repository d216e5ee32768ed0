//! Tenants: their standing, plan and settings.
//!
//! Suspending is one row and one change. Everybody who acts for a tenant asks that row: keys and sessions when they are
//! authenticated, jobs before they run, open sockets when the change reaches them. Providers do not ask it: what they
//! deliver is stored and merged, so that a workspace that comes back has missed nothing.

mod create;
mod impersonate;
mod phone_system;

use serde_json::json;
use switchboard_domain::{
    audit::Action,
    change::{NewChange, RecordKind, Verb},
    ids::TenantId,
    tenant::{MAX_REASON, TenantStatus, time_zone_of},
    usage::Period,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx, plans,
    platform::{self, Owner},
    tenants, usage as store,
};
pub use switchboard_store::{platform::TenantOverview, tenants::TenantRow};

pub use self::{
    create::{Created, NewOwner, NewTenant, create},
    impersonate::{Impersonation, impersonate},
    phone_system::{given, set_phone_system},
};
use crate::{
    App,
    access::TenantRefused,
    accounts::{FieldFault, InvitationError, fault, password::PasswordError},
    audit::{self, Entry, Origin},
    report_schedules, usage,
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
    #[error("the tenant was made, and its owner was not invited: {0}")]
    Invitation(#[from] InvitationError),
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
    /// Offered or not: what is offered is a question of those who choose for themselves. Not for a tenant's own people.
    pub plan: Option<String>,
}

/// Changes a tenant's settings, all that are named or none. Returns the tenant as it is then.
pub async fn update(app: &App, scope: TenantScope, wanted: &Settings, by: &Origin) -> Result<TenantRow, TenantsError> {
    // Before the transaction: people are out of a tenant's sight.
    let owners = if wanted.plan.is_some() { usage::owners(app, scope).await? } else { Vec::new() };
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = tenants::find_for_update(&mut tx.conn(), scope).await?;
    let to = wanted.applied_to(&before, &mut tx).await?;
    let mut fields = Vec::new();
    let mut entry = Entry::new(by, Action::TenantUpdated).on("tenant", scope.tenant());
    for (field, from, to) in [("name", &before.name, &to.name), ("time_zone", &before.time_zone, &to.time_zone)] {
        if from != to {
            entry = entry.with(field, json!({ "from": from, "to": to }));
            fields.push(field);
        }
    }
    if !fields.is_empty() {
        tenants::set_settings(&mut tx.conn(), scope, &to.name, &to.time_zone, now).await?;
        if before.time_zone != to.time_zone {
            report_schedules::move_to_zone(&mut tx, &to.time_zone, now).await?;
            switchboard_store::reports::count_anew(&mut tx.conn(), scope).await?;
        }
        audit::record(&mut tx, app, entry).await?;
    }
    let mut has_mail = false;
    if before.plan != to.plan {
        fields.push("plan");
        has_mail = set_plan(app, &mut tx, &before.plan, &to.plan, &owners, by).await?;
    }
    if fields.is_empty() {
        return Ok(before);
    }
    changed(app, &mut tx, &fields);
    let after = tenants::find(&mut tx.conn(), scope).await?;
    tx.commit(now).await?;
    usage::announce(app, scope, has_mail, true);
    Ok(after)
}

impl Settings {
    /// The tenant with these settings, or everything that is wrong with them.
    async fn applied_to(&self, before: &TenantRow, tx: &mut TenantTx) -> Result<TenantRow, TenantsError> {
        let mut faults = Vec::new();
        let mut to = before.clone();
        if let Some(name) = self.name.as_ref().and_then(|given| fault::name("name", given, &mut faults)) {
            to.name = name;
        }
        if let Some(zone) = self.time_zone.as_ref().and_then(|given| time_zone(given, &mut faults)) {
            to.time_zone = zone;
        }
        if let Some(plan) = &self.plan {
            match plans::find(&mut tx.conn(), plan).await? {
                Some(plan) => to.plan = plan.id,
                None => faults.push(unknown_plan()),
            }
        }
        if faults.is_empty() { Ok(to) } else { Err(TenantsError::Invalid(faults)) }
    }
}

/// Gives the tenant another plan. Warnings of this month were about the old limit; what the new one calls for is given at
/// once. True if that is mail.
async fn set_plan(
    app: &App,
    tx: &mut TenantTx,
    from: &str,
    to: &str,
    owners: &[Owner],
    by: &Origin,
) -> Result<bool, StoreError> {
    let (scope, now) = (tx.scope(), app.now());
    tenants::set_plan(&mut tx.conn(), scope, to, now).await?;
    store::remove_warnings(&mut tx.conn(), scope, Period::of(now)).await?;
    let has_mail = usage::warn(app, tx, owners, now).await?;
    let entry = Entry::new(by, Action::TenantPlanChanged).on("tenant", scope.tenant());
    audit::record(tx, app, entry.with("from", from).with("to", to)).await?;
    Ok(has_mail)
}

/// A time zone as it is kept, or the fault of the field `time_zone`.
fn time_zone(given: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    let found = time_zone_of(given);
    if found.is_none() {
        faults.push(FieldFault::new(
            "time_zone",
            "unknown",
            "it is no name of the time zone database, such as Europe/Berlin",
        ));
    }
    found
}

/// The fault of a plan that there is not.
fn unknown_plan() -> FieldFault {
    FieldFault::new("plan", "unknown", "there is no such plan; `GET /api/v1/plans` names them")
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
