//! `switchboard doctor`: looks at everything that the server depends on and says what to do about what is wrong.
//!
//! A finding is good, a notice (nothing is wrong, but a person should know) or a problem (something does not work, or
//! will not). Only problems make the command end with 3, so that it can stand in a deployment script.

mod connections;
mod database;
mod reach;

use serde::Serialize;
use switchboard_app::Assembled;

use super::{CommandError, Context, Exit, session};
use crate::{
    config::{Reading, Settings},
    output::Output,
    sandbox,
    telemetry::chain,
    wiring::{self, Patience},
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do not ask anybody outside this machine but the database.
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Good,
    Notice,
    Problem,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Notice => "notice",
            Self::Problem => "PROBLEM",
        }
    }
}

/// What was looked at and what was found.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    /// What it is about: `database`, `BACKEND_URL`, a connection's id.
    subject: String,
    found: String,
    /// What a person can do about it.
    advice: Option<String>,
}

impl Finding {
    fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { level: Level::Good, subject: subject.into(), found: found.into(), advice: None }
    }

    fn notice(subject: impl Into<String>, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into()).filter(|advice| !advice.is_empty());
        Self { level: Level::Notice, subject: subject.into(), found: found.into(), advice }
    }

    fn problem(subject: impl Into<String>, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Problem, subject: subject.into(), found: found.into(), advice: Some(advice.into()) }
    }
}

pub(super) fn run(args: &Args, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let Reading { settings, notices, .. } = context.reading();
    let mut findings: Vec<Finding> =
        notices.into_iter().map(|notice| Finding::notice("settings", notice, "")).collect();
    match settings {
        Err(faults) => {
            findings.extend(faults.into_iter().map(|fault| Finding::problem(fault.variable, fault.wrong, fault.right)));
        }
        Ok(mut settings) => {
            sandbox::follow(&mut settings);
            session::quiet_logs(&settings);
            findings.push(Finding::good("settings", "complete and well formed"));
            session::threads()?.block_on(look(args, &settings, &mut findings))?;
        }
    }
    say(&findings, output)
}

/// Everything that needs the settings. An error is a fault of the looking itself; what is found goes into `findings`.
async fn look(args: &Args, settings: &Settings, findings: &mut Vec<Finding>) -> Result<(), CommandError> {
    let wired = match wiring::wire(settings, Patience::COMMAND).await {
        Ok(wired) => wired,
        Err(error) => {
            findings.push(Finding::problem(
                "start",
                chain(&error).to_string(),
                "the server cannot start before this is mended",
            ));
            return Ok(());
        }
    };
    for notice in wired.notices {
        findings.push(Finding::notice("keys", notice, ""));
    }
    let Assembled { app, .. } = wired.assembled;
    database::look(settings, &app, wired.migrated, findings).await?;
    reach::look(settings, &app, args.offline, findings).await;
    connections::look(&app, args.offline, findings).await?;
    Ok(())
}

fn say(findings: &[Finding], output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let cells = |finding: &Finding| {
        let advice = finding.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
        [finding.level.word().to_owned(), finding.subject.clone(), format!("{}{advice}", finding.found)]
    };
    output.list(["", "about", "found"], findings, cells, "")?;
    let problems = findings.iter().filter(|finding| finding.level == Level::Problem).count();
    Ok(if problems == 0 { Exit::Ok } else { Exit::Problems })
}
