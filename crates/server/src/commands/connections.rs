//! `switchboard connections`: tenants' accounts at providers: how they stand, and their webhooks.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use switchboard_app::{
    App,
    connecting::{self, Tried},
    connections::{self, ConnectionsError, CredentialsError},
    jobs::{self, CatchUp},
    oauth,
    provisioning::{self, ProvisionError, Standing, Wish},
};
use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId, TenantId, WebhookId},
};
use switchboard_store::{
    TenantScope,
    connections::Connection,
    events::{self, EventFilter},
    registered_webhooks::{self, RegisteredWebhook},
};

use super::{CommandError, Context, Exit, find, session::with_app, words};
use crate::{output::Output, telemetry};

/// Connections of one tenant that a list shows.
const MOST: i64 = 1_000;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List all connections.
    List {
        /// Only those of this app's tenant.
        #[arg(long)]
        app: Option<AppId>,
    },
    /// Show a connection with its webhook URL and its webhooks.
    Show { connection: ConnectionId },
    /// Compare webhooks and subscriptions with what the provider has. Changes nothing; ends with 3 on a difference.
    Check(Which),
    /// Make a connection's webhook and subscriptions at the provider.
    Provision {
        connection: ConnectionId,
        /// Another address of this server, such as one behind a proxy; by default the connection's own URL.
        #[arg(long, value_name = "URL")]
        webhook_url: Option<String>,
    },
    /// Make webhooks and subscriptions at the provider right again.
    Repair(Which),
    /// Take a connection's webhooks away, at the provider and here.
    Remove { connection: ConnectionId },
    /// Ask the provider for what was missed. A running server does it; the work shows in `switchboard jobs list`.
    CatchUp {
        #[command(flatten)]
        which: Which,
        /// From when on, such as 2026-01-31T09:30:00Z; by default from where the last time ended.
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
    },
    /// Let a connection without credentials of its own use DIALPAD_API_KEY and DIALPAD_WEBHOOK_SECRET. Connections that you
    /// make yourself may from the start; those that workspaces make may not, because it is your account at Dialpad.
    Lend {
        connection: ConnectionId,
        /// Take it back.
        #[arg(long)]
        stop: bool,
    },
    /// Give up a connection's OAuth tokens, here and at the provider.
    Disconnect { connection: ConnectionId },
}

/// One connection, or all.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    connection: Option<ConnectionId>,
    /// Every connection that is not switched off.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::List { app: of } => list(app, *of, output).await,
        Command::Show { connection } => show(app, *connection, output).await,
        Command::Check(which) => check(app, which, output).await,
        Command::Provision { connection, webhook_url } => {
            provision(app, *connection, webhook_url.clone(), output).await
        }
        Command::Repair(which) => repair(app, which, output).await,
        Command::Remove { connection } => remove(app, *connection, output).await,
        Command::CatchUp { which, since } => catch_up(app, which, *since, output).await,
        Command::Lend { connection, stop } => lend(app, *connection, !stop, output).await,
        Command::Disconnect { connection } => disconnect(app, *connection, output).await,
    })
}

/// A connection without its secrets.
#[derive(Serialize)]
struct Row {
    connection_id: ConnectionId,
    app_id: Option<AppId>,
    tenant_id: TenantId,
    provider: String,
    name: String,
    status: ConnectionStatus,
    uses_installation_key: bool,
    account_name: Option<String>,
    last_error: Option<String>,
    last_checked_at: Option<Timestamp>,
    last_event_at: Option<Timestamp>,
    caught_up_to: Option<Timestamp>,
    created_at: Timestamp,
}

impl Row {
    fn of(connection: Connection, last_event_at: Option<Timestamp>) -> Self {
        Self {
            connection_id: connection.id,
            app_id: connection.app_id,
            tenant_id: connection.tenant_id,
            provider: connection.provider,
            name: connection.name,
            status: connection.status,
            uses_installation_key: connection.uses_installation_key,
            account_name: connection.account_name,
            last_error: connection.last_error,
            last_checked_at: connection.last_checked_at,
            last_event_at,
            caught_up_to: connection.caught_up_to,
            created_at: connection.created_at,
        }
    }
}

