//! `switchboard events`: the log of what providers sent: look at it, have it read again, rebuild the records from it.

mod rebuild;
mod tail;

use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;
use switchboard_app::{
    App,
    audit::{self, Entry},
    events::{self, EventState},
    replay::{self, Enqueued, Replay},
};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    event::{EventStatus, Source},
    ids::{AppId, ConnectionId, DeliveryId, EventId, JobId},
};
use switchboard_store::events::{self as stored, EventFilter};

use super::{CommandError, Context, Exit, find, session::with_app, words};
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List events, newest first.
    List {
        #[command(flatten)]
        filter: Filter,
        /// Only those that failed: dead ones, or ones that are tried again.
        #[arg(long, value_enum)]
        status: Option<Failed>,
        /// How many at most.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
    },
    /// Show an event with its headers and its body.
    Show { event: EventId },
    /// Have events read and merged again. What they once set off is not set off again.
    Replay(ReplayArgs),
    /// Build the records once more from the log and compare, or put them right.
    Rebuild(rebuild::Args),
    /// Follow the log; ends with Ctrl-C.
    Tail {
        #[command(flatten)]
        filter: Filter,
    },
}

/// Which events.
#[derive(Debug, Clone, clap::Args)]
pub struct Filter {
    /// Only those of this app's tenant.
    #[arg(long)]
    app: Option<AppId>,
    /// Only those of this connection.
    #[arg(long)]
    connection: Option<ConnectionId>,
    /// Only this type, such as call.hangup.
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Only those about this id of the provider.
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Failed {
    Dead,
    Retrying,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct ReplayArgs {
    /// One event. Without it, all that the options name.
    #[arg(required_unless_present_any = ["app", "connection", "event_type", "external_id", "from", "before"])]
    event: Option<EventId>,
    #[command(flatten)]
    filter: Filter,
    /// Received from this moment on, such as 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Received before this moment.
    #[arg(long, value_name = "TIME")]
    before: Option<Timestamp>,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::List { filter, status, limit } => list(app, filter, *status, *limit, output).await,
        Command::Show { event } => show(app, *event, output).await,
        Command::Replay(args) => replay(app, args, output).await,
        Command::Rebuild(args) => rebuild::run(app, args, output).await,
        Command::Tail { filter } => tail::run(app, filter, output).await,
    })
}

impl Filter {
    /// As the store asks.
    fn of_store(&self) -> EventFilter {
        EventFilter {
            connection_id: self.connection,
            event_type: self.event_type.clone(),
            external_ids: self.external_id.iter().cloned().collect(),
            ..EventFilter::default()
        }
    }

    /// The tenants to look at.
    async fn scopes(&self, app: &Arc<App>) -> Result<Vec<switchboard_store::TenantScope>, CommandError> {
        if let Some(connection) = self.connection {
            return Ok(vec![find::connection(app, connection).await?.0]);
        }
        find::tenants_of(app, self.app).await
    }
}

/// An event without its contents.
#[derive(Serialize)]
struct Row {
    event_id: EventId,
    connection_id: ConnectionId,
    provider: String,
    event_type: String,
    external_id: Option<String>,
    status: EventStatus,
    source: Source,
    received_at: Timestamp,
    occurred_at: Option<Timestamp>,
    attempts: i32,
    last_error: Option<String>,
}

impl Row {
    fn of(state: &EventState) -> Self {
        let event = &state.event;
        Self {
            event_id: event.id,
            connection_id: event.connection_id,
            provider: event.provider.clone(),
            event_type: event.event_type.clone(),
            external_id: event.external_id.clone(),
            status: state.status,
            source: event.source,
            received_at: event.received_at,
            occurred_at: event.occurred_at,
            attempts: state.attempts,
            last_error: state.last_error.clone(),
        }
    }

    fn cells(&self, now: Timestamp) -> [String; 6] {
        [
            self.event_id.to_string(),
            self.event_type.clone(),
            words::maybe(self.external_id.as_ref()),
            self.status.to_string(),
            words::relative(now, self.received_at),
            words::maybe(self.last_error.as_ref()),
        ]
    }
}

const HEADERS: [&str; 6] = ["event", "type", "about", "status", "received", "trouble"];

