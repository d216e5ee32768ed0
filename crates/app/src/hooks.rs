//! Whose delivery is it? The owner is a connection whose secret verified; an id in an unverified body never decides.
//!
//! Looking that up costs a query, so answers are kept for a few seconds. A kept answer can be too old in one way that
//! matters: a secret that was added since. So before a delivery is refused, the answer is fetched afresh and asked again.

mod passwords;
pub mod streams;

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use self::passwords::PasswordCache;

use bytes::Bytes;
use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, TenantId},
};
use switchboard_providers::{
    Connectable as _,
    cloud_ucm::CloudUcm,
    contract::{Expectation, Provider, RawRequest, Rejection, Verified},
    registry,
};
use switchboard_store::{StoreError, TenantScope, platform};

use crate::{
    App,
    intake::{HookRoute, chain},
    vault::{Place, sha256},
};

/// How long an answer is used without asking the database. Other nodes' changes are seen after it.
const KEEP: Duration = Duration::from_secs(5);
/// How many answers are kept. Past it all are forgotten: cheaper than choosing, and they come back within a request each.
const KEPT: usize = 10_000;
/// Refused deliveries that are kept per minute and node. Beyond it they are counted only.
const REJECTIONS_PER_MINUTE: u32 = 60;
/// Bytes of headers kept with an event.
const HEADER_BYTES: usize = 8 * 1024;

/// The field name that webhook secrets are sealed under.
pub const SECRET_FIELD: &str = "webhook_secret";

/// A connection as a delivery's owner.
#[derive(Debug, Clone)]
pub struct Hook {
    pub tenant: TenantId,
    pub connection: ConnectionId,
    pub scope: TenantScope,
    /// What reading its items depends on besides their bytes, where it does.
    pub context: Option<Arc<str>>,
}

/// A delivery whose sender was proved.
pub enum Resolved {
    Owned {
        hook: Hook,
        provider: &'static dyn Provider,
        verified: Verified,
    },
    /// The signature is right, and no connection owns it.
    Nobodys {
        provider: &'static dyn Provider,
        reason: String,
    },
}

impl Resolved {
    /// The same sender, with a body that was read once they were known.
    #[must_use]
    pub fn with_body(mut self, body: &Bytes) -> Self {
        if let Self::Owned { verified, .. } = &mut self {
            verified.payload = body.clone();
        }
        self
    }
}

/// A delivery that cannot be taken.
pub enum Unresolved {
    Unknown,
    Unavailable(StoreError),
    /// Too many passwords are being compared.
    Busy,
    /// Too many wrong passwords came from where this one did; it was not compared.
    Guessing {
        wait: Duration,
    },
    Rejected {
        rejection: Rejection,
        owner: Option<(TenantId, ConnectionId)>,
    },
}

impl From<StoreError> for Unresolved {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

/// Which secrets may have signed what comes in at a route, and whom each stands for.
struct Expected {
    provider: &'static dyn Provider,
    /// The connection of the route itself; a fixed URL has none.
    owner: Option<Hook>,
    secrets: Vec<SecretString>,
    /// Per secret, whose it is. `None`: the installation's own, which nobody has claimed.
    owners: Vec<Option<Hook>>,
    is_unsigned: bool,
}

impl Expected {
    /// The sender signs in instead of signing.
    fn uses_passwords(&self) -> bool {
        self.provider.slug() == CloudUcm.slug()
    }
}

/// What is expected at a route, and when that was asked.
type Answer = (Arc<Expected>, Timestamp);

/// Answers of the last seconds.
#[derive(Default)]
pub struct HookCache {
    kept: Mutex<HashMap<Vec<u8>, Answer>>,
    rejections: Mutex<(i64, u32)>,
    passwords: PasswordCache,
}

impl HookCache {
    fn get(&self, key: &[u8], now: Timestamp) -> Option<Arc<Expected>> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.get(key).filter(|(_, at)| now.since(*at) < KEEP).map(|(expected, _)| Arc::clone(expected))
    }

