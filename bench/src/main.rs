//! What `make bench` runs: how fast the server is, as ratios to bounds that are measured in the same run.
//!
//! Absolute rates say more about the machine than about us, and this machine is shared; so every figure stands beside a
//! bound (the bare echo of the same HTTP stack, an fdatasync of the same disk) that was measured in turn with it, and
//! medians over rounds are reported. The load generator runs on the same cores: rates are lower bounds, ratios are the point.

#![expect(clippy::cast_precision_loss, reason = "counts of a run of seconds are far below 2^52")]

mod cpu;
mod dialpad;
mod figures;
mod load;
mod postgres;
mod probe;
mod report;
mod seed;
mod server;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures the server against bounds of the same run.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The server to measure, built with --release.
    #[arg(long, default_value = "target/release/switchboard")]
    server: PathBuf,
    /// Seconds of load per measurement.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds; medians are reported.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Calls to list from.
    #[arg(long, default_value_t = 1_000_000)]
    calls: u32,
    /// Events stored beforehand for "as fast when full"; 0 leaves that figure out.
    #[arg(long, default_value_t = 0)]
    full: u32,
    /// Only the figures whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Where to write the report (Markdown); standard output always gets it.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The bound: reads a body, answers 200, keeps nothing. Run by the benchmark itself.
    Echo {
        #[arg(long)]
        port: u16,
    },
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(Command::Echo { port }) = args.command {
        return server::echo(port).await;
    }
    let plan = figures::Plan {
        server: args.server,
        seconds: args.seconds,
        rounds: args.rounds.max(1),
        calls: args.calls,
        full: args.full,
        only: args.only,
    };
    let report = Box::pin(figures::run(&plan)).await?;
    let text = report.markdown();
    report::print(&text);
    if let Some(out) = args.out {
        std::fs::write(out, text)?;
    }
    Ok(())
}
