//! Which database, and how to reach it.

mod target;

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
pub use target::{DatabaseTarget, Pooling, without_password};
use url::Url;

use super::{
    catalogue::{
        DATA_DIR, DATABASE_URL, DB_HOST, DB_MAX_CONNECTIONS, DB_NAME, DB_PASSWORD, DB_PORT, DB_SSL, DB_USER,
        DIRECT_URL, Variable,
    },
    fault::Wrong,
    reader::Reader,
};

/// The embedded database's file in the data folder.
const SQLITE_FILE: &str = "switchboard.db";

#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`, or the `DB_` variables. Default: SQLite in the data folder.
    pub target: DatabaseTarget,
    /// `DIRECT_URL`: PostgreSQL past a pooler, for migrations, LISTEN and locks. `None` when `target` does for them too.
    pub direct: Option<DatabaseTarget>,
    /// `DATA_DIR`, default `./data`: the embedded database, recordings, secrets made at the first start.
    pub data_dir: PathBuf,
    /// `DB_MAX_CONNECTIONS`, default 10: connections to PostgreSQL per node, readers on SQLite.
    pub max_connections: u32,
    /// What was changed or left out of the URLs, for `doctor`.
    pub notes: Vec<String>,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let data_dir = reader.parse(&DATA_DIR, |text| Ok(PathBuf::from(text)));
        let max_connections = reader.parse(&DB_MAX_CONNECTIONS, connections);
        let mut notes = Vec::new();
        let parts = from_parts(reader);
        let target = match (target_of(reader, &DATABASE_URL, &mut notes), parts) {
            (Some(target), _) | (None, Some(target)) => Some(target),
            (None, None) if reader.is_set(&DATABASE_URL) => None,
            (None, None) => data_dir.as_ref().map(|dir| DatabaseTarget::Sqlite { path: dir.join(SQLITE_FILE) }),
        };
        let direct = target_of(reader, &DIRECT_URL, &mut notes);
        let (target, data_dir, max_connections) = (target?, data_dir?, max_connections?);
        if !reader.is_set(&DATABASE_URL) {
            let from = if matches!(target, DatabaseTarget::Sqlite { .. }) { "DATA_DIR" } else { "the DB_ variables" };
            reader.made(&DATABASE_URL, &target.to_string(), from);
        }
        check_direct(reader, &target, direct.as_ref());
        Some(Self { target, direct, data_dir, max_connections, notes })
    }
}

fn target_of(reader: &mut Reader<'_>, variable: &'static Variable, notes: &mut Vec<String>) -> Option<DatabaseTarget> {
    let (target, said) = reader.parse(variable, target::parse)?;
    notes.extend(said.into_iter().map(|note| format!("{}: {note}", variable.name)));
    Some(target)
}

fn connections(text: &str) -> Result<u32, Wrong> {
    const MOST: u32 = 500;
    text.parse::<u32>()
        .ok()
        .filter(|number| (1..=MOST).contains(number))
        .ok_or_else(|| Wrong::value(text, "a number of connections", format!("use a whole number from 1 to {MOST}")))
}

/// `DIRECT_URL` only makes sense beside a PostgreSQL `DATABASE_URL`, and PgBouncer only works with a `DIRECT_URL`.
fn check_direct(reader: &mut Reader<'_>, target: &DatabaseTarget, direct: Option<&DatabaseTarget>) {
    match (target, direct) {
        (DatabaseTarget::Sqlite { .. }, Some(_)) => reader.fault(
            &DIRECT_URL,
            Wrong::new(
                "it goes with a PostgreSQL DATABASE_URL, and the database here is SQLite",
                "set DATABASE_URL to PostgreSQL as well, or leave DIRECT_URL out",
            ),
        ),
        (DatabaseTarget::Postgres { .. }, Some(DatabaseTarget::Sqlite { .. })) => reader.fault(
            &DIRECT_URL,
            Wrong::new(
                "it names SQLite, and DATABASE_URL names PostgreSQL",
                "name the same PostgreSQL database in both",
            ),
        ),
        (_, Some(DatabaseTarget::Postgres { pooling: Pooling::PgBouncer, .. })) => reader.fault(
            &DIRECT_URL,
            Wrong::new("it goes through PgBouncer (pgbouncer=true)", "give the address of the database itself"),
        ),
        (DatabaseTarget::Postgres { pooling: Pooling::PgBouncer, .. }, None) => reader.fault(
            &DATABASE_URL,
            Wrong::new(
                "it goes through PgBouncer (pgbouncer=true), where migrations, LISTEN and locks do not work",
                "set DIRECT_URL to the database itself as well",
            ),
        ),
        _ => {}
    }
}

/// PostgreSQL out of the original's `DB_` variables, when one of them is set and `DATABASE_URL` is not.
fn from_parts(reader: &mut Reader<'_>) -> Option<DatabaseTarget> {
    let host = reader.text(&DB_HOST);
    let port = reader.parse(&DB_PORT, super::bind::port);
    let user = reader.text(&DB_USER);
    let password = reader.secret(&DB_PASSWORD);
    let name = reader.text(&DB_NAME);
    let mode = reader.parse(&DB_SSL, |text| match text.to_ascii_lowercase().as_str() {
        "true" => Ok("require".to_owned()),
        "false" => Ok("disable".to_owned()),
        _ => target::ssl_mode(text).map(str::to_owned),
    });
    let any_set = host.is_some() || user.is_some() || name.is_some() || password.is_some();
    if !any_set || reader.is_set(&DATABASE_URL) {
        return None;
    }
    for (variable, missing) in [(&DB_USER, user.is_none()), (&DB_NAME, name.is_none())] {
        if missing {
            let wrong = "it is missing, and other DB_ variables are set";
            reader.fault(variable, Wrong::new(wrong, "set it, or use DATABASE_URL instead of the DB_ variables"));
        }
    }
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let built =
        build(&host, port.unwrap_or(5432), &user?, password.as_ref().map(SecretString::expose_secret), &name?, mode);
    if built.is_none() {
        reader.fault(&DB_HOST, Wrong::value(&host, "a host", "use a host name or an address"));
    }
    let (target, _) = target::parse(built?.as_str()).map_err(|wrong| reader.fault(&DB_HOST, wrong)).ok()?;
    Some(target)
}

/// The parts as one URL; each is escaped, so a password may hold any character.
fn build(host: &str, port: u16, user: &str, password: Option<&str>, name: &str, mode: Option<String>) -> Option<Url> {
    let mut url = Url::parse("postgresql://localhost/").ok()?;
    url.set_host(Some(host)).ok()?;
    url.set_port(Some(port)).ok()?;
    url.set_username(user).ok()?;
    url.set_password(password).ok()?;
    url.path_segments_mut().ok()?.push(name);
    if let Some(mode) = mode {
        url.query_pairs_mut().append_pair("sslmode", &mode);
    }
    Some(url)
}