    fn put(&self, key: Vec<u8>, expected: &Arc<Expected>, now: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, (Arc::clone(expected), now));
    }

    /// Forgets everything: a connection or secret of this installation changed.
    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        self.passwords.clear();
    }

    fn may_keep_rejection(&self, now: Timestamp) -> bool {
        let minute = now.as_seconds() / 60;
        let mut seen = self.rejections.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seen.0 != minute {
            *seen = (minute, 0);
        }
        seen.1 += 1;
        seen.1 <= REJECTIONS_PER_MINUTE
    }
}

/// Proves the sender of a delivery and finds its owner. `address` is where it came from, where that is known.
///
/// What only some deliveries go through is boxed: every other one would carry the room for it from call to call.
pub async fn resolve(
    app: &App,
    route: &HookRoute,
    request: &RawRequest,
    address: Option<IpAddr>,
) -> Result<Resolved, Unresolved> {
    let key = match route {
        HookRoute::Token(token) => sha256(token.as_bytes()),
        HookRoute::Fixed(provider) => provider.as_bytes().to_vec(),
        HookRoute::Workspace(_) | HookRoute::Anywhere => {
            return Box::pin(passwords::resolve(app, route, request, address)).await;
        }
    };
    let now = app.now();
    if let Some(expected) = app.hooks.get(&key, now) {
        if expected.uses_passwords() {
            return Box::pin(passwords::resolve(app, route, request, address)).await;
        }
        if let Ok(resolved) = check(app, &expected, request).await {
            return Ok(resolved);
        }
    }
    let expected = Arc::new(match route {
        HookRoute::Fixed(provider) => Box::pin(expected_on_fixed_url(app, provider, now)).await?,
        _ => Box::pin(expected_by_token(app, &key, now)).await?,
    });
    app.hooks.put(key, &expected, now);
    if expected.uses_passwords() {
        return Box::pin(passwords::resolve(app, route, request, address)).await;
    }
    check(app, &expected, request).await
}

/// A delivery of a connection that is known without asking its sender: its owner sent it from here. `None`: it is switched
/// off.
pub(crate) async fn as_connection(
    app: &App,
    id: ConnectionId,
    request: &RawRequest,
    expect: &Expectation<'_>,
) -> Result<Resolved, Option<StoreError>> {
    let by = platform::passwords::By::Connection(id);
    let found = platform::passwords::candidates(&app.db, CloudUcm.slug(), by, app.now()).await.map_err(Some)?;
    let candidate = found.first().ok_or(None)?;
    passwords::owned(candidate, request, expect).map_err(|_| None)
}

async fn check(app: &App, expected: &Expected, request: &RawRequest) -> Result<Resolved, Unresolved> {
    let provider = expected.provider;
    let expectation =
        if expected.is_unsigned { Expectation::Unsigned } else { Expectation::Secrets(&expected.secrets) };
    let verified = provider.verify(request, &expectation).map_err(|rejection| Unresolved::Rejected {
        rejection,
        owner: expected.owner.as_ref().map(|hook| (hook.tenant, hook.connection)),
    })?;
    let owner = match verified.secret {
        None => expected.owner.clone(),
        Some(index) => expected.owners.get(index).cloned().flatten(),
    };
    if let Some(hook) = owner {
        return Ok(Resolved::Owned { hook, provider, verified });
    }
    // Signed with the installation's own secret, which no connection has claimed: with a single connection that it is lent
    // to there is no question whose it is (somebody pasted the fixed URL into the provider's settings by hand). Others do
    // not count: anybody can make one.
    let connections = Box::pin(platform::list_lent_to(&app.db, provider.slug(), 2)).await?;
    match connections.as_slice() {
        [only] => {
            let hook =
                Hook { tenant: only.tenant(), connection: only.connection_id, scope: only.scope(), context: None };
            Ok(Resolved::Owned { hook, provider, verified })
        }
        [] => Ok(Resolved::Nobodys {
            provider,
            reason:
                "no connection uses the installation's secret; make an app with POST /internal/apps, or lend it to a \
                     connection with `switchboard connections lend`"
                    .to_owned(),
        }),
        _ => Ok(Resolved::Nobodys {
            provider,
            reason:
                "several connections use the installation's secret and none has claimed it; create the webhook for one \
                     of them"
                    .to_owned(),
        }),
    }
}

