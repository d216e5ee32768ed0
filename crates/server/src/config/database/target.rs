//! `DATABASE_URL` in all the forms that the guides' tools write: node-postgres, Prisma, SQLAlchemy, libpq.

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::config::fault::Wrong;

/// Where records are kept.
#[derive(Debug, Clone)]
pub enum DatabaseTarget {
    /// Embedded; relative paths are relative to the working directory.
    Sqlite { path: PathBuf },
    /// In the form that the driver reads: scheme `postgresql`, and only parameters it knows.
    Postgres { url: SecretString, pooling: Pooling },
}

/// What stands between us and PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    Direct,
    /// A transaction pooler (`?pgbouncer=true`): the statement cache is off, and nothing may be kept on the session.
    PgBouncer,
}

impl fmt::Display for DatabaseTarget {
    /// As it may be shown: without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "sqlite:///{}", path.display()),
            Self::Postgres { url, .. } => f.write_str(&without_password(url.expose_secret())),
        }
    }
}

const FORMS: &str = "use postgresql://user:password@host:5432/name, sqlite:///relative.db or sqlite:////absolute.db";

/// The target, and what was changed or left out on the way, in words. No part of the URL is repeated in a fault: any
/// of it may be a piece of the password.
pub(super) fn parse(text: &str) -> Result<(DatabaseTarget, Vec<String>), Wrong> {
    let Some((scheme, _)) = text.split_once(':') else {
        return Err(Wrong::new("it is not a URL", FORMS));
    };
    // SQLAlchemy writes the driver behind the engine's name: `postgresql+asyncpg`.
    match scheme.split('+').next().unwrap_or(scheme).to_ascii_lowercase().as_str() {
        "sqlite" => sqlite(&text[scheme.len() + 1..]).map(|path| (DatabaseTarget::Sqlite { path }, Vec::new())),
        "postgres" | "postgresql" => postgres(&format!("postgresql{}", &text[scheme.len()..])),
        "mysql" | "mariadb" | "mongodb" | "sqlserver" | "prisma" => {
            Err(Wrong::new("this kind of database is not supported", FORMS))
        }
        _ => Err(Wrong::new("it is not the URL of a database", FORMS)),
    }
}

/// What stands behind `sqlite:`.
fn sqlite(rest: &str) -> Result<PathBuf, Wrong> {
    let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if place.contains(":memory:") || parameters.contains("mode=memory") {
        return Err(Wrong::new(
            "a database in memory forgets every acknowledged event when the process ends",
            "name a file (sqlite:///switchboard.db); for a throw-away one, a file in a temporary folder",
        ));
    }
    if let Some(refused) =
        parameters.split('&').find(|pair| pair.starts_with("mode=ro") || pair.starts_with("immutable"))
    {
        let name = refused.split('=').next().unwrap_or_default();
        return Err(Wrong::new(format!("`{name}` opens it for reading only"), "leave the parameters out"));
    }
    let path = match place.strip_prefix("//") {
        // Three slashes: what follows is relative. Four: it begins with one, so it is absolute.
        Some(authority_and_path) => authority_and_path.strip_prefix('/').ok_or_else(|| {
            Wrong::new(
                "two slashes are followed by a host, and SQLite has none",
                "write sqlite:///name.db (three slashes) for a file in the working directory, four for an absolute path",
            )
        })?,
        None => place,
    };
    if path.is_empty() || path.ends_with('/') {
        return Err(Wrong::new("it names no file", "write sqlite:///name.db, or sqlite:////folder/name.db"));
    }
    Ok(PathBuf::from(path))
}

/// Parameters that other drivers read and that change nothing here.
const FOREIGN: &[&str] = &[
    "connection_limit",
    "pool_timeout",
    "connect_timeout",
    "socket_timeout",
    "max_idle_connection_lifetime",
    "channel_binding",
    "target_session_attrs",
    "gssencmode",
    "keepalives",
    "sslaccept",
    "uselibpqcompat",
    "client_encoding",
    "prepared_statements",
    "statement_cache_size",
    "schema",
];

