//! Senders who sign nothing and have a user name and a password instead: telephone systems.
//!
//! A name, a subdomain or a serial number chooses whose password is compared; only the password decides. It is kept as
//! argon2id, which takes some 20 ms on purpose. A telephone system signs in anew with each record, so what a comparison came to
//! is remembered under a keyed hash of the password and of what it was compared with: neither can be read from it, and a
//! replaced password is another one at once. A wrong one is remembered as well, or every guess would cost a processor.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::Timestamp;
use switchboard_providers::{
    Connectable as _, Expectation, Provider,
    cloud_ucm::{self, Basic, CloudUcm},
    contract::{RawRequest, Rejection},
};
use switchboard_store::platform::{
    self,
    passwords::{By, Candidate, candidates},
};

use super::{Hook, Resolved, Unresolved};
use crate::{
    App,
    accounts::password::{PasswordError, Verdict},
    intake::HookRoute,
    vault::{Place, sha256},
};

/// How long a comparison counts. What it was compared with is part of its name, so it only ends to make room.
const PROVED_FOR: Duration = Duration::from_mins(30);
const REFUSED_FOR: Duration = Duration::from_mins(1);
/// How many comparisons are remembered. Past it all are forgotten.
const KEPT: usize = 10_000;
/// How long it counts whose a name is without asking the database.
const FOUND_FOR: Duration = Duration::from_secs(5);

/// Whom a name meant, and when that was found.
type Found = (Arc<Vec<Candidate>>, Timestamp);

/// What comparisons came to, and whom names meant, in the last moments.
#[derive(Default)]
pub struct PasswordCache {
    compared: Mutex<HashMap<Vec<u8>, (bool, Timestamp)>>,
    found: Mutex<HashMap<Vec<u8>, Found>>,
}

impl PasswordCache {
    fn compared(&self, key: &[u8], now: Timestamp) -> Option<bool> {
        let compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |(fits, at): &(bool, Timestamp)| {
            (now.since(*at) < if *fits { PROVED_FOR } else { REFUSED_FOR }).then_some(*fits)
        };
        compared.get(key).and_then(fits)
    }

    fn found(&self, key: &[u8], now: Timestamp) -> Option<Arc<Vec<Candidate>>> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(key).filter(|(_, at)| now.since(*at) < FOUND_FOR).map(|(candidates, _)| Arc::clone(candidates))
    }

    /// Forgets whom names mean: a connection of this installation changed.
    pub fn clear(&self) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn put<V>(map: &Mutex<HashMap<Vec<u8>, V>>, key: Vec<u8>, value: V) {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(key, value);
}

/// Proves the sender of what came to the guide's address of a workspace, to no address in particular, or to a connection's own.
pub(super) async fn resolve(app: &App, route: &HookRoute, request: &RawRequest) -> Result<Resolved, Unresolved> {
    let presented = cloud_ucm::presented(request);
    let meant = meant(app, route, request, presented.as_ref().ok()).await?;
    let own_url = matches!(route, HookRoute::Token(_));
    if let (true, Some(open)) = (own_url, meant.iter().find(|candidate| candidate.is_unsigned)) {
        return owned(open, request, &Expectation::Unsigned);
    }
    let owner = match meant.as_slice() {
        [only] if !matches!(route, HookRoute::Anywhere) => Some((only.tenant(), only.connection_id)),
        _ => None,
    };
    let basic = presented.map_err(|rejection| Unresolved::Rejected { rejection, owner })?;
    for candidate in meant.iter() {
        if fits(app, candidate, &basic).await? {
            return owned(candidate, request, &Expectation::Proved);
        }
    }
    let has_password = meant.iter().any(|candidate| !candidate.passwords.is_empty());
    let rejection = if has_password || meant.is_empty() { Rejection::WrongPassword } else { Rejection::NoSecret };
    Err(Unresolved::Rejected { rejection, owner })
}

