//! Removes what a tenant no longer wants to keep, a little at a time, and files that nobody names any more.
//!
//! One row of the installation comes back every day and adds one for each tenant, so that tenants take their turns like
//! everybody else. May run twice: what is gone is gone.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    change::RecordKind as R,
    fact::{Fact, FactBody, RecordingFact},
    ids::ConnectionId,
    merge::Authority,
    recording::StoredMedia,
    retention::RetentionKind,
};
use switchboard_store::{
    TenantScope, connections, exports, imports, media::MediaKey, platform, removal, retention,
    retention::SavedRecording, upkeep, withheld, work,
};

use super::{Context, Failure, Job, Kind, RemoveFiles, row};
use crate::{App, merge, privacy, privacy::retention::horizon, wake::Signal};

/// Records of a kind that one transaction removes: a few milliseconds of SQLite's writer.
const RECORDS: i64 = 20;
/// Events that one transaction removes.
const EVENTS: i64 = 200;
/// Keys of events that one transaction removes.
const KEYS: i64 = 500;
/// Copies of audio that one event of ours lets go.
const COPIES: i64 = 20;
/// Keys outlive the longest time that a provider sends an event again, which is 7 days.
const KEYS_KEPT: Duration = Duration::from_hours(30 * 24);
/// A file that nobody names may be one that is being written just now.
const FILE_AGE: Duration = Duration::from_hours(24);
/// Files that are asked about in one go.
const FILES: usize = 500;
/// An export that was not made by then never will be.
const ABANDONED: Duration = Duration::from_hours(7 * 24);
/// Rows that one look reads.
const PAGE: i64 = 200;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Retention {}

/// What a run has removed: shown to people. A run that is broken off begins again, with less to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    calls: u64,
    messages: u64,
    voicemails: u64,
    /// Copies of audio, without their recordings.
    copies: u64,
    events: u64,
    event_keys: u64,
    changes: u64,
    files: u64,
}

impl Job for Retention {
    const KIND: Kind = Kind::Retention;
    const IS_BULK: bool = true;
    const RUNS_WHILE_SUSPENDED: bool = true;

    fn lane(&self) -> String {
        "retention".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        if context.scope == work::installation_scope() {
            return of_installation(context).await;
        }
        let mut run = Run { context, done: Progress::default() };
        run.rules().await?;
        run.stray_files().await?;
        if run.done != Progress::default() {
            tracing::info!(tenant = %context.scope.tenant(), removed = ?run.done, "what was kept long enough is removed");
        }
        run.show().await
    }
}

/// A row for each tenant, and what belongs to none.
async fn of_installation(context: &Context<'_>) -> Result<(), Failure> {
    let app = context.app;
    for name in retention::drop_partitions(&app.db, app.now()).await? {
        tracing::info!(partition = name, "a month of the log is dropped: every tenant's rule has left it behind");
    }
    expired_exports(context).await?;
    stale_imports(context).await?;
    let mut after = None;
    loop {
        let page = platform::list_tenants(&app.db, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.id);
        for (_, scope) in &page {
            let now = app.now();
            let mut tx = app.db.begin(*scope).await?;
            work::insert(&mut tx.conn(), &[row(app, scope.tenant(), &Retention {}, now)], now).await?;
            tx.commit(now).await?;
        }
    }
    app.wake.send(Signal::Work);
    Ok(())
}

