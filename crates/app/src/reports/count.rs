//! Keeping the sums of a tenant current: what its marks say is counted, from the calls themselves.
//!
//! A day is always counted whole, from what its calls are now. That is exact whatever happened to them (a late leg, two calls
//! that turned out to be one, erasure, a rebuild), and the same when it is done twice. Only the marks that were seen before the
//! day was read are removed: what changed since is counted next time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use switchboard_domain::Timestamp;
use switchboard_rules::report::{
    Filter,
    answers::{About, Source},
    book::Book,
    build::Frame,
    day::{self, DaySums, LocalDay, Slice},
    health::Health,
    returns::Missed,
    speech::Speech,
    tally::Tally,
};
use switchboard_store::{
    StoreError, TenantScope, changes,
    reports::{self, Grain, Narrowing, State, Sum, SumsOf},
    tenants,
};

use super::gather::{self, Stretch, Wanted};
use crate::App;

/// Marks that are worked off in one go.
const MARKS: i64 = 48;
/// Hours that are marked in one transaction, when everything is counted anew.
const MARKING: usize = 500;
/// Rows of earlier epochs that one transaction removes, and that one writes.
const REMOVED: i64 = 500;
const WRITTEN: usize = 400;

/// A sum with the slice that it is of.
type Row = (Slice, Sum);

/// What rows are put in the place of.
#[derive(Clone, Copy)]
struct Place<'a> {
    grain: Grain,
    bucket: i64,
    slices: &'a [Slice],
    /// The day that was counted whole: the sums of its month are no longer right.
    day: Option<Date>,
}

/// Does the next piece of what there is to count of a tenant. True when there may be more.
pub async fn count(app: &App, scope: TenantScope) -> Result<bool, StoreError> {
    let (frame, state) = look(app, scope).await?;
    let basis = super::basis(&frame.about.time_zone, &frame.settings);
    let Some(state) = state.filter(|state| state.basis == basis) else {
        return begin(app, scope, basis).await.map(|()| true);
    };
    if let Some(from) = state.marking_from {
        return mark(app, scope, state, from).await.map(|()| true);
    }
    if remove_earlier(app, scope, state.epoch).await? {
        return Ok(true);
    }
    // A page that is not full was the last one: who takes calls all day leaves new marks while these are counted, and would
    // have today counted without end.
    let is_full = count_marks(app, scope, &frame, state.epoch).await?;
    Ok(is_full || add_up_month(app, scope, &frame, state.epoch).await?)
}

async fn look(app: &App, scope: TenantScope) -> Result<(Frame, Option<State>), StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let time_zone = tenants::find(conn, scope).await?.time_zone;
    let (settings, now) = (super::settings::read(conn, scope).await?, app.now());
    let zone = day::zone(&time_zone);
    let today = day::date_of(now, &zone);
    let about = About {
        from: today,
        to: today,
        time_zone,
        counted_up_to: 0,
        is_current: true,
        waiting_hours: 0,
        source: Source::Sums,
    };
    let filter = Filter {
        from: today,
        to: today,
        direction: None,
        outcome: None,
        connection: None,
        agent: None,
        queue: None,
        ring_group: None,
        trunk: None,
        did: None,
    };
    Ok((Frame { about, filter, zone, settings, now }, reports::state(conn, scope).await?))
}

/// Begins a new epoch: what the sums are counted by is another now.
async fn begin(app: &App, scope: TenantScope, basis: String) -> Result<(), StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let epoch = reports::state(&mut tx.conn(), scope).await?.map_or(1, |state| state.epoch + 1);
    let state = State { epoch, counted_up_to: 0, basis, marking_from: Some(Timestamp::EPOCH) };
    reports::set_state(&mut tx.conn(), scope, &state, now).await?;
    tx.commit(now).await?;
    Ok(())
}

/// Marks the next hours that have calls. Looks from call to call over an index, so that it reads as much as there are hours.
async fn mark(app: &App, scope: TenantScope, state: State, from: Timestamp) -> Result<(), StoreError> {
    let now = app.now();
    let mut hours = Vec::new();
    let mut next = Some(from);
    {
        let mut reader = app.db.read(scope).await?;
        while let Some(from) = next
            && hours.len() < MARKING
        {
            next = reports::next_call(&mut reader.conn(), scope, from).await?.map(|at| {
                hours.push(at);
                reports::end_of_hour(at)
            });
        }
    }
    let mut tx = app.db.begin(scope).await?;
    // Whoever wants everything counted anew meanwhile begins at the beginning.
    if reports::state(&mut tx.conn(), scope).await?.as_ref() == Some(&state) {
        reports::mark(&mut tx.conn(), scope, &hours).await?;
        reports::set_state(&mut tx.conn(), scope, &State { marking_from: next, ..state }, now).await?;
        tx.commit(now).await?;
    }
    Ok(())
}

