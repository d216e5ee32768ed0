//! Client programs and their keys.
//!
//! A new app comes with everything that the next step needs: a tenant of its own, its first key, and a connection to
//! Dialpad with its own URL. A key is shown once; what is kept is its hash and a hint to recognise it by.
//!
//! A replaced key goes on working for a grace period, because between two deployments of a client there is always one
//! that still has the old key. Who must cut it off at once says so.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId, ConnectionId, TenantId},
    tenant::{Tenant, subdomain_of},
};
use switchboard_store::{
    StoreError, TenantScope,
    api_keys::{self, ApiKey, AuditEntry, NewKey},
    apps::{self, ClientApp, NewClientApp},
};

use crate::{
    App,
    access::{KEY_DIGITS, KEY_PREFIX},
    connections,
    vault::sha256,
};

/// Characters of an app's name.
pub const MAX_NAME: usize = 200;
/// A grace period cannot be longer: a key that is never cut off was not replaced.
pub const MAX_GRACE: Duration = Duration::from_hours(30 * 24);

/// Who did something, for the audit log.
#[derive(Debug, Clone)]
pub struct Actor {
    /// `internal` for a holder of the installation's secret, `cli`, or a user's address.
    pub name: String,
    /// Where the request came from.
    pub address: Option<String>,
}

/// An operation on an app failed.
#[derive(Debug, thiserror::Error)]
pub enum AppsError {
    #[error("an app's name has 1 to {MAX_NAME} characters")]
    BadName,
    #[error("a grace period has at most {} s", MAX_GRACE.as_secs())]
    BadGrace,
    #[error("there is no such app")]
    NotFound,
    #[error("the app is switched off; switch it on before it gets a new key")]
    Inactive,
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

/// A replaced key. The only place where the new one can be read.
#[derive(Debug)]
pub struct RotatedKey {
    pub app: ClientApp,
    pub api_key: SecretString,
    pub generated_at: Timestamp,
    /// Until when the old key goes on working; `None` if there was none or it ended at once.
    pub old_key_until: Option<Timestamp>,
}

/// What is known of an app's keys.
#[derive(Debug, Clone)]
pub struct KeyStatus {
    pub app: ClientApp,
    /// Those that work now, the newest first.
    pub working: Vec<ApiKey>,
}

struct FreshKey {
    plain: SecretString,
    row: NewKey,
}

fn fresh_key(app: &App, app_id: AppId, now: Timestamp) -> FreshKey {
    let bytes: [u8; KEY_DIGITS / 2] = app.random.array();
    let plain = format!("{KEY_PREFIX}{}", hex::encode(bytes));
    let hint = format!("{}...{}", &plain[..8], &plain[plain.len() - 4..]);
    let hash = sha256(plain.as_bytes());
    let row = NewKey { id: app.id::<ApiKeyId>(), app_id, hash, hint, created_at: now };
    FreshKey { plain: SecretString::from(plain), row }
}

fn audit(
    app: &App,
    app_id: AppId,
    action: &str,
    (old, new): (Option<String>, Option<String>),
    actor: &Actor,
    now: Timestamp,
) -> AuditEntry {
    AuditEntry {
        id: app.id::<ApiKeyId>().uuid(),
        app_id,
        action: action.to_owned(),
        old_key_hint: old,
        new_key_hint: new,
        actor: actor.name.clone(),
        address: actor.address.clone(),
        created_at: now,
    }
}

fn checked_name(name: &str) -> Result<&str, AppsError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME { Err(AppsError::BadName) } else { Ok(name) }
}

/// Makes an app in a tenant of its own.
pub async fn create(app: &App, name: &str, actor: &Actor) -> Result<CreatedApp, AppsError> {
    let name = checked_name(name)?;
    let now = app.now();
    let tenant = Tenant { id: app.id(), name: name.to_owned(), subdomain: subdomain_of(name), created_at: now };
    let made = Made::new(app, tenant.id, name, actor, now);
    let scope = apps::create_with_tenant(&app.db, &tenant, &made.rows()).await?;
    Ok(made.finish(scope))
}

/// Makes another app of a tenant.
pub async fn create_in(app: &App, scope: TenantScope, name: &str, actor: &Actor) -> Result<CreatedApp, AppsError> {
    let name = checked_name(name)?;
    let now = app.now();
    let made = Made::new(app, scope.tenant(), name, actor, now);
    let mut tx = app.db.begin(scope).await?;
    apps::insert(&mut tx.conn(), scope, &made.rows()).await?;
    tx.commit(now).await?;
    Ok(made.finish(scope))
}

