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
    actor::Actor,
    audit::Action,
    ids::{ApiKeyId, AppId, ConnectionId, TenantId},
    role::Permission,
    tenant::{Tenant, subdomain_of},
};
pub use switchboard_store::api_keys::KeyTerms;
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    api_keys::{self, ApiKey, AuditEntry, NewKey},
    apps::{self, ClientApp, NewClientApp},
    audit::NewEntry,
};

use crate::{
    App,
    access::{KEY_DIGITS, KEY_PREFIX},
    audit::{self, Entry, Origin},
    connections,
    plans::{self, GrowthError},
    vault::sha256,
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

/// A new key, alone or in the place of others. The only place where it can be read.
#[derive(Debug)]
pub struct RotatedKey {
    pub app: ClientApp,
    pub key_id: ApiKeyId,
    pub terms: KeyTerms,
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

/// What becomes of an app's other keys when it gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    Stay,
    /// They go on working for this long; `None` for the installation's grace period.
    End(Option<Duration>),
}

fn fresh_key(app: &App, app_id: AppId, terms: KeyTerms, now: Timestamp) -> FreshKey {
    let bytes: [u8; KEY_DIGITS / 2] = app.random.array();
    let plain = format!("{KEY_PREFIX}{}", hex::encode(bytes));
    let hint = format!("{}...{}", &plain[..8], &plain[plain.len() - 4..]);
    let hash = sha256(plain.as_bytes());
    let row = NewKey { id: app.id::<ApiKeyId>(), app_id, hash, hint, terms, created_at: now };
    FreshKey { plain: SecretString::from(plain), row }
}

fn key_log_line(
    app: &App,
    app_id: AppId,
    action: &str,
    (old, new): (Option<String>, Option<String>),
    by: &Origin,
    now: Timestamp,
) -> AuditEntry {
    AuditEntry {
        id: app.id::<ApiKeyId>().uuid(),
        app_id,
        action: action.to_owned(),
        old_key_hint: old,
        new_key_hint: new,
        actor: by.name.clone(),
        address: by.address.clone(),
        created_at: now,
    }
}

fn checked_name(name: &str) -> Result<&str, AppsError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME { Err(AppsError::BadName) } else { Ok(name) }
}

/// What a key may be given by this maker. What is not named is what keys get whose maker names nothing, as far as the
/// maker has it.
fn granted(by: &Actor, asked: Option<Vec<Permission>>) -> Result<Option<Vec<Permission>>, AppsError> {
    let Some(mut scopes) = asked else {
        let usual = || Permission::ALL.iter().copied().filter(|permission| permission.is_for_apps_unless_said());
        if usual().all(|permission| by.may(permission)) {
            return Ok(None);
        }
        return Ok(Some(usual().filter(|permission| by.may(*permission)).collect()));
    };
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(AppsError::NoScopes);
    }
    match scopes.iter().find(|permission| !permission.is_for_apps()) {
        Some(permission) => Err(AppsError::NotForApps(*permission)),
        None => no_more_than(by, Some(&scopes)).map(|()| Some(scopes)),
    }
}

/// Whoever gets to see a key with these scopes must have them.
fn no_more_than(by: &Actor, scopes: Option<&[Permission]>) -> Result<(), AppsError> {
    let all = Permission::ALL.iter().copied();
    let of_key = |permission: &Permission| {
        scopes.map_or_else(|| permission.is_for_apps_unless_said(), |scopes| scopes.contains(permission))
    };
    match all.filter(of_key).find(|permission| !by.may(*permission)) {
        Some(permission) => Err(AppsError::Exceeds(permission)),
        None => Ok(()),
    }
}

/// Terms as they were asked for, made fit for a key of this maker.
fn checked_terms(by: &Actor, asked: KeyTerms, now: Timestamp) -> Result<KeyTerms, AppsError> {
    if asked.expires_at.is_some_and(|at| at <= now) {
        return Err(AppsError::BadExpiry);
    }
    Ok(KeyTerms {
        name: checked_key_name(asked.name)?,
        scopes: granted(by, asked.scopes)?,
        requests_per_minute: checked_limit(asked.requests_per_minute)?,
        expires_at: asked.expires_at,
    })
}

fn checked_key_name(name: Option<String>) -> Result<Option<String>, AppsError> {
    let Some(name) = name else { return Ok(None) };
    checked_name(&name).map(|name| Some(name.to_owned())).map_err(|_| AppsError::BadKeyName)
}

fn checked_limit(limit: Option<u32>) -> Result<Option<u32>, AppsError> {
    if limit.is_some_and(|limit| limit == 0 || limit > MAX_PER_MINUTE) { Err(AppsError::BadLimit) } else { Ok(limit) }
}

fn checked_grace(app: &App, grace: Option<Duration>) -> Result<Duration, AppsError> {
    let grace = grace.unwrap_or(app.settings.grace_period);
    if grace > MAX_GRACE { Err(AppsError::BadGrace) } else { Ok(grace) }
}