/// Forgets exports whose time is over, and has their files removed.
async fn expired_exports(context: &Context<'_>) -> Result<(), Failure> {
    let app = context.app;
    loop {
        let now = app.now();
        let page = exports::expired(&app.db, now, now - ABANDONED, PAGE).await?;
        for export in &page {
            let mut tx = app.db.begin(export.scope()).await?;
            exports::remove(&mut tx.conn(), export.scope(), export.id).await?;
            let keys = vec![MediaKey::export(export.tenant_id, export.id).as_str().to_owned()];
            work::insert(&mut tx.conn(), &[row(app, export.tenant_id, &RemoveFiles { keys }, now)], now).await?;
            tx.commit(now).await?;
        }
        if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

/// Forgets files of call records that nobody took in, and has them removed.
async fn stale_imports(context: &Context<'_>) -> Result<(), Failure> {
    let app = context.app;
    loop {
        let now = app.now();
        let page = imports::stale(&app.db, now - ABANDONED, PAGE).await?;
        for import in &page {
            let mut tx = app.db.begin(import.scope()).await?;
            imports::forget_file(&mut tx.conn(), import.scope(), import.id).await?;
            let keys = import.media_key.iter().cloned().collect();
            work::insert(&mut tx.conn(), &[row(app, import.tenant_id, &RemoveFiles { keys }, now)], now).await?;
            tx.commit(now).await?;
        }
        if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

struct Run<'a> {
    context: &'a Context<'a>,
    done: Progress,
}

impl Run<'_> {
    fn app(&self) -> &std::sync::Arc<App> {
        self.context.app
    }

    fn scope(&self) -> TenantScope {
        self.context.scope
    }

    /// Between two steps: others get their turn, and a node that stops may stop.
    fn pause(&self) -> Result<(), Failure> {
        if self.context.stop.is_cancelled() {
            return Err(Failure::NotTried { after: Duration::ZERO });
        }
        Ok(())
    }

    async fn show(&self) -> Result<(), Failure> {
        self.context.set_progress(&self.done).await
    }

    async fn rules(&mut self) -> Result<(), Failure> {
        let rules = retention::rules(&mut self.app().db.read(self.scope()).await?.conn(), self.scope()).await?;
        let days = |kind| rules.iter().find(|rule| rule.kind == kind).map(|rule| rule.days);
        let now = self.app().now();
        for kind in [RetentionKind::Calls, RetentionKind::Messages, RetentionKind::Voicemails] {
            if let Some(days) = days(kind) {
                self.records(kind, horizon(now, days)).await?;
            }
        }
        if let Some(days) = days(RetentionKind::Recordings) {
            self.copies(horizon(now, days), days).await?;
        }
        if let Some(days) = days(RetentionKind::Events) {
            self.events(horizon(now, days)).await?;
        }
        if let Some(days) = days(RetentionKind::Changes).or(RetentionKind::Changes.days_without_rule()) {
            self.changes(horizon(now, days)).await?;
        }
        Ok(())
    }

    /// The moment is noted in the first transaction, so that no merge from then on makes again what goes.
    async fn records(&mut self, kind: RetentionKind, before: Timestamp) -> Result<(), Failure> {
        loop {
            self.pause()?;
            let (app, scope, now) = (self.context.app, self.scope(), self.app().now());
            let mut tx = app.db.begin(scope).await?;
            tx.lock_tenant().await?;
            let known = tx.withheld().clone();
            withheld::set_removed_before(&mut tx.conn(), scope, &known, kind, before).await?;
            let gone = removal::expire(&mut tx.conn(), scope, kind, before, RECORDS).await?;
            let has_files = privacy::settle(app, &mut tx, &gone).await?;
            tx.commit(now).await?;
            if has_files {
                app.wake.send(Signal::Work);
            }
            let count = |wanted| gone.records.iter().filter(|(kind, _)| *kind == wanted).count() as u64;
            self.done.calls += count(R::Call);
            self.done.messages += count(R::Message);
            self.done.voicemails += count(R::Voicemail);
            self.done.files += gone.files.len() as u64;
            if gone.records.is_empty() {
                return self.show().await;
            }
            app.wake.send(Signal::Changes(scope.tenant()));
        }
    }

    /// That a copy was let go is an event of ours, so that a rebuild knows it as well. A file that is left behind by a node
    /// that dies in between is found by [`Run::stray_files`].
    async fn copies(&mut self, before: Timestamp, days: i64) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.scope());
        loop {
            self.pause()?;
            let page =
                retention::saved_recordings(&mut app.db.read(scope).await?.conn(), scope, before, COPIES).await?;
            if page.is_empty() {
                return self.show().await;
            }
            let mut of_connection: HashMap<ConnectionId, Vec<Fact>> = HashMap::new();
            for recording in &page {
                of_connection.entry(recording.connection_id).or_default().push(self.let_go(recording, days));
            }
            for (connection, facts) in of_connection {
                merge::apply_own(app, scope, connection, facts, "recording.removed", "retention").await?;
            }
            for recording in &page {
                let key = MediaKey::recording(scope.tenant(), recording.id);
                app.media.remove(&key).await.map_err(|error| Failure::of(&error))?;
            }
            self.done.copies += page.len() as u64;
        }
    }

    fn let_go(&self, recording: &SavedRecording, days: i64) -> Fact {
        let reason = format!("the workspace keeps audio for {days} days");
        let fact = RecordingFact {
            leg_external_id: recording.leg_external_id.clone(),
            external_id: recording.external_id.clone(),
            kind: None,
            url: None,
            duration_ms: None,
            started_at: None,
            stored: Some(StoredMedia::Removed { reason }),
        };
        let body = FactBody::Recording(Box::new(fact));
        Fact { at: self.app().now(), authority: Authority::Derived, body }
    }

    async fn events(&mut self, before: Timestamp) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.scope());
        loop {
            self.pause()?;
            let now = app.now();
            let mut tx = app.db.begin(scope).await?;
            tx.lock_tenant().await?;
            let known = tx.withheld().clone();
            withheld::set_removed_before(&mut tx.conn(), scope, &known, RetentionKind::Events, before).await?;
            let removed = retention::remove_events(&mut tx.conn(), scope, before, EVENTS).await?;
            tx.commit(now).await?;
            self.done.events += removed;
            if removed == 0 {
                break;
            }
        }
        self.event_keys(before.min(app.now() - KEYS_KEPT)).await?;
        self.show().await
    }

    async fn event_keys(&mut self, before: Timestamp) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.scope());
        let all = connections::list(&mut app.db.read(scope).await?.conn(), scope, None, 1_000).await?;
        for connection in all {
            let mut after = Vec::new();
            loop {
                self.pause()?;
                let mut tx = app.db.begin(scope).await?;
                let page = retention::remove_event_keys(&mut tx.conn(), connection.id, &after, before, KEYS).await?;
                tx.commit(app.now()).await?;
                let Some(page) = page else { break };
                self.done.event_keys += page.removed;
                after = page.last;
            }
        }
        Ok(())
    }

    async fn changes(&mut self, before: Timestamp) -> Result<(), Failure> {
        loop {
            self.pause()?;
            let removed = upkeep::remove_changes(&self.app().db, self.scope(), before).await?;
            self.done.changes += removed;
            if removed == 0 {
                return Ok(());
            }
        }
    }

    /// Files that no recording and no export names: left behind by a node that died between two steps.
    async fn stray_files(&mut self) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.scope());
        let listed = app.media.list(scope.tenant(), app.now() - FILE_AGE);
        let mut pages = std::pin::pin!(listed.try_chunks(FILES));
        while let Some(keys) = pages.try_next().await.map_err(|error| Failure::of(&error.1))? {
            self.pause()?;
            let ids: Vec<_> = keys.iter().filter_map(MediaKey::file).collect();
            let mut reader = app.db.read(scope).await?;
            let named: HashSet<_> =
                retention::named_files(&mut reader.conn(), scope, &ids).await?.into_iter().collect();
            drop(reader);
            for key in keys.iter().filter(|key| key.file().is_none_or(|file| !named.contains(&file))) {
                app.media.remove(key).await.map_err(|error| Failure::of(&error))?;
                self.done.files += 1;
            }
        }
        Ok(())
    }
}
