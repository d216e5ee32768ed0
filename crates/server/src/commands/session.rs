//! What a command on the database runs in: threads, quiet logs, an [`App`], and the task that tells running nodes what
//! the command did before it ends.

use std::sync::Arc;

use switchboard_app::{
    App, Assembled,
    runtime::{Role, Runtime},
};
use switchboard_store::Engine;
use tokio::runtime::{Builder, Runtime as Threads};

use super::{CommandError, Context};
use crate::{
    config::{Settings, logs::LogSettings},
    sandbox, telemetry,
    wiring::{self, Patience},
};

/// What `LOG_LEVEL` comes to when nobody sets it.
const USUAL_FILTER: &str = "warn,switchboard=info";

/// Runs `work` on the database of the settings, and tells running nodes what it did.
pub(super) fn with_app<T>(
    context: &Context,
    work: impl AsyncFnOnce(&Arc<App>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    with_app_as(context, Role::Tool, work)
}

/// [`with_app`], in another role than that of a command that does one thing.
pub(super) fn with_app_as<T>(
    context: &Context,
    role: Role,
    work: impl AsyncFnOnce(&Arc<App>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let mut settings = context.settings()?;
    sandbox::follow(&mut settings);
    quiet_logs(&settings);
    threads()?.block_on(async {
        let wired = wiring::wire(&settings, Patience::COMMAND).await?;
        let Assembled { app, committer, remote } = wired.assembled;
        let runtime = Runtime::start(&app, role, committer, remote).await?;
        let result = work(&app).await;
        runtime.stop().await;
        // SQLite's file is folded by whoever runs the server; doing it here would make that one wait.
        if app.db.engine() == Engine::Postgres {
            app.db.close().await;
        }
        result
    })
}

pub(super) fn threads() -> Result<Threads, CommandError> {
    Builder::new_multi_thread().enable_all().build().map_err(CommandError::Threads)
}

/// A command answers on standard output; what it logs on the way is noise below a warning, unless somebody asked for it.
pub(super) fn quiet_logs(settings: &Settings) {
    let asked = settings.logs.filter != USUAL_FILTER;
    let filter = if asked { settings.logs.filter.clone() } else { "warn".to_owned() };
    // An error means that logging runs already: a test calls several commands in one process.
    let _ = telemetry::init(&LogSettings { filter, json: settings.logs.json });
}
