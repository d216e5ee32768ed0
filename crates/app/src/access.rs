//! Who is calling: an app with its key, or the installation's own administration with its secret.
//!
//! A key costs one indexed look-up by its SHA-256, and nothing within the seconds that the answer is kept for; whatever
//! number of apps there are, a wrong key costs the same. A database that is away is [`AccessError::Unavailable`] and
//! never "wrong key": clients throw keys away that are called wrong.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use switchboard_domain::{
    Timestamp,
    actor::Actor,
    ids::{ApiKeyId, AppId},
    role::Permission,
    tenant::TenantStatus,
};
use switchboard_store::{StoreError, TenantScope, api_keys, platform};

use crate::{App, vault::sha256};

/// How long an answer is used without asking the database. What other nodes rotate or revoke is seen after it.
const KEEP: Duration = Duration::from_secs(5);
/// How many answers are kept. Past it all are forgotten: cheaper than choosing, and they come back within a request each.
const KEPT: usize = 10_000;
/// How exact `last_used_at` is.
const TOUCH_EVERY: Duration = Duration::from_mins(1);
/// What every key starts with.
pub const KEY_PREFIX: &str = "raw_";
/// Hex digits after the prefix: 256 bits.
pub const KEY_DIGITS: usize = 64;

/// An app was authenticated by its key.
#[derive(Debug, Clone)]
pub struct KeyAccess {
    pub scope: TenantScope,
    pub app_id: AppId,
    pub key_id: ApiKeyId,
    /// What the key was given; `None` is what keys get whose maker names nothing.
    pub scopes: Option<Vec<Permission>>,
    /// Requests a minute, where the key has a limit of its own.
    pub requests_per_minute: Option<u32>,
}

impl KeyAccess {
    /// The one who acts, as permissions and the audit log know it.
    pub fn actor(&self) -> Actor {
        Actor::App { app: self.app_id, key: self.key_id, scopes: self.scopes.clone() }
    }
}

/// A key does not open anything.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("this is no API key of this server; a key is `raw_` and 64 hex digits")]
    Unknown,
    #[error("this API key was replaced and its grace period is over; use the new one")]
    Expired,
    #[error("this API key was revoked; generate a new one")]
    Revoked,
    #[error("this app is switched off")]
    AppDisabled,
    #[error(transparent)]
    TenantRefused(#[from] TenantRefused),
    #[error("the API key cannot be checked just now; try again")]
    Unavailable(#[source] StoreError),
}

/// The tenant is not served: its people and apps are told so, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TenantRefused {
    #[error("this workspace is suspended{}; what arrives meanwhile is kept", because(.reason.as_deref()))]
    Suspended { reason: Option<String> },
    #[error("this workspace was closed{}", because(.reason.as_deref()))]
    Deleted { reason: Option<String> },
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}

impl TenantRefused {
    /// Whether a tenant that stands like this may act.
    pub fn check(status: TenantStatus, reason: Option<&str>) -> Result<(), Self> {
        let reason = reason.map(str::to_owned);
        match status {
            TenantStatus::Active => Ok(()),
            TenantStatus::Suspended => Err(Self::Suspended { reason }),
            TenantStatus::Deleted => Err(Self::Deleted { reason }),
        }
    }
}

/// Proof that the caller knows `INTERNAL_API_SECRET`.
#[derive(Debug, Clone, Copy)]
pub struct InternalAccess(());

/// The installation's secret was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InternalError {
    #[error("INTERNAL_API_SECRET is not set on this server; set it and restart")]
    NotConfigured,
    #[error("the token is not this server's INTERNAL_API_SECRET")]
    Wrong,
}

/// Answers of the last seconds.
#[derive(Default)]
pub struct KeyCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// By SHA-256 of the key.
    answers: HashMap<Vec<u8>, Answer>,
    /// Grows with each [`KeyCache::forget`]: an answer that was fetched before is not kept after.
    generation: u64,
}

#[derive(Clone)]
struct Answer {
    owner: platform::KeyOwner,
    fetched_at: Timestamp,
    /// When its use was last noted.
    touched_at: Option<Timestamp>,
}

