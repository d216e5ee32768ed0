//! `GET /api/admin/tenants` and `PUT /api/admin/tenant/{id}/config`
//!
//! The original showed every tenant to every admin of any tenant. Here a platform admin sees all, and an admin of a tenant
//! sees theirs; somebody else's is 404.

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use switchboard_app::{
    audit::Origin,
    connecting::Values,
    features,
    tenants::{self, TenantOverview, given},
};
use switchboard_domain::{actor::Actor, feature::Feature, ids::TenantId, role::Permission, tenant::TenantStatus};
use switchboard_store::{
    TenantScope,
    platform::{self, TenantFilter},
};

use super::{body::Body, error::GuideError};
use crate::{
    extract::{AdminAuth, By, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Tenants that are read at a time, and that an answer has at most: the guide's list has no pages. `/api/v1/admin/tenants` has.
const PAGE: i64 = 500;
const MOST: usize = 10_000;

/// The tenants that the caller may see: a bare array.
pub(super) async fn list(
    State(web): State<Web>,
    admin: Result<AdminAuth, Problem>,
    auth: Result<TenantAuth, Problem>,
) -> Result<Json<Value>, GuideError> {
    if admin.is_ok() {
        return Ok(Json(all(&web).await?.iter().map(shape).collect()));
    }
    let TenantAuth { scope, actor, .. } = auth?;
    as_admin(&actor, Permission::WorkspaceRead)?;
    let own = tenants::lookup(&web.app, scope.tenant()).await?;
    Ok(Json(json!([shape(&own)])))
}

async fn all(web: &Web) -> Result<Vec<TenantOverview>, GuideError> {
    let mut all: Vec<TenantOverview> = Vec::new();
    loop {
        let after = all.last().map(|found| found.tenant.id);
        let page = platform::list_tenant_overviews(&web.app.db, TenantFilter::default(), after, PAGE).await?;
        if page.is_empty() || all.len() >= MOST {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn shape(found: &TenantOverview) -> Value {
    let tenant = &found.tenant;
    json!({
        "id": tenant.id.uuid(),
        "company_name": tenant.name,
        "subdomain": tenant.subdomain,
        "plan": tenant.plan,
        "is_active": tenant.status == TenantStatus::Active,
        "created_at": tenant.created_at,
        "user_count": found.user_count,
        "call_count": found.call_count,
    })
}

/// A person whom the guide calls an admin, with the permission that it takes.
fn as_admin(actor: &Actor, permission: Permission) -> Result<(), Problem> {
    match actor {
        Actor::User { role, .. } if role.guide_word() == "admin" && actor.may(permission) => Ok(()),
        Actor::User { .. } => Err(Problem::new(Code::Forbidden, "Admin access required")),
        _ => Err(Problem::new(Code::Forbidden, "this is for people; sign in instead of using an API key")),
    }
}

/// The guide's names, and the fields of the connection that they are here.
const FIELDS: [(&str, &str); 6] = [
    ("ucm_ip", "host"),
    ("ucm_https_port", "port"),
    ("ucm_username", "username"),
    ("ucm_password", "password"),
    ("webhook_username", "webhook_username"),
    ("webhook_password", "webhook_password"),
];

/// The features that the guide switches here, by our names, which are its own.
const FEATURES: [Feature; 2] = [Feature::Transcription, Feature::Sentiment];
/// Unknown members that an answer names, and characters of each.
const NAMED: usize = 10;
const NAME: usize = 60;

/// Sets a tenant's telephone system and features; what is not named stays, what is unknown is refused, and
/// secrets are never shown again.
pub(super) async fn configure(
    State(web): State<Web>,
    Path(id): Path<String>,
    admin: Result<AdminAuth, Problem>,
    auth: Result<TenantAuth, Problem>,
    by: Result<By, Problem>,
    body: Body,
) -> Result<Json<Value>, GuideError> {
    let id: Option<TenantId> = id.parse().ok();
    let (scope, by) = match admin {
        Ok(admin) => {
            let id = id.ok_or_else(|| Problem::not_found("tenant"))?;
            (tenants::lookup(&web.app, id).await?.scope(), admin.by)
        }
        Err(_) => own(auth, by, id)?,
    };
    refuse_unknown(&body)?;
    let mut values = Values::new();
    for (name, field) in FIELDS {
        if body.has(name) {
            values.insert(field.to_owned(), given(body.text_or_number(name)?));
        }
    }
    let mut switches = Vec::new();
    for feature in FEATURES {
        if let Some(is_on) = body.switch(feature.as_str())? {
            switches.push((feature, Some(is_on)));
        }
    }
    tenants::set_phone_system(&web.app, scope, values, &by).await.map_err(in_guides_words)?;
    features::set(&web.app, scope, &switches, &by).await?;
    Ok(Json(json!({ "message": "Configuration updated" })))
}

/// A member that would be passed over is somebody's mistake: `Configuration updated` would not be true.
fn refuse_unknown(body: &Body) -> Result<(), Problem> {
    let known: Vec<&str> =
        FIELDS.iter().map(|(name, _)| *name).chain(FEATURES.iter().map(|feature| feature.as_str())).collect();
    let unknown = body.others(|name| known.contains(&name));
    if unknown.is_empty() {
        return Ok(());
    }
    let short = |name: &&str| format!("`{}`", name.chars().take(NAME).collect::<String>());
    let unknown = unknown.iter().take(NAMED).map(short).collect::<Vec<_>>().join(", ");
    Err(Problem::new(Code::InvalidBody, format!("there is no {unknown} here; there are {}", known.join(", "))))
}

/// The caller's own tenant, if that is the one.
fn own(
    auth: Result<TenantAuth, Problem>,
    by: Result<By, Problem>,
    id: Option<TenantId>,
) -> Result<(TenantScope, Origin), Problem> {
    let TenantAuth { scope, actor, .. } = auth?;
    as_admin(&actor, Permission::ConnectionsWrite)?;
    if id != Some(scope.tenant()) {
        return Err(Problem::not_found("tenant"));
    }
    let By(by) = by?;
    Ok((scope, by))
}

/// Faults of fields by the names that the client sent.
fn in_guides_words(error: switchboard_app::connections::ConnectionsError) -> Problem {
    let mut problem = Problem::from(error);
    for fault in &mut problem.errors {
        if let Some((name, _)) = FIELDS.iter().find(|(_, field)| *field == fault.field) {
            fault.field = (*name).to_owned();
        }
    }
    if !problem.errors.is_empty() {
        let sentences = problem.errors.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
        problem.detail = sentences.collect::<Vec<_>>().join("; ");
    }
    problem
}