/// Parameters that go on to the driver as they are.
const OURS: &[&str] = &[
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

fn postgres(text: &str) -> Result<(DatabaseTarget, Vec<String>), Wrong> {
    let mut url = Url::parse(text).map_err(|error| {
        Wrong::new(
            format!("it is not a URL: {error}"),
            "write postgresql://user:password@host:5432/name, with :, /, #, ?, % and @ in the password as %3A, %2F, %23, %3F, %25 and %40",
        )
    })?;
    if url.fragment().is_some() {
        return Err(Wrong::new("the # in it ends the URL early", "write %23 for a # in the password"));
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let parameters = Parameters::read(&pairs)?;
    let has = |name: &str| parameters.kept.iter().any(|(kept, _)| kept == name);
    if url.host_str().is_none_or(str::is_empty) && !has("host") && !has("hostaddr") {
        return Err(Wrong::new("it names no host", FORMS));
    }
    if url.path().trim_matches('/').is_empty() && !has("dbname") {
        return Err(Wrong::new("it names no database", "end it with /name, such as /switchboard"));
    }
    url.set_query(None);
    if !parameters.kept.is_empty() {
        url.query_pairs_mut().extend_pairs(&parameters.kept);
    }
    let target = DatabaseTarget::Postgres { url: SecretString::from(url.as_str()), pooling: parameters.pooling };
    Ok((target, parameters.notes))
}

/// The query part, sorted into what the driver gets, what we act on, and what is left out.
struct Parameters {
    kept: Vec<(String, String)>,
    pooling: Pooling,
    notes: Vec<String>,
}

impl Parameters {
    fn read(pairs: &[(String, String)]) -> Result<Self, Wrong> {
        let mut read = Self { kept: Vec::new(), pooling: Pooling::Direct, notes: Vec::new() };
        let mode_given = pairs.iter().any(|(name, _)| matches!(name.as_str(), "sslmode" | "ssl-mode"));
        for (name, value) in pairs {
            match name.as_str() {
                "sslmode" | "ssl-mode" => read.ssl_mode(value)?,
                "ssl" if mode_given => {}
                "ssl" => read.ssl(value)?,
                "pgbouncer" if value == "true" => read.pooling = Pooling::PgBouncer,
                "pgbouncer" => {}
                "schema" if value != "public" => {
                    return Err(Wrong::new(
                        "`schema` names another schema than public, which Switchboard uses",
                        "leave it out, and give Switchboard a database of its own",
                    ));
                }
                known if OURS.contains(&known) || known.starts_with("options[") => {
                    read.kept.push((name.clone(), value.clone()));
                }
                foreign if FOREIGN.contains(&foreign) => {
                    read.notes.push(format!("`{foreign}` is for another driver and was left out"));
                }
                _ => read.notes.push("a parameter that the driver does not know was left out".to_owned()),
            }
        }
        if read.pooling == Pooling::PgBouncer {
            read.kept.push(("statement-cache-capacity".to_owned(), "0".to_owned()));
        }
        Ok(read)
    }

    /// `sslmode`, where node's `no-verify` is what everybody else calls `require`.
    fn ssl_mode(&mut self, value: &str) -> Result<(), Wrong> {
        let mode = if value == "no-verify" {
            self.notes.push(
                "`sslmode=no-verify` was read as `require`: encrypted, the server's certificate unchecked; \
                 verify-full with sslrootcert checks it"
                    .to_owned(),
            );
            "require"
        } else {
            ssl_mode(value)?
        };
        self.kept.push(("sslmode".to_owned(), mode.to_owned()));
        Ok(())
    }

    fn ssl(&mut self, value: &str) -> Result<(), Wrong> {
        let mode = match value {
            "true" | "1" | "" => "require",
            "false" | "0" => "disable",
            other => ssl_mode(other)?,
        };
        self.kept.push(("sslmode".to_owned(), mode.to_owned()));
        Ok(())
    }
}

/// One of PostgreSQL's own words.
pub(super) fn ssl_mode(text: &str) -> Result<&'static str, Wrong> {
    const MODES: &[&str] = &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
    let lower = text.to_ascii_lowercase().replace('_', "-");
    MODES.iter().copied().find(|mode| *mode == lower).ok_or_else(|| {
        Wrong::new("its TLS mode is not one of PostgreSQL's", format!("use one of {}", MODES.join(", ")))
    })
}

/// A URL with `***` for the password; `***` alone where the password may stand somewhere else: no URL at all, or one that
/// an unescaped `/`, `?` or `#` in the password has torn apart.
pub fn without_password(text: &str) -> String {
    const HIDDEN: &str = "***";
    if text.starts_with("sqlite") {
        return text.to_owned();
    }
    let Ok(mut url) = Url::parse(text) else { return HIDDEN.to_owned() };
    let torn = url.cannot_be_a_base()
        || url.fragment().is_some()
        || url.path().contains('@')
        || url.query().is_some_and(|query| query.contains('@'));
    if torn || (url.password().is_some() && url.set_password(Some(HIDDEN)).is_err()) {
        return HIDDEN.to_owned();
    }
    if url.query_pairs().any(|(name, _)| name == "password") {
        url.set_query(Some(HIDDEN));
    }
    url.to_string()
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