async fn expected_by_token(app: &App, token_hash: &[u8], now: Timestamp) -> Result<Expected, Unresolved> {
    let owner = platform::find_hook(&app.db, token_hash, now).await?.ok_or(Unresolved::Unknown)?;
    let provider = registry::by_slug(&owner.provider).ok_or(Unresolved::Unknown)?;
    let hook = Hook { tenant: owner.tenant(), connection: owner.connection_id, scope: owner.scope(), context: None };
    let (secrets, owners) =
        opened(app, &owner.secrets).into_iter().map(|(secret, owner)| (secret, Some(owner))).unzip();
    Ok(Expected { provider, owner: Some(hook), secrets, owners, is_unsigned: owner.is_unsigned })
}

async fn expected_on_fixed_url(app: &App, slug: &str, now: Timestamp) -> Result<Expected, Unresolved> {
    let provider = registry::by_slug(slug).ok_or(Unresolved::Unknown)?;
    let sealed = platform::fixed_secrets(&app.db, slug, now).await?;
    let (mut secrets, mut owners): (Vec<_>, Vec<_>) =
        opened(app, &sealed).into_iter().map(|(secret, hook)| (secret, Some(hook))).unzip();
    if let Some(secret) = &app.settings.dialpad.webhook_secret {
        secrets.push(secret.clone());
        owners.push(None);
    }
    Ok(Expected { provider, owner: None, secrets, owners, is_unsigned: false })
}

/// The secrets that can be opened. One that cannot (sealed with a lost key) is left out and said so: the others still count.
fn opened(app: &App, sealed: &[platform::SealedSecret]) -> Vec<(SecretString, Hook)> {
    let open = |secret: &platform::SealedSecret| {
        let place = Place { tenant: secret.tenant_id, owner: secret.connection_id.uuid(), field: SECRET_FIELD };
        match app.vault.open(place, &secret.sealed) {
            Ok(opened) => {
                let (tenant, connection) = (secret.tenant_id, secret.connection_id);
                Some((opened, Hook { tenant, connection, scope: secret.scope(), context: None }))
            }
            Err(error) => {
                tracing::error!(connection = %secret.connection_id, %error, "a webhook secret cannot be opened");
                None
            }
        }
    };
    sealed.iter().filter_map(open).collect()
}

/// Keeps a refused delivery, without its body, at most so many a minute.
pub(crate) async fn keep_rejection(
    app: &App,
    path: &str,
    rejection: &Rejection,
    owner: Option<(TenantId, ConnectionId)>,
    request: &RawRequest,
    address: Option<String>,
) {
    if !app.hooks.may_keep_rejection(app.now()) {
        return;
    }
    tracing::warn!(path, reason = %rejection, "a delivery was refused");
    let kept = platform::Rejection {
        id: app.id(),
        owner,
        path: path.to_owned(),
        reason: rejection.to_string(),
        address,
        headers: serde_json::from_str(&kept_headers(request)).unwrap_or_default(),
        body_bytes: i64::try_from(request.body.len()).unwrap_or(i64::MAX),
        received_at: app.now(),
    };
    if let Err(error) = platform::insert_rejection(&app.db, &kept).await {
        tracing::warn!(error = %chain(&error), "a refused delivery could not be noted");
    }
}

/// The headers as a JSON object, without what opens doors, bounded.
pub(crate) fn kept_headers(request: &RawRequest) -> String {
    const SECRET: [&str; 5] = ["authorization", "cookie", "x-app-api-key", "proxy-authorization", "x-api-key"];
    let mut kept = BTreeMap::new();
    let mut bytes = 0;
    for (name, value) in &request.headers {
        bytes += name.len() + value.len();
        if bytes > HEADER_BYTES {
            break;
        }
        if !SECRET.contains(&name.as_str()) {
            kept.insert(name.as_str(), value.as_str());
        }
    }
    // Maps of texts have no failing form.
    serde_json::to_string(&kept).unwrap_or_else(|_| "{}".to_owned())
}
