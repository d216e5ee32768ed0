//! `switchboard serve`: the server, from its first log line to its last.
//!
//! The sockets are bound before anything else is done, so that two servers on one port are told apart before either
//! touches the database. Stopping goes the other way round: no new connections, requests in hand are answered, open
//! sockets are closed, the tasks finish what they hold, the database is closed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use clap::ValueEnum;
use switchboard_app::{
    App, Assembled, record_stream,
    runtime::{Role as NodeRole, Runtime},
};
use switchboard_http::{AllowedOrigins, HttpOptions, Web, health};
use switchboard_sandbox::RunningSandbox;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{CommandError, Context, Exit, session::threads};
use crate::{
    config::{
        Settings,
        address::BaseUrl,
        database::DatabaseTarget,
        media::MediaStore,
        public::{CorsOrigins, PublicSettings},
    },
    listen,
    output::Output,
    sandbox, telemetry,
    wiring::{self, Patience},
};

/// How long requests in hand may take to end after the signal to stop. Below the 10 s after which container platforms
/// kill.
const DRAIN: Duration = Duration::from_secs(8);
/// How long everything together may take to end. What is cut off then is as safe as after a crash.
const STOP: Duration = Duration::from_secs(25);
/// How often histograms are folded, so that nobody's scrape pays for all of it.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What this node does: `web` takes requests and deliveries, `worker` merges events and does jobs.
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
    /// Also start stand-ins for the providers on this machine, and a demo workspace that is connected to them.
    #[arg(long)]
    sandbox: bool,
    /// Calls of a made-up past that the demo is given at its first start.
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u32).range(..=2_000))]
    demo_calls: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    All,
    Web,
    Worker,
}

impl From<Role> for NodeRole {
    fn from(role: Role) -> Self {
        match role {
            Role::All => Self::All,
            Role::Web => Self::Web,
            Role::Worker => Self::Worker,
        }
    }
}

pub(super) fn run(args: &Args, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    if args.sandbox && args.role != Role::All {
        let why = "--sandbox shows a whole product, so it goes with --role all, which is what holds without --role";
        return Err(CommandError::Usage(why.to_owned()));
    }
    let settings = context.settings()?;
    telemetry::init(&settings.logs)?;
    threads()?.block_on(serve(args, settings, output))?;
    Ok(Exit::Ok)
}

async fn serve(args: &Args, mut settings: Settings, output: &mut Output<'_>) -> Result<(), CommandError> {
    // First, so that a signal during a long start is not lost.
    let mut signals = Signals::new()?;
    let sockets = Sockets::bind(&settings).await?;
    settle_addresses(&mut settings, sockets.main.local);
    let stand_ins = if args.sandbox {
        Some(sandbox::start(&mut settings).await?)
    } else {
        sandbox::leave(&settings.database.data_dir)?;
        None
    };
    let wired = tokio::select! {
        wired = wiring::wire(&settings, Patience::SERVER) => wired?,
        () = signals.received() => return Ok(()),
    };
    for notice in &wired.notices {
        tracing::info!("{notice}");
    }
    let Assembled { app, committer, remote } = wired.assembled;
    app.limits.connect().await;
    let runtime = Runtime::start(&app, args.role.into(), committer, remote).await?;
    let metrics = wiring::metrics()?;
    let upkeep = metrics.clone();
    let closing = CancellationToken::new();
    let mut options = http_options(&settings, metrics, closing.clone());
    let here = sandbox::here(sockets.main.local);
    options.stand_ins = stand_ins.as_ref().map(|ours| sandbox::stand_ins(ours, &here, settings.sandbox.pace));
    let mut servers = sockets.serve(&routes(args.role, &app, options), &app, closing);
    announce(args, &settings, &app, &servers, stand_ins.as_ref());

    let live = async {
        if let Some(stand_ins) = &stand_ins {
            let demo = sandbox::prepare(&app, stand_ins, &settings, servers.main, args.demo_calls).await?;
            output.say(&demo, &sandbox::welcome(&demo, &settings.database.data_dir))?;
        }
        tokio::select! {
            // Only if it panicked: nothing else ends it before its time.
            _ = servers.tasks.join_next() => Err(CommandError::Served),
            () = keep_up(&upkeep) => Ok(()),
        }
    };
    let ended = tokio::select! {
        ended = live => ended,
        () = signals.received() => Ok(()),
    };
    tracing::info!("stopping");
    tokio::select! {
        stopped = tokio::time::timeout(STOP, stop(servers, runtime, &app, stand_ins)) => if let Ok(()) = stopped { tracing::info!("stopped") } else { tracing::warn!(seconds = STOP.as_secs(), "stopped without waiting for the last tasks") },
        () = signals.received() => tracing::warn!("a second signal: stopped without waiting"),
    }
    ended
}

