//! Reports: which sums each needs, where they come from, and how current they are.
//!
//! The formulas are in `rules::report`; here is only what reads for them. A report reads kept sums (`ground`). Hours
//! that changed since they were counted are counted on the spot where they are few, so that a small workspace sees a
//! call in its reports the moment it ends; where they are many, the answer says how many wait. Filters of which no sums
//! are kept together read the calls themselves, up to [`MOST_CALLS`] of them, and ask for a shorter period beyond that.

mod count;
mod gather;
mod ground;
mod maker;
mod options;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use switchboard_domain::Timestamp;
use switchboard_rules::report::{
    Filter, Report, ReportKind, Settings, VERSION,
    answers::{About, Against, Source, Step},
    build::{self, Frame},
    day::{self, DaySums, LocalDay, Slice},
};
use switchboard_store::{
    Conn, StoreError, TenantScope, changes,
    reports::{self as store, HourMark, Narrowing},
    tenants,
};

pub use self::{
    count::count,
    options::{Choice, Options, options},
    settings::{SettingsError, set_settings, settings},
};
use self::{
    gather::{Stretch, Wanted},
    ground::{Ground, Kept},
    maker::Maker,
};
use crate::App;

/// Calls that one report reads where no sums are kept.
pub const MOST_CALLS: i64 = 50_000;
/// Calls among which they may be looked for.
pub const MOST_LOOKED_AT: i64 = 250_000;
/// Days that a report may be of.
pub const MOST_DAYS: i64 = 1_100;
/// Days that a report by the hour may be of.
pub const MOST_HOURLY_DAYS: i64 = 31;
/// Days that are counted on the spot, and the calls that each of them may have.
const FRESH_DAYS: usize = 3;
const FRESH_CALLS: i64 = 5_000;
/// Marks that are looked at.
const MARKS: i64 = 20_000;

/// A report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportsError {
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    #[error(
        "no sums are kept for these filters together, and the period has more than {MOST_CALLS} such calls to read, or more \
         than {MOST_LOOKED_AT} to look through: take a shorter period or fewer filters"
    )]
    TooMany,
    #[error("the report could not be read")]
    Store(#[from] StoreError),
}

/// What some reports are asked besides their filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// Of volume; what fits the period if `None`.
    pub step: Option<Step>,
    /// Of the comparison; the days before if `None`.
    pub against: Option<Against>,
}

/// The period that is meant where none is given: the last thirty days, today among them.
pub async fn usual_period(app: &App, scope: TenantScope) -> Result<(Date, Date), StoreError> {
    let mut reader = app.db.read(scope).await?;
    let zone = day::zone(&tenants::find(&mut reader.conn(), scope).await?.time_zone);
    let today = day::date_of(app.now(), &zone);
    Ok((day::plus(today, -29), today))
}

/// Makes a report.
pub async fn run(app: &App, scope: TenantScope, kind: ReportKind, filter: &Filter) -> Result<Report, ReportsError> {
    run_as(app, scope, kind, filter, Asked::default()).await
}

/// [`run`], for reports that are asked something besides.
pub async fn run_as(
    app: &App,
    scope: TenantScope,
    kind: ReportKind,
    filter: &Filter,
    asked: Asked,
) -> Result<Report, ReportsError> {
    let days = check(kind, filter, asked)?;
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let (frame, ground) = prepare(app, conn, scope, kind, filter, asked).await?;
    Ok(Maker { conn, scope, frame, ground, asked, days }.make(app, kind).await?)
}

/// How many days are asked for, if they can be.
fn check(kind: ReportKind, filter: &Filter, asked: Asked) -> Result<i64, ReportsError> {
    let days = day::number_of(filter.to) - day::number_of(filter.from) + 1;
    let invalid = |field, why: String| Err(ReportsError::Invalid(field, why));
    if days < 1 {
        return invalid("to", "the last day is before the first".to_owned());
    }
    if days > MOST_DAYS {
        return invalid("from", format!("a report is of at most {MOST_DAYS} days"));
    }
    if kind == ReportKind::Volume && asked.step == Some(Step::Hour) && days > MOST_HOURLY_DAYS {
        return invalid("step", format!("by the hour a report is of at most {MOST_HOURLY_DAYS} days"));
    }
    Ok(days)
}

/// The one thing that a filter narrows to, among those that sums are kept by.
fn dimensions(filter: &Filter) -> Vec<(Slice, String)> {
    let named = [
        (Slice::Agent, &filter.agent),
        (Slice::Queue, &filter.queue),
        (Slice::Group, &filter.ring_group),
        (Slice::Trunk, &filter.trunk),
        (Slice::Did, &filter.did),
    ];
    let connection = filter.connection.map(|id| (Slice::Connection, id.to_string()));
    named.into_iter().filter_map(|(slice, key)| Some((slice, key.clone()?))).chain(connection).collect()
}