async fn remove_earlier(app: &App, scope: TenantScope, epoch: i64) -> Result<bool, StoreError> {
    if !reports::has_earlier(&mut app.db.read(scope).await?.conn(), scope, epoch).await? {
        return Ok(false);
    }
    let mut tx = app.db.begin(scope).await?;
    let removed = reports::remove_earlier(&mut tx.conn(), scope, epoch, REMOVED).await?;
    tx.commit(app.now()).await?;
    Ok(removed > 0)
}

/// Counts the days of the latest marks. True when there are more.
async fn count_marks(app: &App, scope: TenantScope, frame: &Frame, epoch: i64) -> Result<bool, StoreError> {
    let ever = Timestamp::from_micros(i64::MAX / 2);
    // The number first: whatever is numbered up to it has left its marks by the time these are read.
    let (seq, marks) = {
        let mut reader = app.db.read(scope).await?;
        let (_, seq) = changes::range(&mut reader.conn(), scope).await?;
        (seq, reports::marks(&mut reader.conn(), scope, Timestamp::EPOCH, ever, MARKS).await?)
    };
    if marks.is_empty() {
        return Ok(false);
    }
    let (mut whole, mut returns) = (BTreeSet::new(), BTreeSet::new());
    for mark in &marks {
        let days = super::days_of(*mark, &frame.zone, &frame.settings);
        whole.extend(days.0);
        returns.extend(days.1);
    }
    for date in &whole {
        count_day(app, scope, frame, epoch, *date).await?;
    }
    for date in returns.difference(&whole) {
        count_returns(app, scope, frame, epoch, *date).await?;
    }
    let is_full = i64::try_from(marks.len()).is_ok_and(|count| count == MARKS);
    let mut tx = app.db.begin(scope).await?;
    reports::remove_marks(&mut tx.conn(), scope, &marks).await?;
    if !is_full {
        reports::set_counted(&mut tx.conn(), scope, epoch, seq).await?;
    }
    tx.commit(app.now()).await?;
    Ok(is_full)
}

/// Counts a day anew.
async fn count_day(app: &App, scope: TenantScope, frame: &Frame, epoch: i64, date: Date) -> Result<(), StoreError> {
    let stretch = Stretch::of(date, date, &frame.zone);
    let material = {
        let mut reader = app.db.read(scope).await?;
        let (all, settings) = (Narrowing::default(), &frame.settings);
        gather::material(&mut reader.conn(), scope, &stretch, &all, settings, Wanted::ALL, i64::MAX / 64).await?
    };
    let sums = DaySums::of(&LocalDay::of(date, &frame.zone), &material.unwrap_or_default(), &frame.settings);
    let bucket = day::number_of(date);
    let place = Place { grain: Grain::Day, bucket, slices: Slice::ALL, day: Some(date) };
    write(app, scope, epoch, place, rows_of(bucket, &sums)).await
}

/// Looks again which missed calls of a day were returned: what came after it changed.
async fn count_returns(app: &App, scope: TenantScope, frame: &Frame, epoch: i64, date: Date) -> Result<(), StoreError> {
    let stretch = Stretch::of(date, date, &frame.zone);
    let material = {
        let mut reader = app.db.read(scope).await?;
        let wanted = Wanted { contacts: true, rings: false, speech: false };
        let (all, settings) = (Narrowing::default(), &frame.settings);
        gather::material(&mut reader.conn(), scope, &stretch, &all, settings, wanted, i64::MAX / 64).await?
    };
    let (material, local) = (material.unwrap_or_default(), LocalDay::of(date, &frame.zone));
    let today = material.calls.iter().filter(|call| local.has(call.occurred_at));
    let missed = Missed::of(today, &material.contacts, frame.settings.return_hours);
    let bucket = day::number_of(date);
    let rows =
        if missed.is_empty() { Vec::new() } else { vec![(Slice::Missed, sum(bucket, "", None, missed.encode()))] };
    let place = Place { grain: Grain::Day, bucket, slices: &[Slice::Missed], day: None };
    write(app, scope, epoch, place, rows).await
}

fn sum(bucket: i64, key: &str, label: Option<String>, body: Vec<u8>) -> Sum {
    Sum { bucket, key: key.to_owned(), label, body }
}

/// What is kept of a day.
fn rows_of(bucket: i64, sums: &DaySums) -> Vec<Row> {
    let tallies = sums.tallies.iter().filter(|(_, kept)| !kept.sums.is_empty() || kept.sums.load.days > 0);
    let mut rows: Vec<Row> = tallies
        .map(|((slice, key), kept)| (*slice, sum(bucket, key, kept.label.clone(), kept.sums.encode())))
        .collect();
    rows.extend(
        sums.speech
            .iter()
            .map(|((slice, key), kept)| (*slice, sum(bucket, key, kept.label.clone(), kept.sums.encode()))),
    );
    rows.extend(
        sums.health.iter().map(|(id, health)| (Slice::Health, sum(bucket, &id.to_string(), None, health.encode()))),
    );
    if !sums.book.is_empty() {
        rows.push((Slice::Book, sum(bucket, "", None, sums.book.encode())));
    }
    if !sums.missed.is_empty() {
        rows.push((Slice::Missed, sum(bucket, "", None, sums.missed.encode())));
    }
    rows
}