/// A worker answers those who watch over it and nobody else.
fn routes(role: Role, app: &Arc<App>, options: HttpOptions) -> Router {
    if role == Role::Worker {
        let watched = Router::new().route("/health", get(health::health)).route("/metrics", get(health::metrics));
        return watched.with_state(Web::new(Arc::clone(app), options));
    }
    switchboard_http::router(Web::new(Arc::clone(app), options))
}

/// Everything to its end, the outside first.
async fn stop(mut servers: Servers, runtime: Runtime, app: &App, stand_ins: Option<RunningSandbox>) {
    servers.drain().await;
    if let Some(stand_ins) = stand_ins {
        stand_ins.shutdown().await;
    }
    runtime.stop().await;
    app.db.close().await;
}

/// Never returns: the caller ends it.
async fn keep_up(metrics: &metrics_exporter_prometheus::PrometheusHandle) {
    loop {
        tokio::time::sleep(METRICS_UPKEEP).await;
        metrics.run_upkeep();
    }
}

/// With `PORT=0` the addresses that are made from the port are known only now.
fn settle_addresses(settings: &mut Settings, main: SocketAddr) {
    let unsettled = BaseUrl::local(0);
    if settings.bind.port != 0 {
        return;
    }
    let settled = BaseUrl::local(main.port());
    let dialpad = &mut settings.dialpad;
    dialpad.redirect_uri = dialpad.redirect_uri.replacen(unsettled.as_str(), settled.as_str(), 1);
    for url in [&mut settings.public.backend_url, &mut settings.public.frontend_url, &mut dialpad.webhook_base] {
        if *url == unsettled {
            url.clone_from(&settled);
        }
    }
}

fn http_options(
    settings: &Settings,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
    stopping: CancellationToken,
) -> HttpOptions {
    let public = &settings.public;
    let proxies = public.trusted_proxies.clone();
    HttpOptions {
        trusts_peer: Arc::new(move |peer| proxies.trusts(peer)),
        allowed_origins: match &public.cors {
            CorsOrigins::Any => AllowedOrigins::Any,
            CorsOrigins::Only(origins) => AllowedOrigins::Only(origins.clone()),
        },
        metrics: Some(metrics),
        is_https: public.backend_url.as_str().starts_with("https://"),
        https_origins: https_origins(public),
        body_limit: settings.limits.body_bytes,
        stopping,
        ..HttpOptions::default()
    }
}

/// In production, the addresses of ours that are https; where the first is not, nobody is sent to https at all.
fn https_origins(public: &PublicSettings) -> Vec<String> {
    let is_https = |origin: &String| origin.starts_with("https://");
    let origins = [public.backend_url.origin(), public.frontend_url.origin()];
    if public.is_production() && is_https(&origins[0]) {
        origins.into_iter().filter(is_https).collect()
    } else {
        Vec::new()
    }
}

/// The clean start in one line for each thing: what listens, and what it is connected to.
fn announce(args: &Args, settings: &Settings, app: &App, servers: &Servers, stand_ins: Option<&RunningSandbox>) {
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        environment = settings.public.environment,
        role = ?args.role,
        node = app.node,
        "switchboard started"
    );
    tracing::info!(database = %settings.database.target, "connected to the database");
    tracing::info!(dialpad = %settings.dialpad.api_url, "calls to Dialpad go here");
    tracing::info!(url = %settings.public.backend_url, "webhook addresses begin with this");
    if let Some(stand_ins) = stand_ins {
        tracing::info!(address = %stand_ins.address(), "the sandbox listens");
    }
    if let Some(sockets) = servers.sockets {
        tracing::info!(address = %sockets, "listening for sockets");
    }
    if let Some(records) = servers.records {
        tracing::info!(address = %records, "listening for call records over TCP");
    }
    tracing::info!(address = %servers.main, "listening");
    if let Some(advice) = to_keep(settings).filter(|_| settings.public.is_production()) {
        tracing::info!("{advice}");
    }
}

