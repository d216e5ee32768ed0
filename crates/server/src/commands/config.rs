//! `switchboard config`: what is in force and where it came from, secrets masked; or the files made from the list.

use serde::Serialize;

use super::{CommandError, Context, Exit};
use crate::{
    config::{
        InForce, Reading,
        catalogue::{self, Preset, Variable},
        generate,
    },
    output::Output,
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show only these settings, each with what it does.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show also what is not set and what is not read.
    #[arg(long)]
    all: bool,
    /// Print the .env.example file.
    #[arg(long, conflicts_with_all = ["names", "all", "markdown"])]
    env_example: bool,
    /// Print the settings page of the docs.
    #[arg(long, conflicts_with_all = ["names", "all"])]
    markdown: bool,
}

/// A variable with what is in force for it.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    /// Masked where it is secret.
    value: Option<String>,
    source: String,
    help: &'static str,
    /// What to know about a variable that is not simply read.
    note: Option<String>,
}

impl Row {
    fn of(variable: &'static Variable, in_force: &[InForce]) -> Self {
        let held = in_force.iter().find(|row| row.name == variable.name);
        Self {
            name: variable.name,
            value: held.and_then(|row| row.value.clone()),
            source: match (held.filter(|row| row.value.is_some()), variable.preset) {
                (Some(row), _) => row.source.clone(),
                (None, Preset::Made(what)) => format!("default: {what}"),
                (None, _) => "not set".to_owned(),
            },
            help: variable.help,
            note: variable.role.explanation(),
        }
    }

    fn shown(&self) -> String {
        self.value.clone().unwrap_or_else(|| "-".to_owned())
    }
}

pub(super) fn run(args: &Args, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    if args.env_example {
        output.raw(&generate::env_example())?;
        return Ok(Exit::Ok);
    }
    if args.markdown {
        output.raw(&generate::markdown())?;
        return Ok(Exit::Ok);
    }
    let Reading { settings, in_force, notices } = context.reading();
    if args.names.is_empty() {
        let rows: Vec<Row> = catalogue::ALL
            .iter()
            .map(|variable| Row::of(variable, &in_force))
            .filter(|row| args.all || row.value.is_some())
            .collect();
        output.list(
            ["name", "value", "source"],
            &rows,
            |row| [row.name.into(), row.shown(), row.source.clone()],
            "",
        )?;
        for notice in &notices {
            output.remark(notice)?;
        }
    } else {
        show_named(&args.names, &in_force, output)?;
    }
    // Shown first, so that a person sees what is in force beside what is wrong with it.
    settings.map(|_| Exit::Ok).map_err(CommandError::Settings)
}

fn show_named(names: &[String], in_force: &[InForce], output: &mut Output<'_>) -> Result<(), CommandError> {
    let find = |name: &String| catalogue::find(name).ok_or_else(|| CommandError::NoSuchSetting(name.clone()));
    let variables = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<Row> = variables.into_iter().map(|variable| Row::of(variable, in_force)).collect();
    let cells = |row: &Row| {
        let note = row.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        [row.name.to_owned(), row.shown(), row.source.clone(), format!("{}{note}", row.help)]
    };
    Ok(output.list(["name", "value", "source", "what it does"], &rows, cells, "")?)
}
