//! Reads a file of call records that somebody brought, to check it or to take it in.
//!
//! May run twice: rows that were read are passed over, and the log holds the same record once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_domain::{Timestamp, ids::ImportId, import::ImportState};
use switchboard_store::imports::{self, Import, MAX_ERRORS, RowError};

use super::{Context, Failure, Job, Kind, RemoveFiles, row};
use crate::{
    connections::{self, ConnectionsError},
    import::{self, Chosen, ImportError, Loader, Mode},
};

/// How often it is noted how far it is, and looked whether somebody ended it.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecords {
    pub import: ImportId,
}

impl Job for ImportRecords {
    const KIND: Kind = Kind::ImportRecords;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        format!("import:{}", self.import)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let import = match import::find(app, scope, self.import).await {
            Ok(import) if import.state.is_running() => import,
            Ok(_) | Err(ImportError::NotFound) => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        match read(context, &import).await {
            Ok(()) => Ok(()),
            Err(Stopped::Failure(failure)) => Err(failure),
            Err(Stopped::Import(error)) => {
                let failure = Failure::of(&error);
                if !(is_final(&error) || context.is_last_attempt() && matches!(failure, Failure::Retry { .. })) {
                    return Err(failure);
                }
                end(context, &import, ImportState::Failed, Some(&error.to_string())).await?;
                Err(Failure::give_up(error.to_string()))
            }
        }
    }
}

/// Why reading stopped before the end.
enum Stopped {
    Import(ImportError),
    Failure(Failure),
}

impl<E: Into<ImportError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Import(error.into())
    }
}

/// Trying again cannot help.
fn is_final(error: &ImportError) -> bool {
    !matches!(error, ImportError::Store(_) | ImportError::Media(_) | ImportError::Refused(_) | ImportError::Read(_))
}

async fn read(context: &Context<'_>, import: &Import) -> Result<(), Stopped> {
    let (app, scope) = (context.app, context.scope);
    let plan = import.plan.as_deref().and_then(|plan| serde_json::from_str::<Chosen>(plan).ok());
    let chosen = plan.ok_or(ImportError::NotFound)?;
    let connection = match import.connection_id {
        Some(id) => {
            Some(connections::find(app, scope, id).await.map_err(|error: ConnectionsError| ImportError::from(error))?)
        }
        None => None,
    };
    let mode = if import.state == ImportState::Checking { Mode::Check } else { Mode::Apply };
    let head = import::head(app, import).await?;
    let file = import::open(app, import).await?;
    let mut loader = Loader::start(app, scope, &chosen, connection, (&head, file), mode, import.counts).await?;
    let mut errors: Vec<RowError> = Vec::new();
    let mut noted = app.now();
    while let Some(step) = loader.step(app).await? {
        let room = usize::try_from(MAX_ERRORS - (loader.counts.failed - i64::try_from(step.errors.len()).unwrap_or(0)))
            .unwrap_or(0);
        errors.extend(step.errors.into_iter().take(room));
        if context.stop.is_cancelled() {
            note(context, import, &loader, &mut errors).await?;
            return Err(Stopped::Failure(Failure::NotTried { after: Duration::ZERO }));
        }
        if app.now().since(noted) >= NOTE_EVERY {
            noted = app.now();
            if !note(context, import, &loader, &mut errors).await? {
                return Ok(());
            }
        }
    }
    note(context, import, &loader, &mut errors).await?;
    let state = if mode == Mode::Check { ImportState::Checked } else { ImportState::Done };
    end(context, import, state, None).await.map_err(Stopped::Failure)?;
    tracing::info!(
        import = %import.id, rows = loader.counts.rows_read, stored = loader.counts.stored, known = loader.counts.known,
        failed = loader.counts.failed, state = state.as_str(), "a file of call records was read"
    );
    Ok(())
}

/// Writes down how far it is. False when somebody ended it.
async fn note(
    context: &Context<'_>,
    import: &Import,
    loader: &Loader,
    errors: &mut Vec<RowError>,
) -> Result<bool, Stopped> {
    let (app, scope) = (context.app, context.scope);
    let now: Timestamp = app.now();
    let mut tx = app.db.begin(scope).await?;
    let runs = imports::advance(&mut tx.conn(), scope, import.id, &loader.counts, errors, now).await?;
    tx.commit(now).await?;
    errors.clear();
    Ok(runs)
}

/// Ends it. A file that was taken in, or cannot be, is not kept.
async fn end(context: &Context<'_>, import: &Import, state: ImportState, problem: Option<&str>) -> Result<(), Failure> {
    let (app, scope) = (context.app, context.scope);
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let ended = imports::end(&mut tx.conn(), scope, import.id, state, problem, now).await?;
    if let Some(key) = import.media_key.clone().filter(|_| ended && state == ImportState::Done) {
        imports::forget_file(&mut tx.conn(), scope, import.id).await?;
        let files = row(app, scope.tenant(), &RemoveFiles { keys: vec![key] }, now);
        switchboard_store::work::insert(&mut tx.conn(), &[files], now).await?;
    }
    tx.commit(now).await?;
    app.wake.send(crate::wake::Signal::Work);
    Ok(())
}