/// What the audit log says of a key: never the key.
fn key_entry<'a>(by: &'a Origin, action: Action, app: AppId, key: &NewKey) -> Entry<'a> {
    let scopes = key.terms.scopes.as_ref().map(|scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>());
    Entry::new(by, action)
        .on("key", key.id)
        .with("app", app.to_string())
        .with("hint", key.hint.as_str())
        .with("scopes", scopes)
}

/// Makes an app in a tenant of its own.
pub async fn create(app: &App, name: &str, by: &Origin) -> Result<CreatedApp, AppsError> {
    let name = checked_name(name)?;
    let now = app.now();
    let tenant = Tenant { id: app.id(), name: name.to_owned(), subdomain: subdomain_of(name), created_at: now };
    let made = Made::new(app, tenant.id, name, KeyTerms::default(), by, now);
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
    let made = Made::new(app, scope.tenant(), name, checked_terms(&by.actor, terms, now)?, by, now);
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

/// Gives an app a new key. The ones before it go on working for `grace`; by default for the installation's grace period.
pub async fn rotate_key(
    app: &App,
    scope: TenantScope,
    id: AppId,
    grace: Option<Duration>,
    by: &Origin,
) -> Result<RotatedKey, AppsError> {
    issue_key(app, scope, id, None, Others::End(grace), by).await
}

/// Gives an app a new key, beside its others or in their place. Without `terms` it gets those of the newest key.
pub async fn issue_key(
    app: &App,
    scope: TenantScope,
    id: AppId,
    terms: Option<KeyTerms>,
    others: Others,
    by: &Origin,
) -> Result<RotatedKey, AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let row = active(&mut tx, id, now).await?;
    let before = api_keys::find_latest(&mut tx.conn(), scope, id).await?;
    let terms = match (terms, &before) {
        (Some(asked), _) => checked_terms(&by.actor, asked, now)?,
        (None, Some(before)) => {
            no_more_than(&by.actor, before.scopes().as_deref())?;
            before.terms()
        }
        (None, None) => checked_terms(&by.actor, KeyTerms::default(), now)?,
    };
    let key = fresh_key(app, id, terms, now);
    let old_key_until = match others {
        Others::Stay => None,
        Others::End(grace) => end_others(app, &mut tx, id, checked_grace(app, grace)?, now).await?,
    };
    let (word, action) = match others {
        Others::Stay => ("created", Action::KeyCreated),
        Others::End(_) => ("rotated", Action::KeyRotated),
    };
    let hints = (before.filter(|_| others != Others::Stay).map(|key| key.hint), Some(key.row.hint.clone()));
    finish_issue(app, tx, row, key, (word, action), hints, old_key_until, by).await
}

