//! Files of call records, as telephone systems write them: found out ([`sniff`]), cut into rows, and each row read into what
//! the log keeps.
//!
//! A file is somebody's whole year and comes as it comes: half of it in Latin-1, a quote that never closes, a line of totals at
//! the end. So it is read as a stream with a bound on everything, and what is wrong with a row is said of that row and stops
//! nothing.

mod asterisk;
mod columns;
mod json;
mod layout;
mod moment;
mod numbers;
mod sniff;
mod text;
mod three_cx;
mod ucm;

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read},
};

use jiff::tz::TimeZone;
use switchboard_domain::{
    import::{ImportField, ImportFormat},
    phone::Region,
};

use self::{json::Elements, layout::Row, moment::Clock, text::Records};
pub use self::{
    layout::fields_of,
    sniff::{FileError, HEAD_BYTES, Sniffed, sniff},
};
use crate::contract::Item;

/// What somebody says the columns of a file are, by the columns' names.
pub type Mapping = BTreeMap<String, ImportField>;

/// How a file is read: what was found out, and what somebody said.
#[derive(Debug, Clone)]
pub struct Plan {
    pub format: ImportFormat,
    pub found: Sniffed,
    /// Of times that are written without one.
    pub zone: TimeZone,
    /// Of numbers that are written without a country.
    pub region: Region,
    /// With [`ImportFormat::Columns`] only.
    pub mapping: Mapping,
}

/// What is wrong with a row. Never quotes it: rows are people's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Stable: `unreadable`, `too_long`, `required`, `invalid`, `refused`.
    pub code: &'static str,
    /// The column that it is about, by its name in the file.
    pub column: Option<String>,
    pub message: String,
}

impl RowFault {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, column: None, message: message.into() }
    }

    pub(crate) fn of(column: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, column: Some(column.to_owned()), message: message.into() }
    }
}

/// One row of a file.
#[derive(Debug)]
pub struct FileRow {
    /// The line of the file that it begins on.
    pub line: u64,
    /// What it comes to. Nothing: it is no call, such as a line of totals.
    pub items: Result<Vec<Item>, RowFault>,
}

/// A file being read.
pub struct FileReader<R> {
    source: Source<BufReader<R>>,
    reading: Reading,
}

enum Source<R> {
    Text { records: Records<R>, to_skip: u64 },
    Json(Elements<R>),
}

/// How rows become items.
struct Reading {
    format: ImportFormat,
    clock: Clock,
    region: Region,
    delimiter: char,
    /// What each column is called here, in the file's order; `None` for one that means nothing.
    names: Vec<Option<&'static str>>,
    /// The same by the file's own names, for JSON.
    known: BTreeMap<String, &'static str>,
    cells: Vec<String>,
}

impl<R: Read> FileReader<R> {
    pub fn new(source: R, plan: &Plan) -> Self {
        let source = BufReader::with_capacity(256 * 1024, source);
        let named = plan.found.named(plan.format, &plan.mapping);
        let reading = Reading {
            format: plan.format,
            clock: Clock { zone: plan.zone.clone(), day_first: plan.found.is_day_first(plan.region) },
            region: plan.region,
            delimiter: plan.found.delimiter,
            names: named.iter().map(|(_, name)| *name).collect(),
            known: named.into_iter().filter_map(|(column, name)| Some((column, name?))).collect(),
            cells: Vec::new(),
        };
        let source = if plan.found.is_json {
            Source::Json(Elements::new(source, plan.found.is_wrapped))
        } else {
            Source::Text {
                records: Records::new(source, plan.found.delimiter, plan.found.columns.len()),
                to_skip: plan.found.rows_before,
            }
        };
        Self { source, reading }
    }

    /// Bytes that were read so far.
    pub fn bytes(&self) -> u64 {
        match &self.source {
            Source::Text { records, .. } => records.bytes(),
            Source::Json(elements) => elements.bytes(),
        }
    }

    /// The next row that is not empty.
    pub fn next_row(&mut self) -> io::Result<Option<FileRow>> {
        match &mut self.source {
            Source::Json(elements) => Ok(elements.next_element()?.map(|(line, element)| FileRow {
                line,
                items: element
                    .and_then(|element| self.reading.element(element))
                    .map_err(|fault| self.reading.in_file(fault)),
            })),
            Source::Text { records, to_skip } => {
                while *to_skip > 0 {
                    *to_skip -= 1;
                    if records.next_record()?.is_none() {
                        return Ok(None);
                    }
                }
                loop {
                    let Some((line, record)) = records.next_record()? else { return Ok(None) };
                    if record.as_ref().is_ok_and(|record| record.trim().is_empty()) {
                        continue;
                    }
                    let items = record.and_then(|record| self.reading.record(record));
                    return Ok(Some(FileRow { line, items: items.map_err(|fault| self.reading.in_file(fault)) }));
                }
            }
        }
    }
}

impl Reading {
    fn record(&mut self, record: &str) -> Result<Vec<Item>, RowFault> {
        text::cut(record, self.delimiter, &mut self.cells);
        if self.format == ImportFormat::Ucm {
            ucm::mend(&mut self.cells, &self.names);
        }
        self.row(&self.cells)
    }

    fn element(&self, element: &[u8]) -> Result<Vec<Item>, RowFault> {
        if self.format == ImportFormat::Ucm {
            return ucm::element(element);
        }
        let (names, cells) = json::cells(element, &self.known)?;
        Row { names: &names, cells: &cells }.items(self)
    }

    /// A fault with its column as the file calls it.
    fn in_file(&self, mut fault: RowFault) -> RowFault {
        let of = |name: &String| self.known.iter().find(|(_, known)| *known == name).map(|(column, _)| column.clone());
        if let Some(column) = fault.column.as_ref().and_then(of) {
            fault.column = Some(column);
        }
        fault
    }

    fn row(&self, cells: &[String]) -> Result<Vec<Item>, RowFault> {
        Row { names: &self.names, cells }.items(self)
    }
}

impl Row<'_> {
    fn items(&self, reading: &Reading) -> Result<Vec<Item>, RowFault> {
        if let Some(name) = self.too_long() {
            return Err(RowFault::of(name, "too_long", "there is more text in it than any call has"));
        }
        let record = match reading.format {
            ImportFormat::Ucm => return ucm::row(self),
            ImportFormat::Asterisk => asterisk::record(self, &reading.clock, reading.region),
            ImportFormat::ThreeCx => three_cx::record(self, &reading.clock, reading.region),
            ImportFormat::Columns => columns::record(self, &reading.clock, reading.region),
        };
        Ok(record?.map(|record| vec![record.item()]).unwrap_or_default())
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
