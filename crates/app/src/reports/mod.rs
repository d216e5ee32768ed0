//! Reports: which sums each needs, where they come from, and how current they are.
//!
//! The formulas are in `rules::report`; here is only what reads for them. A report reads kept sums ([`ground`]). Hours that changed
//! since they were counted are counted on the spot where they are few, so that a small workspace sees a call in its reports
//! the moment it ends; where they are many, the answer says how many wait. Filters of which no sums are kept together read the
//! calls themselves, up to [`MOST_CALLS`] of them, and ask for a shorter period beyond that.

mod count;
mod gather;
mod ground;
mod options;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use switchboard_domain::{
    Timestamp,
    call::Call,
    ids::{ContactId, deterministic},
};
use switchboard_rules::report::{
    Filter, Report, ReportKind, Settings, VERSION,
    answers::{About, Against, CallersReport, DataHealthReport, MissedReport, Source, SpeechReport, Step},
    book::Book,
    build::{self, Days, Frame, Keys, KnownConnection},
    day::{self, DaySums, LocalDay, Slice},
    health::Health,
    tally::Tally,
};
use switchboard_store::{
    Conn, StoreError, TenantScope, changes, contacts, hours,
    record::{self, Kept as KeptRecord},
    reports::{self as store, Grain, HourMark, Narrowing, SumsOf},
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
};
use crate::{App, overview};

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
/// Names of keywords.
const KEYWORDS: i64 = 10_000;

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
    let mut maker = Maker { conn, scope, frame, ground };
    Ok(match kind {
        ReportKind::Volume => {
            let step = asked.step.unwrap_or_else(|| build::usual_step(days));
            Report::Volume(build::volume(&maker.frame, &maker.days().await?, step))
        }
        ReportKind::Heatmap => Report::Heatmap(build::heatmap(&maker.frame, &maker.days().await?)),
        ReportKind::Answering => Report::Answering(Box::new(build::answering(&maker.frame, &maker.days().await?))),
        ReportKind::Durations => Report::Durations(Box::new(build::durations(&maker.frame, &maker.days().await?))),
        ReportKind::Missed => Report::Missed(maker.missed().await?),
        ReportKind::Callers => Report::Callers(maker.callers().await?),
        ReportKind::Extensions => {
            let (days, agents) = (maker.days().await?, maker.keys(Slice::Agent).await?);
            Report::Extensions(build::extensions(&maker.frame, &days, agents))
        }
        ReportKind::Trunks => Report::Trunks(Box::new(build::trunks(&maker.frame, maker.keys(Slice::Trunk).await?))),
        ReportKind::Queues => {
            let (queues, agents) = (maker.keys(Slice::Queue).await?, maker.keys(Slice::QueueAgent).await?);
            Report::Queues(Box::new(build::queues(&maker.frame, queues, agents)))
        }
        ReportKind::Groups => {
            let (groups, agents) = (maker.keys(Slice::Group).await?, maker.keys(Slice::GroupAgent).await?);
            Report::Groups(build::groups(&maker.frame, groups, agents, maker.keys(Slice::Menu).await?))
        }
        ReportKind::Countries => {
            let (days, countries) = (maker.days().await?, maker.keys(Slice::Country).await?);
            Report::Countries(build::countries(&maker.frame, &days, countries))
        }
        ReportKind::Transfers => {
            let (days, agents) = (maker.days().await?, maker.keys(Slice::Agent).await?);
            Report::Transfers(Box::new(build::transfers(&maker.frame, &days, agents, maker.keys(Slice::Queue).await?)))
        }
        ReportKind::Speech => Report::Speech(maker.speech().await?),
        ReportKind::Compare => {
            let against = asked.against.unwrap_or(Against::Previous);
            let before = build::other_period(filter.from, filter.to, against);
            let (now, before) = (maker.days().await?, maker.days_of(before).await?);
            Report::Compare(Box::new(build::compare(&maker.frame, &now, &before, against)))
        }
        ReportKind::Anomalies => {
            let days = maker.days_of((day::plus(filter.from, -7 * build::WEEKS), filter.to)).await?;
            let kept = hours::find(maker.conn, scope).await?;
            Report::Anomalies(build::anomalies(&maker.frame, &days, kept.as_ref().map(|kept| &kept.hours)))
        }
        ReportKind::DataHealth => Report::DataHealth(maker.data_health(app).await?),
    })
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
        ReportKind::Groups | ReportKind::Speech => !dimensions.is_empty() || is_narrowed,
        ReportKind::Countries | ReportKind::Transfers => !dimensions.is_empty(),
        ReportKind::Missed | ReportKind::Callers => !dimensions.is_empty() || is_narrowed,
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
    let fresh = freshen(conn, scope, &mut frame, (from, to)).await?;
    Ok((frame, Ground { fresh, kept: Some(kept) }))
}

