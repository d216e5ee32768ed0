//! `switchboard version`: which binary this is.

use serde::Serialize;

use super::{CommandError, Exit};
use crate::output::Output;

/// What a bug report needs.
#[derive(Debug, Serialize)]
struct Binary {
    name: &'static str,
    version: &'static str,
    os: &'static str,
    arch: &'static str,
}

pub(super) fn run(output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let binary = Binary {
        name: "switchboard",
        version: env!("CARGO_PKG_VERSION"),
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    };
    let text = format!("{} {} ({}, {})", binary.name, binary.version, binary.os, binary.arch);
    output.say(&binary, &text)?;
    Ok(Exit::Ok)
}
