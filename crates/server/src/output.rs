//! What a command answers: a table for people, JSON with `--json`, never a mixture.
//!
//! Commands hand over data and say how a row of it reads; they do not print. Answers go to standard output, everything
//! else (logs, notices, errors) to standard error, so that `switchboard ... --json | jq` always works.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// Where and how answers are written.
pub struct Output<'a> {
    pub json: bool,
    answers: &'a mut dyn Write,
    remarks: &'a mut dyn Write,
}

/// The answer could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("could not write the answer")]
    Write(#[source] io::Error),
    #[error("could not put the answer in JSON")]
    Json(#[source] serde_json::Error),
}

impl<'a> Output<'a> {
    pub fn new(json: bool, answers: &'a mut dyn Write, remarks: &'a mut dyn Write) -> Self {
        Self { json, answers, remarks }
    }

    /// Many things of one kind: a JSON array, or a table with one row for each. `nothing` is said when there are none.
    pub fn list<T: Serialize, const N: usize>(
        &mut self,
        headers: [&str; N],
        items: &[T],
        row: impl Fn(&T) -> [String; N],
        nothing: &str,
    ) -> Result<(), OutputError> {
        if self.json {
            return self.value(&items);
        }
        if items.is_empty() {
            return self.line(nothing);
        }
        let mut table = plain_table();
        table.set_header(headers.map(str::to_uppercase));
        for item in items {
            table.add_row(row(item).map(|cell| one_line(&cell)));
        }
        self.line(&trimmed(&table))
    }

    /// One thing: a JSON object, or its fields one below the other.
    pub fn one<T: Serialize>(&mut self, item: &T, fields: &[(&str, String)]) -> Result<(), OutputError> {
        if self.json {
            return self.value(item);
        }
        let mut table = plain_table();
        for (name, value) in fields {
            table.add_row([(*name).to_owned(), one_line(value)]);
        }
        self.line(&trimmed(&table))
    }

    /// `item` as JSON with `--json`, else `text`.
    pub fn say<T: Serialize>(&mut self, item: &T, text: &str) -> Result<(), OutputError> {
        if self.json { self.value(item) } else { self.line(text) }
    }

    /// A text that is the whole answer whatever the form: a generated file.
    pub fn raw(&mut self, text: &str) -> Result<(), OutputError> {
        written(self.answers.write_all(text.as_bytes()))
    }

    /// Something a person should know beside the answer. Not part of it, so it is said with `--json` as well.
    pub fn remark(&mut self, text: &str) -> Result<(), OutputError> {
        written(writeln!(self.remarks, "{text}"))
    }

    fn value<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), OutputError> {
        let text = serde_json::to_string_pretty(item).map_err(OutputError::Json)?;
        self.line(&text)
    }

    fn line(&mut self, text: &str) -> Result<(), OutputError> {
        written(writeln!(self.answers, "{text}"))
    }
}

/// A reader that has seen enough (`| head`) is no failure of ours.
fn written(result: io::Result<()>) -> Result<(), OutputError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(OutputError::Write(error)),
        _ => Ok(()),
    }
}

/// No borders and no wrapping: rows stay lines, for eyes and for `grep`.
fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Without the margin on the left and the blanks at the ends.
fn trimmed(table: &Table) -> String {
    let lines: Vec<String> =
        table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Control characters as their escapes: what a provider sent may neither break a table nor steer a terminal.
fn one_line(cell: &str) -> String {
    if cell.chars().any(char::is_control) { cell.escape_debug().to_string() } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Call {
        id: u32,
        from: &'static str,
    }

    fn written_by(json: bool, run: impl FnOnce(&mut Output<'_>) -> Result<(), OutputError>) -> String {
        let (mut answers, mut remarks) = (Vec::new(), Vec::new());
        run(&mut Output::new(json, &mut answers, &mut remarks)).unwrap();
        String::from_utf8(answers).unwrap()
    }

    fn calls(output: &mut Output<'_>, calls: &[Call]) -> Result<(), OutputError> {
        output.list(["id", "from"], calls, |call| [call.id.to_string(), call.from.to_owned()], "no calls yet")
    }

    #[test]
    fn a_list_is_a_table_or_an_array() {
        let two = [Call { id: 1, from: "+15105550100" }, Call { id: 20, from: "a\u{1b}[31m\nb" }];
        assert_eq!(
            written_by(false, |output| calls(output, &two)),
            "ID  FROM\n1   +15105550100\n20  a\\u{1b}[31m\\nb\n"
        );
        let json: serde_json::Value = serde_json::from_str(&written_by(true, |output| calls(output, &two))).unwrap();
        assert_eq!(json[1]["id"], 20);
        assert_eq!(written_by(false, |output| calls(output, &[])), "no calls yet\n");
        assert_eq!(written_by(true, |output| calls(output, &[])), "[]\n");
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
        struct Broken(io::ErrorKind);
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut remarks = Vec::new();
        assert!(Output::new(false, &mut Broken(io::ErrorKind::BrokenPipe), &mut remarks).raw("x").is_ok());
        assert!(Output::new(false, &mut Broken(io::ErrorKind::StorageFull), &mut remarks).raw("x").is_err());
    }
}
