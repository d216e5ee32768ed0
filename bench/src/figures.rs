//! The figures, and the targets they are held against.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use futures::StreamExt;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::{
    dialpad::Deliveries,
    load::{self, Connection, Measured},
    postgres::Postgres,
    probe,
    report::{Report, median, percentile, time},
    seed::{self, Seeded},
    server::Server,
};

/// What to measure, and how long.
pub struct Plan {
    pub server: PathBuf,
    pub seconds: f64,
    pub rounds: usize,
    pub calls: u32,
    pub full: u32,
    pub only: Option<String>,
}

impl Plan {
    fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }
}

/// Connections of the saturating load, as in the targets.
const CONNECTIONS: usize = 64;
/// Tenants that the load is spread over.
const TENANTS: usize = 50;

/// A database to measure on.
struct Bed {
    name: &'static str,
    url: String,
    folder: tempfile::TempDir,
    tenants: Vec<Seeded>,
    app: Arc<switchboard_app::App>,
    /// Deliveries sent so far, so that none repeats.
    sent: u64,
    /// The database's own process, where it has one.
    database: Option<Arc<Postgres>>,
}

impl Bed {
    async fn new(name: &'static str, database: Option<Arc<Postgres>>) -> anyhow::Result<Self> {
        let url = database.as_ref().map(|postgres| postgres.create("bench")).transpose()?;
        let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir()?;
        let url = url.unwrap_or_else(|| {
            format!("sqlite:////{}", folder.path().join("bench.db").display()).replace("/////", "////")
        });
        let app = seed::app(&url, folder.path()).await?;
        let tenants = seed::tenants(&app, TENANTS).await?;
        Ok(Self { name, url, folder, tenants, app, sent: 0, database })
    }

    async fn serve(&self, binary: &Path, role: &str) -> anyhow::Result<Server> {
        Server::real(binary, &self.url, self.folder.path(), role).await
    }

    /// Requests that nobody has sent before, the four deliveries of a call all to one tenant.
    fn deliveries(&mut self) -> load::Request {
        // More than one load can send.
        let first = self.sent;
        self.sent += 40_000_000;
        let deliveries = Deliveries::new(seed::WEBHOOK_SECRET, first);
        let paths: Vec<String> = self.tenants.iter().map(|tenant| tenant.hook_path.clone()).collect();
        Arc::new(move |_| {
            let (call, body) = deliveries.next();
            load::post(&paths[usize::try_from(call).unwrap_or(0) % paths.len()], &body)
        })
    }

    /// Seconds of processor time that the server and the database have used so far.
    fn cpu_seconds(&self, running: &Server) -> anyhow::Result<f64> {
        let database = self.database.as_ref().map_or(Ok(0.0), |database| database.cpu_seconds())?;
        Ok(running.cpu_seconds()? + database)
    }