/// The connections that a delivery may be for.
async fn meant(
    app: &App,
    route: &HookRoute,
    request: &RawRequest,
    basic: Option<&Basic>,
) -> Result<Arc<Vec<Candidate>>, Unresolved> {
    match route {
        HookRoute::Token(token) => {
            let hook = platform::find_hook(&app.db, &sha256(token.as_bytes()), app.now()).await?;
            let hook = hook.ok_or(Unresolved::Unknown)?;
            found(app, By::Connection(hook.connection_id), hook.connection_id.uuid().as_bytes()).await
        }
        HookRoute::Workspace(subdomain) => {
            let tenant = platform::find_tenant_by_subdomain(&app.db, subdomain).await?.ok_or(Unresolved::Unknown)?;
            found(app, By::Tenant(tenant), tenant.uuid().as_bytes()).await
        }
        HookRoute::Anywhere | HookRoute::Fixed(_) => {
            let Some(basic) = basic else { return Ok(Arc::default()) };
            let by_name = found(app, By::Username(&basic.username), basic.username.as_bytes()).await?;
            if !by_name.is_empty() {
                return Ok(by_name);
            }
            match cloud_ucm::serial(&request.body) {
                Some(serial) => found(app, By::Serial(&serial), format!("sn:{serial}").as_bytes()).await,
                None => Ok(by_name),
            }
        }
    }
}

async fn found(app: &App, by: By<'_>, name: &[u8]) -> Result<Arc<Vec<Candidate>>, Unresolved> {
    let (key, now) = (app.vault.mac("hook_candidates", &[name]), app.now());
    if let Some(found) = app.hooks.passwords.found(&key, now) {
        return Ok(found);
    }
    let fresh = Arc::new(candidates(&app.db, CloudUcm.slug(), by, now).await?);
    put(&app.hooks.passwords.found, key, (Arc::clone(&fresh), now));
    Ok(fresh)
}

/// Whether what was presented is this connection's. A connection without a user name takes any.
async fn fits(app: &App, candidate: &Candidate, basic: &Basic) -> Result<bool, Unresolved> {
    if candidate.setting("webhook_username").is_some_and(|wanted| wanted != basic.username) {
        return Ok(false);
    }
    for (field, sealed) in &candidate.passwords {
        let place = Place { tenant: candidate.tenant(), owner: candidate.connection_id.uuid(), field };
        let kept = match app.vault.open(place, sealed) {
            Ok(kept) => kept,
            Err(error) => {
                tracing::error!(connection = %candidate.connection_id, %error, "a webhook password cannot be opened");
                continue;
            }
        };
        if is_right(app, &kept, &basic.password).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_right(app: &App, kept: &SecretString, given: &SecretString) -> Result<bool, Unresolved> {
    let parts = [kept.expose_secret().as_bytes(), given.expose_secret().as_bytes()];
    let (key, now) = (app.vault.mac("webhook_password", &parts), app.now());
    if let Some(fits) = app.hooks.passwords.compared(&key, now) {
        return Ok(fits);
    }
    let verdict = app.accounts.passwords.verify(given, Some(kept.expose_secret())).await;
    let fits = match verdict {
        Ok(verdict) => verdict != Verdict::Wrong,
        Err(PasswordError::Busy | PasswordError::Interrupted | PasswordError::Hash(_)) => return Err(Unresolved::Busy),
    };
    put(&app.hooks.passwords.compared, key, (fits, now));
    Ok(fits)
}

/// A delivery of this connection, as its provider reads it.
pub(super) fn owned(
    candidate: &Candidate,
    request: &RawRequest,
    expect: &Expectation<'_>,
) -> Result<Resolved, Unresolved> {
    let owner = Some((candidate.tenant(), candidate.connection_id));
    let verified = CloudUcm.verify(request, expect).map_err(|rejection| Unresolved::Rejected { rejection, owner })?;
    let hook = Hook {
        tenant: candidate.tenant(),
        connection: candidate.connection_id,
        scope: candidate.scope(),
        context: CloudUcm.context(&candidate.settings, &candidate.time_zone).map(Into::into),
    };
    Ok(Resolved::Owned { hook, provider: &CloudUcm, verified })
}
