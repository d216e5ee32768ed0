//! The binary `switchboard` as a library: settings, logs, commands. A library so that tests can call what the binary
//! calls; `main.rs` only hands over the arguments and takes back the exit code.

pub mod commands;
pub mod config;
pub mod listen;
pub mod output;
pub mod sandbox;
pub mod telemetry;
pub mod wiring;
