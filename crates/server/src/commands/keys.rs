//! `switchboard keys`: the key that seals credentials: how things stand, a new one, and the change from one to the other.

use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use switchboard_app::{
    App,
    audit::Origin,
    rotation::{self, ColumnDone, ColumnStanding},
};

use super::{CommandError, Context, Exit, session::with_app, words};
use crate::{config::keys::KeyError, output::Output};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Seal everything anew that was sealed with an older key, while the server serves. Run again, it goes on where it was.
    Rotate,
    /// Show how much is sealed with which key. Ends with 3 if something cannot be opened.
    Status,
    /// Print a new key, to be set as ENCRYPTION_KEY. Changes nothing.
    Generate,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    match command {
        Command::Generate => generate(output),
        Command::Rotate => with_app(context, async |app| rotate(app, output).await),
        Command::Status => with_app(context, async |app| status(app, output).await),
    }
}

fn generate(output: &mut Output<'_>) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Generated {
        encryption_key: String,
    }
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::Random)?;
    let generated = Generated { encryption_key: hex::encode(bytes) };
    output.say(&generated, &generated.encryption_key)?;
    output.remark(
        "set it as ENCRYPTION_KEY and the one in force now as ENCRYPTION_KEY_OLD; then `switchboard keys rotate`",
    )?;
    Ok(Exit::Ok)
}

#[derive(Serialize)]
struct Done {
    column: &'static str,
    resealed: u64,
    overtaken: u64,
    unreadable: u64,
}

impl From<ColumnDone> for Done {
    fn from(done: ColumnDone) -> Self {
        Self {
            column: done.column.as_str(),
            resealed: done.resealed,
            overtaken: done.overtaken,
            unreadable: done.unreadable,
        }
    }
}

async fn rotate(app: &Arc<App>, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let done = rotation::rotate(app, &Origin::operator("cli"), |_| ()).await?;
    let rows: Vec<Done> = done.into_iter().map(Done::from).collect();
    let cells = |row: &Done| {
        [row.column.to_owned(), row.resealed.to_string(), row.overtaken.to_string(), row.unreadable.to_string()]
    };
    output.list(["what", "sealed anew", "changed meanwhile", "unreadable"], &rows, cells, "")?;
    let standing = rotation::status(app).await?;
    conclude(&standing, output)
}

#[derive(Serialize)]
struct Standing {
    column: &'static str,
    current: i64,
    older: i64,
    unknown: i64,
}

impl From<&ColumnStanding> for Standing {
    fn from(standing: &ColumnStanding) -> Self {
        Self {
            column: standing.column.as_str(),
            current: standing.current,
            older: standing.older,
            unknown: standing.unknown,
        }
    }
}

async fn status(app: &Arc<App>, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let standing = rotation::status(app).await?;
    let rows: Vec<Standing> = standing.iter().map(Standing::from).collect();
    let cells = |row: &Standing| {
        [row.column.to_owned(), row.current.to_string(), row.older.to_string(), row.unknown.to_string()]
    };
    output.list(["what", "with the current key", "with an older one", "with an unknown one"], &rows, cells, "")?;
    conclude(&standing, output)
}

/// What a person should do next.
fn conclude(standing: &[ColumnStanding], output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let sum = |of: fn(&ColumnStanding) -> i64| usize::try_from(standing.iter().map(of).sum::<i64>()).unwrap_or(0);
    let (older, unknown) = (sum(|column| column.older), sum(|column| column.unknown));
    if unknown > 0 {
        let text = format!(
            "{} cannot be opened: set the key that they were sealed with as ENCRYPTION_KEY_OLD, or enter those secrets again",
            words::count(unknown, "value")
        );
        output.remark(&text)?;
    }
    if older > 0 {
        output.remark(&format!(
            "{} still need ENCRYPTION_KEY_OLD: `switchboard keys rotate`",
            words::count(older, "value")
        ))?;
    } else if unknown == 0 {
        output.remark("everything is sealed with the current key; ENCRYPTION_KEY_OLD can be taken away")?;
    }
    Ok(if unknown > 0 { Exit::Problems } else { Exit::Ok })
}
