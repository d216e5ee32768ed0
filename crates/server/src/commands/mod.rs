//! The command line: one file per command, one list of them, exit codes that mean something.
//!
//! Every command takes the same global flags, gets its settings from [`Context`], answers through [`Output`], and fails
//! with a [`CommandError`], which alone decides the [`Exit`] code.

mod apps;
mod audit;
mod bar;
mod config;
mod connections;
mod contacts;
mod doctor;
mod error;
mod events;
mod find;
mod import;
mod jobs;
mod keys;
mod migrate;
mod openapi;
mod reports;
mod serve;
mod session;
mod simulate;
mod tenants;
mod users;
mod version;
mod words;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

pub use error::CommandError;

use crate::{
    config::{Reading, Settings, Sources},
    output::Output,
};

/// One server for a business's calls, texts and voicemails.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_HELP)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
struct Globals {
    /// Answer in JSON.
    #[arg(long, global = true, display_order = 100)]
    json: bool,
    /// Read settings from this file instead of ./.env.
    #[arg(long, global = true, value_name = "FILE", display_order = 101)]
    env_file: Option<PathBuf>,
    /// Set any variable; wins over the environment and the file. May be repeated.
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = assignment, display_order = 102)]
    set: Vec<(String, String)>,
    /// Short for --set PORT=...
    #[arg(long, global = true, value_name = "PORT", display_order = 103)]
    port: Option<String>,
    /// Short for --set DATABASE_URL=... Other users of the machine can see flags; a password is safer in a file.
    #[arg(long, global = true, value_name = "URL", display_order = 104)]
    database_url: Option<String>,
    /// Short for --set DATA_DIR=...
    #[arg(long, global = true, value_name = "FOLDER", display_order = 105)]
    data_dir: Option<String>,
    /// Short for --set LOG_LEVEL=...
    #[arg(long, global = true, value_name = "LEVEL", display_order = 106)]
    log_level: Option<String>,
}

/// Every command.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Args),
    /// Bring the database's schema up to date, as every start does.
    Migrate(migrate::Args),
    /// Look for problems: settings, database, keys, address, connections.
    Doctor(doctor::Args),
    /// Who is served here: tenants, their plans and features.
    #[command(subcommand)]
    Tenants(tenants::Command),
    /// Client programs and their keys.
    #[command(subcommand)]
    Apps(apps::Command),
    /// Who did what to which record, and whether that log is as it was written.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Tenants' accounts at providers, and their webhooks.
    #[command(subcommand)]
    Connections(connections::Command),
    /// Everything about one contact: taken out, or forgotten.
    #[command(subcommand)]
    Contacts(contacts::Command),
    /// The log of what providers sent.
    #[command(subcommand)]
    Events(events::Command),
    /// Records out of files.
    #[command(subcommand)]
    Import(import::Command),
    /// Work that waits, runs or has failed.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// What calls come to, counted.
    #[command(subcommand)]
    Reports(reports::Command),
    /// People who sign in, and who of them runs the installation.
    #[command(subcommand)]
    Users(users::Command),
    /// The key that seals credentials: how things stand, a new one, and the change to it.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Have the sandbox play a call or a text.
    #[command(subcommand)]
    Simulate(simulate::Command),
    /// Print the OpenAPI document of the API.
    Openapi(openapi::Args),
    /// Show the settings in force and where each came from.
    Config(config::Args),
    /// Show the version of this binary.
    Version,
}

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Ok = 0,
    /// Something failed that trying again, or a look at the message, may mend.
    Failure = 1,
    /// The command line or the settings are wrong.
    Usage = 2,
    /// It looked and found problems (`doctor`, `events rebuild --check`).
    Problems = 3,
    /// What was asked for does not exist.
    NotFound = 4,
    /// The database, the server or a provider could not be reached.
    Unreachable = 5,
}

const EXIT_HELP: &str = "Exit codes: 0 done, 1 failed, 2 wrong command line or settings, 3 problems found, 4 not found, \
                         5 database, server or provider unreachable.";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a command works with: its settings, not yet looked at.
pub struct Context {
    sources: Sources,
}

impl Context {
    /// The settings, or every fault of them.
    pub fn settings(&self) -> Result<Settings, CommandError> {
        Settings::load(&self.sources).map_err(CommandError::Settings)
    }

    /// The settings with all that can be said about them.
    pub fn reading(&self) -> Reading {
        Settings::examine(&self.sources)
    }
}

/// Runs what the process was called with.
pub fn main() -> Exit {
    let (mut answers, mut remarks) = (io::stdout().lock(), io::stderr());
    run(std::env::args_os(), std::env::vars_os(), &mut answers, &mut remarks)
}

/// Runs a command line in an environment. `answers` is standard output, `remarks` standard error.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    answers: &mut dyn io::Write,
    remarks: &mut dyn io::Write,
) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(told) => return tell(&told, answers, remarks),
    };
    let sources = Sources::gather(cli.globals.env_file.as_deref(), environment, flags(&cli.globals));
    let context = Context { sources };
    let json = cli.globals.json;
    let mut output = Output::new(json, answers, remarks);
    match dispatch(&cli.command, &context, &mut output) {
        Ok(exit) => exit,
        Err(error) => {
            // Nothing is left to do if standard error is closed as well; the exit code still tells.
            let _ = error.report(json, remarks);
            error.exit()
        }
    }
}

fn dispatch(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    match command {
        Command::Serve(args) => serve::run(args, context, output),
        Command::Migrate(args) => migrate::run(args, context, output),
        Command::Doctor(args) => doctor::run(args, context, output),
        Command::Tenants(command) => tenants::run(command, context, output),
        Command::Apps(command) => apps::run(command, context, output),
        Command::Audit(command) => audit::run(command, context, output),
        Command::Connections(command) => connections::run(command, context, output),
        Command::Contacts(command) => contacts::run(command, context, output),
        Command::Reports(command) => reports::run(command, context, output),
        Command::Events(command) => events::run(command, context, output),
        Command::Import(command) => import::run(command, context, output),
        Command::Jobs(command) => jobs::run(command, context, output),
        Command::Users(command) => users::run(command, context, output),
        Command::Keys(command) => keys::run(command, context, output),
        Command::Simulate(command) => simulate::run(command, context, output),
        Command::Openapi(args) => openapi::run(args, output),
        Command::Config(args) => config::run(args, context, output),
        Command::Version => version::run(output),
    }
}

/// Help and version are answers; everything else clap says is about a wrong command line.
fn tell(told: &clap::Error, answers: &mut dyn io::Write, remarks: &mut dyn io::Write) -> Exit {
    let text = told.render();
    // As with errors: the exit code still tells.
    if told.use_stderr() {
        let _ = write!(remarks, "{text}");
        Exit::Usage
    } else {
        let _ = write!(answers, "{text}");
        Exit::Ok
    }
}

/// The flags as assignments; `--set` comes first, so that a flag with a name of its own wins over it.
fn flags(globals: &Globals) -> Vec<(String, String)> {
    let named = [
        ("PORT", &globals.port),
        ("DATABASE_URL", &globals.database_url),
        ("DATA_DIR", &globals.data_dir),
        ("LOG_LEVEL", &globals.log_level),
    ];
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    globals.set.iter().cloned().chain(named).collect()
}

fn assignment(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=value"),
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
