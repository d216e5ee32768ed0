//! `switchboard contacts`: everything about one contact, taken out or forgotten; for whoever runs the installation.
//!
//! A running server does the work; these commands ask for it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures::TryStreamExt;
use serde::Serialize;
use switchboard_app::{App, audit::Origin, privacy::contacts};
use switchboard_domain::{
    ids::{ContactId, ExportId, JobId},
    job::JobState,
};
use switchboard_store::{
    TenantScope,
    media::{MediaError, MediaKey},
};
use tokio::io::AsyncWriteExt;

use super::{CommandError, Context, Exit, find, session::with_app};
use crate::output::Output;

/// How often the export is asked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Have everything about a contact put into a ZIP archive.
    Export {
        contact: ContactId,
        /// Wait for the archive, and write it here.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Forget a contact for good: calls, messages, voicemails, audio, and what the log says of them.
    Erase {
        contact: ContactId,
        /// The contact's number once more (its provider's id where it has none): nothing brings back what is erased.
        #[arg(long)]
        number: String,
    },
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::Export { contact, out } => export(app, *contact, out.as_deref(), output).await,
        Command::Erase { contact, number } => erase(app, *contact, number, output).await,
    })
}

#[derive(Serialize)]
struct Exported {
    export_id: ExportId,
    job_id: Option<JobId>,
    bytes: Option<i64>,
}

async fn export(
    app: &Arc<App>,
    contact: ContactId,
    out: Option<&Path>,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let scope = find::contact_scope(app, contact).await?;
    let asked = contacts::export(app, scope, &Origin::operator("cli"), contact).await?;
    let mut answer = Exported { export_id: asked.id, job_id: asked.job_id, bytes: None };
    let Some(out) = out else {
        let text = format!("asked for as {}; a running server makes it, and keeps it for 7 days", asked.id);
        output.say(&answer, &text)?;
        return Ok(Exit::Ok);
    };
    output.remark("waiting for a running server to make it")?;
    let key = wait_for(app, scope, asked.id).await?;
    let bytes = write(app, &key, out).await?;
    answer.bytes = i64::try_from(bytes).ok();
    output.say(&answer, &format!("{bytes} bytes are in {}", out.display()))?;
    Ok(Exit::Ok)
}

async fn wait_for(app: &Arc<App>, scope: TenantScope, export: ExportId) -> Result<String, CommandError> {
    loop {
        let found = contacts::find_export(app, scope, export).await?;
        let Some((made, job)) = found else {
            return Err(CommandError::NotFound(format!("the export {export} was taken away: its contact was erased")));
        };
        if let Some(key) = made.media_key {
            return Ok(key);
        }
        if let Some(job) = job.filter(|job| job.state == JobState::Dead) {
            let why = job.last_error.unwrap_or_default();
            return Err(CommandError::NotFound(format!(
                "the export could not be made: {why}; see `switchboard jobs show {}`",
                job.id
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn write(app: &Arc<App>, key: &str, out: &Path) -> Result<u64, CommandError> {
    let failed = |source: std::io::Error| CommandError::WriteFile { path: out.display().to_string(), source };
    let unreadable = |error: MediaError| failed(std::io::Error::other(error));
    let mut media = app.media.read(&MediaKey::parse(key).map_err(unreadable)?, None).await.map_err(unreadable)?;
    let mut file = tokio::fs::File::create(out).await.map_err(failed)?;
    while let Some(chunk) = media.stream.try_next().await.map_err(unreadable)? {
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)?;
    Ok(media.size)
}

#[derive(Serialize)]
struct Erased {
    job_id: JobId,
}

async fn erase(
    app: &Arc<App>,
    contact: ContactId,
    number: &str,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let scope = find::contact_scope(app, contact).await?;
    let job_id = contacts::erase(app, scope, &Origin::operator("cli"), contact, number).await?;
    output.say(
        &Erased { job_id },
        &format!("a running server erases it; `switchboard jobs show {job_id}` says how far it is"),
    )?;
    Ok(Exit::Ok)
}