    /// Waits until everything stored is merged; the seconds that took.
    async fn drained(&self) -> anyhow::Result<f64> {
        let started = Instant::now();
        while switchboard_store::cursor::backlog(&self.app.db).await?.1 > 0 {
            anyhow::ensure!(
                started.elapsed() < Duration::from_mins(10),
                "the backlog did not drain within ten minutes"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(started.elapsed().as_secs_f64())
    }
}

/// Measures everything.
pub async fn run(plan: &Plan) -> anyhow::Result<Report> {
    let server = std::fs::canonicalize(&plan.server)
        .with_context(|| format!("{} is not built; run `cargo build --release` first", plan.server.display()))?;
    let mut report = Report { machine: machine(), command: "make bench".to_owned(), lines: Vec::new() };
    let mut sqlite = Bed::new("SQLite", None).await?;
    let mut postgresql = Bed::new("PostgreSQL", Some(Arc::new(Postgres::start()?))).await?;

    if plan.wants("start") {
        start(&server, &sqlite, &mut report).await?;
    }
    if plan.wants("intake") {
        intake(plan, &server, &mut [&mut sqlite, &mut postgresql], &mut report).await?;
    }
    if plan.wants("processed") {
        processed(plan, &server, &mut [&mut sqlite, &mut postgresql], &mut report).await?;
    }
    if plan.wants("visible") {
        for bed in [&mut sqlite, &mut postgresql] {
            visible(&server, bed, &mut report).await?;
        }
    }
    if plan.wants("list") {
        for bed in [&sqlite, &postgresql] {
            lists(plan, &server, bed, &mut report).await?;
        }
    }
    if plan.wants("key") {
        keys(&sqlite, &mut report).await?;
    }
    if plan.full > 0 && plan.wants("full") {
        for bed in [&mut sqlite, &mut postgresql] {
            full(plan, &server, bed, &mut report).await?;
        }
    }
    Ok(report)
}

async fn start(server: &Path, bed: &Bed, report: &mut Report) -> anyhow::Result<()> {
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..5 {
        let running = bed.serve(server, "all").await?;
        times.push(running.started_in);
        memory.push(running.memory_mb()?);
    }
    let (started, idle) = (median(&times), median(&memory));
    report.add("start to first answer, SQLite", time(started), "< 1 s", Some(started < 1.0));
    report.add("idle memory, SQLite", format!("{idle:.0} MB"), "< 60 MB", Some(idle < 60.0));
    Ok(())
}

async fn saturate(running: &Server, plan: &Plan, request: load::Request) -> anyhow::Result<Measured> {
    load::run(running.address, CONNECTIONS, plan.seconds, None, request).await
}

/// Durable, verified intake, beside the echo and the disk's own time, in turns.
async fn intake(plan: &Plan, server: &Path, beds: &mut [&mut Bed], report: &mut Report) -> anyhow::Result<()> {
    let mut echoes = Vec::new();
    let mut probes = Vec::new();
    let mut rates = vec![Vec::new(); beds.len()];
    let mut ratios = vec![Vec::new(); beds.len()];
    let mut slowest = vec![Vec::new(); beds.len()];
    let mut singles = vec![(Vec::new(), Vec::new()); beds.len()];
    let mut works = vec![Vec::new(); beds.len()];
    for _ in 0..plan.rounds {
        let echo = {
            let running = Server::echo().await?;
            saturate(&running, plan, beds[0].deliveries()).await?.rate()
        };
        let probe = probe::fdatasync(beds[0].folder.path(), 300)?;
        echoes.push(echo);
        probes.push(probe);
        for (i, bed) in beds.iter_mut().enumerate() {
            // `web` stores and does not merge: this is intake alone.
            let running = bed.serve(server, "web").await?;
            let used = bed.cpu_seconds(&running)?;
            let mut measured = saturate(&running, plan, bed.deliveries()).await?;
            works[i].push((bed.cpu_seconds(&running)? - used) / measured.ok as f64);
            anyhow::ensure!(measured.refused == 0, "{} deliveries were refused", measured.refused);
            rates[i].push(measured.rate());
            ratios[i].push(measured.rate() / echo);
            slowest[i].push(percentile(&mut measured.times, 99.0));
            let mut single = load::run(running.address, 1, plan.seconds / 2.0, None, bed.deliveries()).await?;
            singles[i].0.push(percentile(&mut single.times, 50.0) / probe);
            singles[i].1.push(percentile(&mut single.times, 99.0) / probe);
        }
    }
    report.add("bare echo of the same HTTP stack, 64 connections", format!("{:.0}/s", median(&echoes)), "", None);
    report.add("one fdatasync of 4 KiB, median", time(median(&probes)), "", None);
    for (i, bed) in beds.iter().enumerate() {
        let ratio = median(&ratios[i]);
        report.add(
            &format!("durable verified intake to bare echo, 64 connections, {}", bed.name),
            format!("{ratio:.2} ({:.0}/s, p99 {})", median(&rates[i]), time(median(&slowest[i]))),
            "≥ 0.45",
            Some(ratio >= 0.45),
        );
        report.add(
            &format!("processor time per event, server and database, {}", bed.name),
            time(median(&works[i])),
            "",
            None,
        );
        let (p50, p99) = (median(&singles[i].0), median(&singles[i].1));
        report.add(
            &format!("one connection, p50 and p99 to an fdatasync, {}", bed.name),
            format!("{p50:.1} × and {p99:.1} ×"),
            "≤ 3 × and ≤ 6 ×",
            Some(p50 <= 3.0 && p99 <= 6.0),
        );
    }
    Ok(())
}

/// Accepted and merged into records, changes and jobs: the load, then the time until the last event is merged.
async fn processed(plan: &Plan, server: &Path, beds: &mut [&mut Bed], report: &mut Report) -> anyhow::Result<()> {
    for bed in beds.iter_mut() {
        // What intake alone left behind is merged first, and not counted.
        {
            let _running = bed.serve(server, "all").await?;
            bed.drained().await?;
        }
        let (mut rates, mut ratios, mut works) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let echo = {
                let running = Server::echo().await?;
                saturate(&running, plan, bed.deliveries()).await?.rate()
            };
            let running = bed.serve(server, "all").await?;
            let used = bed.cpu_seconds(&running)?;
            let measured = saturate(&running, plan, bed.deliveries()).await?;
            let seconds = measured.seconds + bed.drained().await?;
            works.push((bed.cpu_seconds(&running)? - used) / measured.ok as f64);
            let rate = measured.ok as f64 / seconds;
            rates.push(rate);
            ratios.push(rate / echo);
        }
        let ratio = median(&ratios);
        report.add(
            &format!("accepted and processed to bare echo, {}", bed.name),
            format!("{ratio:.2} ({:.0} events/s)", median(&rates)),
            "≥ 0.20",
            Some(ratio >= 0.20),
        );
        report.add(
            &format!("processor time per processed event, server and database, {}", bed.name),
            time(median(&works)),
            "",
            None,
        );
    }
    Ok(())
}

/// From sending a delivery to hearing of it on a socket: on an idle machine, and at a fixed offered load.
async fn visible(server: &Path, bed: &mut Bed, report: &mut Report) -> anyhow::Result<()> {
    let running = bed.serve(server, "all").await?;
    bed.drained().await?;
    let mut idle = heard(&running, bed, 300, Duration::from_millis(10)).await?;
    let (p50, p99) = (percentile(&mut idle, 50.0), percentile(&mut idle, 99.0));
    report.add(
        &format!("received to visible on a socket, idle machine, {}", bed.name),
        format!("p50 {}, p99 {}", time(p50), time(p99)),
        "p99 < 50 ms",
        Some(p99 < 0.050),
    );
    let request = bed.deliveries();
    let address = running.address;
    let background = tokio::spawn(load::run(address, 32, 6.0, Some(5_000.0), request));
    let mut busy = heard(&running, bed, 200, Duration::from_millis(10)).await?;
    let mut measured = background.await??;
    let (visible, acknowledged) = (percentile(&mut busy, 99.0), percentile(&mut measured.times, 99.0));
    report.add(
        &format!("offered 5,000/s: p99 acknowledged; p99 received to visible, {}", bed.name),
        format!("{}; {} ({:.0}/s reached)", time(acknowledged), time(visible), measured.rate()),
        "< 10 ms; < 50 ms",
        Some(acknowledged < 0.010 && visible < 0.050),
    );
    Ok(())
}

/// Seconds from sending each of `count` first deliveries of a call to its message on the tenant's socket.
async fn heard(running: &Server, bed: &mut Bed, count: usize, gap: Duration) -> anyhow::Result<Vec<f64>> {
    let tenant = bed.tenants.last().context("a bed has tenants")?;
    let mut request = format!("ws://{}/ws", running.address).into_client_request()?;
    request.headers_mut().insert("x-app-api-key", tenant.api_key.parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    let path = tenant.hook_path.clone();
    let first = bed.sent;
    bed.sent += 40_000_000;
    let mut connection = Connection::open(running.address).await?;
    let mut times = Vec::with_capacity(count);
    for n in 0..count as u64 {
        // Every fourth delivery rings a new call.
        let (_, body) = Deliveries::new(seed::WEBHOOK_SECRET, first + n * 4).next();
        let call = format!("{}", 6_000_000_000_000_000 + (first + n * 4) / 4);
        let started = Instant::now();
        let status = connection.send(&load::post(&path, &body)).await?;
        anyhow::ensure!(status == 200, "a delivery was answered {status}");
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await?;
            let message = message.context("the socket was closed")??;
            if let Message::Text(text) = message
                && text.contains("call.ring")
                && text.contains(&call)
            {
                times.push(started.elapsed().as_secs_f64());
                break;
            }
        }
        tokio::time::sleep(gap).await;
    }
    Ok(times)
}

/// A page of 50 calls out of many: the first, and one deep inside.
async fn lists(plan: &Plan, server: &Path, bed: &Bed, report: &mut Report) -> anyhow::Result<()> {
    let tenant = &bed.tenants[0];
    seed::calls(&bed.app, tenant, plan.calls).await?;
    let running = bed.serve(server, "web").await?;
    let deep = deep_path(&running, tenant, plan.calls).await?;
    let (mut firsts, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let first = page_rate(plan, &running, tenant, "/api/v1/calls?limit=50").await?;
        let inside = page_rate(plan, &running, tenant, &deep).await?;
        firsts.push(first);
        ratios.push(inside / first);
    }
    let ratio = median(&ratios);
    report.add(
        &format!("50 of {} calls, deep page to first page, {}", plan.calls, bed.name),
        format!("{ratio:.2} (first page {:.0}/s)", median(&firsts)),
        "≥ 0.9",
        Some(ratio >= 0.9),
    );
    Ok(())
}

async fn page_rate(plan: &Plan, running: &Server, tenant: &Seeded, path: &str) -> anyhow::Result<f64> {
    let request = load::get(path, &tenant.api_key);
    let measured = load::run(running.address, 16, plan.seconds / 2.0, None, Arc::new(move |_| request.clone())).await?;
    anyhow::ensure!(measured.refused == 0 && measured.ok > 0, "{path} was refused {} times", measured.refused);
    Ok(measured.rate())
}

/// The path of a page from the middle of the list.
async fn deep_path(running: &Server, tenant: &Seeded, calls: u32) -> anyhow::Result<String> {
    let middle = switchboard_domain::Timestamp::from_millis(1_767_225_600_000 + i64::from(calls / 2) * 25_000);
    let path = format!("/api/v1/calls?limit=50&occurred_before={middle}");
    let mut connection = Connection::open(running.address).await?;
    let status = connection.send(&load::get(&path, &tenant.api_key)).await?;
    let text = String::from_utf8_lossy(&connection.body).into_owned();
    anyhow::ensure!(status == 200, "{path} was answered {status}: {text}");
    let page: serde_json::Value = serde_json::from_str(&text)?;
    let cursor = page["next_cursor"].as_str().context("a page in the middle has a next one")?;
    Ok(format!("/api/v1/calls?limit=50&cursor={cursor}"))
}

/// One check of an API key: the look-up that is remembered, and the one that asks the database.
async fn keys(bed: &Bed, report: &mut Report) -> anyhow::Result<()> {
    let key = &bed.tenants[0].api_key;
    switchboard_app::access::authenticate_key(&bed.app, key).await?;
    let rounds = 20_000;
    let started = Instant::now();
    for _ in 0..rounds {
        switchboard_app::access::authenticate_key(&bed.app, key).await?;
    }
    let each = started.elapsed().as_secs_f64() / f64::from(rounds);
    report.add("API key check", format!("{:.2} µs", each * 1e6), "< 2 µs", Some(each < 2e-6));
    Ok(())
}

/// Intake with many events stored, to intake when empty.
async fn full(plan: &Plan, server: &Path, bed: &mut Bed, report: &mut Report) -> anyhow::Result<()> {
    let before = {
        let running = bed.serve(server, "web").await?;
        saturate(&running, plan, bed.deliveries()).await?.rate()
    };
    let running = bed.serve(server, "web").await?;
    let mut stored = 0;
    while stored < plan.full as usize {
        stored += load::run(running.address, 256, 10.0, None, bed.deliveries()).await?.ok;
    }
    let after = saturate(&running, plan, bed.deliveries()).await?.rate();
    let ratio = after / before;
    report.add(
        &format!("intake with {stored} more events stored, to before, {}", bed.name),
        format!("{ratio:.2}"),
        "≥ 0.9",
        Some(ratio >= 0.9),
    );
    Ok(())
}

/// Processor and cores; nothing that names the machine.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1)).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cores} cores, {model}; the load generator runs on the same cores")
}