/// When the newest event of a connection came in.
pub(super) async fn last_event(
    app: &Arc<App>,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<Option<Timestamp>, CommandError> {
    let mut reader = app.db.read(scope).await?;
    let filter = EventFilter { connection_id: Some(id), ..EventFilter::default() };
    let newest = events::list(&mut reader.conn(), scope, &filter, 1).await?;
    Ok(newest.first().map(|event| event.received_at))
}

async fn list(app: &Arc<App>, of: Option<AppId>, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut rows = Vec::new();
    for scope in find::tenants_of(app, of).await? {
        for connection in connections::list(app, scope, None, MOST).await? {
            let last = last_event(app, scope, connection.id).await?;
            rows.push(Row::of(connection, last));
        }
    }
    let now = app.now();
    let cells = |row: &Row| {
        [
            row.connection_id.to_string(),
            row.provider.clone(),
            row.name.clone(),
            row.status.to_string(),
            words::maybe(row.account_name.as_ref()),
            words::maybe_relative(now, row.last_event_at),
        ]
    };
    let nothing = "no connections yet; `switchboard apps create NAME` makes an app with one";
    output.list(["connection", "provider", "name", "status", "account", "last event"], &rows, cells, nothing)?;
    Ok(Exit::Ok)
}

/// A webhook that we registered.
#[derive(Serialize)]
struct Registered {
    webhook_id: WebhookId,
    external_id: String,
    hook_url: String,
    subscriptions: Value,
    created_at: Timestamp,
}

impl From<RegisteredWebhook> for Registered {
    fn from(webhook: RegisteredWebhook) -> Self {
        Self {
            webhook_id: webhook.id,
            external_id: webhook.external_id,
            hook_url: webhook.hook_url,
            subscriptions: webhook.subscriptions,
            created_at: webhook.created_at,
        }
    }
}

async fn show(app: &Arc<App>, id: ConnectionId, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Shown {
        #[serde(flatten)]
        row: Row,
        hook_url: String,
        webhooks: Vec<Registered>,
    }
    let (scope, connection) = find::connection(app, id).await?;
    let hook_url = connections::hook_url(app, &connection).map_err(ConnectionsError::from)?;
    let webhooks = webhooks_of(app, scope, id).await?.into_iter().map(Registered::from).collect();
    let row = Row::of(connection, last_event(app, scope, id).await?);
    let shown = Shown { row, hook_url, webhooks };
    let (now, row) = (app.now(), &shown.row);
    let mut fields = vec![
        ("connection", row.connection_id.to_string()),
        ("provider", row.provider.clone()),
        ("name", row.name.clone()),
        ("app", words::maybe(row.app_id)),
        ("status", row.status.to_string()),
        ("account", words::maybe(row.account_name.as_ref())),
        ("your credentials", if row.uses_installation_key { "lent" } else { "not lent" }.to_owned()),
        ("trouble", words::maybe(row.last_error.as_ref())),
        ("last asked", words::maybe_relative(now, row.last_checked_at)),
        ("last event", words::maybe_relative(now, row.last_event_at)),
        ("caught up to", words::maybe_relative(now, row.caught_up_to)),
        ("webhook URL", shown.hook_url.clone()),
    ];
    fields.extend(shown.webhooks.iter().map(|hook| {
        (
            "webhook",
            format!("{} at {}, made {}", hook.external_id, hook.hook_url, words::relative(now, hook.created_at)),
        )
    }));
    if shown.webhooks.is_empty() {
        fields.push(("webhook", format!("none; make it with `switchboard connections provision {id}`")));
    }
    output.one(&shown, &fields)?;
    Ok(Exit::Ok)
}

async fn webhooks_of(
    app: &Arc<App>,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<Vec<RegisteredWebhook>, CommandError> {
    let mut reader = app.db.read(scope).await?;
    Ok(registered_webhooks::list_of_connection(&mut reader.conn(), scope, id).await?)
}

/// The connections that were named.
async fn named(app: &Arc<App>, which: &Which) -> Result<Vec<(TenantScope, Connection)>, CommandError> {
    if let Some(id) = which.connection {
        return Ok(vec![find::connection(app, id).await?]);
    }
    let mut all = Vec::new();
    for (_, scope) in find::tenants(app).await? {
        let found = connections::list(app, scope, None, MOST).await?;
        let on = found.into_iter().filter(|connection| connection.status != ConnectionStatus::Disabled);
        all.extend(on.map(|connection| (scope, connection)));
    }
    Ok(all)
}

/// Of all connections those whose webhooks and log we keep up with; one that was named is left for the refusal to explain.
fn to_dialpad(mut found: Vec<(TenantScope, Connection)>, which: &Which) -> Vec<(TenantScope, Connection)> {
    found.retain(|(_, connection)| !which.all || connection.provider == "dialpad");
    found
}

/// What came of one of several.
#[derive(Serialize)]
struct Outcome {
    connection_id: ConnectionId,
    name: String,
    /// In words; empty when all is well.
    findings: Vec<String>,
    #[serde(skip)]
    said: String,
}

/// A telephone system whose API was never set: every workspace begins with one, and nothing is wrong with it.
pub(super) const ONLY_PUSHED_TO: &str = "records are pushed to it; no API to ask";

/// Whether a connection takes in what is pushed to it and names no API that could be asked.
pub(super) fn is_only_pushed_to(connection: &Connection) -> bool {
    let has_host = connection.settings["host"].as_str().is_some_and(|host| !host.is_empty());
    connection.provider == "clouducm" && !has_host
}

async fn check(app: &Arc<App>, which: &Which, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut rows = Vec::new();
    let mut repairable = Vec::new();
    for (scope, connection) in named(app, which).await? {
        let (id, is_dialpad) = (connection.id, connection.provider == "dialpad");
        let well = if is_only_pushed_to(&connection) { ONLY_PUSHED_TO } else { "as it should be" };
        let findings = if is_dialpad {
            findings(provisioning::check_connection(app, scope, &connection).await)
        } else if is_only_pushed_to(&connection) {
            Vec::new()
        } else {
            tried(connecting::check(app, scope, &connection).await?)
        };
        // Without credentials a repair could not even ask.
        if is_dialpad && !findings.is_empty() && connections::dialpad_client(app, scope, &connection).await.is_ok() {
            repairable.push(id);
        }
        let said = if findings.is_empty() { well.to_owned() } else { findings.join("; ") };
        rows.push(Outcome { connection_id: id, name: connection.name, findings, said });
    }
    let exit = if rows.iter().all(|row| row.findings.is_empty()) { Exit::Ok } else { Exit::Problems };
    outcomes("at the provider", &rows, output)?;
    match repairable.as_slice() {
        [] => {}
        [one] => output.remark(&format!("put it right with `switchboard connections repair {one}`"))?,
        _ => output.remark("put them right with `switchboard connections repair --all`")?,
    }
    Ok(exit)
}

/// What is wrong with a connection's webhooks, in sentences.
pub(super) fn findings(checked: Result<Vec<Standing>, ProvisionError>) -> Vec<String> {
    match checked {
        Ok(standings) if standings.is_empty() => vec!["it has no webhook, so nothing can arrive".to_owned()],
        Ok(standings) => standings.into_iter().flat_map(|standing| standing.drift).collect(),
        Err(error) => vec![telemetry::chain(&error).to_string()],
    }
}

/// What is wrong with credentials that were tried.
fn tried(tried: Tried) -> Vec<String> {
    match tried {
        Tried::Works(_) => Vec::new(),
        Tried::Fails(why) | Tried::Unknown(why) => vec![why],
    }
}

fn outcomes(what: &str, rows: &[Outcome], output: &mut Output<'_>) -> Result<(), CommandError> {
    let cells = |row: &Outcome| [row.connection_id.to_string(), row.name.clone(), row.said.clone()];
    Ok(output.list(["connection", "name", what], rows, cells, "no connections")?)
}

async fn provision(
    app: &Arc<App>,
    id: ConnectionId,
    webhook_url: Option<String>,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let (scope, connection) = find::connection(app, id).await?;
    let wish = Wish { webhook_url, webhook_secret: None };
    let made = provisioning::create_for(app, scope, connection, wish, &super::apps::actor()).await?;
    let text = match made.steps {
        0 => "everything was in place already".to_owned(),
        steps => format!("done in {}; events come to {}", words::count(steps, "step"), made.webhook.hook_url),
    };
    output.say(&Registered::from(made.webhook), &text)?;
    Ok(Exit::Ok)
}

async fn repair(app: &Arc<App>, which: &Which, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut rows = Vec::new();
    for (scope, connection) in to_dialpad(named(app, which).await?, which) {
        let (id, name) = (connection.id, connection.name.clone());
        let (findings, said) =
            match provisioning::repair_connection(app, scope, connection, &super::apps::actor()).await {
                Ok(repaired) => {
                    let steps: usize = repaired.iter().map(|webhook| webhook.steps).sum();
                    let said = if steps == 0 { "nothing to do".to_owned() } else { words::count(steps, "step") };
                    (Vec::new(), said)
                }
                Err(error) => {
                    let said = telemetry::chain(&error).to_string();
                    (vec![said.clone()], said)
                }
            };
        rows.push(Outcome { connection_id: id, name, findings, said });
    }
    let exit = if rows.iter().all(|row| row.findings.is_empty()) { Exit::Ok } else { Exit::Failure };
    outcomes("repair", &rows, output)?;
    Ok(exit)
}

async fn remove(app: &Arc<App>, id: ConnectionId, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Removed {
        connection_id: ConnectionId,
        removed: Vec<String>,
    }
    let (scope, _) = find::connection(app, id).await?;
    let mut removed = Vec::new();
    for webhook in webhooks_of(app, scope, id).await? {
        let external_id = webhook.external_id.clone();
        provisioning::remove(app, scope, webhook).await?;
        removed.push(external_id);
    }
    let text = match removed.len() {
        0 => "it had no webhook".to_owned(),
        number => format!("took {} away; what is under way still verifies for a day", words::count(number, "webhook")),
    };
    output.say(&Removed { connection_id: id, removed }, &text)?;
    Ok(Exit::Ok)
}

async fn catch_up(
    app: &Arc<App>,
    which: &Which,
    since: Option<Timestamp>,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let mut rows = Vec::new();
    for (scope, connection) in to_dialpad(named(app, which).await?, which) {
        let is_new = jobs::add(app, scope, &CatchUp { connection: connection.id, since }).await?;
        let said = if is_new { "will be asked now" } else { "is being asked already" }.to_owned();
        rows.push(Outcome { connection_id: connection.id, name: connection.name, findings: Vec::new(), said });
    }
    outcomes("the provider", &rows, output)?;
    Ok(Exit::Ok)
}

async fn lend(app: &Arc<App>, id: ConnectionId, is_lent: bool, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Lent {
        connection_id: ConnectionId,
        uses_installation_key: bool,
    }
    let (scope, connection) = find::connection(app, id).await?;
    if connection.provider != "dialpad" {
        return Err(CommandError::Usage(CredentialsError::OtherProvider(connection.provider).to_string()));
    }
    connections::lend(app, scope, id, is_lent, &super::apps::actor()).await?;
    let text = if is_lent {
        "without credentials of its own it uses the installation's from now on"
    } else {
        "it needs credentials of its own from now on"
    };
    output.say(&Lent { connection_id: id, uses_installation_key: is_lent }, text)?;
    Ok(Exit::Ok)
}

async fn disconnect(app: &Arc<App>, id: ConnectionId, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Disconnected {
        connection_id: ConnectionId,
    }
    let (scope, connection) = find::connection(app, id).await?;
    oauth::disconnect(app, scope, &connection, &super::apps::actor()).await?;
    output.say(&Disconnected { connection_id: id }, "its tokens are given up and forgotten")?;
    Ok(Exit::Ok)
}
