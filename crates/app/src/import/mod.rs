//! Call records out of files: a file is brought, looked at, and taken in.
//!
//! A row becomes an event of the log like one that a provider pushes, with the same key, so what is here already is not taken
//! in twice and a rebuild finds it again. What follows from events of a file is their records and nothing else: nobody is told
//! of last year's calls.
//!
//! The file waits in the media store and is read as a stream: by the job that the dashboard starts ([`start`]), or by the
//! command line from where it lies ([`Loader`]).

mod load;
mod plan;

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use switchboard_domain::{
    audit::Action,
    ids::{ConnectionId, ImportId},
    import::ImportState,
};
use switchboard_providers::generic::files::{FileError, HEAD_BYTES, Sniffed, sniff};
use switchboard_store::{
    StoreError, TenantScope,
    connections::Connection,
    imports::{self, Begin, Import, RowError},
    media::{ByteRange, MediaError, MediaKey},
    work,
};
use tokio::io::AsyncWriteExt;

pub use self::{
    load::{Loader, Mode, Step, settled},
    plan::{Chosen, Wish, connection_for},
};
use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
    connecting::{self, NewConnection},
    connections::ConnectionsError,
    intake::Refused,
    jobs::{self, ImportRecords, RemoveFiles},
    wake::Signal,
};

/// Bytes that a file may have.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Connections that are looked through for the one that a file belongs to.
const CONNECTIONS: i64 = 500;
/// Rows that a preview shows.
pub const PREVIEWED: usize = 10;
/// The name of the connection that is made for records of files, where there is none.
const FROM_FILES: &str = "Imported call records";

