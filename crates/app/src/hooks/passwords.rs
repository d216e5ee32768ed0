//! Senders who sign nothing and have a user name and a password instead: telephone systems.
//!
//! A name, a subdomain or a serial number chooses whose password is compared; only the password decides. It is kept as
//! argon2id, which takes some 20 ms on purpose. A telephone system signs in anew with each record, so what a comparison came to
//! is remembered under a keyed hash of the password and of what it was compared with: neither can be read from it, and a
//! replaced password is another one at once. A wrong one is remembered as well, or the same guess would cost a processor
//! each time.
//!
//! Guessing is open to everybody, so it may cost only so much: comparisons wait in a queue of their own and never in that of
//! people who sign in, right ones are remembered apart from wrong ones, and an address that sent too many wrong ones waits.
//! Whose password was proved comes by all of this.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    accounts::password::{PasswordError, Passwords, Verdict},
    intake::HookRoute,
    turns::Keyed,
    vault::{Place, sha256},
};

/// How long a comparison counts. What it was compared with is part of its name, so it only ends to make room; one that is
/// used goes on.
const PROVED_FOR: Duration = Duration::from_mins(30);
const REFUSED_FOR: Duration = Duration::from_mins(1);
/// How many comparisons of either outcome, names and addresses are remembered. Past it all of that kind are forgotten.
const KEPT: usize = 10_000;
/// How long it counts whose a name is without asking the database.
const FOUND_FOR: Duration = Duration::from_secs(5);
/// How many may wait for their password to be compared. One is compared at a time, so the last waits for a second or two.
const MOST_WAITING: usize = 64;
/// Deliveries with a wrong password that an address may send in so long a time, before its passwords are not compared.
const MOST_GUESSES: u32 = 20;
const GUESSING: Duration = Duration::from_mins(1);

/// Whom a name meant, and when that was found.
type Found = (Arc<Vec<Candidate>>, Timestamp);

/// What came to be known and when, by a keyed hash.
type Known<V> = Mutex<HashMap<Vec<u8>, V>>;

/// What comparisons came to, and whom names meant, in the last moments.
pub struct PasswordCache {
    pool: Passwords,
    /// Deliveries that come with the same password at once wait for one comparison.
    turns: Keyed<Vec<u8>>,
    /// Passwords that were right, and when they were last used.
    right: Known<Timestamp>,
    /// Those that were wrong, apart: a flood of them must not push out the others.
    wrong: Known<Timestamp>,
    found: Known<Found>,
    guesses: Mutex<HashMap<IpAddr, Guesses>>,
}

/// How many wrong passwords came from an address since a moment.
struct Guesses {
    since: Timestamp,
    count: u32,
}

impl Default for PasswordCache {
    fn default() -> Self {
        Self {
            pool: Passwords::bounded(1, MOST_WAITING),
            turns: Keyed::default(),
            right: Mutex::default(),
            wrong: Mutex::default(),
            found: Mutex::default(),
            guesses: Mutex::default(),
        }
    }
}

impl PasswordCache {
    fn compared(&self, key: &[u8], now: Timestamp) -> Option<bool> {
        if let Some(at) = lock(&self.right).get_mut(key).filter(|at| now.since(**at) < PROVED_FOR) {
            *at = now;
            return Some(true);
        }
        lock(&self.wrong).get(key).filter(|at| now.since(**at) < REFUSED_FOR).map(|_| false)
    }

    fn found(&self, key: &[u8], now: Timestamp) -> Option<Arc<Vec<Candidate>>> {
        let found = lock(&self.found);
        found.get(key).filter(|(_, at)| now.since(*at) < FOUND_FOR).map(|(candidates, _)| Arc::clone(candidates))
    }

    /// How long an address that guessed too often has to wait.
    fn must_wait(&self, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let guesses = lock(&self.guesses);
        let guessed = guesses.get(&network(address)).filter(|guessed| guessed.count >= MOST_GUESSES)?;
        GUESSING.checked_sub(now.since(guessed.since)).filter(|wait| !wait.is_zero())
    }

    fn note_guess(&self, address: IpAddr, now: Timestamp) {
        let mut guesses = lock(&self.guesses);
        if guesses.len() >= KEPT {
            guesses.retain(|_, guessed| now.since(guessed.since) < GUESSING);
        }
        if guesses.len() >= KEPT {
            guesses.clear();
        }
        let guessed = guesses.entry(network(address)).or_insert(Guesses { since: now, count: 0 });
        if now.since(guessed.since) >= GUESSING {
            *guessed = Guesses { since: now, count: 0 };
        }
        guessed.count = guessed.count.saturating_add(1);
    }

