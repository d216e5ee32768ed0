//! `switchboard jobs`: work that waits, runs or has failed for good.

use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;
use switchboard_app::{
    App,
    audit::{self, Entry},
    wake::Signal,
};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{AppId, EventId, JobId, TenantId},
    job::JobState,
};
use switchboard_store::{
    TenantScope,
    work::{self, Job, JobFilter},
};

use super::{CommandError, Context, Exit, find, session::with_app, words};
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List work, newest first; what is done is left out unless asked for.
    List {
        /// Only what stands like this. May be repeated.
        #[arg(long = "state", value_enum)]
        states: Vec<State>,
        /// Only this kind, such as event or catch_up. May be repeated.
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
    },
    /// Show a piece of work and why its last attempt failed.
    Show { job: JobId },
    /// Give dead work a new life.
    Requeue(Requeue),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    Ready,
    Running,
    Done,
    Dead,
    Discarded,
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Ready => Self::Ready,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Dead => Self::Dead,
            State::Discarded => Self::Discarded,
        }
    }
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Requeue {
    /// One piece of work.
    #[arg(required_unless_present = "all", conflicts_with_all = ["all", "kinds", "app"])]
    job: Option<JobId>,
    /// Everything that is dead, or what the options below leave of it.
    #[arg(long)]
    all: bool,
    /// Only this kind. May be repeated.
    #[arg(long = "kind", value_name = "KIND", requires = "all")]
    kinds: Vec<String>,
    /// Only that of this app's tenant.
    #[arg(long, requires = "all")]
    app: Option<AppId>,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::List { states, kinds, limit } => list(app, states, kinds, *limit, output).await,
        Command::Show { job } => show(app, *job, output).await,
        Command::Requeue(args) => requeue(app, args, output).await,
    })
}

#[derive(Serialize)]
struct Row {
    job_id: JobId,
    kind: String,
    state: JobState,
    tenant_id: TenantId,
    lane: String,
    event_id: Option<EventId>,
    run_at: Timestamp,
    attempts: i32,
    max_attempts: i32,
    last_error: Option<String>,
    progress: Option<Value>,
    payload: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Job> for Row {
    fn from(job: Job) -> Self {
        Self {
            job_id: job.id,
            kind: job.kind,
            state: job.state,
            tenant_id: job.tenant_id,
            lane: job.lane,
            event_id: job.event_id,
            run_at: job.run_at,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            last_error: job.last_error,
            progress: job.progress,
            payload: job.payload,
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

async fn list(
    app: &Arc<App>,
    states: &[State],
    kinds: &[String],
    limit: i64,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let states: Vec<JobState> = if states.is_empty() {
        vec![JobState::Ready, JobState::Running, JobState::Dead]
    } else {
        states.iter().copied().map(JobState::from).collect()
    };
    let filter = JobFilter { states, kinds: kinds.to_vec(), ..JobFilter::default() };
    let found = work::list_of_installation(&app.db, &filter, limit).await?;
    let rows: Vec<Row> = found.into_iter().map(Row::from).collect();
    let now = app.now();
    let cells = |row: &Row| {
        [
            row.job_id.to_string(),
            row.kind.clone(),
            row.state.to_string(),
            words::relative(now, row.run_at),
            format!("{}/{}", row.attempts, row.max_attempts),
            words::maybe(row.last_error.as_ref()),
        ]
    };
    output.list(["job", "kind", "state", "due", "attempts", "trouble"], &rows, cells, "no such work")?;
    Ok(Exit::Ok)
}

/// A row of whichever tenant, or of the installation itself.
async fn find_job(app: &Arc<App>, id: JobId) -> Result<(TenantScope, Job), CommandError> {
    let scopes = find::tenants(app).await?.into_iter().map(|(_, scope)| scope);
    for scope in scopes.chain([work::installation_scope()]) {
        let mut reader = app.db.read(scope).await?;
        if let Some(job) = work::lookup(&mut reader.conn(), scope, id).await? {
            return Ok((scope, job));
        }
    }
    Err(CommandError::NotFound(format!("there is no job {id}; `switchboard jobs list` shows them")))
}

async fn show(app: &Arc<App>, id: JobId, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let (_, job) = find_job(app, id).await?;
    let row = Row::from(job);
    let now = app.now();
    let fields = [
        ("job", row.job_id.to_string()),
        ("kind", row.kind.clone()),
        ("state", row.state.to_string()),
        ("trouble", words::maybe(row.last_error.as_ref())),
        ("attempts", format!("{} of {}", row.attempts, row.max_attempts)),
        ("due", words::relative(now, row.run_at)),
        ("progress", words::maybe(row.progress.as_ref())),
        ("event", words::maybe(row.event_id)),
        ("lane", row.lane.clone()),
        ("payload", row.payload.to_string()),
        ("created", words::relative(now, row.created_at)),
        ("last change", words::relative(now, row.updated_at)),
    ];
    output.one(&row, &fields)?;
    Ok(Exit::Ok)
}

async fn requeue(app: &Arc<App>, args: &Requeue, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Requeued {
        requeued: u64,
    }
    let requeued = match args.job {
        Some(id) => requeue_one(app, id).await?,
        None => requeue_all(app, args).await?,
    };
    app.wake.send(Signal::Work);
    let text = format!("{requeued} to be tried again; a running server does it now");
    output.say(&Requeued { requeued }, &text)?;
    Ok(Exit::Ok)
}

async fn requeue_one(app: &Arc<App>, id: JobId) -> Result<u64, CommandError> {
    let (scope, job) = find_job(app, id).await?;
    if !matches!(job.state, JobState::Dead | JobState::Discarded) {
        return Err(CommandError::Usage(format!("job {id} is {}; only dead work can be requeued", job.state)));
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let touched = work::requeue(&mut tx.conn(), scope, id, now).await?;
    if touched && scope != work::installation_scope() {
        let by = super::apps::actor();
        audit::record(&mut tx, app, Entry::new(&by, Action::JobRequeued).on("job", id)).await?;
    }
    tx.commit(now).await?;
    Ok(u64::from(touched))
}

async fn requeue_all(app: &Arc<App>, args: &Requeue) -> Result<u64, CommandError> {
    let filter = JobFilter { kinds: args.kinds.clone(), ..JobFilter::default() };
    let mut scopes = find::tenants_of(app, args.app).await?;
    if args.app.is_none() {
        scopes.push(work::installation_scope());
    }
    let mut requeued = 0;
    for scope in scopes {
        // In pieces, so that other writers get their turn.
        loop {
            let now = app.now();
            let mut tx = app.db.begin(scope).await?;
            let touched = work::requeue_matching(&mut tx.conn(), scope, &filter, now).await?;
            if touched > 0 && scope != work::installation_scope() {
                let by = super::apps::actor();
                audit::record(&mut tx, app, Entry::new(&by, Action::JobRequeued).with("jobs", touched)).await?;
            }
            tx.commit(now).await?;
            requeued += touched;
            if touched == 0 {
                break;
            }
        }
    }
    Ok(requeued)
}