/// Counts the days that wait, if they are few; otherwise notes that they do.
async fn freshen(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    frame: &mut Frame,
    (from, to): (Date, Date),
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
        frame.about.counted_up_to = 0;
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

/// What reads for one report.
struct Maker<'c, 'd> {
    conn: &'c mut Conn<'d>,
    scope: TenantScope,
    frame: Frame,
    ground: Ground,
}

impl Maker<'_, '_> {
    const fn period(&self) -> (Date, Date) {
        (self.frame.filter.from, self.frame.filter.to)
    }

    fn narrowed(&self, tally: Tally) -> Tally {
        let filter = &self.frame.filter;
        tally.narrowed(filter.direction.map(build::way_of), filter.outcome)
    }

    /// The days of what the filter narrows to.
    async fn days(&mut self) -> Result<Days, StoreError> {
        self.days_of(self.period()).await
    }

    async fn days_of(&mut self, period: (Date, Date)) -> Result<Days, StoreError> {
        // Where calls were read, the filter is in them already.
        let of_calls = self.frame.about.source == Source::Calls;
        let focus = dimensions(&self.frame.filter).pop().filter(|_| !of_calls);
        let (slice, key) = focus.unwrap_or((Slice::All, String::new()));
        let days = self.ground.days(self.conn, slice, &key, period).await?;
        Ok(days.into_iter().map(|(date, tally)| (date, self.narrowed(tally))).collect())
    }

    /// What is counted of each key of a slice.
    async fn keys(&mut self, slice: Slice) -> Result<Keys<Tally>, StoreError> {
        let filter = &self.frame.filter;
        let key = match slice {
            Slice::Agent => filter.agent.clone(),
            Slice::Trunk => filter.trunk.clone(),
            Slice::Queue => filter.queue.clone(),
            _ => None,
        };
        let mut keys = self.ground.keys(self.conn, slice, key.as_deref(), self.period()).await?;
        for kept in keys.values_mut() {
            kept.sums = self.narrowed(std::mem::take(&mut kept.sums));
        }
        Ok(keys)
    }

    async fn missed(&mut self) -> Result<MissedReport, StoreError> {
        let days = self.ground.missed(self.conn, self.period()).await?;
        let mut report = build::missed(&self.frame, &days);
        let ids: Vec<_> = report.callers.iter().map(|caller| caller.last_call_id.uuid()).collect();
        let calls = self.shown(&ids).await?;
        for caller in &mut report.callers {
            if let Some(call) = calls.iter().find(|call| call.record.id == caller.last_call_id) {
                caller.contact_id = call.record.contact_id;
                caller.name.clone_from(&call.record.contact_name);
            }
        }
        Ok(report)
    }

    /// Calls, each with its contact as it is now.
    async fn shown(&mut self, ids: &[uuid::Uuid]) -> Result<Vec<KeptRecord<Call>>, StoreError> {
        let mut calls: Vec<KeptRecord<Call>> = record::find(self.conn, self.scope.tenant(), ids).await?;
        contacts::present(self.conn, self.scope.tenant(), &mut calls).await?;
        Ok(calls)
    }

    async fn callers(&mut self) -> Result<CallersReport, StoreError> {
        let book = self.ground.book(self.conn, self.period()).await?;
        let from = self.frame.filter.from;
        // Who called before is asked of all calls, whatever the filter: that is what makes somebody known.
        let before = self.before((day::plus(from, -build::LOOK_BACK), day::plus(from, -1))).await?;
        let mut report = build::callers(&self.frame, &book, &before);
        let rows = report.top_callers.iter().chain(&report.top_called);
        let numbers: Vec<String> = rows.map(|row| row.number.clone()).collect();
        // A number's own contact has an id that is made from it.
        let tenant = self.scope.tenant();
        let contact = |number: &str| -> ContactId { deterministic(tenant.uuid(), number) };
        let names = contacts::shown(self.conn, tenant, numbers.iter().map(|number| contact(number))).await?;
        for row in report.top_callers.iter_mut().chain(&mut report.top_called) {
            if let Some(shown) = names.get(&contact(&row.number)) {
                row.contact_id = Some(shown.id);
                row.name.clone_from(&shown.name);
            }
        }
        Ok(report)
    }

    /// Who called in earlier days: out of the sums that are kept, or of the calls while there are none.
    async fn before(&mut self, period: (Date, Date)) -> Result<Book, StoreError> {
        if self.ground.kept.is_some() {
            return self.ground.book(self.conn, period).await;
        }
        if let Some(kept) = kept(self.conn, self.scope).await? {
            return Ground { fresh: BTreeMap::new(), kept: Some(kept) }.book(self.conn, period).await;
        }
        let stretch = Stretch::of(period.0, period.1, &self.frame.zone);
        let (wanted, all) = (Wanted { contacts: false, rings: false, speech: false }, Narrowing::default());
        let settings = &self.frame.settings;
        let found = gather::material(self.conn, self.scope, &stretch, &all, settings, wanted, MOST_CALLS).await?;
        Ok(found.map(|material| Book::of(&material.calls)).unwrap_or_default())
    }

    async fn speech(&mut self) -> Result<SpeechReport, StoreError> {
        let period = self.period();
        let days = self.ground.speech_days(self.conn, period).await?;
        let agents = self.ground.speech_keys(self.conn, Slice::SpeechAgent, period).await?;
        let keywords = self.ground.speech_keys(self.conn, Slice::Keyword, period).await?;
        let names = store::keyword_names(self.conn, self.scope, KEYWORDS).await?;
        let names = names.into_iter().map(|(id, phrase, list)| (id.to_string(), (phrase, list))).collect();
        Ok(build::speech(&self.frame, &days, agents, keywords, &names))
    }

    async fn data_health(&mut self, app: &App) -> Result<DataHealthReport, StoreError> {
        let (from, to) = self.period();
        let mut health = self.ground.health(self.conn, (from, to)).await?;
        let states = overview::health(self.conn, self.scope, app.now(), &self.frame.about.time_zone).await?;
        let wanted = self.frame.filter.connection;
        let mut known = Vec::new();
        for state in states {
            let connection = state.connection;
            if wanted.is_some_and(|wanted| wanted != connection.id) {
                continue;
            }
            let key = connection.id.to_string();
            let known_at = health.get(&connection.id).map_or(0, |health| health.last_at);
            let reach = (day::plus(from, -7 * build::WEEKS), to);
            let days = self.ground.days(self.conn, Slice::Connection, &key, reach).await?;
            known.push(KnownConnection {
                id: connection.id,
                name: connection.name,
                provider: connection.provider,
                state: state.state,
                last_received_at: state.silence.last_at,
                last_call_at: self.last_call(&key, known_at).await?,
                days,
                health: health.remove(&connection.id).unwrap_or_default(),
            });
        }
        Ok(build::data_health(&self.frame, known))
    }

    /// When the last call of a connection began, also behind the period; `known_at` is the last one in it.
    async fn last_call(&mut self, connection: &str, known_at: i64) -> Result<Option<Timestamp>, StoreError> {
        let mut last = known_at;
        if let Some(kept) = kept(self.conn, self.scope).await? {
            let slice = Slice::Health.as_str();
            let (grain, key) = (Grain::Day, Some(connection));
            let of = SumsOf { epoch: kept.epoch, grain, slice, key, from: 0, to: i64::MAX };
            let sum = store::last_sum(self.conn, self.scope, of).await?;
            last = sum.and_then(|sum| Health::decode(&sum.body)).map_or(last, |health| health.last_at.max(last));
        }
        Ok((last > 0).then(|| Timestamp::from_micros(last * 1_000_000)))
    }
}
