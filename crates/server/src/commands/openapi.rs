//! `switchboard openapi`: the API's document, made from the code. It is committed, and CI compares.

use std::path::PathBuf;

use super::{CommandError, Exit};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Compare with this file instead of printing. Ends with 3 when it is out of date.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut document = switchboard_http::openapi().to_pretty_json().map_err(crate::output::OutputError::Json)?;
    document.push('\n');
    let Some(path) = &args.check else {
        output.raw(&document)?;
        return Ok(Exit::Ok);
    };
    let shown = path.display().to_string();
    let committed =
        std::fs::read_to_string(path).map_err(|source| CommandError::Read { path: shown.clone(), source })?;
    if committed == document { Ok(Exit::Ok) } else { Err(CommandError::Outdated { path: shown }) }
}
