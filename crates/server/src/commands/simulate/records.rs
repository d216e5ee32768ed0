//! `switchboard simulate records`: a made-up year of call records, as a telephone system exports them, into a file. For trying
//! out `import cdr` and the reports; it asks nobody and changes nothing.

use std::{fs::File, io::BufWriter, path::PathBuf};

use jiff::tz::TimeZone;
use serde::Serialize;
use switchboard_sandbox::records::Year;

use crate::{
    commands::{CommandError, Exit, bar::Bar},
    output::Output,
};

/// What is to be written.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to.
    file: PathBuf,
    /// How many calls the year has; there are some 1.6 rows to a call.
    #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    calls: u64,
    /// Which year.
    #[arg(long, default_value_t = 2026, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1990..=2100))]
    year: i16,
    /// Another number tells another story, the same one the same.
    #[arg(long, default_value_t = 2, value_name = "N")]
    seed: u64,
    /// Where the company is.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    time_zone: String,
}

#[derive(Serialize)]
struct Answer {
    file: String,
    calls: u64,
    rows: u64,
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let zone = TimeZone::get(&args.time_zone).map_err(|_| {
        CommandError::Usage(format!("`{}` is no time zone; write one like Europe/Madrid", args.time_zone))
    })?;
    let path = args.file.display().to_string();
    let failed = |source| CommandError::WriteFile { path: path.clone(), source };
    let mut file = BufWriter::new(File::create(&args.file).map_err(failed)?);
    let year = Year { calls: args.calls, year: args.year, zone, seed: args.seed };
    let bar = Bar::new(args.calls, "calls");
    let written = year.write(&mut file, &mut |calls| bar.set(calls)).map_err(failed)?;
    bar.finish();
    let answer = Answer { file: path.clone(), calls: written.calls, rows: written.legs };
    output.say(&answer, &format!("{} calls in {} rows are in {path}", written.calls, written.legs))?;
    Ok(Exit::Ok)
}