async fn list(
    app: &Arc<App>,
    filter: &Filter,
    status: Option<Failed>,
    limit: i64,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let status = status.map(|status| match status {
        Failed::Dead => EventStatus::Dead,
        Failed::Retrying => EventStatus::Retrying,
    });
    let mut rows: Vec<Row> = Vec::new();
    for scope in filter.scopes(app).await? {
        let found = events::first(app, scope, &filter.of_store(), status, limit).await?;
        rows.extend(found.iter().map(Row::of));
        // Ids sort by arrival; of all tenants together only the newest are wanted.
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.event_id));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    let now = app.now();
    output.list(HEADERS, &rows, |row| row.cells(now), "no such events")?;
    Ok(Exit::Ok)
}

async fn show(app: &Arc<App>, id: EventId, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Shown {
        #[serde(flatten)]
        row: Row,
        delivery_id: DeliveryId,
        lane: String,
        normalize_version: i32,
        job_id: Option<JobId>,
        next_attempt_at: Option<Timestamp>,
        headers: Value,
        body: Value,
    }
    let scope = find::event_scope(app, id).await?;
    let gone = || CommandError::NotFound(format!("there is no event {id}"));
    let state = events::find(app, scope, id).await?.ok_or_else(gone)?;
    let mut reader = app.db.read(scope).await?;
    let stored = stored::lookup(&mut reader.conn(), scope, id).await?.ok_or_else(gone)?;
    drop(reader);
    let shown = Shown {
        row: Row::of(&state),
        delivery_id: state.event.delivery_id,
        lane: stored.lane,
        normalize_version: state.event.normalize_version,
        job_id: state.job_id,
        next_attempt_at: state.next_attempt_at,
        headers: stored.headers,
        body: readable(&stored.body),
    };
    let (now, row) = (app.now(), &shown.row);
    let body = serde_json::to_string_pretty(&shown.body).unwrap_or_default();
    let fields = [
        ("event", row.event_id.to_string()),
        ("type", row.event_type.clone()),
        ("about", words::maybe(row.external_id.as_ref())),
        ("status", row.status.to_string()),
        ("trouble", words::maybe(row.last_error.as_ref())),
        ("attempts", row.attempts.to_string()),
        ("next attempt", words::maybe_relative(now, shown.next_attempt_at)),
        ("job", words::maybe(shown.job_id)),
        ("received", format!("{} ({})", row.received_at, words::relative(now, row.received_at))),
        ("happened", words::maybe(row.occurred_at)),
        ("came by", row.source.to_string()),
        ("connection", row.connection_id.to_string()),
        ("delivery", shown.delivery_id.to_string()),
        ("lane", shown.lane.clone()),
        ("headers", shown.headers.to_string()),
    ];
    output.one(&shown, &fields)?;
    if !output.json {
        output.raw(&format!("\n{body}\n"))?;
    }
    Ok(Exit::Ok)
}

/// JSON as it is; anything else as text, as far as it is text.
fn readable(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

async fn replay(app: &Arc<App>, args: &ReplayArgs, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Answer {
        replayed: u64,
        requeued: u64,
        left: u64,
    }
    let mut all = Enqueued::default();
    if let Some(id) = args.event {
        let scope = find::event_scope(app, id).await?;
        all = replay::one(app, scope, id, &super::apps::actor()).await?.unwrap_or_default();
    } else {
        for scope in args.filter.scopes(app).await? {
            let filter =
                EventFilter { received_from: args.from, received_before: args.before, ..args.filter.of_store() };
            let wanted = Replay { filter, ..Replay::default() };
            let enqueued = replay::matching(app, scope, &wanted, |_| {}).await?;
            let by = super::apps::actor();
            let entry = Entry::new(&by, Action::EventReplayed).with("replayed", enqueued.replayed);
            audit::record_alone(app, scope, entry.with("requeued", enqueued.requeued)).await?;
            all.replayed += enqueued.replayed;
            all.requeued += enqueued.requeued;
            all.left += enqueued.left;
        }
    }
    let Enqueued { replayed, requeued, left } = all;
    let text = format!(
        "{replayed} to be merged again, {requeued} dead to be tried again, {left} left alone because they wait anyway"
    );
    output.say(&Answer { replayed, requeued, left }, &text)?;
    if replayed + requeued > 0 {
        output.remark("a running server does it now; `switchboard jobs list` shows what is left")?;
    }
    Ok(Exit::Ok)
}
