//! What holds guessers up: each wrong password or code makes the next try on the same account, and from the same address,
//! wait longer, up to a quarter of an hour. Nobody is locked out for good, and nobody can lock somebody else out: at an
//! address where a person has been signed in of late, their account has a count of its own, which strangers elsewhere do
//! not touch and which neither waits for theirs.
//!
//! Tries on one account follow each other on this node ([`Try`] holds the turn), so the count is never behind by more
//! than the number of nodes.

use std::{net::IpAddr, time::Duration};

use switchboard_domain::Timestamp;
use switchboard_store::{
    StoreError,
    people::{login_failures, sessions},
};
use tokio::sync::OwnedMutexGuard;

use super::Client;
use crate::App;

/// Wrong tries on an account before the next one waits. People mistype, and try their other passwords.
const FREE_PER_ACCOUNT: u32 = 5;
/// Wrong tries from an address: an office has one, and many people in it.
const FREE_PER_ADDRESS: u32 = 20;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);
/// After so long without a wrong try, counting begins anew.
pub(crate) const FORGET_AFTER: Duration = Duration::from_hours(24);
/// How long an address is known after somebody was last signed in there.
const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);

/// It is not time yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tries; wait {} s and try again", .retry_after.as_secs())]
pub struct SlowDown {
    /// Whole seconds, at least one.
    pub retry_after: Duration,
}

/// A try was refused, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    #[error("the sign-in could not be checked")]
    Store(#[from] StoreError),
}

/// One try on an account. Holds the account's turn until it is dropped.
pub struct Try {
    _turn: OwnedMutexGuard<()>,
    account: Vec<u8>,
    /// `None` where the account is at home, and where there is no address.
    address: Option<Vec<u8>>,
}

impl Try {
    /// Waits for the account's turn, and refuses if it is too early. `email` need not be anybody's: whether it is must not
    /// show.
    pub async fn begin(app: &App, email: &str, client: &Client) -> Result<Self, TryError> {
        let turn = app.accounts.attempts.wait(subject(app, "account", &[email.as_bytes()])).await;
        let now = app.now();
        let address = client.address.map(network);
        let is_at_home = match client.address() {
            Some(address) => sessions::is_known_address(&app.db, email, &address, now - KNOWN_FOR).await?,
            None => false,
        };
        let this = match address {
            Some(address) if is_at_home => {
                let account = subject(app, "account at home", &[email.as_bytes(), address.as_bytes()]);
                Self { _turn: turn, account, address: None }
            }
            address => Self {
                _turn: turn,
                account: subject(app, "account", &[email.as_bytes()]),
                address: address.map(|address| subject(app, "address", &[address.as_bytes()])),
            },
        };
        this.hold_up(app, now).await?;
        Ok(this)
    }

    async fn hold_up(&self, app: &App, now: Timestamp) -> Result<(), TryError> {
        let account = left(app, Some(&self.account), FREE_PER_ACCOUNT, now).await?;
        let address = left(app, self.address.as_ref(), FREE_PER_ADDRESS, now).await?;
        let left = account.max(address);
        if left.is_zero() {
            return Ok(());
        }
        let retry_after = Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0));
        Err(SlowDown { retry_after }.into())
    }

    /// It was wrong: the next one waits longer.
    pub async fn was_wrong(self, app: &App) -> Result<(), StoreError> {
        let now = app.now();
        let mut tx = app.db.begin_platform().await?;
        // Sorted, so that two tries cannot wait for each other's row.
        let mut subjects: Vec<&Vec<u8>> = std::iter::once(&self.account).chain(&self.address).collect();
        subjects.sort_unstable();
        for subject in subjects {
            login_failures::note(&mut tx, subject, now, now - FORGET_AFTER).await?;
        }
        tx.commit().await
    }

    /// It was right: the account's count begins anew. The address's does not, or a guesser would sign in to an account of
    /// their own every now and then.
    pub async fn was_right(self, app: &App) -> Result<(), StoreError> {
        if login_failures::find(&app.db, &self.account).await?.is_none() {
            return Ok(());
        }
        let mut tx = app.db.begin_platform().await?;
        login_failures::forget(&mut tx, &self.account).await?;
        tx.commit().await
    }
}

/// How long a subject still waits.
async fn left(app: &App, subject: Option<&Vec<u8>>, free: u32, now: Timestamp) -> Result<Duration, StoreError> {
    let Some(subject) = subject else { return Ok(Duration::ZERO) };
    let Some(kept) = login_failures::find(&app.db, subject).await? else { return Ok(Duration::ZERO) };
    let since = now.since(kept.last_at);
    if since >= FORGET_AFTER {
        return Ok(Duration::ZERO);
    }
    Ok(wait(u32::try_from(kept.failures).unwrap_or(0), free).saturating_sub(since))
}

/// One second after the first that is not free, twice as long after each further one.
fn wait(failures: u32, free: u32) -> Duration {
    match failures.checked_sub(free) {
        None => Duration::ZERO,
        Some(past) => Duration::from_secs(1 << past.min(20)).min(LONGEST),
    }
}

fn subject(app: &App, kind: &str, parts: &[&[u8]]) -> Vec<u8> {
    app.vault.mac(&format!("login failures of an {kind}"), parts)
}

/// What one customer of a network operator has: an IPv4 address, or the first 64 bits of an IPv6 address.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = [0, 4, 5, 6, 7, 14, 15, 1_000_000].map(|failures| wait(failures, 5).as_secs()).to_vec();
        assert_eq!(waits, [0, 0, 1, 2, 4, 512, 900, 900]);
    }

    #[test]
    fn one_customer_of_a_network_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
