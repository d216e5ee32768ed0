//! Where values come from: a `.env` file, then the environment, then flags; the later wins, and each value remembers.
//!
//! A blank value counts as no value everywhere: guides and container files leave variables empty to mean "not yet".

use std::{ffi::OsString, fmt, path::Path, path::PathBuf};

use serde::{Serialize, Serializer};

use super::{catalogue, catalogue::Variable, env_file, fault::Fault};

/// The file that is read when nobody names one and it is there.
const DEFAULT_ENV_FILE: &str = "./.env";

/// Most bytes of an `.env` file: beyond it somebody has named the wrong file.
const ENV_FILE_LIMIT: u64 = 1024 * 1024;

/// Where one value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    /// Made from other settings, named here.
    Made(String),
    File(PathBuf),
    Environment,
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Made(from) => write!(f, "made from {from}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment => f.write_str("environment"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A value as somebody set it.
#[derive(Clone)]
pub struct Held {
    pub value: String,
    pub source: Source,
    /// The name it was set under: the variable's own or an alias.
    pub name: String,
}

impl Held {
    /// The source in words, with the name where it is an alias.
    pub fn place(&self, variable: &Variable) -> String {
        if self.name == variable.name { self.source.to_string() } else { format!("{}, as {}", self.source, self.name) }
    }
}

/// Everything that was set, before anybody has looked at a value.
#[derive(Default)]
pub struct Sources {
    /// From weak to strong.
    layers: Vec<(Source, Vec<(String, String)>)>,
    faults: Vec<Fault>,
    notices: Vec<String>,
}

impl Sources {
    /// Collects all three. `env_file`: `None` reads `./.env` if it is there. What cannot be read becomes a fault that
    /// comes out of [`Settings::load`](super::Settings::load) with all others.
    pub fn gather(
        env_file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Vec<(String, String)>,
    ) -> Self {
        let mut sources = Self::default();
        sources.add_file(env_file);
        sources.add_environment(environment);
        sources.add_flags(flags);
        sources
    }

    fn add_file(&mut self, named: Option<&Path>) {
        let path = named.unwrap_or(Path::new(DEFAULT_ENV_FILE));
        let text = match read_limited(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                self.faults.push(Fault {
                    variable: path.display().to_string(),
                    wrong: format!("the file of settings cannot be read: {error}"),
                    right: "name a readable text file of NAME=value lines with --env-file".to_owned(),
                    source: None,
                });
                return;
            }
        };
        let (pairs, bad) = env_file::parse(&text);
        self.faults.extend(bad.into_iter().map(|line| Fault {
            variable: format!("{} line {}", path.display(), line.number),
            wrong: format!("the line {}", line.wrong),
            right: "write NAME=value, or start the line with # to leave it out".to_owned(),
            source: None,
        }));
        for (name, _) in pairs.iter().filter(|(name, _)| catalogue::find(name).is_none()) {
            self.notices.push(format!("{name} in {} is no setting of Switchboard and changes nothing", path.display()));
        }
        self.layers.push((Source::File(path.to_owned()), pairs));
    }

    fn add_environment(&mut self, environment: impl IntoIterator<Item = (OsString, OsString)>) {
        let mut pairs = Vec::new();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| catalogue::find(name).is_some()) else { continue };
            match value.into_string() {
                Ok(value) => pairs.push((name.to_owned(), value)),
                Err(_) => self.faults.push(Fault {
                    variable: name.to_owned(),
                    wrong: "the value is not UTF-8 text".to_owned(),
                    right: "set it again as plain text".to_owned(),
                    source: Some(Source::Environment.to_string()),
                }),
            }
        }
        self.layers.push((Source::Environment, pairs));
    }

    /// A flag that names no variable is a slip of the pen, so it is a fault; in a file it may belong to another program.
    fn add_flags(&mut self, flags: Vec<(String, String)>) {
        for (name, _) in flags.iter().filter(|(name, _)| catalogue::find(name).is_none()) {
            self.faults.push(Fault {
                variable: name.clone(),
                wrong: "there is no such setting".to_owned(),
                right: "`switchboard config --all` lists every name".to_owned(),
                source: Some(Source::Flag.to_string()),
            });
        }
        self.layers.push((Source::Flag, flags));
    }

    /// The strongest value of `variable`; a fault where one source gives it two different values under two names.
    pub(super) fn lookup(&self, variable: &'static Variable) -> (Option<Held>, Option<Fault>) {
        for (source, pairs) in self.layers.iter().rev() {
            let mut held = variable.names().filter_map(|name| {
                let value = pairs.iter().rev().find(|(set, _)| set == name)?.1.trim();
                (!value.is_empty()).then(|| Held {
                    value: value.to_owned(),
                    source: source.clone(),
                    name: name.to_owned(),
                })
            });
            let Some(first) = held.next() else { continue };
            let fault = held.find(|other| other.value != first.value).map(|other| Fault {
                variable: first.name.clone(),
                wrong: format!("{} says the same thing with another value", other.name),
                right: format!("keep one of the two; {} is the name here", variable.name),
                source: Some(source.to_string()),
            });
            return (Some(first), fault);
        }
        (None, None)
    }

    pub(super) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    pub(super) fn notices(&self) -> &[String] {
        &self.notices
    }
}

fn read_limited(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)?.take(ENV_FILE_LIMIT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > ENV_FILE_LIMIT {
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "it is larger than 1 MB"));
    }
    Ok(text)
}
