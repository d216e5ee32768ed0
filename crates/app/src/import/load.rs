//! Taking a file in, chunk by chunk.
//!
//! A thread of its own reads and understands rows; the log is appended to from here, some hundred records at a time, and only
//! while few of them wait for the merge. Otherwise a year of records would stand in front of the next call that a provider
//! reports. So it is as fast as merging is, and whoever calls meanwhile is seen within moments.

use std::{
    io::{self, Read},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use bytes::{Buf, Bytes};
use futures::{StreamExt, stream::BoxStream};
use switchboard_domain::{Timestamp, event::Source};
use switchboard_providers::{
    contract::{Item, Provider, StoredItem},
    generic::files::{FileReader, FileRow, Plan, RowFault, sniff},
    registry,
};
use switchboard_store::{
    TenantScope,
    connections::Connection,
    cursor,
    imports::{self, Counts, RowError},
    media::MediaError,
};
use tokio::{runtime::Handle, sync::mpsc};

use super::{Chosen, ImportError};
use crate::{
    App,
    intake::{self, Refused},
};

/// Records that are appended in one transaction: some 20 ms of the writer on SQLite.
const CHUNK: usize = 500;
/// Rows of a chunk, where few of them are records.
const CHUNK_ROWS: usize = 2_000;
/// Chunks that are read ahead.
const AHEAD: usize = 3;
/// Events that may wait for the merge before more are appended.
const MOST_WAITING: i64 = 1_500;
/// How often it is looked whether there is room again.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How often it is looked whether a merge moves that does not.
const PATIENCE: u32 = 1_500;

/// How often records are offered again that the log could not take just then, and how long after each time: another
/// process may keep SQLite's only place to write for long, and a restart of PostgreSQL takes a while.
const OFFERS: u32 = 60;
const OFFER_AGAIN: Duration = Duration::from_secs(1);

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Read every row, and say what would be done.
    Check,
    Apply,
}

/// What was read of a file since the last time.
#[derive(Debug)]
pub struct Step {
    /// What is wrong with rows of it.
    pub errors: Vec<RowError>,
}

#[derive(Debug, Default)]
struct Chunk {
    items: Vec<Item>,
    errors: Vec<RowError>,
    rows: i64,
    passed_over: i64,
    /// Of the file, at the end of the chunk.
    bytes: i64,
}

/// A file being taken in.
pub struct Loader {
    scope: TenantScope,
    connection: Option<Connection>,
    provider: &'static dyn Provider,
    context: Option<Arc<str>>,
    mode: Mode,
    chunks: mpsc::Receiver<io::Result<Chunk>>,
    pub counts: Counts,
    /// Nobody may be there to merge: when nothing moves, the log takes the records all the same. Otherwise that is a reason to
    /// go on later.
    pub may_be_alone: bool,
    is_alone: bool,
}