/// Whether no sums are kept that a report of this filter could be made from.
fn needs_calls(kind: ReportKind, filter: &Filter) -> bool {
    let dimensions = dimensions(filter);
    let only = |slice: Slice| dimensions.iter().all(|(given, _)| *given == slice);
    let is_narrowed = filter.direction.is_some() || filter.outcome.is_some();
    match kind {
        ReportKind::Volume
        | ReportKind::Heatmap
        | ReportKind::Answering
        | ReportKind::Durations
        | ReportKind::Compare
        | ReportKind::Anomalies => dimensions.len() > 1,
        ReportKind::Extensions => !only(Slice::Agent),
        // Loads cannot be taken apart by direction or outcome.
        ReportKind::Trunks => !only(Slice::Trunk) || is_narrowed,
        ReportKind::Queues => !only(Slice::Queue) || is_narrowed,
        ReportKind::Groups | ReportKind::Speech | ReportKind::Missed | ReportKind::Callers => {
            !dimensions.is_empty() || is_narrowed
        }
        ReportKind::Countries | ReportKind::Transfers => !dimensions.is_empty(),
        ReportKind::DataHealth => !only(Slice::Connection) || is_narrowed,
    }
}

/// The days that a report reads besides those that it is of: the first and the last of all.
fn reach(kind: ReportKind, filter: &Filter, asked: Asked) -> (Date, Date) {
    match kind {
        ReportKind::Compare => {
            let other = build::other_period(filter.from, filter.to, asked.against.unwrap_or(Against::Previous));
            (other.0.min(filter.from), filter.to)
        }
        ReportKind::Anomalies | ReportKind::DataHealth => (day::plus(filter.from, -7 * build::WEEKS), filter.to),
        _ => (filter.from, filter.to),
    }
}

/// Days that an hour's mark makes wrong: those on which its calls began or held a line, and those before on which a missed
/// call may have been returned by one of them.
fn days_of(mark: HourMark, zone: &jiff::tz::TimeZone, settings: &Settings) -> (BTreeSet<Date>, BTreeSet<Date>) {
    let date = |at: Timestamp| day::date_of(at, zone);
    let micro = std::time::Duration::from_micros(1);
    let window = std::time::Duration::from_secs(settings.return_hours.unsigned_abs() * 3_600);
    let whole: BTreeSet<Date> = day::days(date(mark.starts()), date(mark.ends() - micro + gather::SPILL)).collect();
    let returns = day::days(date(mark.starts() - window), date(mark.starts()));
    (whole.clone(), returns.filter(|date| !whole.contains(date)).collect())
}

/// By what sums are counted: when any of it changes, they are counted anew.
fn basis(time_zone: &str, settings: &Settings) -> String {
    let settings = serde_json::to_string(settings).unwrap_or_default();
    format!("{}{time_zone}|{settings}", formulas())
}

/// What every basis of these formulas begins with.
pub(crate) fn formulas() -> String {
    format!("v{VERSION}|")
}

/// The present month of UTC.
pub(crate) fn present_month(now: Timestamp) -> i64 {
    day::month_of(day::date_of(now, &jiff::tz::TimeZone::UTC))
}

async fn prepare(
    app: &App,
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: ReportKind,
    filter: &Filter,
    asked: Asked,
) -> Result<(Frame, Ground), ReportsError> {
    let time_zone = tenants::find(conn, scope).await?.time_zone;
    let settings = settings::read(conn, scope).await?;
    let zone = day::zone(&time_zone);
    // Before the marks: what is counted, or seen to be waiting, is at least everything up to here.
    let (_, last) = changes::range(conn, scope).await?;
    let state = store::state(conn, scope).await?;
    let about = About {
        from: filter.from,
        to: filter.to,
        time_zone: time_zone.clone(),
        counted_up_to: last,
        is_current: true,
        waiting_hours: 0,
        source: Source::Sums,
    };
    let mut frame = Frame { about, filter: filter.clone(), zone, settings, now: app.now() };
    let ready = state.filter(|state| state.basis == basis(&time_zone, &frame.settings) && state.marking_from.is_none());
    let (from, to) = reach(kind, filter, asked);
    let from_calls = needs_calls(kind, filter);
    if from_calls || ready.is_none() {
        let found = of_calls(conn, scope, &frame, (from, to), kind, from_calls).await?;
        if let Some(ground) = found {
            frame.about.source = Source::Calls;
            return Ok((frame, ground));
        }
        if from_calls {
            return Err(ReportsError::TooMany);
        }
    }
    // Too many to be read, and not counted yet: what there is, and that it is not all.
    let Some(state) = ready else {
        frame.about.is_current = false;
        frame.about.counted_up_to = 0;
        return Ok((frame, Ground { fresh: BTreeMap::new(), kept: None }));
    };
    let months = store::months(conn, scope, state.epoch, true).await?.into_iter().collect();
    let kept = Kept { scope, epoch: state.epoch, months };
    let fresh = freshen(conn, scope, &mut frame, (from, to), state.counted_up_to).await?;
    Ok((frame, Ground { fresh, kept: Some(kept) }))
}

