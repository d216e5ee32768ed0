//! The servers that are measured: the real binary, and the echo beside it. Both are processes of their own.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{Router, body::Bytes, routing::post};

use crate::{cpu, load::Connection};

/// How long a server may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server; stopped when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Seconds from start to its first answer.
    pub started_in: f64,
}

/// The bound: the same HTTP stack, with nothing behind it.
pub async fn echo(port: u16) -> anyhow::Result<()> {
    let router = Router::new()
        .route("/health", axum::routing::get(|| async { "ok" }))
        .route("/hooks/{token}", post(|body: Bytes| async move { body.len().to_string() }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |tcp| {
            let _ = tcp.set_nodelay(true);
        }),
        router,
    )
    .await?;
    Ok(())
}

impl Server {
    /// Starts the echo.
    pub async fn echo() -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["echo", "--port", &port.to_string()]);
        Self::start(command, port).await
    }

    /// Starts the real server on a database. `role` is `all` or `web` (which stores and does not merge).
    pub async fn real(binary: &Path, database_url: &str, folder: &Path, role: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(binary);
        command
            .args(["serve", "--role", role])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PORT", port.to_string())
            .env("HOST", "127.0.0.1")
            .env("BACKEND_URL", format!("http://127.0.0.1:{port}"))
            .env("DATABASE_URL", database_url)
            .env("DATA_DIR", folder)
            .env("LOG_LEVEL", "error")
            .env("ENCRYPTION_KEY", crate::seed::ENCRYPTION_KEY)
            .env("INTERNAL_API_SECRET", crate::seed::INTERNAL_SECRET)
            // All load comes from one address.
            .env("RATE_LIMIT_ADDRESS", "off")
            .env("RATE_LIMIT_KEY", "off")
            .env("RATE_LIMIT_TENANT", "off")
            .current_dir(folder);
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().with_context(|| {
                format!(
                    "{} could not be started; build it with `cargo build --release`",
                    command.get_program().display()
                )
            })?;
        let address: SocketAddr = ([127, 0, 0, 1], port).into();
        let mut server = Self { child, address, started_in: 0.0 };
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && connection
                    .send(b"GET /health HTTP/1.1\r\nhost: bench\r\n\r\n")
                    .await
                    .is_ok_and(|status| status == 200)
            {
                server.started_in = begun.elapsed().as_secs_f64();
                return Ok(server);
            }
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(30), "the server did not answer within 30 s");
            anyhow::ensure!(server.child.try_wait()?.is_none(), "the server stopped at its start");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Seconds of processor time that it has used so far.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        cpu::of_process(self.child.id())
    }

    /// Resident memory in MB.
    pub fn memory_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kb: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kb / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // In good order: what is killed keeps its leases, and the next server would wait for their end instead of merging.
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().is_ok_and(|status| status.success());
        let begun = Instant::now();
        while asked && begun.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
