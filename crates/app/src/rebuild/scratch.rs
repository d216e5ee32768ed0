//! The database of a rebuild: an empty SQLite file of its own, into which one tenant's log is merged once more.

use std::collections::HashSet;

use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{self, EventId},
    job::JobState,
    retention::RetentionKind,
    tenant::Tenant,
};
use switchboard_store::{
    Conn, Db, DbOptions, StoreError, TenantScope, cursor,
    derived::{self, Row, TABLES},
    events::{self, EventFilter, StoredEvent},
    migrate, platform, removal,
    withheld::{self, Withheld},
    work,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::{EVENTS, LATE, Progress, ROWS, RebuildError, Suspect, What};
use crate::{App, merge, pipeline, privacy::withhold::erased_among};

/// The database that the log is replayed into.
pub(super) struct Scratch {
    pub(super) db: Db,
    pub(super) scope: TenantScope,
    /// Read again from here when catching up.
    since: Option<EventId>,
    /// Not processed when they were met; maybe later.
    skipped: Vec<EventId>,
    /// The last event that was counted: catching up meets some a second time.
    counted: Option<EventId>,
    pub(super) events: u64,
    pub(super) unreadable: u64,
    /// What must not be made again, as it stood when the log was last read.
    withheld: Withheld,
    /// Live calls whose time is over and that are about to be removed.
    expired_calls: HashSet<Uuid>,
    /// Removed with everything in it when the rebuild ends, however it ends.
    _folder: TempDir,
}

impl Scratch {
    pub(super) async fn new(app: &App, scope: TenantScope) -> Result<Self, RebuildError> {
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
    pub(super) async fn copy_past_horizon(&mut self, app: &App) -> Result<(), StoreError> {
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
    pub(super) fn is_on_its_way_out(&self, suspect: &Suspect) -> bool {
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
    pub(super) async fn read_log(
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
            let is_behind = reached.includes(event.position, event.id) && !waiting.contains(&event.id);
            if !is_behind && event.source != Source::Own {
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
