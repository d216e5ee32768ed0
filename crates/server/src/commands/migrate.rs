//! `switchboard migrate`: brings the schema up to date, as every start does, or says what is missing.

use serde::Serialize;
use switchboard_store::{Engine, migrate};

use super::{CommandError, Context, Exit, session, words};
use crate::{
    output::Output,
    wiring::{self, Patience},
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only show which steps are applied. Ends with 3 when one is missing.
    #[arg(long)]
    status: bool,
}

#[derive(Serialize)]
struct Step {
    version: i64,
    description: String,
    is_applied: bool,
}

pub(super) fn run(args: &Args, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let settings = context.settings()?;
    session::quiet_logs(&settings);
    session::threads()?.block_on(async {
        let db = wiring::connect(&settings.database, Patience::COMMAND).await?;
        let exit = if args.status {
            show(&migrate::status(&db).await?, output)?
        } else {
            let before = missing(&migrate::status(&db).await?);
            let migrated = wiring::migrate(&settings.database, &db).await?;
            apply(before, migrated, db.engine(), output)?
        };
        db.close().await;
        Ok(exit)
    })
}

fn missing(steps: &[migrate::Step]) -> usize {
    steps.iter().filter(|step| !step.is_applied).count()
}

fn show(steps: &[migrate::Step], output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let step = |step: &migrate::Step| Step {
        version: step.version,
        description: step.description.clone(),
        is_applied: step.is_applied,
    };
    let rows: Vec<Step> = steps.iter().map(step).collect();
    let cells = |row: &Step| {
        let state = if row.is_applied { "applied" } else { "missing" };
        [row.version.to_string(), row.description.clone(), state.to_owned()]
    };
    output.list(["version", "step", "state"], &rows, cells, "")?;
    Ok(if missing(steps) == 0 { Exit::Ok } else { Exit::Problems })
}

fn apply(
    applied: usize,
    migrated: migrate::Migrated,
    engine: Engine,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Answer {
        applied: usize,
        known: usize,
        row_level_security: bool,
    }
    let answer = Answer { applied, known: migrated.known, row_level_security: migrated.isolated };
    let text = match applied {
        0 => format!("the schema is up to date ({})", words::count(migrated.known, "step")),
        _ => format!("applied {}; the schema is up to date", words::count(applied, "step")),
    };
    output.say(&answer, &text)?;
    if engine == Engine::Postgres && !migrated.isolated {
        output.remark(
            "row-level security is off: let the user of DATABASE_URL create roles, or make switchboard_app by hand \
             (`switchboard doctor` shows how)",
        )?;
    }
    Ok(Exit::Ok)
}