/// What of this machine must outlive it when the database is a file.
fn to_keep(settings: &Settings) -> Option<String> {
    let DatabaseTarget::Sqlite { path } = &settings.database.target else { return None };
    let (path, data_dir, secrets) = (path.display(), &settings.database.data_dir, &settings.secrets);
    let has_secrets = secrets.encryption_key.is_none() || secrets.internal_api_secret.is_none();
    let has_recordings = matches!(&settings.media.store, MediaStore::Folder(folder) if folder.starts_with(data_dir));
    let beside = match (has_secrets, has_recordings) {
        (true, true) => "secrets and recordings",
        (true, false) => "secrets",
        (false, true) => "recordings",
        (false, false) => {
            return Some(format!("the database is the file {path}: keep it on a lasting disk and back it up"));
        }
    };
    let data_dir = data_dir.display();
    Some(format!(
        "the database is the file {path}, its {beside} are in {data_dir}: keep both on a lasting disk and back them up"
    ))
}

/// A bound socket and the address that it got.
struct Bound {
    listener: TcpListener,
    local: SocketAddr,
}

impl Bound {
    async fn new(address: SocketAddr, variable: &'static str) -> Result<Self, CommandError> {
        let failed = |source| CommandError::Listen { address: address.to_string(), variable, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, local })
    }
}

/// What is listened on.
struct Sockets {
    main: Bound,
    /// `WEBSOCKET_PORT`.
    second: Option<Bound>,
    /// `CDR_TCP_PORT`.
    records: Option<Bound>,
}

impl Sockets {
    async fn bind(settings: &Settings) -> Result<Self, CommandError> {
        let main = Bound::new(settings.bind.address(), "PORT").await?;
        let second = match settings.bind.websocket_address() {
            Some(address) => Some(Bound::new(address, "WEBSOCKET_PORT").await?),
            None => None,
        };
        let records = match settings.bind.record_address() {
            Some(address) => Some(Bound::new(address, "CDR_TCP_PORT").await?),
            None => None,
        };
        Ok(Self { main, second, records })
    }

    fn serve(self, routes: &Router, app: &Arc<App>, closing: CancellationToken) -> Servers {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let addresses = (self.main.local, self.second.as_ref().map(|bound| bound.local));
        for bound in [Some(self.main), self.second].into_iter().flatten() {
            tasks.spawn(listen::serve(bound.listener, routes.clone(), listen::HEAD_TIME, stop.clone()));
        }
        let records = self.records.as_ref().map(|bound| bound.local);
        if let Some(bound) = self.records {
            tasks.spawn(record_stream::serve(Arc::clone(app), bound.listener, stop.clone()));
        }
        Servers { tasks, stop, closing, main: addresses.0, sockets: addresses.1, records }
    }
}

/// What answers.
struct Servers {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    /// Ends open sockets and streams.
    closing: CancellationToken,
    main: SocketAddr,
    sockets: Option<SocketAddr>,
    records: Option<SocketAddr>,
}

impl Servers {
    /// Takes no further connection, and waits for the requests in hand as long as [`DRAIN`] allows.
    async fn drain(&mut self) {
        self.stop.cancel();
        self.closing.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, all).await.is_err() {
            tracing::warn!(seconds = DRAIN.as_secs(), "some requests took too long to end and were cut off");
            self.tasks.shutdown().await;
        }
    }
}

/// The signals that end a server: from a terminal, and from whatever supervises it.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self, CommandError> {
        let watch = |kind| signal(kind).map_err(CommandError::Signals);
        Ok(Self { interrupt: watch(SignalKind::interrupt())?, terminate: watch(SignalKind::terminate())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Sources;

    #[test]
    fn what_to_back_up_is_named_as_it_is_set() {
        let (hex, secret) = ("ab".repeat(32), "0123456789abcdef0123456789abcdef");
        let told = |pairs: &[(&str, &str)]| {
            let data_dir = [("DATA_DIR", "/srv/data")];
            let flags = data_dir.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            to_keep(&Settings::load(&Sources::gather(Some(Path::new("/dev/null")), [], flags.collect())).unwrap())
        };
        let elsewhere = ("DATABASE_URL", "sqlite:////db/x.db");
        assert_eq!(
            told(&[elsewhere]).unwrap(),
            "the database is the file /db/x.db, its secrets and recordings are in /srv/data: keep both on a lasting disk and \
             back them up"
        );
        let set =
            [elsewhere, ("ENCRYPTION_KEY", hex.as_str()), ("INTERNAL_API_SECRET", secret), ("MEDIA_DIR", "/media")];
        assert_eq!(told(&set).unwrap(), "the database is the file /db/x.db: keep it on a lasting disk and back it up");
        assert!(told(&set[1..]).unwrap().contains("/srv/data/switchboard.db"));
        assert_eq!(told(&[("DATABASE_URL", "postgresql://u:p@h/d"), set[2]]), None);
    }
}
