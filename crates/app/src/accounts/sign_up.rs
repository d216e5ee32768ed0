//! Signing up: a person, a tenant, and the membership that makes them its owner, all of it or nothing.

use secrecy::SecretString;
use switchboard_domain::{
    audit::Action,
    email::Email,
    role::Role,
    tenant::{Tenant, subdomain_of},
};
use switchboard_store::{
    StoreError,
    people::{
        memberships,
        users::{self, NewUser},
    },
    platform,
};

use super::{
    Client, FieldFault, Opening, SignedIn, fault, open_session_in,
    password::{self, PasswordError},
    verify,
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    record_webhook,
    wake::Signal,
};

/// What a tenant is on that chose no plan.
pub(super) const FIRST_PLAN: &str = "starter";

/// A form, as it was filled in.
#[derive(Debug)]
pub struct SignUp {
    pub company_name: String,
    pub full_name: String,
    pub email: String,
    pub password: SecretString,
    pub plan: Option<String>,
    pub is_browser: bool,
}

/// A sign-up was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The form's faults, field by field.
    #[error("some fields need another value")]
    Invalid(Vec<FieldFault>),
    #[error("Email already registered")]
    EmailTaken,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the sign-up could not be finished")]
    Store(#[from] StoreError),
}

/// A form without faults.
struct Checked {
    company_name: String,
    full_name: String,
    email: Email,
    plan: String,
}

/// Makes a tenant with its owner, and signs them in.
pub async fn sign_up(app: &App, form: &SignUp, client: &Client) -> Result<SignedIn, SignUpError> {
    let checked = check(app, form).await?;
    // Before the password is hashed, because that is the expensive part; the insert below decides.
    if users::find_by_email(&app.db, checked.email.as_str()).await?.is_some() {
        return Err(SignUpError::EmailTaken);
    }
    let hash = app.accounts.passwords.hash(app.random.as_ref(), &form.password).await?;
    let prepared = record_webhook::prepare(app).await?;
    let now = app.now();
    let user = NewUser {
        id: app.id(),
        email: checked.email.into_string(),
        full_name: checked.full_name,
        password_hash: Some(hash),
        is_platform_admin: false,
        email_verified_at: None,
        created_at: now,
    };
    let subdomain = subdomain_of(&checked.company_name);
    let tenant = Tenant { id: app.id(), name: checked.company_name, subdomain, created_at: now };
    let mut tx = app.db.begin_platform().await?;
    if !users::insert(&mut tx, &user).await? {
        return Err(SignUpError::EmailTaken);
    }
    let (scope, subdomain) = platform::insert_tenant_with_plan(&mut tx, &tenant, &checked.plan).await?;
    memberships::insert(&mut tx, tenant.id, user.id, Role::Owner, now).await?;
    let opening = Opening {
        user: user.id,
        place: Some((tenant.id, Role::Owner)),
        is_browser: form.is_browser,
        impersonated_by: None,
    };
    let tokens = open_session_in(app, &mut tx, opening, client).await?;
    let by = Origin { name: user.email.clone(), address: client.address(), ..Origin::system("sign-up") };
    verify::post_link(app, &mut tx, user.id, &user.email, client).await?;
    let made = || {
        let entry = Entry::new(&by, Action::TenantCreated).on("tenant", tenant.id).with("subdomain", subdomain.clone());
        entry.with("plan", checked.plan.clone()).with("owner", user.id.to_string())
    };
    audit::record_for(&mut tx, app, scope, made()).await?;
    audit::record_for(&mut tx, app, scope, Entry::new(&by, Action::UserSignedUp).on("user", user.id)).await?;
    audit::record_platform(&mut tx, app, made()).await?;
    let webhook = record_webhook::install(app, &mut tx, scope, &subdomain, prepared, &by).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    let membership = memberships::find(&app.db, user.id, tenant.id).await?;
    let user = users::find(&app.db, user.id).await?.ok_or_else(|| StoreError::Inconsistent {
        what: "user",
        why: "it was gone right after it was made".to_owned(),
    })?;
    Ok(SignedIn { user, membership, tokens, webhook: Some(webhook) })
}

/// All faults at once: nobody wants to hear of them one by one.
async fn check(app: &App, form: &SignUp) -> Result<Checked, SignUpError> {
    let mut faults = Vec::new();
    let company_name = fault::name("company_name", &form.company_name, &mut faults);
    let full_name = fault::name("full_name", &form.full_name, &mut faults);
    let email = fault::email(&form.email, &mut faults);
    faults.extend(password::check("password", &form.password, email.as_ref(), &[&form.company_name, &form.full_name]));
    let plan = form.plan.as_deref().map(str::trim).filter(|plan| !plan.is_empty()).unwrap_or(FIRST_PLAN).to_lowercase();
    if !platform::is_plan_offered(&app.db, &plan).await? {
        faults.push(FieldFault::new("plan", "unknown", "it is none of the plans that are offered"));
    }
    match (company_name, full_name, email) {
        (Some(company_name), Some(full_name), Some(email)) if faults.is_empty() => {
            Ok(Checked { company_name, full_name, email, plan })
        }
        _ => Err(SignUpError::Invalid(faults)),
    }
}
