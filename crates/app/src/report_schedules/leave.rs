//! The way out of a schedule's mails: a link in each, which works without signing in and as long as the schedule is there.
//!
//! It names the schedule and the person, and carries a keyed hash over both; nothing is kept about it. Whoever has it can take
//! that one person off that one list, which is what it is for.

use switchboard_domain::{
    audit::Action,
    ids::{ReportScheduleId, UserId},
};
use switchboard_store::{StoreError, report_schedules as store};
use uuid::Uuid;

use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// What the signing key is derived for.
const PURPOSE: &str = "leave a report's mails";
/// The page of the dashboard that a link leads to.
const PAGE: &str = "unsubscribe";

/// A person could not be taken off.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    #[error("this link was changed or is not one of ours; open the one in the mail again")]
    Forged,
    #[error("the schedule could not be read or written")]
    Store(#[from] StoreError),
}

/// Where a person stops the mails of a schedule: the page for people, and the address for mail programs (RFC 8058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveLink {
    pub page: String,
    pub one_click: String,
}

/// See `LeaveLink`.
pub fn link(app: &App, schedule: ReportScheduleId, user: UserId) -> LeaveLink {
    let token = token(app, schedule, user);
    LeaveLink {
        page: format!("{}/{PAGE}#token={token}", app.settings.frontend_url),
        one_click: format!("{}/api/v1/report-unsubscribes?token={token}", app.settings.backend_url),
    }
}

fn token(app: &App, schedule: ReportScheduleId, user: UserId) -> String {
    let (schedule, user) = (schedule.uuid(), user.uuid());
    let mac = app.vault.mac(PURPOSE, &[schedule.as_bytes(), user.as_bytes()]);
    format!("{}.{}.{}", schedule.simple(), user.simple(), hex::encode(mac))
}

/// Takes the person of a link off its schedule. One that is off already, or whose schedule is gone, has what they want. A
/// schedule that nobody gets any more is off.
pub async fn leave(app: &App, token: &str) -> Result<(), LeaveError> {
    let (id, user) = read(app, token).ok_or(LeaveError::Forged)?;
    let Some(scope) = store::scope_of(&app.db, id).await? else { return Ok(()) };
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let Some(mut schedule) = store::lock(&mut tx.conn(), scope, id).await? else { return Ok(()) };
    if !schedule.user_ids.contains(&user) {
        return Ok(());
    }
    schedule.user_ids.retain(|held| *held != user);
    if schedule.user_ids.is_empty() {
        (schedule.is_on, schedule.next_at) = (false, None);
    }
    schedule.updated_at = now;
    store::update(&mut tx.conn(), scope, &schedule).await?;
    let by = Origin::system("unsubscribe link");
    let entry = Entry::new(&by, Action::ReportScheduleLeft).on("report_schedule", id);
    audit::record(&mut tx, app, entry.with("user", user.to_string())).await?;
    tx.commit(now).await?;
    Ok(())
}

fn read(app: &App, token: &str) -> Option<(ReportScheduleId, UserId)> {
    let mut parts = token.trim().split('.');
    let (schedule, user, mac) = (parts.next()?, parts.next()?, parts.next()?);
    let (schedule, user) = (Uuid::try_parse(schedule).ok()?, Uuid::try_parse(user).ok()?);
    let mac = hex::decode(mac.get(..64)?).ok()?;
    let is_ours = app.vault.verify_mac(PURPOSE, &[schedule.as_bytes(), user.as_bytes()], &mac);
    is_ours.then(|| (ReportScheduleId::from_uuid(schedule), UserId::from_uuid(user)))
}
