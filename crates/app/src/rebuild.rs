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
//! never fire. What we did ourselves is in the records from the commit that logs it, wherever the cursor stands.

mod scratch;

use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::TenantId,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    derived::{self, Row, TABLES, Table},
};

use self::scratch::Scratch;
use crate::{App, wake::Signal};

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
