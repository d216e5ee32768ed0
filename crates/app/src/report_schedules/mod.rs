//! Reports that are sent by themselves: making, changing and removing them; `send` sends.
//!
//! Only people of the workspace are written to. A report is full of customers' numbers, and a server that mails files to any
//! address somebody types is a way to spam strangers in our name: whoever should get one is invited as a viewer first.

mod leave;
mod send;

use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    call::{CallOutcome, Direction},
    hours::{Date, Day, TimeOfDay},
    ids::{ConnectionId, ReportScheduleId, UserId},
    report_schedule::{Every, FileFormat, Rhythm, RhythmError},
    tenant::checked_name,
};
use switchboard_rules::report::Filter;
pub use switchboard_rules::report::ReportKind;
use switchboard_store::{
    StoreError, TenantScope, TenantTx, connections,
    people::members,
    report_schedules::{self as store, Schedule},
    tenants,
};

pub use self::{
    leave::{LeaveError, leave, link as leave_link},
    send::{Enclosed, Sent, enclose, send_due, send_now},
};
use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
};

/// Schedules of one workspace.
pub const MAX_SCHEDULES: i64 = 50;
/// People that one is sent to.
pub const MAX_PEOPLE: usize = 50;
/// Characters of a filter's value.
const MAX_VALUE: usize = 200;

/// What a report is narrowed to, without its days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Narrowing {
    pub direction: Option<Direction>,
    pub outcome: Option<CallOutcome>,
    pub connection: Option<ConnectionId>,
    pub agent: Option<String>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    pub trunk: Option<String>,
    pub did: Option<String>,
}

impl Narrowing {
    /// With the days that it is sent about.
    pub fn over(&self, (from, to): (Date, Date)) -> Filter {
        let own = self.clone();
        Filter {
            from,
            to,
            direction: own.direction,
            outcome: own.outcome,
            connection: own.connection,
            agent: own.agent,
            queue: own.queue,
            ring_group: own.ring_group,
            trunk: own.trunk,
            did: own.did,
        }
    }

    fn texts(&mut self) -> [(&'static str, &mut Option<String>); 5] {
        [
            ("filter.agent", &mut self.agent),
            ("filter.queue", &mut self.queue),
            ("filter.ring_group", &mut self.ring_group),
            ("filter.trunk", &mut self.trunk),
            ("filter.did", &mut self.did),
        ]
    }
}

/// A schedule, with words for what its table keeps as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub schedule: Schedule,
    pub report: ReportKind,
    pub filter: Narrowing,
}

/// What somebody wants of a schedule; what is left out stays, or is as a new one is.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// `Some(None)` takes the name away.
    pub name: Option<Option<String>>,
    pub report: Option<ReportKind>,
    pub format: Option<FileFormat>,
    pub every: Option<Every>,
    pub weekday: Option<Day>,
    pub month_day: Option<i64>,
    pub time: Option<TimeOfDay>,
    pub filter: Option<Narrowing>,
    pub user_ids: Option<Vec<UserId>>,
    pub is_on: Option<bool>,
}

/// An operation on a schedule failed.
#[derive(Debug, thiserror::Error)]
pub enum SchedulesError {
    #[error("there is no such schedule")]
    NotFound,
    #[error("a workspace has at most {MAX_SCHEDULES} schedules; remove one, or change one that you have")]
    TooMany,
    #[error("this report was sent less than a minute ago; wait before you send it again")]
    JustSent,
    #[error("nobody of this schedule's people works here any more; choose others first")]
    NobodyLeft,
    #[error("{}", crate::accounts::fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the schedules could not be read or written")]
    Store(#[from] StoreError),
}

/// A workspace's schedules, oldest first.
pub async fn list(app: &App, scope: TenantScope) -> Result<Vec<Shown>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let found = store::list(&mut reader.conn(), scope, MAX_SCHEDULES).await?;
    Ok(found.into_iter().filter_map(shown).collect())
}

/// One schedule.
pub async fn find(app: &App, scope: TenantScope, id: ReportScheduleId) -> Result<Shown, SchedulesError> {
    let mut reader = app.db.read(scope).await?;
    let found = store::find(&mut reader.conn(), scope, id).await?;
    found.and_then(shown).ok_or(SchedulesError::NotFound)
}