/// Puts rows in the place of those of these slices, in one transaction: a day of many agents is a few hundred rows.
async fn write(app: &App, scope: TenantScope, epoch: i64, place: Place<'_>, rows: Vec<Row>) -> Result<(), StoreError> {
    let Place { grain, bucket, slices, day } = place;
    let now = app.now();
    let mut by_slice: BTreeMap<Slice, Vec<Sum>> = BTreeMap::new();
    for (slice, sum) in rows {
        by_slice.entry(slice).or_default().push(sum);
    }
    let mut tx = app.db.begin(scope).await?;
    if let Some(date) = day {
        reports::set_month(&mut tx.conn(), scope, epoch, day::month_of(date), false).await?;
    }
    let mut written = 0;
    for slice in slices {
        reports::remove_sums(&mut tx.conn(), scope, epoch, grain, slice.as_str(), bucket).await?;
        let rows = by_slice.remove(slice).unwrap_or_default();
        // A slice is never half there: its rows and their removal are one transaction. Between slices it may end.
        if written > 0 && written + rows.len() > WRITTEN {
            tx.commit(now).await?;
            tx = app.db.begin(scope).await?;
            reports::remove_sums(&mut tx.conn(), scope, epoch, grain, slice.as_str(), bucket).await?;
            written = 0;
        }
        written += rows.len();
        reports::insert_sums(&mut tx.conn(), scope, epoch, grain, slice.as_str(), &rows).await?;
    }
    tx.commit(now).await?;
    Ok(())
}

/// Adds up the days of a month that is over. False when none is left to do.
async fn add_up_month(app: &App, scope: TenantScope, frame: &Frame, epoch: i64) -> Result<bool, StoreError> {
    let now = day::month_of(day::date_of(frame.now, &frame.zone));
    let month = {
        let mut reader = app.db.read(scope).await?;
        let waiting = reports::months(&mut reader.conn(), scope, epoch, false).await?;
        waiting.into_iter().find(|month| *month < now)
    };
    let Some(month) = month else { return Ok(false) };
    for slice in Slice::ALL.iter().filter(|slice| !matches!(slice, Slice::Missed | Slice::Health)) {
        let rows = added_up(app, scope, epoch, month, *slice).await?;
        let place = Place { grain: Grain::Month, bucket: month, slices: &[*slice], day: None };
        write(app, scope, epoch, place, rows).await?;
    }
    let mut tx = app.db.begin(scope).await?;
    reports::set_month(&mut tx.conn(), scope, epoch, month, true).await?;
    tx.commit(app.now()).await?;
    Ok(true)
}

/// The days of a month, added up by key.
async fn added_up(app: &App, scope: TenantScope, epoch: i64, month: i64, slice: Slice) -> Result<Vec<Row>, StoreError> {
    let first = day::first_of(month);
    let of = SumsOf {
        epoch,
        grain: Grain::Day,
        slice: slice.as_str(),
        key: None,
        from: day::number_of(first),
        to: day::number_of(first.last_of_month()),
    };
    let days = {
        let mut reader = app.db.read(scope).await?;
        reports::sums(&mut reader.conn(), scope, of).await?
    };
    let mut by_key: BTreeMap<String, (Option<String>, Vec<Vec<u8>>)> = BTreeMap::new();
    for day in days {
        let entry = by_key.entry(day.key).or_default();
        if day.label.is_some() {
            entry.0 = day.label;
        }
        entry.1.push(day.body);
    }
    let unreadable =
        || StoreError::Inconsistent { what: "sum of a report", why: format!("one of `{slice}` cannot be read") };
    let mut rows = Vec::new();
    for (key, (label, bodies)) in by_key {
        let body = join(slice, &bodies).ok_or_else(unreadable)?;
        rows.push((slice, sum(month, &key, label, body)));
    }
    Ok(rows)
}

/// Adds up what is kept of several days; `None` if one cannot be read.
fn join(slice: Slice, bodies: &[Vec<u8>]) -> Option<Vec<u8>> {
    let bodies = bodies.iter().map(Vec::as_slice);
    match slice {
        Slice::Book => Some(Book::join(bodies.map(Book::decode).collect::<Option<Vec<_>>>()?).encode()),
        Slice::Speech | Slice::SpeechAgent | Slice::Keyword => {
            let mut sums = Speech::default();
            for body in bodies {
                sums.merge(&Speech::decode(body)?);
            }
            Some(sums.encode())
        }
        Slice::Health => {
            let mut sums = Health::default();
            for body in bodies {
                sums.merge(&Health::decode(body)?);
            }
            Some(sums.encode())
        }
        Slice::Missed => None,
        Slice::All
        | Slice::Connection
        | Slice::Agent
        | Slice::Queue
        | Slice::QueueAgent
        | Slice::Group
        | Slice::GroupAgent
        | Slice::Menu
        | Slice::Trunk
        | Slice::Did
        | Slice::Country => {
            let mut sums = Tally::default();
            for body in bodies {
                sums.merge_days(&Tally::decode(body)?);
            }
            Some(sums.encode())
        }
    }
}