/// An app and what belongs to it, before it is stored.
struct Made {
    app: ClientApp,
    key: FreshKey,
    audit: AuditEntry,
    connection: connections::FreshConnection,
}

impl Made {
    fn new(app: &App, tenant: TenantId, name: &str, actor: &Actor, now: Timestamp) -> Self {
        let id: AppId = app.id();
        let key = fresh_key(app, id, now);
        let audit = audit(app, id, "created", (None, Some(key.row.hint.clone())), actor, now);
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
        Self { app, key, audit, connection }
    }

    fn rows(&self) -> NewClientApp<'_> {
        NewClientApp { app: &self.app, key: &self.key.row, audit: &self.audit, connection: &self.connection.row }
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

/// Gives an app a new key. The ones before it go on working for `grace`; by default for the installation's grace period.
pub async fn rotate_key(
    app: &App,
    scope: TenantScope,
    id: AppId,
    grace: Option<Duration>,
    actor: &Actor,
) -> Result<RotatedKey, AppsError> {
    let grace = grace.unwrap_or(app.settings.grace_period);
    if grace > MAX_GRACE {
        return Err(AppsError::BadGrace);
    }
    let now = app.now();
    let key = fresh_key(app, id, now);
    let mut tx = app.db.begin(scope).await?;
    // First, because it locks the app's row: two who rotate at once do it one after the other.
    if !apps::mark_rotated(&mut tx.conn(), scope, id, now).await? {
        return Err(AppsError::NotFound);
    }
    let row = apps::find(&mut tx.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    if !row.is_active {
        return Err(AppsError::Inactive);
    }
    let before = api_keys::find_latest(&mut tx.conn(), scope, id).await?.map(|key| key.hint);
    let replaced = if grace.is_zero() {
        api_keys::revoke_working(&mut tx.conn(), scope, id, now).await?
    } else {
        api_keys::expire_working(&mut tx.conn(), scope, id, now + grace).await?
    };
    api_keys::insert(&mut tx.conn(), scope, &key.row).await?;
    let entry = audit(app, id, "rotated", (before, Some(key.row.hint.clone())), actor, now);
    api_keys::insert_audit(&mut tx.conn(), scope, &entry).await?;
    tx.commit(now).await?;
    app.access.forget();
    let old_key_until = (replaced > 0 && !grace.is_zero()).then(|| now + grace);
    Ok(RotatedKey { app: row, api_key: key.plain, generated_at: now, old_key_until })
}

/// Ends all keys of an app at once. Returns when.
pub async fn revoke_keys(
    app: &App,
    scope: TenantScope,
    id: AppId,
    actor: &Actor,
) -> Result<(ClientApp, Timestamp), AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    // First, because it locks the app's row: no key can be added between what the log says and what ends.
    if !apps::touch(&mut tx.conn(), scope, id, now).await? {
        return Err(AppsError::NotFound);
    }
    let row = apps::find(&mut tx.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    for key in api_keys::list_working(&mut tx.conn(), scope, id, now).await? {
        let entry = audit(app, id, "revoked", (Some(key.hint), None), actor, now);
        api_keys::insert_audit(&mut tx.conn(), scope, &entry).await?;
    }
    api_keys::revoke_working(&mut tx.conn(), scope, id, now).await?;
    tx.commit(now).await?;
    app.access.forget();
    Ok((row, now))
}

/// Switches an app on or off.
pub async fn set_active(app: &App, scope: TenantScope, id: AppId, is_active: bool) -> Result<(), AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !apps::set_active(&mut tx.conn(), scope, id, is_active, now).await? {
        return Err(AppsError::NotFound);
    }
    tx.commit(now).await?;
    app.access.forget();
    Ok(())
}

/// What is known of an app's keys.
pub async fn key_status(app: &App, scope: TenantScope, id: AppId) -> Result<KeyStatus, AppsError> {
    let now = app.now();
    let mut reader = app.db.read(scope).await?;
    let row = apps::find(&mut reader.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    let working = api_keys::list_working(&mut reader.conn(), scope, id, now).await?;
    Ok(KeyStatus { app: row, working })
}

/// The audit log of an app's keys, newest first, and how many lines it has in all.
pub async fn key_audit(
    app: &App,
    scope: TenantScope,
    id: AppId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AuditEntry>, i64), AppsError> {
    let mut reader = app.db.read(scope).await?;
    apps::find(&mut reader.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    Ok(api_keys::list_audit(&mut reader.conn(), scope, id, limit, offset).await?)
}
