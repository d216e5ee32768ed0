//! Client programs and their keys.
//!
//! A new app comes with everything that the next step needs: a tenant of its own, its first key, and a connection to
//! Dialpad with its own URL. A key is shown once; what is kept is its hash and a hint to recognise it by.
//! What becomes of it then is in `keys`.

mod keys;
mod terms;

use std::time::Duration;

use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{AppId, ConnectionId, TenantId},
    role::Permission,
    tenant::{Tenant, subdomain_of},
};
pub use switchboard_store::api_keys::KeyTerms;
use switchboard_store::{
    StoreError, TenantScope,
    api_keys::AuditEntry,
    apps::{self, ClientApp, NewClientApp},
    audit::NewEntry,
};

pub use self::keys::{
    KeyStatus, Others, RotatedKey, issue_key, key_audit, key_status, list_keys, revoke_keys, revoke_one, rotate_key,
    rotate_one, update_key,
};
use self::{
    keys::{FreshKey, fresh_key, key_entry, key_log_line},
    terms::checked_terms,
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    connections,
    plans::{self, GrowthError},
};

/// Characters of an app's name.
pub const MAX_NAME: usize = 200;
/// The highest limit that a key can have of its own.
pub const MAX_PER_MINUTE: u32 = 100_000;
/// A grace period cannot be longer: a key that is never cut off was not replaced.
pub const MAX_GRACE: Duration = Duration::from_hours(30 * 24);

/// An operation on an app failed.
#[derive(Debug, thiserror::Error)]
pub enum AppsError {
    #[error("an app's name has 1 to {MAX_NAME} characters")]
    BadName,
    #[error("a grace period has at most {} s", MAX_GRACE.as_secs())]
    BadGrace,
    #[error("a key's name has 1 to {MAX_NAME} characters")]
    BadKeyName,
    #[error("scopes: name at least one permission, or leave it out")]
    NoScopes,
    #[error("scopes: `{0}` is for people; no key can have it")]
    NotForApps(Permission),
    /// A key cannot be given what its maker does not have: it would be a way to more rights.
    #[error("this needs the permission `{0}`, which you do not have: a key can do no more than its maker")]
    Exceeds(Permission),
    #[error("expires_at: a key must end in the future")]
    BadExpiry,
    #[error("requests_per_minute: a number from 1 to {MAX_PER_MINUTE}")]
    BadLimit,
    #[error("there is no such app")]
    NotFound,
    #[error("there is no such key of this app")]
    KeyNotFound,
    #[error("this key has ended; make a new one")]
    KeyEnded,
    #[error("the app is switched off; switch it on before it gets a new key")]
    Inactive,
    #[error(transparent)]
    NoRoom(#[from] GrowthError),
    #[error("the app could not be read or changed")]
    Store(#[from] StoreError),
}

/// A new app. The only place where its key can be read.
#[derive(Debug)]
pub struct CreatedApp {
    pub scope: TenantScope,
    pub app: ClientApp,
    pub connection_id: ConnectionId,
    pub api_key: SecretString,
    pub hook_url: String,
}

fn checked_name(name: &str) -> Result<&str, AppsError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME { Err(AppsError::BadName) } else { Ok(name) }
}

/// Makes an app in a tenant of its own.
pub async fn create(app: &App, name: &str, by: &Origin) -> Result<CreatedApp, AppsError> {
    let name = checked_name(name)?;
    let now = app.now();
    let tenant = Tenant { id: app.id(), name: name.to_owned(), subdomain: subdomain_of(name), created_at: now };
    let mut made = Made::new(app, tenant.id, name, KeyTerms::default(), by, now);
    made.connection.row.uses_installation_key = connections::lends(app, &by.actor).await?;
    let scope = apps::create_with_tenant(&app.db, &tenant, &made.rows()).await?;
    Ok(made.finish(scope))
}

/// Makes another app of a tenant.
pub async fn create_in(
    app: &App,
    scope: TenantScope,
    name: &str,
    terms: KeyTerms,
    by: &Origin,
) -> Result<CreatedApp, AppsError> {
    let name = checked_name(name)?;
    plans::may_grow(app, scope, &by.actor).await?;
    let now = app.now();
    let mut made = Made::new(app, scope.tenant(), name, checked_terms(&by.actor, terms, now)?, by, now);
    made.connection.row.uses_installation_key = connections::lends(app, &by.actor).await?;
    let mut tx = app.db.begin(scope).await?;
    apps::insert(&mut tx.conn(), scope, &made.rows()).await?;
    tx.commit(now).await?;
    Ok(made.finish(scope))
}

/// An app and what belongs to it, before it is stored.
struct Made {
    app: ClientApp,
    key: FreshKey,
    key_audit: AuditEntry,
    audit: [NewEntry; 2],
    connection: connections::FreshConnection,
}

impl Made {
    fn new(app: &App, tenant: TenantId, name: &str, terms: KeyTerms, by: &Origin, now: Timestamp) -> Self {
        let id: AppId = app.id();
        let key = fresh_key(app, id, terms, now);
        let key_audit = key_log_line(app, id, "created", (None, Some(key.row.hint.clone())), by, now);
        let audit = [
            Entry::new(by, Action::AppCreated).on("app", id).with("name", name).row(app),
            key_entry(by, Action::KeyCreated, id, &key.row).row(app),
        ];
        let connection = connections::fresh(app, tenant, Some(id), "dialpad", name, serde_json::json!({}), now);
        let app = ClientApp {
            id,
            tenant_id: tenant,
            name: name.to_owned(),
            is_active: true,
            api_key_rotated_at: None,
            created_at: now,
            updated_at: now,
        };
        Self { app, key, key_audit, audit, connection }
    }

    fn rows(&self) -> NewClientApp<'_> {
        NewClientApp {
            app: &self.app,
            key: &self.key.row,
            key_audit: &self.key_audit,
            audit: &self.audit,
            connection: &self.connection.row,
        }
    }

    fn finish(self, scope: TenantScope) -> CreatedApp {
        CreatedApp {
            scope,
            app: self.app,
            connection_id: self.connection.row.id,
            api_key: self.key.plain,
            hook_url: self.connection.hook_url,
        }
    }
}

/// One app.
pub async fn find(app: &App, scope: TenantScope, id: AppId) -> Result<ClientApp, AppsError> {
    let mut reader = app.db.read(scope).await?;
    apps::find(&mut reader.conn(), scope, id).await?.ok_or(AppsError::NotFound)
}

/// Switches an app on or off.
pub async fn set_active(
    app: &App,
    scope: TenantScope,
    id: AppId,
    is_active: bool,
    by: &Origin,
) -> Result<(), AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !apps::set_active(&mut tx.conn(), scope, id, is_active, now).await? {
        return Err(AppsError::NotFound);
    }
    let action = if is_active { Action::AppSwitchedOn } else { Action::AppSwitchedOff };
    audit::record(&mut tx, app, Entry::new(by, action).on("app", id)).await?;
    tx.commit(now).await?;
    app.access.forget();
    Ok(())
}