/// Something about an import cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no such import")]
    NotFound,
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the file has more than {} GB; split it", MAX_BYTES >> 30)]
    TooLarge,
    #[error("the file is not kept any more; bring it again")]
    NoFile,
    #[error("it is being read just now; wait for its end, or cancel it")]
    Running,
    #[error("it is not being read")]
    NotRunning,
    /// Values that a person should change, each with its field.
    #[error("{}", crate::accounts::fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("the file could not be read")]
    Read(#[source] std::io::Error),
    #[error("the file could not be kept or read")]
    Media(#[from] MediaError),
    #[error("the log did not take the records")]
    Refused(#[source] Refused),
    #[error(transparent)]
    Connection(#[from] ConnectionsError),
    #[error("the import could not be read or changed")]
    Store(#[from] StoreError),
}

/// Takes a file in and keeps it. Nothing is read of it but its beginning.
pub async fn upload<E: Into<std::io::Error>>(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    name: &str,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Import, ImportError> {
    let now = app.now();
    let id: ImportId = app.id();
    let key = MediaKey::import(scope.tenant(), id);
    let mut writer = app.media.write(&key, MAX_BYTES);
    let mut head: Vec<u8> = Vec::with_capacity(HEAD_BYTES);
    let mut body = std::pin::pin!(body);
    let outcome = async {
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| ImportError::Read(error.into()))?;
            if writer.written() + chunk.len() as u64 > MAX_BYTES {
                return Err(ImportError::TooLarge);
            }
            let wanted = HEAD_BYTES.saturating_sub(head.len()).min(chunk.len());
            head.extend_from_slice(&chunk[..wanted]);
            writer.write_all(&chunk).await.map_err(MediaError::Write)?;
        }
        sniff(&head, None)?;
        Ok(writer.written())
    }
    .await;
    let bytes = match outcome {
        Ok(bytes) => bytes,
        Err(error) => {
            if let Err(left) = writer.abort().await {
                tracing::debug!(error = %left, "a file that is not wanted was not cleared away");
            }
            return Err(error);
        }
    };
    writer.finish().await?;
    let import = Import {
        id,
        tenant_id: scope.tenant(),
        connection_id: None,
        job_id: None,
        file_name: plan::file_name(name),
        file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        media_key: Some(key.as_str().to_owned()),
        state: ImportState::Uploaded,
        plan: None,
        counts: imports::Counts::default(),
        problem: None,
        requested_by: by.actor.id().unwrap_or_else(|| by.name.clone()),
        created_at: now,
        started_at: None,
        finished_at: None,
    };
    let mut tx = app.db.begin(scope).await?;
    imports::insert(&mut tx.conn(), &import).await?;
    let entry = Entry::new(by, Action::ImportUploaded).on("import", id);
    audit::record(&mut tx, app, entry.with("file", import.file_name.clone()).with("bytes", import.file_bytes)).await?;
    tx.commit(now).await?;
    Ok(import)
}

/// One import.
pub async fn find(app: &App, scope: TenantScope, id: ImportId) -> Result<Import, ImportError> {
    let mut reader = app.db.read(scope).await?;
    imports::lookup(&mut reader.conn(), scope, id).await?.ok_or(ImportError::NotFound)
}

/// Imports, newest first.
pub async fn list(
    app: &App,
    scope: TenantScope,
    before: Option<ImportId>,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    imports::list(&mut reader.conn(), scope, before, limit).await
}

/// What is wrong with rows of an import, by their lines.
pub async fn errors(
    app: &App,
    scope: TenantScope,
    id: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<RowError>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    imports::errors(&mut reader.conn(), scope, id, after, limit).await
}

/// What a file looks like, and how it would be read.
#[derive(Debug)]
pub struct Preview {
    pub found: Sniffed,
    /// How it is read if nothing more is said; `None` while nobody has said whose file it is.
    pub chosen: Option<Chosen>,
    /// The first rows as they would be taken in: their lines, and the records as JSON or what is wrong.
    pub rows: Vec<(u64, Result<Vec<serde_json::Value>, RowError>)>,
}

/// Looks at the beginning of a file, as it would be read by `wish`.
pub async fn preview(app: &App, scope: TenantScope, id: ImportId, wish: &Wish) -> Result<Preview, ImportError> {
    let import = find(app, scope, id).await?;
    let head = head(app, &import).await?;
    let found = sniff(&head, wish.format)?;
    let zone = workspace_zone(app, scope).await?;
    let rows = |chosen: &Chosen| load::first_rows(&head, &chosen.plan(found.clone()), PREVIEWED);
    match wish.resolve(&found, &zone) {
        Ok(chosen) => Ok(Preview { rows: rows(&chosen), chosen: Some(chosen), found }),
        // Somebody is still saying what the columns are.
        Err(_) if wish.is_unfinished(&found) => Ok(Preview { found, chosen: None, rows: Vec::new() }),
        Err(faults) => Err(ImportError::Fields(faults)),
    }
}

pub(crate) async fn head(app: &App, import: &Import) -> Result<Vec<u8>, ImportError> {
    let key = MediaKey::parse(import.media_key.as_deref().ok_or(ImportError::NoFile)?)?;
    let last = HEAD_BYTES as u64 - 1;
    let read = app.media.read(&key, Some(ByteRange::From(0, Some(last)))).await;
    let media = match read {
        Err(MediaError::NotFound) => return Err(ImportError::NoFile),
        // A file without a byte has no range.
        Err(MediaError::Range { .. }) => return Err(ImportError::File(FileError::Empty)),
        read => read?,
    };
    let head = media.stream.try_fold(Vec::new(), |mut head, chunk| async move {
        head.extend_from_slice(&chunk);
        Ok(head)
    });
    Ok(head.await?)
}

/// The zone of a workspace.
pub async fn workspace_zone(app: &App, scope: TenantScope) -> Result<String, StoreError> {
    let mut reader = app.db.read(scope).await?;
    Ok(switchboard_store::tenants::find(&mut reader.conn(), scope).await?.time_zone)
}

/// Begins to read the whole file: to check it, or to take it in.
pub async fn start(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: ImportId,
    wish: &Wish,
    mode: Mode,
) -> Result<Import, ImportError> {
    let import = find(app, scope, id).await?;
    if import.state.is_running() {
        return Err(ImportError::Running);
    }
    let found = sniff(&head(app, &import).await?, wish.format)?;
    let chosen = wish.resolve(&found, &workspace_zone(app, scope).await?).map_err(ImportError::Fields)?;
    let connection = match mode {
        Mode::Check => connection_for(app, scope, &chosen, wish.connection_id).await?.map(|found| found.id),
        Mode::Apply => Some(connection(app, scope, by, &chosen, wish.connection_id).await?.id),
    };
    let now = app.now();
    let row = jobs::row(app, scope.tenant(), &ImportRecords { import: id }, now);
    let state = if mode == Mode::Check { ImportState::Checking } else { ImportState::Importing };
    let plan = serde_json::to_string(&chosen).unwrap_or_default();
    let begin = Begin { state, connection_id: connection, job_id: row.id, plan: &plan };
    let mut tx = app.db.begin(scope).await?;
    if !imports::begin(&mut tx.conn(), scope, id, &begin, now).await? {
        return Err(if import.media_key.is_none() { ImportError::NoFile } else { ImportError::Running });
    }
    work::insert(&mut tx.conn(), &[row], now).await?;
    let entry = Entry::new(by, Action::ImportStarted).on("import", id).with("format", chosen.format.as_str());
    audit::record(&mut tx, app, entry.with("only_checked", mode == Mode::Check)).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    find(app, scope, id).await
}

/// The connection that a file's calls become calls of: the one that was named, else the only one of its provider, else a
/// new one.
pub async fn connection(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    chosen: &Chosen,
    named: Option<ConnectionId>,
) -> Result<Connection, ImportError> {
    if let Some(found) = connection_for(app, scope, chosen, named).await? {
        return Ok(found);
    }
    let new = NewConnection {
        provider: chosen.format.provider().to_owned(),
        name: FROM_FILES.to_owned(),
        app_id: None,
        fields: std::collections::BTreeMap::default(),
    };
    Ok(connecting::create_incomplete(app, scope, &new, by).await?)
}

/// Ends an import that runs. What was taken in stays.
pub async fn cancel(app: &App, scope: TenantScope, by: &Origin, id: ImportId) -> Result<Import, ImportError> {
    find(app, scope, id).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !imports::end(&mut tx.conn(), scope, id, ImportState::Cancelled, None, now).await? {
        return Err(ImportError::NotRunning);
    }
    audit::record(&mut tx, app, Entry::new(by, Action::ImportCancelled).on("import", id)).await?;
    tx.commit(now).await?;
    find(app, scope, id).await
}

/// Forgets an import and its file. Its calls stay.
pub async fn remove(app: &App, scope: TenantScope, by: &Origin, id: ImportId) -> Result<(), ImportError> {
    let import = find(app, scope, id).await?;
    if import.state.is_running() {
        return Err(ImportError::Running);
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    imports::remove(&mut tx.conn(), scope, id).await?;
    if let Some(key) = import.media_key {
        work::insert(&mut tx.conn(), &[jobs::row(app, scope.tenant(), &RemoveFiles { keys: vec![key] }, now)], now)
            .await?;
    }
    audit::record(&mut tx, app, Entry::new(by, Action::ImportRemoved).on("import", id)).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(())
}

/// The file of an import, to be read from its beginning by a thread that may block.
pub(crate) async fn open(app: &Arc<App>, import: &Import) -> Result<impl std::io::Read + Send + 'static, ImportError> {
    let key = MediaKey::parse(import.media_key.as_deref().ok_or(ImportError::NoFile)?)?;
    let media = match app.media.read(&key, None).await {
        Err(MediaError::NotFound) => return Err(ImportError::NoFile),
        media => media?,
    };
    Ok(load::Blocking::new(media.stream))
}