/// Counts the days that wait, if they are few; otherwise notes that they do.
async fn freshen(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    frame: &mut Frame,
    (from, to): (Date, Date),
    counted_up_to: i64,
) -> Result<BTreeMap<Date, DaySums>, StoreError> {
    let window = std::time::Duration::from_secs(frame.settings.return_hours.unsigned_abs() * 3_600);
    let stretch = Stretch::of(from, to, &frame.zone);
    let marks = store::marks(conn, scope, stretch.from - gather::SPILL, stretch.before + window, MARKS).await?;
    let mut dates = BTreeSet::new();
    for mark in &marks {
        let (whole, returns) = days_of(*mark, &frame.zone, &frame.settings);
        dates.extend(whole.into_iter().chain(returns).filter(|date| (from..=to).contains(date)));
    }
    let mut fresh = BTreeMap::new();
    if dates.len() <= FRESH_DAYS {
        for date in &dates {
            let Some(sums) = count_day(conn, scope, frame, *date, FRESH_CALLS).await? else { break };
            fresh.insert(*date, sums);
        }
    }
    if fresh.len() < dates.len() {
        fresh.clear();
        frame.about.is_current = false;
        frame.about.waiting_hours = i64::try_from(marks.len()).unwrap_or(i64::MAX);
        frame.about.counted_up_to = counted_up_to;
    }
    Ok(fresh)
}

/// Counts one day from its calls; `None` if there are more than `most`.
async fn count_day(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    frame: &Frame,
    date: Date,
    most: i64,
) -> Result<Option<DaySums>, StoreError> {
    let (stretch, settings) = (Stretch::of(date, date, &frame.zone), &frame.settings);
    let all = Narrowing::default();
    let found = gather::material(conn, scope, &stretch, &all, settings, Wanted::ALL, most).await?;
    Ok(found.map(|material| DaySums::of(&LocalDay::of(date, &frame.zone), &material, settings)))
}

/// Counts the calls themselves; `None` if there are too many.
async fn of_calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    frame: &Frame,
    (from, to): (Date, Date),
    kind: ReportKind,
    is_bounded: bool,
) -> Result<Option<Ground>, StoreError> {
    let filter = &frame.filter;
    let stretch = Stretch::of(from, to, &frame.zone);
    if is_bounded && is_too_much(conn, scope, filter, (from, to)).await? {
        return Ok(None);
    }
    let narrowing = Narrowing {
        outcome: filter.outcome,
        connection_id: filter.connection,
        agent_id: filter.agent.clone(),
        queue: filter.queue.clone(),
        ring_group: filter.ring_group.clone(),
        trunk: filter.trunk.clone(),
        did: filter.did.clone(),
    };
    let wanted = Wanted {
        contacts: kind == ReportKind::Missed,
        rings: matches!(kind, ReportKind::Queues | ReportKind::Groups),
        speech: kind == ReportKind::Speech,
    };
    let found = gather::material(conn, scope, &stretch, &narrowing, &frame.settings, wanted, MOST_CALLS).await?;
    let Some(mut material) = found else { return Ok(None) };
    if let Some(direction) = filter.direction {
        material.calls.retain(|call| call.way() == build::way_of(direction));
    }
    let mut fresh = BTreeMap::new();
    for date in day::days(from, to) {
        let local = LocalDay::of(date, &frame.zone);
        let of_day = material.of_day(&local, gather::SPILL, frame.settings.return_hours);
        if !of_day.calls.is_empty() {
            fresh.insert(date, DaySums::of(&local, &of_day, &frame.settings));
        }
    }
    Ok(Some(Ground { fresh, kept: None }))
}

/// Whether so many calls would have to be looked through, as far as the sums know.
async fn is_too_much(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &Filter,
    (from, to): (Date, Date),
) -> Result<bool, StoreError> {
    let Some(kept) = kept(conn, scope).await? else { return Ok(false) };
    // Only who is called has an index of calls of its own.
    let (slice, key) = match &filter.agent {
        Some(agent) => (Slice::Agent, agent.as_str()),
        None => (Slice::All, ""),
    };
    let ground = Ground { fresh: BTreeMap::new(), kept: Some(kept) };
    let keys = ground.keys(conn, slice, Some(key), (from, to)).await?;
    Ok(keys.values().map(|kept| kept.sums.calls()).sum::<i64>() > MOST_LOOKED_AT)
}

/// The sums that are kept, if all hours were marked for them.
async fn kept(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<Kept>, StoreError> {
    let state = store::state(conn, scope).await?.filter(|state| state.marking_from.is_none());
    let Some(state) = state else { return Ok(None) };
    let months = store::months(conn, scope, state.epoch, true).await?.into_iter().collect();
    Ok(Some(Kept { scope, epoch: state.epoch, months }))
}
