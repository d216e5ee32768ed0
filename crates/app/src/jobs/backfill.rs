//! Reads a telephone system's own list of calls and logs what is missing here: a range that a person asks for, and each night
//! what has been since the last time.
//!
//! May run twice, and beside pushed records: it only reads from the device, and a leg that is here with all its recordings is
//! not logged again. What is logged is old by the time it comes, so each reaction decides by its own measure of freshness: the
//! recordings are fetched, nobody is told of a call that was missed in March.

use std::{collections::HashSet, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    fact::FactBody,
    hours::wall_clock,
    ids::{ConnectionId, LegId, RecordingId, deterministic},
};
use switchboard_providers::{
    cloud_ucm::{
        self, CloudUcm, UcmClient, UcmError,
        client::{CdrQuery, PAGE},
    },
    contract::{Item, Provider, StoredItem},
};
use switchboard_store::{connections::Connection, recordings, work};

use super::{Context, Failure, FetchRecording, Job, Kind, row};
use crate::{
    connections::{self, ConnectionsError, SourceError},
    intake, tenants,
    wake::Signal,
};

/// What is asked for at once: a page of a day is quickly found by the device, and a failure costs no more than that.
const WINDOW: Duration = Duration::from_hours(24);
/// Some firmware takes the times of a question for its own, whatever offset they are written with. No clock on Earth is
/// further from UTC.
const ODD_CLOCK: Duration = Duration::from_hours(14);
/// How far behind the last time the nightly check looks again: recordings are named in records that were there before them.
const OVERLAP: Duration = Duration::from_hours(24);
/// Pages that one attempt reads. The next one goes on where it stopped.
const PAGES: usize = 500;
/// The nightly check is done in the small hours of the workspace, unless the last one is too long ago.
const NIGHT: std::ops::Range<u32> = 2..6;
const AT_MOST_EVERY: Duration = Duration::from_hours(6);
const AT_LEAST_EVERY: Duration = Duration::from_hours(30);
/// Recordings that could not be had and are tried once more.
const FAILED: i64 = 500;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Backfill {
    pub connection: ConnectionId,
    /// A person's wish. Without it this is the nightly check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// From when to when calls began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// How far it has come: shown to people, and where the next attempt goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub from: Timestamp,
    pub until: Timestamp,
    /// Everything before this has been read.
    pub at: Timestamp,
    /// Of the page that is next in the window that begins at `at`.
    offset: usize,
    pub pages: usize,
    /// Calls that the device listed, or legs where it does not group them.
    pub calls: usize,
    /// Legs of them that were not here, or not with all their recordings.
    pub new: usize,
}

impl Progress {
    fn of(range: Range) -> Self {
        let Range { from, until } = range;
        Self { from, until, at: from - ODD_CLOCK, offset: 0, pages: 0, calls: 0, new: 0 }
    }

    fn end(&self) -> Timestamp {
        self.until + ODD_CLOCK
    }

    /// From 0 to 100.
    pub fn percent(&self) -> u32 {
        let all = self.end().since(self.from - ODD_CLOCK).as_secs().max(1);
        let done = self.at.since(self.from - ODD_CLOCK).as_secs().min(all);
        u32::try_from(done * 100 / all).unwrap_or(100)
    }
}

impl Backfill {
    /// What all backfills of a connection stand in.
    pub fn lane_of(connection: ConnectionId) -> String {
        format!("backfill:{}", connection.uuid())
    }
}