/// Locks the app's row, so that two who change its keys at once do it one after the other.
async fn active(tx: &mut TenantTx, id: AppId, now: Timestamp) -> Result<ClientApp, AppsError> {
    let scope = tx.scope();
    if !apps::touch(&mut tx.conn(), scope, id, now).await? {
        return Err(AppsError::NotFound);
    }
    let row = apps::find(&mut tx.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    if row.is_active { Ok(row) } else { Err(AppsError::Inactive) }
}

/// Ends the working keys of an app after a while. Returns until when they go on, if there are any and they do.
async fn end_others(
    app: &App,
    tx: &mut TenantTx,
    id: AppId,
    grace: Duration,
    now: Timestamp,
) -> Result<Option<Timestamp>, AppsError> {
    let scope = tx.scope();
    if grace.is_zero() {
        api_keys::revoke_working(&mut tx.conn(), scope, id, app.now()).await?;
        return Ok(None);
    }
    let replaced = api_keys::expire_working(&mut tx.conn(), scope, id, now + grace).await?;
    Ok((replaced > 0).then(|| now + grace))
}

#[expect(clippy::too_many_arguments, reason = "the last step of two functions, cut out so that it is written once")]
async fn finish_issue(
    app: &App,
    mut tx: TenantTx,
    mut row: ClientApp,
    key: FreshKey,
    (word, action): (&str, Action),
    hints: (Option<String>, Option<String>),
    old_key_until: Option<Timestamp>,
    by: &Origin,
) -> Result<RotatedKey, AppsError> {
    let (scope, now) = (tx.scope(), key.row.created_at);
    api_keys::insert(&mut tx.conn(), scope, &key.row).await?;
    if action == Action::KeyRotated {
        apps::mark_rotated(&mut tx.conn(), scope, row.id, now).await?;
        row.api_key_rotated_at = Some(now);
    }
    let line = key_log_line(app, row.id, word, hints, by, now);
    api_keys::insert_audit(&mut tx.conn(), scope, &line).await?;
    audit::record(&mut tx, app, key_entry(by, action, row.id, &key.row)).await?;
    tx.commit(now).await?;
    app.access.forget();
    let FreshKey { plain, row: NewKey { id: key_id, terms, .. } } = key;
    Ok(RotatedKey { app: row, key_id, terms, api_key: plain, generated_at: now, old_key_until })
}

/// Replaces one key by another with the same name, scopes and limit. The old one goes on working for `grace`.
pub async fn rotate_one(
    app: &App,
    scope: TenantScope,
    id: AppId,
    key_id: ApiKeyId,
    grace: Option<Duration>,
    by: &Origin,
) -> Result<RotatedKey, AppsError> {
    let now = app.now();
    let grace = checked_grace(app, grace)?;
    let mut tx = app.db.begin(scope).await?;
    let row = active(&mut tx, id, now).await?;
    let old = api_keys::find(&mut tx.conn(), scope, id, key_id).await?.ok_or(AppsError::KeyNotFound)?;
    if !old.is_working(now) {
        return Err(AppsError::KeyEnded);
    }
    no_more_than(&by.actor, old.scopes().as_deref())?;
    if grace.is_zero() {
        api_keys::revoke(&mut tx.conn(), scope, key_id, now).await?;
    } else {
        api_keys::expire(&mut tx.conn(), scope, key_id, now + grace).await?;
    }
    let key = fresh_key(app, id, old.terms(), now);
    // One that was about to end goes no further than it would have.
    let until = (!grace.is_zero()).then(|| old.expires_at.map_or(now + grace, |at| at.min(now + grace)));
    let hints = (Some(old.hint), Some(key.row.hint.clone()));
    finish_issue(app, tx, row, key, ("rotated", Action::KeyRotated), hints, until, by).await
}

/// Replaces what people call a key and how often it may be used. What it may do stays as it was made.
pub async fn update_key(
    app: &App,
    scope: TenantScope,
    id: AppId,
    key_id: ApiKeyId,
    name: Option<String>,
    requests_per_minute: Option<u32>,
    by: &Origin,
) -> Result<ApiKey, AppsError> {
    let name = checked_key_name(name)?;
    let limit = checked_limit(requests_per_minute)?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    api_keys::find(&mut tx.conn(), scope, id, key_id).await?.ok_or(AppsError::KeyNotFound)?;
    api_keys::update(&mut tx.conn(), scope, key_id, name.as_deref(), limit).await?;
    let key = api_keys::find(&mut tx.conn(), scope, id, key_id).await?.ok_or(AppsError::KeyNotFound)?;
    let entry = Entry::new(by, Action::KeyUpdated).on("key", key_id).with("app", id.to_string()).with("name", name);
    audit::record(&mut tx, app, entry.with("requests_per_minute", limit)).await?;
    tx.commit(now).await?;
    app.access.forget();
    Ok(key)
}

/// Ends one key at once.
pub async fn revoke_one(
    app: &App,
    scope: TenantScope,
    id: AppId,
    key_id: ApiKeyId,
    by: &Origin,
) -> Result<ApiKey, AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let key = api_keys::find(&mut tx.conn(), scope, id, key_id).await?.ok_or(AppsError::KeyNotFound)?;
    if api_keys::revoke(&mut tx.conn(), scope, key_id, now).await? {
        note_revoked(app, &mut tx, id, &key, by, now).await?;
    }
    let key = api_keys::find(&mut tx.conn(), scope, id, key_id).await?.ok_or(AppsError::KeyNotFound)?;
    tx.commit(now).await?;
    app.access.forget();
    Ok(key)
}

async fn note_revoked(
    app: &App,
    tx: &mut TenantTx,
    id: AppId,
    key: &ApiKey,
    by: &Origin,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = tx.scope();
    let line = key_log_line(app, id, "revoked", (Some(key.hint.clone()), None), by, now);
    api_keys::insert_audit(&mut tx.conn(), scope, &line).await?;
    let entry = Entry::new(by, Action::KeyRevoked).on("key", key.id).with("app", id.to_string());
    audit::record(tx, app, entry.with("hint", key.hint.as_str())).await
}

/// All keys of an app, ended ones included, the newest first, before `before`.
pub async fn list_keys(
    app: &App,
    scope: TenantScope,
    id: AppId,
    before: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<ApiKey>, AppsError> {
    let mut reader = app.db.read(scope).await?;
    apps::find(&mut reader.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    Ok(api_keys::list(&mut reader.conn(), scope, id, before, limit).await?)
}

/// Ends all keys of an app at once. Returns when.
pub async fn revoke_keys(
    app: &App,
    scope: TenantScope,
    id: AppId,
    by: &Origin,
) -> Result<(ClientApp, Timestamp), AppsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    // First, because it locks the app's row: no key can be added between what the log says and what ends.
    if !apps::touch(&mut tx.conn(), scope, id, now).await? {
        return Err(AppsError::NotFound);
    }
    let row = apps::find(&mut tx.conn(), scope, id).await?.ok_or(AppsError::NotFound)?;
    let working = api_keys::list_working(&mut tx.conn(), scope, id, now).await?;
    api_keys::revoke_working(&mut tx.conn(), scope, id, now).await?;
    for key in &working {
        note_revoked(app, &mut tx, id, key, by, now).await?;
    }
    tx.commit(now).await?;
    app.access.forget();
    Ok((row, now))
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
