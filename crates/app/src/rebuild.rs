//! Rebuild: the records once more from the log, beside the live ones.
//!
//! One tenant's whole log goes through the same `normalize` and the same merge into an empty scratch database, reactions
//! off; then every derived table is compared row by row. `check` says what differs. `apply` puts the rebuilt rows in the
//! place of those that differ, in one transaction of the tenant, and tells clients to read everything again. Replacing
//! whole tables instead would come to the same and hold the tenant's lock, on SQLite the only writer, for far longer.
//!
//! The log need not reach back to the beginning, nor say everything it once said. Where a tenant's rule has removed older
//! events, the scratch starts from copies of the records that reach past that moment, and what is left of the log is merged
//! into them. Where records were removed because their time was over, the scratch loses them before it is compared. Events
//! whose contents were erased say nothing, and events about somebody who is being erased are left out.
//!
//! What counts as processed is exactly what the live tables have seen: events behind the cursor, without those that wait
//! in `work` for another attempt or are dead. Otherwise an event would reach the records here, and its reactions would
//! never fire.

use std::collections::HashSet;

use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
    ids::{self, EventId, TenantId},
    job::JobState,
    retention::RetentionKind,
    tenant::Tenant,
};
use switchboard_store::{
    Conn, Db, DbOptions, StoreError, TenantScope, cursor,
    derived::{self, Row, TABLES, Table},
    events::{self, EventFilter, StoredEvent},
    migrate, platform, removal,
    withheld::{self, Withheld},
    work,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{App, merge, pipeline, privacy::withhold::erased_among, wake::Signal};

/// Events that are merged, and rows that are compared, in one go.
const EVENTS: i64 = 256;
const ROWS: i64 = 1_000;
/// Differences that are described; the rest is counted.
const DESCRIBED: usize = 1_000;
/// An event may become visible in the log somewhat after one with a later id. The log is read again this far back when
/// catching up; merging an event twice changes nothing.
const LATE: std::time::Duration = std::time::Duration::from_mins(2);

/// What to do with the differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Say them.
    Check,
    /// Put them right.
    Apply,
}

/// A rebuild failed; the live tables are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error("no scratch database could be made in the folder for temporary files; set TMPDIR to one with room")]
    Scratch(#[source] std::io::Error),
    #[error("the rebuild could not read or write; the live tables are unchanged")]
    Store(#[from] StoreError),
}

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub events: u64,
    pub rows: u64,
}

/// How a row differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The log gives it, the live table has not got it.
    Missing,
    /// The live table has it, the log does not give it.
    Extra,
    /// These columns differ. Never their contents.
    Fields(Vec<&'static str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub table: &'static str,
    pub key: String,
    pub what: What,
}

/// What a rebuild found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub events: u64,
    /// Events in the log that this version cannot read.
    pub unreadable: u64,
    /// Rows that were compared.
    pub rows: u64,
    pub differing: u64,
    /// The first 1,000 of them.
    pub differences: Vec<Difference>,
    /// The rebuilt rows were put in place.
    pub applied: bool,
}

