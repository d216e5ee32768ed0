//! Keys of an app: made, replaced, named, ended.
//!
//! A replaced key goes on working for a grace period, because between two deployments of a client there is always one
//! that still has the old key. Who must cut it off at once says so.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{ApiKeyId, AppId},
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    api_keys::{self, ApiKey, AuditEntry, KeyTerms, NewKey},
    apps::{self, ClientApp},
};

use super::{
    AppsError,
    terms::{checked_grace, checked_key_name, checked_limit, checked_terms, no_more_than},
};
use crate::{
    App,
    access::{KEY_DIGITS, KEY_PREFIX},
    audit::{self, Entry, Origin},
    vault::sha256,
};

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

/// A key that was just made, with its row.
pub(super) struct FreshKey {
    pub(super) plain: SecretString,
    pub(super) row: NewKey,
}

/// What becomes of an app's other keys when it gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    Stay,
    /// They go on working for this long; `None` for the installation's grace period.
    End(Option<Duration>),
}

pub(super) fn fresh_key(app: &App, app_id: AppId, terms: KeyTerms, now: Timestamp) -> FreshKey {
    let bytes: [u8; KEY_DIGITS / 2] = app.random.array();
    let plain = format!("{KEY_PREFIX}{}", hex::encode(bytes));
    let hint = format!("{}...{}", &plain[..8], &plain[plain.len() - 4..]);
    let hash = sha256(plain.as_bytes());
    let row = NewKey { id: app.id::<ApiKeyId>(), app_id, hash, hint, terms, created_at: now };
    FreshKey { plain: SecretString::from(plain), row }
}

pub(super) fn key_log_line(
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

/// What the audit log says of a key: never the key.
pub(super) fn key_entry<'a>(by: &'a Origin, action: Action, app: AppId, key: &NewKey) -> Entry<'a> {
    let scopes = key.terms.scopes.as_ref().map(|scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>());
    Entry::new(by, action)
        .on("key", key.id)
        .with("app", app.to_string())
        .with("hint", key.hint.as_str())
        .with("scopes", scopes)
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
