//! What is wrong with a setting, in one line that a person can act on.

use std::fmt;

use serde::Serialize;

/// One wrong setting. Never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The variable, or the place in a file.
    pub variable: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What would be right.
    pub right: String,
    /// Where the value came from, in words; `None` when the fault is that there is none.
    pub source: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.variable, self.wrong, self.right)?;
        match &self.source {
            Some(source) => write!(f, " (from {source})"),
            None => Ok(()),
        }
    }
}

/// The two halves of a fault, as the code that reads one value knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub wrong: String,
    pub right: String,
}

impl Wrong {
    pub fn new(wrong: impl Into<String>, right: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), right: right.into() }
    }

    /// `value`, which must not be a secret, is not `what`. Long values are cut, and control characters are shown escaped,
    /// so that a value cannot forge another line.
    pub fn value(value: &str, what: &str, right: impl Into<String>) -> Self {
        const SHOWN_CHARACTERS: usize = 60;
        let mut shown: String = value.chars().take(SHOWN_CHARACTERS).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self::new(format!("{shown:?} is not {what}"), right)
    }
}
