//! `switchboard import`: records out of files, from where they lie.
//!
//! It logs what it reads by itself, on the database, and a running server merges it; where none runs, this does. Either way it
//! goes no faster than merging, so that calls which come in meanwhile are seen at once.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::ValueEnum;
use serde::Serialize;
use switchboard_app::{
    App,
    audit::{self, Entry, Origin},
    import::{self, Chosen, Loader, Mode, Wish},
    runtime::Role,
};
use switchboard_domain::{
    audit::Action,
    ids::ConnectionId,
    import::{ImportField, ImportFormat},
};
use switchboard_providers::generic::files::{HEAD_BYTES, Mapping, sniff};
use switchboard_store::{
    TenantScope,
    imports::{Counts, RowError},
};

use super::{CommandError, Context, Exit, bar::Bar, find, session::with_app_as};
use crate::output::Output;

/// Errors that are said; `--errors` writes them all.
const SAID: usize = 20;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take call records in from a file of a telephone system: CSV or JSON of Grandstream UCM, Asterisk, FreePBX, 3CX
    /// or any other.
    Cdr(Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file.
    file: PathBuf,
    /// The tenant whose calls they are, by its subdomain or id; needed where there are several and no connection is named.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// The connection whose calls they become; by default the only one of the file's provider, or a new one.
    #[arg(long, value_name = "ID")]
    connection: Option<ConnectionId>,
    /// Whose file it is; found out by default.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// What a column is, with `--format columns`, such as `from=Caller`. May be repeated.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = mapped)]
    mapping: Vec<(ImportField, String)>,
    /// The time zone of times that are written without one; the workspace's by default.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Whose numbers those are that are written without a country, by its two letters.
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only read, and say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Write everything that is wrong with rows into this file, as CSV.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Ucm,
    Asterisk,
    #[value(name = "3cx")]
    ThreeCx,
    /// Any other; `--mapping` says what its columns are.
    Columns,
}

impl From<Format> for ImportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Ucm => Self::Ucm,
            Format::Asterisk => Self::Asterisk,
            Format::ThreeCx => Self::ThreeCx,
            Format::Columns => Self::Columns,
        }
    }
}

fn mapped(text: &str) -> Result<(ImportField, String), String> {
    let fields = || ImportField::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", ");
    let (field, column) = text.split_once('=').ok_or("write FIELD=COLUMN")?;
    let field = ImportField::parse(field.trim()).ok_or_else(|| format!("the fields are {}", fields()))?;
    Ok((field, column.trim().to_owned()))
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let Command::Cdr(args) = command;
    let role = if args.dry_run { Role::Tool } else { Role::Loader };
    with_app_as(context, role, async |app| cdr(app, args, output).await)
}

/// What came of a file.
#[derive(Serialize)]
struct Answer {
    dry_run: bool,
    format: ImportFormat,
    time_zone: String,
    connection_id: Option<ConnectionId>,
    rows: i64,
    /// Records that are new, or would be.
    stored: i64,
    /// Records that were here already.
    known: i64,
    passed_over: i64,
    failed: i64,
    /// Records that are in the log and not in the calls yet; a running server goes on with them.
    waiting: i64,
    seconds: u64,
    errors: Vec<Wrong>,
}

#[derive(Serialize)]
struct Wrong {
    line: i64,
    code: String,
    column: Option<String>,
    message: String,
}

async fn cdr(app: &Arc<App>, args: &Args, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let path = args.file.display().to_string();
    let unread = |source| CommandError::Read { path: path.clone(), source };
    let scope = scope(app, args).await?;
    let mut file = File::open(&args.file).map_err(unread)?;
    let bytes = file.metadata().map_err(unread)?.len();
    let mut head = Vec::with_capacity(HEAD_BYTES);
    (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unread)?;
    file.rewind().map_err(unread)?;
    let wish = wish(args);
    let found = sniff(&head, wish.format).map_err(import::ImportError::from)?;
    let zone = import::workspace_zone(app, scope).await?;
    let chosen = wish.resolve(&found, &zone).map_err(import::ImportError::Fields)?;
    let (mode, by) = (if args.dry_run { Mode::Check } else { Mode::Apply }, Origin::operator("cli"));
    let connection = match mode {
        Mode::Check => import::connection_for(app, scope, &chosen, args.connection).await?,
        Mode::Apply => Some(import::connection(app, scope, &by, &chosen, args.connection).await?),
    };
    let connection_id = connection.as_ref().map(|connection| connection.id);
    if mode == Mode::Apply {
        let entry = Entry::new(&by, Action::ImportStarted).with("format", chosen.format.as_str());
        audit::record_alone(app, scope, entry.with("file", file_name(&args.file))).await?;
    }
    let began = app.now();
    let read = (head.as_slice(), file);
    let mut loader = Loader::start(app, scope, &chosen, connection, read, mode, Counts::default()).await?;
    loader.may_be_alone = true;
    let errors = load(app, &mut loader, bytes, args).await?;
    let waiting = if mode == Mode::Apply { import::settled(app).await? } else { 0 };
    let seconds = app.now().since(began).as_secs();
    let answer = answer(args, &chosen, connection_id, loader.counts, (waiting, seconds), errors);
    say(&answer, output)?;
    Ok(if answer.failed > 0 { Exit::Problems } else { Exit::Ok })
}

