//! `switchboard reports`: a report of a tenant, on the terminal or as a file; for whoever runs the installation.

use std::{path::PathBuf, sync::Arc};

use serde::Serialize;
use switchboard_app::{
    App,
    audit::Origin,
    report_files::report::{self, Wanted},
    report_schedules::{Narrowing, ReportKind},
    reports::{self, Asked},
};
use switchboard_domain::{
    call::{CallOutcome, Direction},
    hours::Date,
    ids::ConnectionId,
    mail::Language,
    report_schedule::FileFormat,
};

use super::{CommandError, Context, Exit, find, session::with_app};
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a report of a tenant: volume, heatmap, answering, missed, callers, extensions, trunks, queues, groups, countries,
    /// durations, transfers, speech, compare, anomalies or data-health.
    Run(Box<Run>),
}

#[derive(Debug, clap::Args)]
pub struct Run {
    /// Which report.
    #[arg(value_parser = word(ReportKind::parse, ReportKind::ALL))]
    kind: ReportKind,
    /// Whose: a subdomain or an id.
    #[arg(long)]
    tenant: String,
    /// The first day, on the tenant's calendar. Without it and --to, the last thirty days.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day, itself included.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// What it is written as: csv, xlsx or pdf.
    #[arg(long, default_value = "csv", value_parser = word(FileFormat::parse, FileFormat::ALL))]
    format: FileFormat,
    /// Where it is written. Without it CSV goes to the terminal, and other files into this folder under a name of their own.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What its headings are written in: en or es.
    #[arg(long, default_value = "en", value_parser = word(Language::parse, Language::ALL))]
    lang: Language,
    #[arg(long, value_parser = word(Direction::parse, Direction::ALL))]
    direction: Option<Direction>,
    #[arg(long, value_parser = word(CallOutcome::parse, CallOutcome::ALL))]
    outcome: Option<CallOutcome>,
    #[arg(long)]
    connection: Option<ConnectionId>,
    /// The provider's id of a user, or an extension.
    #[arg(long)]
    agent: Option<String>,
    #[arg(long)]
    queue: Option<String>,
    #[arg(long)]
    ring_group: Option<String>,
    #[arg(long)]
    trunk: Option<String>,
    /// The number of theirs that was called.
    #[arg(long)]
    did: Option<String>,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::Run(asked) => make(app, asked, output).await,
    })
}

/// Reads one of our words, and says which there are.
fn word<T: Copy + std::fmt::Display + Send + Sync + 'static>(
    parse: fn(&str) -> Option<T>,
    all: &'static [T],
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |text| {
        let words = || all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        parse(text).ok_or_else(|| format!("one of {}", words()))
    }
}

#[derive(Serialize)]
struct Written {
    file: String,
    bytes: usize,
}

async fn make(app: &Arc<App>, asked: &Run, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let scope = find::tenant(app, &asked.tenant).await?.scope();
    let (first, today) = reports::usual_period(app, scope).await?;
    let to = asked.to.unwrap_or(today);
    let narrowing = Narrowing {
        direction: asked.direction,
        outcome: asked.outcome,
        connection: asked.connection,
        agent: asked.agent.clone(),
        queue: asked.queue.clone(),
        ring_group: asked.ring_group.clone(),
        trunk: asked.trunk.clone(),
        did: asked.did.clone(),
    };
    let filter = narrowing.over((asked.from.unwrap_or_else(|| first.min(to)), to));
    if output.json && asked.out.is_none() && asked.format == FileFormat::Csv {
        let report = reports::run(app, scope, asked.kind, &filter).await?;
        output.say(&report, "")?;
        return Ok(Exit::Ok);
    }
    let wanted =
        Wanted { kind: asked.kind, filter, asked: Asked::default(), format: asked.format, language: asked.lang };
    let file = report::export(app, scope, &wanted, &Origin::operator("cli")).await?;
    if asked.out.is_none() && asked.format == FileFormat::Csv {
        let text = String::from_utf8_lossy(&file.bytes);
        output.raw(text.trim_start_matches('\u{feff}'))?;
        return Ok(Exit::Ok);
    }
    let path = asked.out.clone().unwrap_or_else(|| PathBuf::from(&file.name));
    let shown = path.display().to_string();
    tokio::fs::write(&path, &file.bytes)
        .await
        .map_err(|source| CommandError::WriteFile { path: shown.clone(), source })?;
    let bytes = file.bytes.len();
    output.say(&Written { file: shown.clone(), bytes }, &format!("{bytes} bytes are in {shown}"))?;
    Ok(Exit::Ok)
}
