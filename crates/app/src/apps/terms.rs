//! What a key may be: its rights, its end, its limit. A key can do no more than its maker.

use std::time::Duration;

use switchboard_domain::{Timestamp, actor::Actor, role::Permission};
use switchboard_store::api_keys::KeyTerms;

use super::{AppsError, MAX_GRACE, MAX_PER_MINUTE, checked_name};
use crate::App;

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
pub(super) fn no_more_than(by: &Actor, scopes: Option<&[Permission]>) -> Result<(), AppsError> {
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
pub(super) fn checked_terms(by: &Actor, asked: KeyTerms, now: Timestamp) -> Result<KeyTerms, AppsError> {
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

pub(super) fn checked_key_name(name: Option<String>) -> Result<Option<String>, AppsError> {
    let Some(name) = name else { return Ok(None) };
    checked_name(&name).map(|name| Some(name.to_owned())).map_err(|_| AppsError::BadKeyName)
}

pub(super) fn checked_limit(limit: Option<u32>) -> Result<Option<u32>, AppsError> {
    if limit.is_some_and(|limit| limit == 0 || limit > MAX_PER_MINUTE) { Err(AppsError::BadLimit) } else { Ok(limit) }
}

pub(super) fn checked_grace(app: &App, grace: Option<Duration>) -> Result<Duration, AppsError> {
    let grace = grace.unwrap_or(app.settings.grace_period);
    if grace > MAX_GRACE { Err(AppsError::BadGrace) } else { Ok(grace) }
}
