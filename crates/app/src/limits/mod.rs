//! How often somebody may ask: per address before it is known who is asking, so that guessing keys and passwords costs
//! us nothing; per tenant, and per key or person, once it is known.
//!
//! Each node counts in its own memory (`memory`). Where `REDIS_URL` is set all nodes count together (`redis`), and
//! a node's own count goes on underneath: what this node alone has let through is enough to refuse by without asking
//! anybody, and it is what holds while Redis is away.
//!
//! Providers' deliveries are never counted: a refusal would lose the event.

mod gcra;
mod memory;
mod rates;
mod redis;
#[cfg(test)]
mod script_tests;

use std::{net::IpAddr, sync::Arc};

use switchboard_domain::{Timestamp, actor::Actor};
use switchboard_store::TenantScope;

pub use self::{
    gcra::{Quota, Standing},
    redis::{BadUrl, RedisUrl},
};
use self::{memory::Memory, rates::Rates, redis::Shared};
use crate::App;

/// Addresses that are remembered: 100,000 take about 10 MB.
const STRANGERS: usize = 100_000;
/// Keys, people and tenants that are remembered. Apart from the addresses, so that strangers cannot make us forget them.
const CALLERS: usize = 100_000;

/// What is limited; see `docs/limits.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// One address, whatever it asks.
    Address,
    /// One address' attempts to sign in.
    Auth,
    /// One address' attempts to sign up.
    Signup,
    /// One tenant's requests in all.
    Tenant,
    /// One API key's requests.
    Key,
    /// One person's requests.
    User,
}

impl Policy {
    /// As headers and problems name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Auth => "auth",
            Self::Signup => "signup",
            Self::Tenant => "tenant",
            Self::Key => "key",
            Self::User => "user",
        }
    }
}

/// What kind of door a stranger is knocking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Api,
    Auth,
    Signup,
}

/// The installation's limits. `None` is no limit.
#[derive(Debug, Clone, Default)]
pub struct LimitSettings {
    /// `RATE_LIMIT_ADDRESS`.
    pub address: Option<Quota>,
    /// `RATE_LIMIT_AUTH`.
    pub auth: Option<Quota>,
    /// `RATE_LIMIT_SIGNUP`.
    pub signup: Option<Quota>,
    /// `RATE_LIMIT_TENANT`: for tenants whose plan does not say.
    pub tenant: Option<Quota>,
    /// `RATE_LIMIT_KEY`: for keys that have no limit of their own, and for people.
    pub caller: Option<Quota>,
    /// `REDIS_URL`.
    pub redis: Option<RedisUrl>,
}

/// One subject that a request is charged to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    policy: Policy,
    subject: u128,
    quota: Quota,
}

/// Whether a request passes, and where its subjects stand.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    standings: Vec<(Policy, u128, Standing)>,
}

impl Verdict {
    pub fn is_refused(&self) -> bool {
        self.refusal().is_some()
    }

    /// The limit that refused; of several, the one that takes longest.
    pub fn refusal(&self) -> Option<(Policy, Standing)> {
        let refused = self.standings().filter(|(_, standing)| standing.is_refused);
        refused.max_by_key(|(_, standing)| standing.wait())
    }

    pub fn standings(&self) -> impl Iterator<Item = (Policy, Standing)> {
        self.standings.iter().map(|(policy, _, standing)| (*policy, *standing))
    }
}

/// The counts, and what they are held against.
pub struct Limiter {
    settings: LimitSettings,
    strangers: Memory,
    callers: Memory,
    rates: Rates,
    shared: Option<Arc<Shared>>,
}

impl Limiter {
    /// Nothing is connected to yet; see [`connect`](Self::connect).
    pub fn new(settings: LimitSettings) -> Self {
        let shared = settings.redis.as_ref().map(Shared::new);
        let (strangers, callers) = (Memory::new(STRANGERS), Memory::new(CALLERS));
        Self { settings, strangers, callers, rates: Rates::default(), shared }
    }

    /// Connects to Redis, where there is one. Without an answer each node counts for itself until there is.
    pub async fn connect(&self) {
        if let Some(shared) = &self.shared {
            // It has said so itself, and goes on trying.
            let _ = shared.connect().await;
        }
    }

    /// Whether the nodes count together; `None` without `REDIS_URL`.
    pub fn is_shared(&self) -> Option<bool> {
        self.shared.as_ref().map(|shared| shared.is_up())
    }

    async fn take(&self, memory: &Memory, home: u128, charges: &[Charge], now: Timestamp) -> Verdict {
        let now = now.as_micros();
        let Some(shared) = &self.shared else { return memory.take(home, charges, now) };
        let here = memory.look(home, charges, now);
        if charges.is_empty() || here.is_refused() {
            return here;
        }
        match shared.take(home, charges).await {
            Some(verdict) => {
                if !verdict.is_refused() {
                    memory.note(home, charges, now);
                }
                verdict
            }
            None => memory.take(home, charges, now),
        }
    }
}

/// A request from this address, before anything is known of who sends it.
pub async fn of_address(app: &App, address: IpAddr, door: Door) -> Verdict {
    let settings = &app.limits.settings;
    let subject = network(address);
    let at_the_door = match door {
        Door::Api => None,
        Door::Auth => settings.auth.map(|quota| Charge { policy: Policy::Auth, subject, quota }),
        Door::Signup => settings.signup.map(|quota| Charge { policy: Policy::Signup, subject, quota }),
    };
    let anywhere = settings.address.map(|quota| Charge { policy: Policy::Address, subject, quota });
    let charges: Vec<Charge> = [at_the_door, anywhere].into_iter().flatten().collect();
    app.limits.take(&app.limits.strangers, subject, &charges, app.now()).await
}

/// A request of somebody who is known. `own` is the number of requests a minute that the caller's key was given.
pub async fn of_caller(app: &App, scope: TenantScope, actor: &Actor, own: Option<u32>) -> Verdict {
    let settings = &app.limits.settings;
    let quota = own.map(Quota::per_minute).or(settings.caller);
    let caller = quota.and_then(|quota| match actor {
        Actor::App { key, .. } => Some(Charge { policy: Policy::Key, subject: key.uuid().as_u128(), quota }),
        Actor::User { user, .. } => Some(Charge { policy: Policy::User, subject: user.uuid().as_u128(), quota }),
        // The operator is bound by the address alone.
        Actor::PlatformAdmin { .. } | Actor::Operator | Actor::System => None,
    });
    let home = scope.tenant().uuid().as_u128();
    let tenant = match settings.tenant {
        // `off` is off, whatever plans say.
        None => None,
        Some(quota) => {
            let quota = app.limits.rates.of(app, scope).await.unwrap_or(quota);
            Some(Charge { policy: Policy::Tenant, subject: home, quota })
        }
    };
    let charges: Vec<Charge> = [caller, tenant].into_iter().flatten().collect();
    app.limits.take(&app.limits.callers, home, &charges, app.now()).await
}

/// What counts as one address: with IPv6 the /64 that a household or machine is given, of which it may use any.
pub fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        // Never the number of an IPv4 address.
        IpAddr::V6(address) => (u128::from(address) >> 64) | (1 << 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_with_its_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
