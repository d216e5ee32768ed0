//! Sending: a mail for each person of a schedule, each period once.
//!
//! The mails of a period are added in the transaction that moves the schedule on to its next time, so they are added once. A
//! mail holds what the report is about, not the report: its file is made when it is handed over, so that nothing of it waits
//! anywhere, and whoever left the workspace or the schedule in between gets none.

use std::fmt::Write as _;

use switchboard_domain::{
    Timestamp, audit::Action, hours::Date, ids::ReportScheduleId, mail::Language, tenant::TenantStatus,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    people::members::{self, Member},
    report_schedules::{self as store, Schedule},
    tenants,
};

use super::{SchedulesError, Shown, leave_link, shown};
use crate::{
    App,
    audit::{self, Entry, Origin},
    mail::{self, Letter, NOTICE_LIFETIME, Posting, ReportLetter},
    report_files::report::{self, ReportFile, ReportFileError, Wanted},
    reports::{Asked, ReportsError},
    wake::Signal,
};

/// How soon a report may be sent again by hand.
const REST: std::time::Duration = std::time::Duration::from_mins(1);
/// The largest file that is mailed: many servers take ten megabytes, of which the writing as text takes a third.
const LARGEST: usize = 7 * 1024 * 1024;
/// How long a mail waits for its days to be counted. After an import, or a change of the time zone, that takes a while.
const COUNTING: std::time::Duration = std::time::Duration::from_hours(6);

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// How many mails are on their way.
    pub mails: usize,
    /// The first and the last day of what is in them.
    pub days: (Date, Date),
}

/// Sends a schedule whose time has come. What was missed while nobody looked is sent once: the last of it.
pub async fn send_due(app: &App, scope: TenantScope, id: ReportScheduleId) -> Result<(), StoreError> {
    // Before the transaction: people are out of a tenant's sight.
    let people = people(app, scope, id).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let Some(mut schedule) = store::lock(&mut tx.conn(), scope, id).await? else { return Ok(()) };
    // Somebody else was faster, or changed it.
    let Some(due) = schedule.next_at.filter(|due| *due <= now) else { return Ok(()) };
    let tenant = tenants::find(&mut tx.conn(), scope).await?;
    let here: Vec<Member> = people.into_iter().filter(|person| schedule.user_ids.contains(&person.user_id)).collect();
    schedule.user_ids.retain(|user| here.iter().any(|person| person.user_id == *user));
    if schedule.user_ids.is_empty() {
        (schedule.is_on, schedule.next_at) = (false, None);
        store::update(&mut tx.conn(), scope, &schedule).await?;
        tx.commit(now).await?;
        return Ok(());
    }
    let days = schedule.rhythm.days_before(last_due(&schedule, due, now, &tenant.time_zone), &tenant.time_zone);
    post(app, &mut tx, schedule.clone(), &here, (days, &tenant.name)).await?;
    schedule.next_at = Some(schedule.rhythm.next_after(now, &tenant.time_zone));
    schedule.last_sent_at = Some(now);
    store::update(&mut tx.conn(), scope, &schedule).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(())
}

/// Of all times that have passed since `due`, the last.
fn last_due(schedule: &Schedule, due: Timestamp, now: Timestamp, zone: &str) -> Timestamp {
    let times = std::iter::successors(Some(due), |last| Some(schedule.rhythm.next_after(*last, zone)));
    times.take_while(|time| *time <= now).last().unwrap_or(due)
}

/// Sends a schedule at once, about the days that it would be about if its time were now. When it is sent of itself does not
/// change.
pub async fn send_now(
    app: &App,
    scope: TenantScope,
    id: ReportScheduleId,
    by: &Origin,
) -> Result<Sent, SchedulesError> {
    let people = people(app, scope, id).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let mut schedule = store::lock(&mut tx.conn(), scope, id).await?.ok_or(SchedulesError::NotFound)?;
    if schedule.last_sent_at.is_some_and(|last| now.since(last) < REST) {
        return Err(SchedulesError::JustSent);
    }
    let here: Vec<Member> = people.into_iter().filter(|person| schedule.user_ids.contains(&person.user_id)).collect();
    if here.is_empty() {
        return Err(SchedulesError::NobodyLeft);
    }
    let tenant = tenants::find(&mut tx.conn(), scope).await?;
    let days = schedule.rhythm.days_before(now, &tenant.time_zone);
    post(app, &mut tx, schedule.clone(), &here, (days, &tenant.name)).await?;
    schedule.last_sent_at = Some(now);
    store::update(&mut tx.conn(), scope, &schedule).await?;
    let entry = Entry::new(by, Action::ReportScheduleSent).on("report_schedule", id).with("mails", here.len());
    let entry = entry.with("report", schedule.report).with("from", days.0.to_string()).with("to", days.1.to_string());
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(Sent { mails: here.len(), days })
}