impl KeyCache {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, hash: &[u8], now: Timestamp) -> (Option<platform::KeyOwner>, u64) {
        let kept = self.kept();
        let fresh = kept.answers.get(hash).filter(|answer| now.since(answer.fetched_at) < KEEP);
        (fresh.map(|answer| answer.owner.clone()), kept.generation)
    }

    fn put(&self, hash: Vec<u8>, owner: platform::KeyOwner, now: Timestamp, generation: u64) {
        let mut kept = self.kept();
        if kept.generation != generation {
            return;
        }
        if kept.answers.len() >= KEPT {
            kept.answers.clear();
        }
        let touched_at = kept.answers.get(&hash).and_then(|answer| answer.touched_at).max(owner.last_used_at);
        kept.answers.insert(hash, Answer { owner, fetched_at: now, touched_at });
    }

    /// True once a minute per key: its use should be noted now.
    fn is_touch_due(&self, hash: &[u8], now: Timestamp) -> bool {
        let mut kept = self.kept();
        let Some(answer) = kept.answers.get_mut(hash) else { return false };
        if answer.touched_at.is_some_and(|at| now.since(at) < TOUCH_EVERY) {
            return false;
        }
        answer.touched_at = Some(now);
        true
    }

    /// Forgets all answers: a key or an app of this installation changed. Rare, so nothing finer is worth it.
    pub fn forget(&self) {
        let mut kept = self.kept();
        kept.generation += 1;
        kept.answers.clear();
    }
}

/// The app that this key belongs to.
pub async fn authenticate_key(app: &App, key: &str) -> Result<KeyAccess, AccessError> {
    if !is_key(key) {
        return Err(AccessError::Unknown);
    }
    let now = app.now();
    let hash = sha256(key.as_bytes());
    let owner = match app.access.get(&hash, now) {
        (Some(owner), _) => owner,
        (None, generation) => {
            let found = platform::find_key(&app.db, &hash).await.map_err(AccessError::Unavailable)?;
            // Unknown keys are not kept: an attacker would fill the memory, and asking costs one index look-up.
            let owner = found.ok_or(AccessError::Unknown)?;
            app.access.put(hash.clone(), owner.clone(), now, generation);
            owner
        }
    };
    check(&owner, now)?;
    if app.access.is_touch_due(&hash, now) {
        touch(app, &owner, now);
    }
    Ok(KeyAccess {
        scope: owner.scope(),
        app_id: owner.app_id,
        key_id: owner.key_id,
        requests_per_minute: owner.requests_per_minute.and_then(|limit| u32::try_from(limit).ok()),
        scopes: owner.scopes(),
    })
}

fn check(owner: &platform::KeyOwner, now: Timestamp) -> Result<(), AccessError> {
    if owner.revoked_at.is_some() {
        return Err(AccessError::Revoked);
    }
    if owner.expires_at.is_some_and(|at| at <= now) {
        return Err(AccessError::Expired);
    }
    if !owner.is_active {
        return Err(AccessError::AppDisabled);
    }
    Ok(TenantRefused::check(owner.tenant_status, owner.tenant_status_reason.as_deref())?)
}

fn is_key(key: &str) -> bool {
    key.strip_prefix(KEY_PREFIX)
        .is_some_and(|digits| digits.len() == KEY_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Notes the use, behind the request's back.
fn touch(app: &App, owner: &platform::KeyOwner, now: Timestamp) {
    let (db, scope, key) = (app.db.clone(), owner.scope(), owner.key_id);
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.begin(scope).await?;
            api_keys::touch(&mut tx.conn(), scope, key, now).await?;
            tx.commit(now).await
        };
        if let Err(error) = noted.await {
            tracing::debug!(%key, %error, "the last use of a key was not noted");
        }
    });
}

/// The caller administers the installation. Compared by hash, so that neither contents nor length shows in the time.
pub fn authenticate_internal(app: &App, bearer: &str) -> Result<InternalAccess, InternalError> {
    let secret = app.settings.internal_api_secret.expose_secret();
    if secret.is_empty() {
        return Err(InternalError::NotConfigured);
    }
    let is_equal = sha256(bearer.as_bytes()).ct_eq(&sha256(secret.as_bytes()));
    if bool::from(is_equal) { Ok(InternalAccess(())) } else { Err(InternalError::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_form_is_asked_about() {
        assert!(is_key(&format!("raw_{}", "0a".repeat(32))));
        for wrong in [
            "",
            "raw_",
            "raw_zz",
            &"a".repeat(68),
            &format!("raw_{}g", "0".repeat(63)),
            &format!("raw_{}", "0".repeat(65)),
        ] {
            assert!(!is_key(wrong), "{wrong}");
        }
    }
}