/// `None` for a report that a later version made and this one does not know.
pub(super) fn shown(schedule: Schedule) -> Option<Shown> {
    let report = ReportKind::parse(&schedule.report)?;
    let filter = serde_json::from_value(schedule.filter.clone()).unwrap_or_default();
    Some(Shown { schedule, report, filter })
}

/// Makes a schedule. It must say which report, how often and at what time, and to whom.
pub async fn create(app: &App, scope: TenantScope, wish: Wish, by: &Origin) -> Result<Shown, SchedulesError> {
    let (Some(report), Some(every), Some(time)) = (wish.report, wish.every, wish.time) else {
        let all = [("report", wish.report.is_none()), ("every", wish.every.is_none()), ("time", wish.time.is_none())];
        let missing = all.into_iter().filter(|(_, is_missing)| *is_missing);
        let faults = missing.map(|(field, _)| FieldFault::new(field, "required", "say which")).collect();
        return Err(SchedulesError::Invalid(faults));
    };
    let now = app.now();
    let blank = Schedule {
        id: app.id(),
        name: None,
        report: report.as_str().to_owned(),
        format: FileFormat::Pdf,
        filter: serde_json::Value::Null,
        rhythm: Rhythm { every, weekday: None, month_day: None, time },
        user_ids: Vec::new(),
        is_on: true,
        next_at: None,
        last_sent_at: None,
        created_at: now,
        updated_at: now,
    };
    let made = applied(app, scope, Shown { schedule: blank, report, filter: Narrowing::default() }, wish).await?;
    let mut tx = app.db.begin(scope).await?;
    let held = store::list(&mut tx.conn(), scope, MAX_SCHEDULES).await?.len();
    if i64::try_from(held).unwrap_or(i64::MAX) >= MAX_SCHEDULES {
        return Err(SchedulesError::TooMany);
    }
    let made = timed(&mut tx, made, now).await?;
    store::insert(&mut tx.conn(), scope, &made.schedule).await?;
    audit::record(&mut tx, app, entry(by, Action::ReportScheduleCreated, &made)).await?;
    tx.commit(now).await?;
    Ok(made)
}

/// Changes a schedule.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: ReportScheduleId,
    wish: Wish,
    by: &Origin,
) -> Result<Shown, SchedulesError> {
    // Before the transaction: people are out of a tenant's sight.
    let wanted = applied(app, scope, find(app, scope, id).await?, wish).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = store::lock(&mut tx.conn(), scope, id).await?.ok_or(SchedulesError::NotFound)?;
    let schedule = Schedule { updated_at: now, last_sent_at: before.last_sent_at, ..wanted.schedule };
    let changed = timed(&mut tx, Shown { schedule, ..wanted }, now).await?;
    store::update(&mut tx.conn(), scope, &changed.schedule).await?;
    audit::record(&mut tx, app, entry(by, Action::ReportScheduleUpdated, &changed)).await?;
    tx.commit(now).await?;
    Ok(changed)
}

/// Removes a schedule.
pub async fn remove(app: &App, scope: TenantScope, id: ReportScheduleId, by: &Origin) -> Result<(), SchedulesError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let held = store::lock(&mut tx.conn(), scope, id).await?.ok_or(SchedulesError::NotFound)?;
    store::remove(&mut tx.conn(), scope, id).await?;
    let entry = Entry::new(by, Action::ReportScheduleDeleted).on("report_schedule", id).with("report", held.report);
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    Ok(())
}

/// Lays all rhythms over another zone, in the transaction that changes the workspace's.
pub(crate) async fn move_to_zone(tx: &mut TenantTx, zone: &str, now: Timestamp) -> Result<(), StoreError> {
    let scope = tx.scope();
    for mut schedule in store::list(&mut tx.conn(), scope, MAX_SCHEDULES).await? {
        if schedule.next_at.is_some() {
            schedule.next_at = Some(schedule.rhythm.next_after(now, zone));
            store::update(&mut tx.conn(), scope, &schedule).await?;
        }
    }
    Ok(())
}