async fn scope(app: &Arc<App>, args: &Args) -> Result<TenantScope, CommandError> {
    if let Some(id) = args.connection {
        return Ok(find::connection(app, id).await?.0);
    }
    if let Some(named) = &args.tenant {
        return Ok(find::tenant(app, named).await?.scope());
    }
    match find::tenants(app).await?.as_slice() {
        [(_, only)] => Ok(*only),
        [] => Err(CommandError::NotFound("there is no tenant yet; `switchboard tenants create` makes one".to_owned())),
        _ => Err(CommandError::Usage("there are several tenants; say whose calls they are with --tenant".to_owned())),
    }
}

fn wish(args: &Args) -> Wish {
    let mapping: Mapping = args.mapping.iter().map(|(field, column)| (column.clone(), *field)).collect();
    Wish {
        format: args.format.map(ImportFormat::from).or((!mapping.is_empty()).then_some(ImportFormat::Columns)),
        time_zone: args.zone.clone(),
        country: args.country.clone(),
        mapping: (!mapping.is_empty()).then_some(mapping),
        connection_id: args.connection,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads to the end. Returns the first errors; all of them go into the file that was asked for.
async fn load(app: &Arc<App>, loader: &mut Loader, bytes: u64, args: &Args) -> Result<Vec<RowError>, CommandError> {
    let mut all = match &args.errors {
        Some(path) => Some(ErrorFile::create(path)?),
        None => None,
    };
    let mut first = Vec::new();
    let bar = Bar::of_bytes(bytes);
    while let Some(step) = loader.step(app).await? {
        let Counts { stored, known, failed, bytes_read, .. } = loader.counts;
        bar.set(u64::try_from(bytes_read).unwrap_or(0));
        bar.say(format!("{stored} new, {known} known, {failed} wrong"));
        for error in step.errors {
            if let Some(all) = &mut all {
                all.write(&error)?;
            }
            if first.len() < SAID {
                first.push(error);
            }
        }
    }
    bar.finish();
    if let Some(all) = all {
        all.finish()?;
    }
    Ok(first)
}

/// Errors as CSV.
struct ErrorFile {
    path: String,
    file: std::io::BufWriter<File>,
}

impl ErrorFile {
    fn create(path: &Path) -> Result<Self, CommandError> {
        let shown = path.display().to_string();
        let file = File::create(path).map_err(|source| CommandError::WriteFile { path: shown.clone(), source })?;
        let mut all = Self { path: shown, file: std::io::BufWriter::new(file) };
        all.line(&["line", "code", "column", "message"])?;
        Ok(all)
    }

    fn line(&mut self, cells: &[&str]) -> Result<(), CommandError> {
        let line = switchboard_app::csv::line(cells);
        let path = self.path.clone();
        self.file.write_all(line.as_bytes()).map_err(|source| CommandError::WriteFile { path, source })
    }

    fn write(&mut self, error: &RowError) -> Result<(), CommandError> {
        let column = error.column_name.as_deref().unwrap_or_default();
        self.line(&[&error.line.to_string(), &error.code, column, &error.message])
    }

    fn finish(mut self) -> Result<(), CommandError> {
        let path = self.path;
        self.file.flush().map_err(|source| CommandError::WriteFile { path, source })
    }
}

fn answer(
    args: &Args,
    chosen: &Chosen,
    connection_id: Option<ConnectionId>,
    counts: Counts,
    (waiting, seconds): (i64, u64),
    errors: Vec<RowError>,
) -> Answer {
    let wrong = |error: RowError| Wrong {
        line: error.line,
        code: error.code,
        column: error.column_name,
        message: error.message,
    };
    Answer {
        dry_run: args.dry_run,
        format: chosen.format,
        time_zone: chosen.time_zone.clone(),
        connection_id,
        rows: counts.rows_read,
        stored: counts.stored,
        known: counts.known,
        passed_over: counts.passed_over,
        failed: counts.failed,
        waiting,
        seconds,
        errors: errors.into_iter().map(wrong).collect(),
    }
}

fn say(answer: &Answer, output: &mut Output<'_>) -> Result<(), CommandError> {
    let Answer { rows, stored, known, failed, seconds, .. } = answer;
    let (done, what) = if answer.dry_run { ("would be taken in", "nothing was written") } else { ("taken in", "done") };
    let rate = u64::try_from(*stored).unwrap_or(0) / (*seconds).max(1);
    let text = format!(
        "{rows} rows as {} in {}: {stored} {done}, {known} are here already, {failed} left out; {what} in {seconds} s, {rate} a \
         second",
        answer.format, answer.time_zone
    );
    output.say(answer, &text)?;
    for error in &answer.errors {
        let column = error.column.as_deref().map(|column| format!(" ({column})")).unwrap_or_default();
        output.remark(&format!("line {}{column}: {}", error.line, error.message))?;
    }
    if *failed > i64::try_from(answer.errors.len()).unwrap_or(0) {
        output.remark("and more; --errors FILE writes them all")?;
    }
    if answer.waiting > 0 {
        output.remark("the rest becomes calls as soon as a server runs")?;
    }
    Ok(())
}
