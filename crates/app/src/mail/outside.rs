//! Letters that somebody of a workspace has us write to whomever they like: invitations, and links to calls. They go
//! out under the installation's own name, so one workspace can make all mail of the installation unwelcome. Hence how
//! many, and who.

use std::time::Duration;

use switchboard_domain::{Timestamp, actor::Actor};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope, TenantTx,
    mails::{self, Written},
    people::{members, users},
};

use super::Way;
use crate::App;

/// As [`super::Letter::name`] has them.
const LETTERS: [&str; 2] = ["invitation", "call_shared"];
/// Letters of a workspace in a day, and those to the same address.
const MOST: i64 = 100;
const MOST_TO_ONE: i64 = 5;
const DAY: Duration = Duration::from_hours(24);

/// A letter is not written.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    #[error("this workspace had {MOST} invitations and links mailed in the last 24 hours; try again after {until}")]
    TooMany { until: Timestamp, wait: Duration },
    #[error("this workspace wrote to this address {MOST_TO_ONE} times in the last 24 hours; try again after {until}")]
    TooManyToOne { until: Timestamp, wait: Duration },
    #[error(
        "confirm your own e-mail address first; the link is in the mail that came when you signed up, or in a new one"
    )]
    NotVerified,
    #[error("it could not be looked up how much was mailed")]
    Store(#[from] StoreError),
}

/// Whether this caller may have letters sent to strangers: somebody who showed that they read mail themselves. Asked only where
/// mail leaves the house; without a mail server nobody could confirm anything.
pub async fn check_writer(app: &App, scope: TenantScope, actor: &Actor) -> Result<(), OutsideError> {
    if matches!(app.settings.mail.way, Way::Folder(_)) {
        return Ok(());
    }
    let may = match actor {
        Actor::User { user, .. } => {
            users::find(&app.db, *user).await?.is_some_and(|user| user.email_verified_at.is_some())
        }
        // A key is as good as the people who can make one. Where nobody works, the installation itself made it.
        Actor::App { .. } => {
            let (all, verified) = members::count_verified(&app.db, scope).await?;
            all == 0 || verified > 0
        }
        Actor::PlatformAdmin { .. } | Actor::Operator | Actor::System => true,
    };
    if may { Ok(()) } else { Err(OutsideError::NotVerified) }
}

/// Whether one more letter may go out to `to`, in the transaction that writes it.
pub async fn check_count(tx: &mut TenantTx, scope: TenantScope, to: &str, now: Timestamp) -> Result<(), OutsideError> {
    let [all, to_one] = asked(scope, to, now);
    let all = mails::nth_newest(tx, &all).await?;
    judge(all, mails::nth_newest(tx, &to_one).await?, now)
}

/// [`check_count`], in a transaction of the installation.
pub async fn check_count_platform(
    tx: &mut PlatformTx,
    scope: TenantScope,
    to: &str,
    now: Timestamp,
) -> Result<(), OutsideError> {
    let [all, to_one] = asked(scope, to, now);
    let all = mails::nth_newest_platform(tx, &all).await?;
    judge(all, mails::nth_newest_platform(tx, &to_one).await?, now)
}

/// The letters whose day must end before there is room for another: of all, and of those to this address.
fn asked(scope: TenantScope, to: &str, now: Timestamp) -> [Written<'_>; 2] {
    let all = Written { scope, letters: LETTERS, recipient: None, since: now - DAY, nth: MOST };
    [all, Written { recipient: Some(to), nth: MOST_TO_ONE, ..all }]
}

fn judge(all: Option<Timestamp>, to_one: Option<Timestamp>, now: Timestamp) -> Result<(), OutsideError> {
    let ends = |written: Timestamp| (written + DAY, (written + DAY).since(now));
    if let Some((until, wait)) = all.map(ends) {
        return Err(OutsideError::TooMany { until, wait });
    }
    match to_one.map(ends) {
        Some((until, wait)) => Err(OutsideError::TooManyToOne { until, wait }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::role::Role;

    use super::*;
    use crate::mail::Letter;

    #[test]
    fn the_letters_are_called_as_they_are_kept() {
        let text = String::new;
        let invitation = Letter::Invitation { link: text(), workspace: text(), inviter: text(), role: Role::Agent };
        let shared = Letter::CallShared { link: text(), workspace: text(), sharer: text(), note: None };
        assert_eq!([invitation.name(), shared.name()], LETTERS);
    }
}
