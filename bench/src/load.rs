//! The load generator: keep-alive connections that each send the next request when the last was answered (closed loop), or
//! at a fixed rate (open loop, where time counts from when the request should have gone out).

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Makes one request, head and body, ready to be sent. The argument is the number of the connection.
pub type Request = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// What a load measured.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    pub seconds: f64,
    pub ok: usize,
    /// Answers other than 2xx.
    pub refused: usize,
    /// Seconds per answered request.
    pub times: Vec<f64>,
}

impl Measured {
    pub fn rate(&self) -> f64 {
        self.ok as f64 / self.seconds
    }

    fn add(&mut self, other: Self) {
        self.ok += other.ok;
        self.refused += other.refused;
        self.times.extend(other.times);
    }
}

/// Sends over `connections` for `seconds`. `per_second` is the offered rate of all together; `None` is as fast as answers
/// come.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    seconds: f64,
    per_second: Option<f64>,
    request: Request,
) -> anyhow::Result<Measured> {
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for connection in 0..connections {
        let (stop, request) = (Arc::clone(&stop), Arc::clone(&request));
        let pace = per_second.map(|rate| Duration::from_secs_f64(connections as f64 / rate));
        tasks.push(tokio::spawn(async move { one(address, connection, pace, &stop, &request).await }));
    }
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut all = Measured::default();
    for task in tasks {
        all.add(task.await??);
    }
    all.seconds = started.elapsed().as_secs_f64();
    Ok(all)
}

async fn one(
    address: SocketAddr,
    number: usize,
    pace: Option<Duration>,
    stop: &AtomicBool,
    request: &Request,
) -> anyhow::Result<Measured> {
    let mut connection = Connection::open(address).await?;
    let mut measured = Measured::default();
    let mut due = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let bytes = request(number);
        let from = match pace {
            Some(pace) => {
                due += pace;
                tokio::time::sleep_until(due.into()).await;
                due
            }
            None => Instant::now(),
        };
        let status = connection.send(&bytes).await?;
        if (200..300).contains(&status) {
            measured.ok += 1;
            measured.times.push(from.elapsed().as_secs_f64());
        } else {
            measured.refused += 1;
        }
    }
    Ok(measured)
}

/// A keep-alive HTTP/1.1 connection that understands just the answers of servers of ours.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024), body: Vec::new() })
    }

    /// Sends a request and reads its answer; the status.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some((status, head, length)) = head(&self.buffer)? {
                while self.buffer.len() < head + length {
                    self.more().await?;
                }
                self.body.clear();
                self.body.extend_from_slice(&self.buffer[head..head + length]);
                return Ok(status);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        anyhow::ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

/// Status, length of the head, and length of the body; `None` while the head is not complete.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).context("an answer without a status")?;
    let length = text
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|rest| rest.trim().parse()))
        .transpose()?
        .unwrap_or(0);
    Ok(Some((status, end + 4, length)))
}

/// A POST of these bytes.
pub fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/jwt\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// A GET with an API key.
pub fn get(path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nx-app-api-key: {key}\r\n\r\n").into_bytes()
}
