//! From an id on the command line to the right to act for its tenant. Whoever may run commands on this machine with this
//! database administers the installation, so any id may be asked for.

use std::sync::Arc;

use switchboard_app::{App, connections};
use switchboard_domain::{
    ids::{AppId, ConnectionId, ContactId, EventId, TenantId},
    tenant::Tenant,
};
use switchboard_store::{
    TenantScope,
    connections::Connection,
    platform::{self, TenantOverview},
};

use super::CommandError;

/// Tenants that one look-up reads.
const PAGE: i64 = 500;

pub(super) async fn app_scope(app: &Arc<App>, id: AppId) -> Result<TenantScope, CommandError> {
    let owner = platform::find_app(&app.db, id).await?;
    owner
        .map(|owner| owner.scope())
        .ok_or_else(|| CommandError::NotFound(format!("there is no app {id}; `switchboard apps list` shows them")))
}

pub(super) async fn connection(app: &Arc<App>, id: ConnectionId) -> Result<(TenantScope, Connection), CommandError> {
    let missing =
        || CommandError::NotFound(format!("there is no connection {id}; `switchboard connections list` shows them"));
    let scope = platform::find_connection(&app.db, id).await?.ok_or_else(missing)?.scope();
    Ok((scope, connections::find(app, scope, id).await?))
}

pub(super) async fn contact_scope(app: &Arc<App>, id: ContactId) -> Result<TenantScope, CommandError> {
    let found = platform::find_contact(&app.db, id).await?;
    found.ok_or_else(|| CommandError::NotFound(format!("there is no contact {id}; GET /api/v1/contacts lists them")))
}

pub(super) async fn event_scope(app: &Arc<App>, id: EventId) -> Result<TenantScope, CommandError> {
    platform::find_event(&app.db, id).await?.ok_or_else(|| {
        CommandError::NotFound(format!("there is no event {id}; `switchboard events list` shows the newest"))
    })
}

/// A tenant by its id or subdomain.
pub(super) async fn tenant(app: &Arc<App>, named: &str) -> Result<TenantOverview, CommandError> {
    let missing =
        || CommandError::NotFound(format!("there is no tenant `{named}`; `switchboard tenants list` shows them"));
    let id: TenantId = match named.parse() {
        Ok(id) => id,
        Err(_) => platform::find_tenant_by_subdomain(&app.db, named).await?.ok_or_else(missing)?,
    };
    platform::find_tenant(&app.db, id).await?.ok_or_else(missing)
}

/// All tenants, oldest first.
pub(super) async fn tenants(app: &Arc<App>) -> Result<Vec<(Tenant, TenantScope)>, CommandError> {
    let mut all: Vec<(Tenant, TenantScope)> = Vec::new();
    loop {
        let after = all.last().map(|(tenant, _)| tenant.id);
        let page = platform::list_tenants(&app.db, after, PAGE).await?;
        let is_last = i64::try_from(page.len()).is_ok_and(|rows| rows < PAGE);
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// The tenants to look at: that of an app, or all.
pub(super) async fn tenants_of(app: &Arc<App>, id: Option<AppId>) -> Result<Vec<TenantScope>, CommandError> {
    match id {
        Some(id) => Ok(vec![app_scope(app, id).await?]),
        None => Ok(tenants(app).await?.into_iter().map(|(_, scope)| scope).collect()),
    }
}