impl Loader {
    /// Begins to read. `head` is the file's beginning, which `file` has as well. Rows that `counts` says were read before are
    /// passed over. A check may do without a connection: then nothing is known already.
    #[expect(
        clippy::unused_async,
        reason = "its thread is spawned on the runtime, which a plain function would not show"
    )]
    pub async fn start(
        app: &Arc<App>,
        scope: TenantScope,
        chosen: &Chosen,
        connection: Option<Connection>,
        (head, file): (&[u8], impl Read + Send + 'static),
        mode: Mode,
        counts: Counts,
    ) -> Result<Self, ImportError> {
        let found = sniff(head, Some(chosen.format))?;
        let plan = chosen.plan(found);
        // Each format names a provider that there is; a test asks all of them.
        let provider = registry::by_slug(chosen.format.provider()).ok_or(ImportError::NotFound)?;
        let settings = connection.as_ref().map(|connection| connection.settings.clone()).unwrap_or_default();
        let context: Option<Arc<str>> = provider.context(&settings, &chosen.time_zone).map(Into::into);
        let (sender, chunks) = mpsc::channel(AHEAD);
        let reading = Reading { provider, context: context.clone(), received_at: app.now(), to_skip: counts.rows_read };
        tokio::task::spawn_blocking(move || reading.all(FileReader::new(file, &plan), &sender));
        Ok(Self { scope, connection, provider, context, mode, chunks, counts, may_be_alone: false, is_alone: false })
    }

    /// The next chunk; `None` at the end of the file.
    pub async fn step(&mut self, app: &Arc<App>) -> Result<Option<Step>, ImportError> {
        let Some(chunk) = self.chunks.recv().await else { return Ok(None) };
        let chunk = chunk.map_err(ImportError::Read)?;
        let errors = chunk.errors;
        self.counts.rows_read += chunk.rows;
        self.counts.bytes_read = chunk.bytes;
        self.counts.passed_over += chunk.passed_over;
        self.counts.failed += count(errors.len());
        let items = count(chunk.items.len());
        let known = match (self.mode, &self.connection) {
            (Mode::Apply, Some(connection)) => {
                let connection = connection.clone();
                self.wait_for_merge(app).await?;
                self.append(app, &connection, chunk.items).await?
            }
            (Mode::Check, Some(connection)) => {
                let keys: Vec<[u8; 16]> = chunk.items.iter().map(|item| item.dedup.0).collect();
                let mut reader = app.db.read(self.scope).await?;
                imports::known(&mut reader.conn(), self.scope, connection.id, &keys).await?
            }
            (_, None) => 0,
        };
        self.counts.known += known;
        self.counts.stored += items - known;
        Ok(Some(Step { errors }))
    }

    /// Appends records to the log. Returns how many were there already.
    async fn append(&self, app: &Arc<App>, connection: &Connection, items: Vec<Item>) -> Result<i64, ImportError> {
        if items.is_empty() {
            return Ok(0);
        }
        let origin = intake::Origin {
            tenant: self.scope.tenant(),
            connection: connection.id,
            provider: self.provider,
            source: Source::Import,
            received_at: app.now(),
            context: self.context.clone(),
        };
        let events = origin.events(app, items, &"{}".into());
        let mut offers = 1;
        loop {
            // What the log took all the same it knows by its keys the next time.
            match app.intake.append_waiting(events.clone()).await {
                Ok(received) => return Ok(count(received.duplicates)),
                Err(Refused::Unavailable) if offers < OFFERS => tokio::time::sleep(OFFER_AGAIN).await,
                Err(refused) => return Err(ImportError::Refused(refused)),
            }
            offers += 1;
        }
    }

    /// Waits until the merge has come near. Where nothing moves it gives up waiting, once and for all, or gives up.
    async fn wait_for_merge(&mut self, app: &Arc<App>) -> Result<(), ImportError> {
        let (mut last, mut unmoved) = (i64::MAX, 0);
        while !self.is_alone {
            let (_, waiting) = cursor::backlog(&app.db).await?;
            if waiting < MOST_WAITING {
                return Ok(());
            }
            unmoved = if waiting < last { 0 } else { unmoved + 1 };
            last = last.min(waiting);
            if unmoved > PATIENCE && !self.may_be_alone {
                return Err(ImportError::Refused(Refused::Overloaded));
            }
            self.is_alone = unmoved > PATIENCE;
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

/// Waits until everything in the log is merged, or nothing moves any more. Returns what is left.
pub async fn settled(app: &Arc<App>) -> Result<i64, ImportError> {
    let (mut last, mut unmoved) = (i64::MAX, 0);
    loop {
        let (_, waiting) = cursor::backlog(&app.db).await?;
        unmoved = if waiting < last { 0 } else { unmoved + 1 };
        last = last.min(waiting);
        if waiting == 0 || unmoved > PATIENCE {
            return Ok(waiting);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What the reading thread knows.
struct Reading {
    provider: &'static dyn Provider,
    context: Option<Arc<str>>,
    received_at: Timestamp,
    to_skip: i64,
}

impl Reading {
    /// Reads to the end, or until nobody listens any more.
    fn all<R: Read>(mut self, mut file: FileReader<R>, to: &mpsc::Sender<io::Result<Chunk>>) {
        loop {
            let chunk = self.chunk(&mut file);
            let is_end = match &chunk {
                Ok(chunk) => chunk.rows == 0,
                Err(_) => true,
            };
            let is_last = is_end && chunk.is_ok();
            if is_last || to.blocking_send(chunk).is_err() || is_end {
                return;
            }
        }
    }

    fn chunk<R: Read>(&mut self, file: &mut FileReader<R>) -> io::Result<Chunk> {
        let mut chunk = Chunk::default();
        let mut rows = 0;
        while chunk.items.len() < CHUNK && rows < CHUNK_ROWS {
            let Some(row) = file.next_row()? else { break };
            if self.to_skip > 0 {
                self.to_skip -= 1;
                continue;
            }
            rows += 1;
            self.take(row, &mut chunk);
        }
        chunk.rows = count(rows);
        chunk.bytes = i64::try_from(file.bytes()).unwrap_or(i64::MAX);
        Ok(chunk)
    }

    fn take(&self, row: FileRow, chunk: &mut Chunk) {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        match row.items.and_then(|items| self.understood(items)) {
            Ok(items) if items.is_empty() => chunk.passed_over += 1,
            Ok(mut items) => chunk.items.append(&mut items),
            Err(fault) => chunk.errors.push(row_error(line, fault)),
        }
    }

    /// Items that can be read again. One that cannot would be a dead event, which tells nobody which line it was.
    fn understood(&self, items: Vec<Item>) -> Result<Vec<Item>, RowFault> {
        for item in &items {
            let stored = StoredItem {
                kind: &item.kind,
                body: &item.body,
                received_at: self.received_at,
                context: self.context.as_deref(),
            };
            let read = std::panic::catch_unwind(AssertUnwindSafe(|| self.provider.normalize(stored)));
            match read {
                Ok(Ok(_)) => {}
                Ok(Err(malformed)) => return Err(RowFault::new("refused", malformed.reason)),
                Err(_) => return Err(RowFault::new("refused", "a fault of this server: it stumbled over the row")),
            }
        }
        Ok(items)
    }
}

fn row_error(line: i64, fault: RowFault) -> RowError {
    RowError { line, code: fault.code.to_owned(), column_name: fault.column, message: fault.message }
}

/// The first rows of a file's beginning, as they would be taken in.
pub(super) fn first_rows(
    head: &[u8],
    plan: &Plan,
    most: usize,
) -> Vec<(u64, Result<Vec<serde_json::Value>, RowError>)> {
    let mut file = FileReader::new(head, plan);
    let mut rows = Vec::new();
    while rows.len() < most
        && let Ok(Some(row)) = file.next_row()
    {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        let shown = |item: &Item| serde_json::from_slice(&item.body).unwrap_or_default();
        let items = row.items.map(|items| items.iter().map(shown).collect()).map_err(|fault| row_error(line, fault));
        rows.push((row.line, items));
    }
    rows
}

/// A stream as something that a thread reads from.
pub(crate) struct Blocking {
    stream: BoxStream<'static, Result<Bytes, MediaError>>,
    runtime: Handle,
    chunk: Bytes,
}

impl Blocking {
    /// To be made inside the runtime, and read from outside of its threads.
    pub(crate) fn new(stream: BoxStream<'static, Result<Bytes, MediaError>>) -> Self {
        Self { stream, runtime: Handle::current(), chunk: Bytes::new() }
    }
}

impl Read for Blocking {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let count = self.chunk.len().min(into.len());
        self.chunk.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}