    /// Forgets whom names mean: a connection of this installation changed.
    pub fn clear(&self) {
        lock(&self.found).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put<V>(map: &Known<V>, key: Vec<u8>, value: V) {
    let mut map = lock(map);
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(key, value);
}

/// Whom an address belongs to: of the sixth version everybody has a network of them to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Proves the sender of what came to the guide's address of a workspace, to no address in particular, or to a connection's own.
/// `address` is where it came from, where that is known.
pub(super) async fn resolve(
    app: &App,
    route: &HookRoute,
    request: &RawRequest,
    address: Option<IpAddr>,
) -> Result<Resolved, Unresolved> {
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
    let mut sender = Sender { basic, address, has_guessed: false };
    for candidate in meant.iter() {
        if fits(app, candidate, &mut sender).await? {
            return owned(candidate, request, &Expectation::Proved);
        }
    }
    if let Some(address) = address.filter(|_| sender.has_guessed) {
        app.hooks.passwords.note_guess(address, app.now());
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

/// Somebody who signs in.
struct Sender {
    basic: Basic,
    address: Option<IpAddr>,
    /// Their password was compared, and was wrong, with at least one that it could have been.
    has_guessed: bool,
}

/// Whether what was presented is this connection's. A connection without a user name takes any.
async fn fits(app: &App, candidate: &Candidate, sender: &mut Sender) -> Result<bool, Unresolved> {
    if candidate.setting("webhook_username").is_some_and(|wanted| wanted != sender.basic.username) {
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
        if is_right(app, &kept, sender).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_right(app: &App, kept: &SecretString, sender: &mut Sender) -> Result<bool, Unresolved> {
    let (cache, given) = (&app.hooks.passwords, &sender.basic.password);
    let parts = [kept.expose_secret().as_bytes(), given.expose_secret().as_bytes()];
    let key = app.vault.mac("webhook_password", &parts);
    if let Some(fits) = cache.compared(&key, app.now()) {
        return Ok(fits);
    }
    let _turn = cache.turns.wait(key.clone()).await;
    let now = app.now();
    if let Some(fits) = cache.compared(&key, now) {
        return Ok(fits);
    }
    if let Some(wait) = sender.address.and_then(|address| cache.must_wait(address, now)) {
        return Err(Unresolved::Guessing { wait });
    }
    let verdict = cache.pool.verify(given, Some(kept.expose_secret())).await;
    let fits = match verdict {
        Ok(verdict) => verdict != Verdict::Wrong,
        Err(PasswordError::Busy | PasswordError::Interrupted | PasswordError::Hash(_)) => return Err(Unresolved::Busy),
    };
    sender.has_guessed |= !fits;
    put(if fits { &cache.right } else { &cache.wrong }, key, now);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_wrong_passwords_pushes_out_no_right_one() {
        let (cache, now) = (PasswordCache::default(), Timestamp::from_millis(1_788_000_000_000));
        put(&cache.right, b"device".to_vec(), now);
        for guess in 0..=KEPT {
            put(&cache.wrong, guess.to_be_bytes().to_vec(), now);
        }
        assert_eq!(cache.compared(b"device", now), Some(true));
        assert!(lock(&cache.wrong).len() <= KEPT);
        // One that is used goes on.
        let later = now + PROVED_FOR - Duration::from_secs(1);
        assert_eq!(cache.compared(b"device", later), Some(true));
        assert_eq!(cache.compared(b"device", now + PROVED_FOR), Some(true));
        assert_eq!(cache.compared(b"device", later + PROVED_FOR * 2), None);
    }

    #[test]
    fn whoever_guesses_waits_for_the_minute_to_end_and_others_do_not() {
        let (cache, now) = (PasswordCache::default(), Timestamp::from_millis(1_788_000_000_000));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for guess in 1..=u64::from(MOST_GUESSES) {
            assert_eq!(cache.must_wait(address("2001:db8::1"), now), None);
            // Another address each time, of the same network.
            cache.note_guess(address(&format!("2001:db8::{guess}")), now);
        }
        assert_eq!(cache.must_wait(address("2001:db8::ffff"), now), Some(GUESSING));
        assert_eq!(cache.must_wait(address("2001:db8:0:1::1"), now), None);
        assert_eq!(cache.must_wait(address("::ffff:192.0.2.1"), now), None);
        assert_eq!(cache.must_wait(address("2001:db8::1"), now + GUESSING), None);
        cache.note_guess(address("2001:db8::1"), now + GUESSING);
        assert_eq!(cache.must_wait(address("2001:db8::1"), now + GUESSING), None, "it is counted anew");
    }

    #[test]
    fn addresses_that_are_remembered_are_bounded() {
        let (cache, now) = (PasswordCache::default(), Timestamp::from_millis(1_788_000_000_000));
        for number in 0..=u32::try_from(KEPT).unwrap() {
            cache.note_guess(IpAddr::from(number.to_be_bytes()), now);
        }
        assert!(lock(&cache.guesses).len() <= KEPT);
    }
}
