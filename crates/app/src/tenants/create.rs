//! A tenant made by who administers the installation, rather than by somebody who signs up.
//!
//! Its owner is given a password here, and is then somebody new; or is invited, like everybody else who is to work in a
//! tenant. Nobody who exists becomes an owner without having said so.

use secrecy::SecretString;
use switchboard_domain::{
    audit::Action,
    email::Email,
    mail::Language,
    plan::DEFAULT_PLAN,
    role::Role,
    tenant::{Tenant, subdomain_of},
};
use switchboard_store::{
    PlatformTx, TenantScope,
    people::{
        memberships,
        users::{self, NewUser},
    },
    platform, tenants,
};

use super::{TenantRow, TenantsError, time_zone, unknown_plan};
use crate::{
    App,
    accounts::{FieldFault, fault, invite, password},
    audit::{self, Entry, Origin},
    plans::{self, PlansError},
    record_webhook::{self, Issued},
};

/// A tenant to be made.
#[derive(Debug)]
pub struct NewTenant {
    pub name: String,
    /// The default plan unless said; one that is not offered may be given here.
    pub plan: Option<String>,
    pub time_zone: Option<String>,
    pub owner: Option<NewOwner>,
}

/// Who is to own it.
#[derive(Debug)]
pub enum NewOwner {
    /// Gets a link by mail, and owns it once they followed it.
    Invited { email: String, language: Language },
    /// Is made, and may sign in at once.
    Made { email: String, full_name: String, password: SecretString },
}

/// A tenant that was made.
#[derive(Debug)]
pub struct Created {
    pub tenant: TenantRow,
    pub scope: TenantScope,
    /// Where its telephone system sends call records; the password is shown this once.
    pub webhook: Issued,
}

/// A form without faults.
struct Checked {
    name: String,
    plan: String,
    time_zone: Option<String>,
    made: Option<(Email, String)>,
}

/// Makes a tenant, with its owner if one is given, all of it or nothing; but an invitation goes out once the tenant is
/// there, and can be repeated if it fails.
pub async fn create(app: &App, new: &NewTenant, by: &Origin) -> Result<Created, TenantsError> {
    let checked = check(new)?;
    match plans::find(app, &checked.plan).await {
        Ok(_) => {}
        Err(PlansError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(TenantsError::Invalid(vec![unknown_plan()])),
    }
    let prepared = record_webhook::prepare(app).await?;
    let now = app.now();
    let owner = owner(app, new, checked.made).await?;
    let subdomain = subdomain_of(&checked.name);
    let tenant = Tenant { id: app.id(), name: checked.name, subdomain, created_at: now };
    let mut tx = app.db.begin_platform().await?;
    let (scope, subdomain) = platform::insert_tenant_with_plan(&mut tx, &tenant, &checked.plan).await?;
    if let Some(time_zone) = &checked.time_zone {
        tenants::set_settings_of(&mut tx, scope, &tenant.name, time_zone, now).await?;
    }
    if let Some(owner) = &owner {
        add_owner(&mut tx, scope, owner).await?;
    }
    let entry = || {
        let entry = Entry::new(by, Action::TenantCreated).on("tenant", tenant.id).with("subdomain", subdomain.clone());
        entry.with("plan", checked.plan.clone()).with("owner", owner.as_ref().map(|owner| owner.id.to_string()))
    };
    audit::record_for(&mut tx, app, scope, entry()).await?;
    audit::record_platform(&mut tx, app, entry()).await?;
    let webhook = record_webhook::install(app, &mut tx, scope, &subdomain, prepared, by).await?;
    tx.commit().await?;
    if let Some(NewOwner::Invited { email, language }) = &new.owner {
        invite(app, scope, by, email, Role::Owner, *language).await?;
    }
    Ok(Created { tenant: super::find(app, scope).await?, scope, webhook })
}

/// All faults at once: nobody wants to hear of them one by one.
fn check(new: &NewTenant) -> Result<Checked, TenantsError> {
    let mut faults = Vec::new();
    let name = fault::name("name", &new.name, &mut faults);
    let zone = new.time_zone.as_ref().map(|given| time_zone(given, &mut faults));
    let made = new.owner.as_ref().and_then(|owner| checked_owner(owner, &new.name, &mut faults));
    let plan = new.plan.as_deref().unwrap_or(DEFAULT_PLAN).trim().to_lowercase();
    match name {
        Some(name) if faults.is_empty() => Ok(Checked { name, plan, time_zone: zone.flatten(), made }),
        _ => Err(TenantsError::Invalid(faults)),
    }
}

fn checked_owner(owner: &NewOwner, company: &str, faults: &mut Vec<FieldFault>) -> Option<(Email, String)> {
    match owner {
        NewOwner::Invited { email, .. } => {
            fault::email(email, faults);
            None
        }
        NewOwner::Made { email, full_name, password } => {
            let email = fault::email(email, faults);
            faults.extend(password::check("password", password, email.as_ref(), &[company, full_name]));
            Some((email?, fault::name("full_name", full_name, faults)?))
        }
    }
}

async fn owner(app: &App, new: &NewTenant, named: Option<(Email, String)>) -> Result<Option<NewUser>, TenantsError> {
    let (Some((email, full_name)), Some(NewOwner::Made { password, .. })) = (named, &new.owner) else {
        return Ok(None);
    };
    // Before the password is hashed, because that is the expensive part; the insert decides.
    if users::find_by_email(&app.db, email.as_str()).await?.is_some() {
        return Err(email_taken());
    }
    let hash = app.accounts.passwords.hash(app.random.as_ref(), password).await?;
    Ok(Some(NewUser {
        id: app.id(),
        email: email.into_string(),
        full_name,
        password_hash: Some(hash),
        is_platform_admin: false,
        email_verified_at: None,
        created_at: app.now(),
    }))
}

async fn add_owner(tx: &mut PlatformTx, scope: TenantScope, owner: &NewUser) -> Result<(), TenantsError> {
    if !users::insert(tx, owner).await? {
        return Err(email_taken());
    }
    memberships::insert(tx, scope.tenant(), owner.id, Role::Owner, owner.created_at).await?;
    Ok(())
}

fn email_taken() -> TenantsError {
    let message = "somebody with this address exists; leave the password out, and they are invited";
    TenantsError::Invalid(vec![FieldFault::new("email", "taken", message)])
}