impl Job for Backfill {
    const KIND: Kind = Kind::Backfill;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        Self::lane_of(self.connection)
    }

    fn unique_key(&self) -> Option<String> {
        Some(match self.range {
            None => self.lane(),
            Some(Range { from, until }) => format!("{}:{}:{}", self.lane(), from.as_millis(), until.as_millis()),
        })
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let connection = match connections::find(app, scope, self.connection).await {
            Ok(connection) if connection.status != ConnectionStatus::Disabled => connection,
            Ok(_) | Err(ConnectionsError::NotFound) => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        let begun = context.work.progress.clone().and_then(|progress| serde_json::from_value(progress).ok());
        let progress = match (begun, self.range) {
            (Some(progress), _) => progress,
            (None, Some(range)) => Progress::of(range),
            (None, None) => match tonight(context, &connection).await? {
                Some(range) => Progress::of(range),
                None => return Ok(()),
            },
        };
        let client = match connections::ucm_client(app, scope, &connection).await {
            Ok(client) => client,
            // The connection says already what is wrong with it, to whoever looks; only a person's wish is answered.
            Err(SourceError::Held | SourceError::Incomplete(_)) if self.range.is_none() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let outcome = read(context, &connection, &client, progress).await;
        match outcome {
            Ok(done) => finish(context, &connection, &done).await,
            Err(stopped) => Err(stop(context, &connection, stopped).await?),
        }
    }
}

/// What the nightly check is to read, if it is time for it.
async fn tonight(context: &Context<'_>, connection: &Connection) -> Result<Option<Range>, Failure> {
    let now = context.app.now();
    let last = connection.caught_up_to.unwrap_or(connection.created_at);
    let zone = tenants::find(context.app, context.scope).await?.time_zone;
    let is_due = connection.caught_up_to.is_none()
        || now.since(last) >= AT_LEAST_EVERY
        || (now.since(last) >= AT_MOST_EVERY && is_night(now, &zone));
    Ok(is_due.then(|| Range { from: last - OVERLAP, until: now }))
}

fn is_night(now: Timestamp, zone: &str) -> bool {
    let clock = wall_clock(now, zone);
    clock.get(11..13).and_then(|hour| hour.parse().ok()).is_some_and(|hour: u32| NIGHT.contains(&hour))
}

/// Why reading stopped before the end.
enum Stopped {
    Ucm(UcmError),
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Reads and logs page after page, day after day. After each, the progress is kept, so a failure costs one page.
async fn read(
    context: &Context<'_>,
    connection: &Connection,
    client: &UcmClient,
    mut at: Progress,
) -> Result<Progress, Stopped> {
    for _ in 0..PAGES {
        if at.at >= at.end() {
            return Ok(at);
        }
        if context.stop.is_cancelled() {
            return Err(Stopped::Failure(Failure::NotTried { after: Duration::ZERO }));
        }
        let until = (at.at + WINDOW).min(at.end());
        let query = CdrQuery { from: at.at, until, offset: at.offset };
        let page = client.call_records(&query).await.map_err(Stopped::Ucm)?;
        at.pages += 1;
        at.calls += page.groups;
        at.new += take_in(context, connection, &page.body).await?;
        if page.is_last() {
            (at.at, at.offset) = (until, 0);
        } else {
            at.offset += PAGE;
        }
        context.set_progress(&at).await?;
    }
    Err(Stopped::Failure(Failure::NotTried { after: Duration::ZERO }))
}

/// Logs the legs of a page that are missing here. Returns how many.
async fn take_in(context: &Context<'_>, connection: &Connection, page: &Bytes) -> Result<usize, Failure> {
    let items = missing(context, connection, cloud_ucm::pulled_records(page)).await?;
    if items.is_empty() {
        return Ok(0);
    }
    let tenant = context.scope.tenant();
    let received = intake::append_pulled(context.app, tenant, connection.id, &CloudUcm, items).await;
    received.map(|received| received.stored).map_err(|refused| Failure::of_refused(&refused))
}

/// Those that say something of a leg or a recording that is not here. What cannot be read is logged, to be seen.
async fn missing(context: &Context<'_>, connection: &Connection, items: Vec<Item>) -> Result<Vec<Item>, Failure> {
    let received_at = context.app.now();
    let items: Vec<_> = items.into_iter().map(|item| (records_of(connection.id, &item, received_at), item)).collect();
    let ids: Vec<_> = items.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
    let mut reader = context.app.db.read(context.scope).await?;
    let known: HashSet<_> = recordings::known(&mut reader.conn(), context.scope, &ids).await?.into_iter().collect();
    let is_missing = |ids: &[uuid::Uuid]| ids.is_empty() || ids.iter().any(|id| !known.contains(id));
    Ok(items.into_iter().filter(|(ids, _)| is_missing(ids)).map(|(_, item)| item).collect())
}

/// The legs and recordings that an item speaks of, by the ids that they have here.
fn records_of(connection: ConnectionId, item: &Item, received_at: Timestamp) -> Vec<uuid::Uuid> {
    let stored = StoredItem { kind: &item.kind, body: &item.body, received_at, context: None };
    let scope = connection.uuid();
    let of_fact = |body: FactBody| match body {
        FactBody::Leg(leg) => Some(deterministic::<LegId>(scope, &leg.external_id).uuid()),
        FactBody::Recording(recording) => Some(deterministic::<RecordingId>(scope, &recording.external_id).uuid()),
        _ => None,
    };
    CloudUcm.normalize(stored).unwrap_or_default().into_iter().filter_map(|fact| of_fact(fact.body)).collect()
}

/// Notes up to where everything is here, and tries once more for recordings that could not be had.
async fn finish(context: &Context<'_>, connection: &Connection, done: &Progress) -> Result<(), Failure> {
    let (app, scope, now) = (context.app, context.scope, context.app.now());
    let last = connection.caught_up_to.unwrap_or(connection.created_at);
    let mut tx = app.db.begin(scope).await?;
    // A range in the past says nothing of what has been since.
    if done.from <= last {
        switchboard_store::connections::set_caught_up_to(&mut tx.conn(), scope, connection.id, done.until).await?;
    }
    let mut retried = 0;
    if app.settings.fetch_recordings {
        let failed = recordings::failed_since(&mut tx.conn(), scope, connection.id, done.from, FAILED).await?;
        let rows: Vec<_> = failed.into_iter().map(|id| row(app, scope.tenant(), &FetchRecording { id }, now)).collect();
        retried = if rows.is_empty() { 0 } else { work::insert(&mut tx.conn(), &rows, now).await? };
    }
    tx.commit(now).await?;
    if retried > 0 {
        app.wake.send(Signal::Work);
    }
    connections::note_ucm(app, scope, connection.id, Ok(())).await?;
    tracing::info!(
        connection = %connection.id, calls = done.calls, new = done.new, from = %done.from, until = %done.until, retried,
        "the telephone system's call records were compared with ours"
    );
    Ok(())
}

/// What a stop leads to, said on the connection where a person must know of it.
async fn stop(context: &Context<'_>, connection: &Connection, stopped: Stopped) -> Result<Failure, Failure> {
    let (app, scope) = (context.app, context.scope);
    let error = match stopped {
        Stopped::Failure(failure) => return Ok(failure),
        Stopped::Ucm(error) => error,
    };
    connections::note_ucm(app, scope, connection.id, Err(&error)).await?;
    let failure = Failure::of(&error);
    let is_over = match &failure {
        Failure::GiveUp { .. } => true,
        Failure::Retry { .. } => context.is_last_attempt(),
        Failure::NotTried { .. } | Failure::LeaseLost => false,
    };
    if is_over && !error.is_refusal() {
        let since = connection.caught_up_to.unwrap_or(connection.created_at);
        let found = format!("calls since {since} may be missing here: {error}");
        connections::set_checked(app, scope, connection.id, ConnectionStatus::Failing, Some(found)).await?;
    }
    Ok(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn night_is_the_workspaces_own() {
        let at: Timestamp = "2026-03-10T09:30:00Z".parse().unwrap();
        assert!(is_night(at, "America/Chicago") && !is_night(at, "Europe/Madrid"));
    }

    #[test]
    fn progress_goes_from_nothing_to_all() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let range = Range { from: at("2026-03-01T00:00:00Z"), until: at("2026-03-11T00:00:00Z") };
        let mut progress = Progress::of(range);
        assert_eq!(progress.percent(), 0);
        progress.at = at("2026-03-06T00:00:00Z");
        assert_eq!(progress.percent(), 50);
        progress.at = progress.end();
        assert_eq!(progress.percent(), 100);
    }
}
