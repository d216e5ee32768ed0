//! Another workspace for somebody who has an account: who left the last one, or whose business has two companies.

use switchboard_domain::{
    actor::Actor,
    audit::Action,
    role::Role,
    tenant::{Tenant, subdomain_of},
};
use switchboard_store::{
    StoreError,
    people::{memberships, users},
    platform,
};

use super::{
    Client, FieldFault, SignedIn, SwitchError, UserAccess, fault, password::PasswordError, sign_up::FIRST_PLAN,
    switch_tenant, trail,
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    record_webhook,
};

/// Workspaces that one person may own. Somebody with more runs installations for others, and makes tenants as an admin.
const MOST_OWNED: usize = 20;

/// No workspace was made.
#[derive(Debug, thiserror::Error)]
pub enum OwnWorkspaceError {
    #[error("some fields need another value")]
    Invalid(Vec<FieldFault>),
    #[error("you own {MOST_OWNED} workspaces already; ask who runs this installation for another")]
    TooMany,
    #[error("the workspace would be somebody else's; only they can make one")]
    Impersonating,
    #[error(transparent)]
    Switch(#[from] SwitchError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the workspace could not be made")]
    Store(#[from] StoreError),
}

/// Makes a workspace with the caller as its owner, and takes their session there.
pub async fn create_workspace(
    app: &App,
    access: &UserAccess,
    company_name: &str,
    plan: Option<&str>,
    client: &Client,
) -> Result<SignedIn, OwnWorkspaceError> {
    if access.impersonated_by.is_some() {
        return Err(OwnWorkspaceError::Impersonating);
    }
    let (name, plan) = check(app, company_name, plan).await?;
    let places = memberships::list_of_user(&app.db, access.user).await?;
    if places.iter().filter(|place| place.role == Role::Owner).count() >= MOST_OWNED {
        return Err(OwnWorkspaceError::TooMany);
    }
    let user = users::find(&app.db, access.user).await?.ok_or(SwitchError::Ended)?;
    let prepared = record_webhook::prepare(app).await?;
    let now = app.now();
    let tenant = Tenant { id: app.id(), subdomain: subdomain_of(&name), name, created_at: now };
    let actor = Actor::User { user: user.id, session: access.session, role: Role::Owner, impersonated_by: None };
    let by = Origin { actor, ..trail::themselves(&user, client) };
    let mut tx = app.db.begin_platform().await?;
    let (scope, subdomain) = platform::insert_tenant_with_plan(&mut tx, &tenant, &plan).await?;
    memberships::insert(&mut tx, tenant.id, user.id, Role::Owner, now).await?;
    let entry = Entry::new(&by, Action::TenantCreated)
        .on("tenant", tenant.id)
        .with("subdomain", subdomain.clone())
        .with("plan", plan)
        .with("owner", user.id.to_string());
    audit::record_for(&mut tx, app, scope, entry.clone()).await?;
    audit::record_platform(&mut tx, app, entry).await?;
    let webhook = record_webhook::install(app, &mut tx, scope, &subdomain, prepared, &by).await?;
    tx.commit().await?;
    Ok(SignedIn { webhook: Some(webhook), ..switch_tenant(app, access, tenant.id).await? })
}

async fn check(app: &App, company_name: &str, plan: Option<&str>) -> Result<(String, String), OwnWorkspaceError> {
    let mut faults = Vec::new();
    let name = fault::name("company_name", company_name, &mut faults);
    let plan = plan.map(str::trim).filter(|plan| !plan.is_empty()).unwrap_or(FIRST_PLAN).to_lowercase();
    if !platform::is_plan_offered(&app.db, &plan).await? {
        faults.push(FieldFault::new("plan", "unknown", "it is none of the plans that are offered"));
    }
    match name {
        Some(name) if faults.is_empty() => Ok((name, plan)),
        _ => Err(OwnWorkspaceError::Invalid(faults)),
    }
}