/// The people of a schedule who still work here.
async fn people(app: &App, scope: TenantScope, id: ReportScheduleId) -> Result<Vec<Member>, StoreError> {
    let schedule = {
        let mut reader = app.db.read(scope).await?;
        store::find(&mut reader.conn(), scope, id).await?
    };
    let mut here = Vec::new();
    for user in schedule.map(|schedule| schedule.user_ids).unwrap_or_default() {
        here.extend(members::find(&app.db, scope, user).await?.filter(|person| person.is_active));
    }
    Ok(here)
}

async fn post(
    app: &App,
    tx: &mut TenantTx,
    schedule: Schedule,
    people: &[Member],
    (days, workspace): ((Date, Date), &str),
) -> Result<(), StoreError> {
    // A report that this version does not know is sent by one that does.
    let Some(Shown { schedule, report, filter }) = shown(schedule) else { return Ok(()) };
    let filter = filter.over(days);
    for person in people {
        let leave = leave_link(app, schedule.id, person.user_id);
        let letter = Letter::Report(Box::new(ReportLetter {
            schedule: schedule.id,
            user: person.user_id,
            workspace: workspace.to_owned(),
            name: schedule.name.clone(),
            report,
            format: schedule.format,
            link: page(app, report.as_str(), days),
            filter: filter.clone(),
            leave: leave.page,
            one_click: leave.one_click,
        }));
        let expires_at = app.now() + NOTICE_LIFETIME;
        let posting = Posting { to: &person.email, letter: &letter, language: person.language, expires_at };
        mail::post(app, tx, &posting).await?;
    }
    Ok(())
}

/// The report's page, of the same days.
fn page(app: &App, report: &str, (from, to): (Date, Date)) -> String {
    let mut link = format!("{}/reports/{report}", app.settings.frontend_url);
    let _ = write!(link, "?from={from}&to={to}");
    link
}

/// What goes into the mail beside its words.
#[derive(Debug, Clone)]
pub enum Enclosed {
    File(ReportFile),
    /// The file is larger than mail servers take, or too much to count at once; the words say where it is.
    TooLarge,
    /// Some of its days is not counted yet.
    NotYet,
    /// Nobody is waiting for it any more; why.
    Unwanted(&'static str),
}

/// Makes the file of a mail that is about to be handed over, and that was added at `since`. While some of its days is not
/// counted it waits, and then says so: who reads a mail looks at it once.
pub async fn enclose(
    app: &App,
    scope: TenantScope,
    letter: &ReportLetter,
    language: Language,
    since: Timestamp,
) -> Result<Enclosed, ReportFileError> {
    let (schedule, tenant) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        (store::find(conn, scope, letter.schedule).await?, tenants::find(conn, scope).await?)
    };
    let is_wanted = schedule.is_some_and(|schedule| schedule.user_ids.contains(&letter.user));
    if !is_wanted || tenant.status != TenantStatus::Active {
        return Ok(Enclosed::Unwanted("this person does not want the report any more, or it is not sent any more"));
    }
    if !members::find(&app.db, scope, letter.user).await?.is_some_and(|person| person.is_active) {
        return Ok(Enclosed::Unwanted("this person does not work in the workspace any more"));
    }
    let wanted = Wanted {
        kind: letter.report,
        filter: letter.filter.clone(),
        asked: Asked::default(),
        format: letter.format,
        language,
    };
    match report::make(app, scope, &wanted).await {
        Ok(file) if !file.is_current && app.now().since(since) < COUNTING => Ok(Enclosed::NotYet),
        Ok(file) if file.bytes.len() <= LARGEST => Ok(Enclosed::File(file)),
        // What is too much to count at once can be looked at in parts, on its page.
        Ok(_) | Err(ReportFileError::Report(ReportsError::TooMany)) => Ok(Enclosed::TooLarge),
        Err(error) => Err(error),
    }
}