/// Rebuilds one tenant.
pub async fn run(
    app: &App,
    scope: TenantScope,
    mode: Mode,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Report, RebuildError> {
    let mut scratch = Scratch::new(app, scope).await?;
    scratch.copy_past_horizon(app).await?;
    scratch.read_log(app, None, &mut progress).await?;
    let mut report = match mode {
        Mode::Check => check(app, scope, &mut scratch, &mut progress).await?,
        Mode::Apply => apply(app, scope, &mut scratch, &mut progress).await?,
    };
    report.events = scratch.events;
    report.unreadable = scratch.unreadable;
    scratch.db.close().await;
    Ok(report)
}

/// Compares without a lock, then looks again at what differed, with the tenant locked and the scratch caught up: live
/// tables move while they are read, and what moved is no difference.
async fn check(
    app: &App,
    scope: TenantScope,
    scratch: &mut Scratch,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Report, RebuildError> {
    let mut report = Report::default();
    let mut suspects = Vec::new();
    for table in TABLES {
        let mut live = app.db.read(scope).await?;
        suspects.extend(compare(&mut live.conn(), scratch, table, &mut report, progress).await?);
    }
    if suspects.is_empty() {
        return Ok(report);
    }
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    scratch.read_log(app, Some(&mut tx.conn()), progress).await?;
    for Suspect { table, row, .. } in suspects {
        let live = derived::find(&mut tx.conn(), scope, table, &row).await?;
        let mut reader = scratch.db.read(scope).await?;
        let rebuilt = derived::find(&mut reader.conn(), scope, table, &row).await?;
        let suspect = Suspect::of(table, live.as_ref(), rebuilt.as_ref());
        if let Some(suspect) = suspect.filter(|suspect| !scratch.is_on_its_way_out(suspect)) {
            report.note(&suspect);
        }
    }
    Ok(report)
}

/// Compares everything under the tenant's lock and puts the differences right in the same transaction.
async fn apply(
    app: &App,
    scope: TenantScope,
    scratch: &mut Scratch,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Report, RebuildError> {
    let mut report = Report::default();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    scratch.read_log(app, Some(&mut tx.conn()), progress).await?;
    for table in TABLES {
        let suspects = compare(&mut tx.conn(), scratch, table, &mut report, progress).await?;
        let mut rebuilt = Vec::with_capacity(suspects.len());
        for suspect in suspects {
            report.note(&suspect);
            if suspect.what != What::Missing {
                derived::remove(&mut tx.conn(), scope, table, &suspect.row).await?;
            }
            rebuilt.extend(suspect.rebuilt);
        }
        derived::insert(&mut tx.conn(), table, &rebuilt).await?;
    }
    if report.differing > 0 {
        let tenant = scope.tenant();
        tx.push_change(NewChange::of::<TenantId>(RecordKind::Tenant, tenant, Verb::Reset, app.now()));
        tx.commit(app.now()).await?;
        report.applied = true;
        app.wake.send(Signal::Changes(tenant));
    }
    Ok(report)
}

impl Report {
    fn note(&mut self, suspect: &Suspect) {
        self.differing += 1;
        if self.differences.len() < DESCRIBED {
            let Suspect { table, row, what, .. } = suspect;
            self.differences.push(Difference { table: table.name, key: row.shown_key(table), what: what.clone() });
        }
    }
}

/// A row that differs.
struct Suspect {
    table: &'static Table,
    what: What,
    /// The live row, or the rebuilt one where there is none.
    row: Row,
    rebuilt: Option<Row>,
}

impl Suspect {
    fn of(table: &'static Table, live: Option<&Row>, rebuilt: Option<&Row>) -> Option<Self> {
        let what = match (live, rebuilt) {
            (None, None) => return None,
            (None, Some(_)) => What::Missing,
            (Some(_), None) => What::Extra,
            (Some(live), Some(rebuilt)) => {
                let fields = live.differing(table, rebuilt);
                if fields.is_empty() {
                    return None;
                }
                What::Fields(fields)
            }
        };
        Some(Self { table, what, row: live.or(rebuilt)?.clone(), rebuilt: rebuilt.cloned() })
    }
}

/// One table, both sides page by page in the order of keys.
async fn compare(
    live: &mut Conn<'_>,
    scratch: &Scratch,
    table: &'static Table,
    report: &mut Report,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Vec<Suspect>, StoreError> {
    let mut suspects = Vec::new();
    let (mut ours, mut theirs) = (Side::default(), Side::default());
    let mut rebuilt = scratch.db.read(scratch.scope).await?;
    loop {
        ours.fill(live, scratch.scope, table).await?;
        theirs.fill(&mut rebuilt.conn(), scratch.scope, table).await?;
        // Only as far as both sides are known; what is left over waits for the next page.
        while let Some((live, rebuilt)) = pair(table, &mut ours, &mut theirs) {
            let suspect = Suspect::of(table, live.as_ref(), rebuilt.as_ref());
            suspects.extend(suspect.filter(|suspect| !scratch.is_on_its_way_out(suspect)));
            report.rows += 1;
        }
        progress(Progress { events: scratch.events, rows: report.rows });
        if ours.is_done() && theirs.is_done() {
            return Ok(suspects);
        }
    }
}

/// One side of a comparison: rows that were read and not compared yet.
#[derive(Default)]
struct Side {
    rows: std::collections::VecDeque<Row>,
    last: Option<Row>,
    is_at_end: bool,
}

impl Side {
    async fn fill(&mut self, conn: &mut Conn<'_>, scope: TenantScope, table: &Table) -> Result<(), StoreError> {
        if self.is_at_end || !self.rows.is_empty() {
            return Ok(());
        }
        let page = derived::page(conn, scope, table, self.last.as_ref(), ROWS).await?;
        self.is_at_end = page.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        self.last = page.last().cloned().or_else(|| self.last.take());
        self.rows = page.into();
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.is_at_end && self.rows.is_empty()
    }
}

/// The next row of either side, or of both where the keys are the same. `None` when a side must be filled first.
fn pair(table: &Table, ours: &mut Side, theirs: &mut Side) -> Option<(Option<Row>, Option<Row>)> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (ours.rows.front(), theirs.rows.front()) {
        (Some(one), Some(two)) => one.key(table).cmp(&two.key(table)),
        (Some(_), None) if theirs.is_at_end => Less,
        (None, Some(_)) if ours.is_at_end => Greater,
        _ => return None,
    };
    Some(match order {
        Less => (ours.rows.pop_front(), None),
        Equal => (ours.rows.pop_front(), theirs.rows.pop_front()),
        Greater => (None, theirs.rows.pop_front()),
    })
}

/// The database that the log is replayed into.
struct Scratch {
    db: Db,
    scope: TenantScope,
    /// Read again from here when catching up.
    since: Option<EventId>,
    /// Not processed when they were met; maybe later.
    skipped: Vec<EventId>,
    /// The last event that was counted: catching up meets some a second time.
    counted: Option<EventId>,
    events: u64,
    unreadable: u64,
    /// What must not be made again, as it stood when the log was last read.
    withheld: Withheld,
    /// Live calls whose time is over and that are about to be removed.
    expired_calls: HashSet<Uuid>,
    /// Removed with everything in it when the rebuild ends, however it ends.
    _folder: TempDir,
}

impl Scratch {
    async fn new(app: &App, scope: TenantScope) -> Result<Self, RebuildError> {
        let folder =
            tempfile::Builder::new().prefix("switchboard-rebuild-").tempdir().map_err(RebuildError::Scratch)?;
        let db = Db::connect(&DbOptions::Sqlite { path: folder.path().join("rebuild.db") }).await?;
        migrate::migrate(&db, app.now()).await?;
        let id = scope.tenant();
        let tenant = Tenant { id, name: "Rebuild".into(), subdomain: "rebuild".into(), created_at: app.now() };
        platform::insert_tenant(&db, &tenant).await?;
        Ok(Self {
            db,
            scope,
            since: None,
            skipped: Vec::new(),
            counted: None,
            events: 0,
            unreadable: 0,
            withheld: Withheld::default(),
            expired_calls: HashSet::new(),
            _folder: folder,
        })
    }

    /// Copies what the log alone cannot give any more: records of which an event came before the moment that the log was
    /// cut at, and what hangs on the calls among them. Merging is idempotent, so the events that are left change nothing in
    /// them but what was wrong.
    async fn copy_past_horizon(&mut self, app: &App) -> Result<(), StoreError> {
        let mut live = app.db.read(self.scope).await?;
        let known = withheld::load(&mut live.conn(), self.scope).await?;
        let Some(horizon) = known.before(RetentionKind::Events) else { return Ok(()) };
        let mut calls = HashSet::new();
        for table in TABLES {
            let mut last: Option<Row> = None;
            loop {
                let page = derived::page(&mut live.conn(), self.scope, table, last.as_ref(), ROWS).await?;
                last = page.last().cloned().or(last);
                let is_last = page.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
                // Calls are the first table.
                let reaches_past = |row: &Row| row.time(table, "created_at").is_some_and(|at| at < horizon);
                let hangs_on = |row: &Row| row.id(table, "call_id").is_some_and(|call| calls.contains(&call));
                let copied: Vec<Row> = page.into_iter().filter(|row| reaches_past(row) || hangs_on(row)).collect();
                if table.name == "calls" {
                    calls.extend(copied.iter().filter_map(|row| row.id(table, "id")));
                }
                let mut tx = self.db.begin(self.scope).await?;
                derived::insert(&mut tx.conn(), table, &copied).await?;
                tx.commit(app.now()).await?;
                if is_last {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes out what was removed from the live tables because its time was over, in the order in which it is removed there.
    async fn expire(&self, now: Timestamp) -> Result<(), StoreError> {
        for kind in [RetentionKind::Calls, RetentionKind::Messages, RetentionKind::Voicemails] {
            let Some(before) = self.withheld.before(kind) else { continue };
            loop {
                let mut tx = self.db.begin(self.scope).await?;
                let gone = removal::expire(&mut tx.conn(), self.scope, kind, before, EVENTS).await?;
                tx.commit(now).await?;
                if gone.records.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A live row whose time is over and that has not been removed yet: a run is under way, or something came late.
    fn is_on_its_way_out(&self, suspect: &Suspect) -> bool {
        let Suspect { table, row, what, .. } = suspect;
        let is_over = |kind| match (self.withheld.before(kind), row.time(table, "occurred_at")) {
            (Some(before), Some(at)) => at < before,
            _ => false,
        };
        let call = row.id(table, if table.name == "calls" { "id" } else { "call_id" });
        *what == What::Extra
            && match table.name {
                "messages" => is_over(RetentionKind::Messages),
                "voicemails" => is_over(RetentionKind::Voicemails),
                "search_words" if row.text(table, "kind") == Some("message") => is_over(RetentionKind::Messages),
                "search_words" if row.text(table, "kind") == Some("voicemail") => is_over(RetentionKind::Voicemails),
                _ => call.is_some_and(|call| self.expired_calls.contains(&call)),
            }
    }

    /// Reads what must not be made again. `live` is the reader, or the transaction that holds the tenant's lock.
    async fn look_at_withheld(&mut self, live: &mut Conn<'_>) -> Result<(), StoreError> {
        self.withheld = withheld::load(live, self.scope).await?;
        self.expired_calls.clear();
        if let Some(before) = self.withheld.before(RetentionKind::Calls) {
            let expired = removal::oldest(live, self.scope, RetentionKind::Calls, before, i64::MAX).await?;
            self.expired_calls.extend(expired);
        }
        Ok(())
    }

    /// Merges what the live tables have seen: everything the first time, then what came since. With `locked`, reads
    /// through a transaction that holds the tenant's lock, so that nothing more can come.
    async fn read_log(
        &mut self,
        app: &App,
        mut locked: Option<&mut Conn<'_>>,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<(), StoreError> {
        let began = app.now();
        let reached = match &mut locked {
            Some(conn) => cursor::reached(conn, self.scope.tenant()).await?,
            None => cursor::reached(&mut app.db.read(self.scope).await?.conn(), self.scope.tenant()).await?,
        };
        match &mut locked {
            Some(conn) => self.look_at_withheld(conn).await?,
            None => self.look_at_withheld(&mut app.db.read(self.scope).await?.conn()).await?,
        }
        let earlier = std::mem::take(&mut self.skipped);
        for ids in earlier.chunks(usize::try_from(EVENTS).unwrap_or(256)) {
            let mut page = Vec::with_capacity(ids.len());
            for id in ids {
                page.extend(self.lookup(app, locked.as_deref_mut(), *id).await?);
            }
            self.merge(app, locked.as_deref_mut(), page, reached).await?;
        }
        let mut after = self.since;
        loop {
            let filter = EventFilter { cursor: after, oldest_first: true, ..EventFilter::default() };
            let page = match &mut locked {
                Some(conn) => events::list(conn, self.scope, &filter, EVENTS).await?,
                None => events::list(&mut app.db.read(self.scope).await?.conn(), self.scope, &filter, EVENTS).await?,
            };
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            self.merge(app, locked.as_deref_mut(), page, reached).await?;
            progress(Progress { events: self.events, rows: 0 });
        }
        self.since = Some(lower_bound(began));
        self.expire(app.now()).await
    }

    async fn lookup(
        &self,
        app: &App,
        locked: Option<&mut Conn<'_>>,
        id: EventId,
    ) -> Result<Option<StoredEvent>, StoreError> {
        match locked {
            Some(conn) => events::lookup(conn, self.scope, id).await,
            None => events::lookup(&mut app.db.read(self.scope).await?.conn(), self.scope, id).await,
        }
    }

    async fn merge(
        &mut self,
        app: &App,
        mut locked: Option<&mut Conn<'_>>,
        page: Vec<StoredEvent>,
        reached: cursor::Reached,
    ) -> Result<(), StoreError> {
        let ids: Vec<EventId> = page.iter().map(|event| event.id).collect();
        let waiting = match &mut locked {
            Some(conn) => unprocessed(conn, self.scope, &ids).await?,
            None => unprocessed(&mut app.db.read(self.scope).await?.conn(), self.scope, &ids).await?,
        };
        let mut understood = Vec::with_capacity(page.len());
        for event in page {
            if !reached.includes(event.position, event.id) || waiting.contains(&event.id) {
                self.skipped.push(event.id);
                continue;
            }
            let is_new = self.counted.is_none_or(|counted| event.id > counted);
            self.counted = self.counted.max(Some(event.id));
            self.events += u64::from(is_new);
            match pipeline::understand(&event.into()) {
                Ok(event) => understood.push(event),
                Err(_) => self.unreadable += u64::from(is_new),
            }
        }
        let (scope, known) = (self.scope, &self.withheld);
        let erased = match locked {
            Some(conn) => erased_among(app, conn, scope, known, &understood).await?,
            None => erased_among(app, &mut app.db.read(scope).await?.conn(), scope, known, &understood).await?,
        };
        understood.retain(|event| !erased.events.contains(&event.event_id));
        if understood.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin(self.scope).await?;
        merge::apply(&mut tx, &understood, app.now()).await?;
        tx.commit(app.now()).await?;
        Ok(())
    }
}

/// Which of these events wait for another attempt or are dead, and were never merged. An event that is being replayed was.
async fn unprocessed(conn: &mut Conn<'_>, scope: TenantScope, ids: &[EventId]) -> Result<HashSet<EventId>, StoreError> {
    let rows = work::list_of_events(conn, scope, ids).await?;
    let waits = |job: &work::Job| {
        let was_merged = job.payload.get("replayed").and_then(serde_json::Value::as_bool) == Some(true);
        matches!(job.state, JobState::Ready | JobState::Dead) && !was_merged
    };
    Ok(rows.iter().filter(|job| waits(job)).filter_map(|job| job.event_id).collect())
}

fn lower_bound(began: Timestamp) -> EventId {
    ids::born(began - LATE, [0; 10])
}