/// With the time that it is sent next.
async fn timed(tx: &mut TenantTx, mut shown: Shown, now: Timestamp) -> Result<Shown, StoreError> {
    let scope = tx.scope();
    let zone = tenants::find(&mut tx.conn(), scope).await?.time_zone;
    let schedule = &mut shown.schedule;
    schedule.next_at = schedule.is_on.then(|| schedule.rhythm.next_after(now, &zone));
    Ok(shown)
}

fn entry<'a>(by: &'a Origin, action: Action, shown: &Shown) -> Entry<'a> {
    let schedule = &shown.schedule;
    let entry = Entry::new(by, action).on("report_schedule", schedule.id).with("report", schedule.report.as_str());
    let entry = entry.with("format", schedule.format.as_str()).with("every", schedule.rhythm.every.as_str());
    let people: Vec<String> = schedule.user_ids.iter().map(ToString::to_string).collect();
    entry.with("users", people).with("is_on", schedule.is_on)
}

/// The schedule with what is wanted, or all that is wrong with that.
async fn applied(app: &App, scope: TenantScope, held: Shown, wish: Wish) -> Result<Shown, SchedulesError> {
    let mut faults = Vec::new();
    let Shown { mut schedule, mut report, mut filter } = held;
    if let Some(name) = wish.name {
        schedule.name = name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        if let Some(error) = schedule.name.as_deref().and_then(|name| checked_name(name).err()) {
            faults.push(FieldFault::new("name", "invalid", error.to_string()));
        }
    }
    report = wish.report.unwrap_or(report);
    report.as_str().clone_into(&mut schedule.report);
    schedule.format = wish.format.unwrap_or(schedule.format);
    schedule.is_on = wish.is_on.unwrap_or(schedule.is_on);
    let rhythm = Rhythm {
        every: wish.every.unwrap_or(schedule.rhythm.every),
        weekday: wish.weekday.or(schedule.rhythm.weekday),
        month_day: wish.month_day.or(schedule.rhythm.month_day),
        time: wish.time.unwrap_or(schedule.rhythm.time),
    };
    match rhythm.checked() {
        Ok(rhythm) => schedule.rhythm = rhythm,
        Err(error) => faults.push(FieldFault::new(field_of(error), "required", error.to_string())),
    }
    if let Some(wanted) = wish.filter {
        filter = wanted;
        faults.extend(check_filter(app, scope, &mut filter).await?);
    }
    schedule.filter = serde_json::to_value(&filter).unwrap_or_default();
    if let Some(people) = wish.user_ids {
        schedule.user_ids = people;
        schedule.user_ids.sort_unstable();
        schedule.user_ids.dedup();
        faults.extend(check_people(app, scope, &schedule.user_ids).await?);
    } else if schedule.user_ids.is_empty() {
        faults.push(FieldFault::new("user_ids", "required", "name one to fifty people of the workspace"));
    }
    if faults.is_empty() { Ok(Shown { schedule, report, filter }) } else { Err(SchedulesError::Invalid(faults)) }
}

const fn field_of(error: RhythmError) -> &'static str {
    match error {
        RhythmError::Weekday => "weekday",
        RhythmError::MonthDay => "month_day",
    }
}

async fn check_filter(app: &App, scope: TenantScope, filter: &mut Narrowing) -> Result<Vec<FieldFault>, StoreError> {
    let mut faults = Vec::new();
    for (field, value) in filter.texts() {
        *value = value.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if value.as_ref().is_some_and(|text| text.chars().count() > MAX_VALUE) {
            faults.push(FieldFault::new(field, "too_long", format!("at most {MAX_VALUE} characters")));
        }
    }
    if let Some(id) = filter.connection {
        let mut reader = app.db.read(scope).await?;
        if connections::find(&mut reader.conn(), scope, id).await?.is_none() {
            faults.push(FieldFault::new("filter.connection", "unknown", "there is no such connection"));
        }
    }
    Ok(faults)
}

async fn check_people(app: &App, scope: TenantScope, people: &[UserId]) -> Result<Option<FieldFault>, StoreError> {
    let fault = |why: &str| Some(FieldFault::new("user_ids", "invalid", why));
    if people.is_empty() || people.len() > MAX_PEOPLE {
        return Ok(fault("name one to fifty people of the workspace"));
    }
    for user in people {
        if members::find(&app.db, scope, *user).await?.is_none() {
            return Ok(fault("one of them does not work here (any more)"));
        }
    }
    Ok(None)
}
