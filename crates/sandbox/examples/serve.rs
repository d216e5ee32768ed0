//! Serves the sandbox until it is interrupted: `cargo run -p switchboard-sandbox --example serve -- [port]`.
//! The first line it prints is its address, for scripts such as `e2e/oracles/dialpad_client.py`.

use std::error::Error;

use switchboard_sandbox::{DialpadConfig, Sandbox, SandboxConfig};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address on standard output is what this program is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).map(|port| port.parse()).transpose()?.unwrap_or(0);
    let dialpad = DialpadConfig { page_size: 2, ..DialpadConfig::default() };
    let sandbox = Sandbox::start(SandboxConfig { port, dialpad, ..SandboxConfig::default() }).await?;
    println!("{}", sandbox.url());
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}
