//! Finding out what a file is, from its beginning: text or JSON, whose columns, what is between them, where they begin.

use serde_json::Value;
use switchboard_domain::{
    import::{ImportField, ImportFormat},
    phone::Region,
};

use super::{
    Mapping,
    layout::{ORDERS, fields_of, format_of, name_in},
    text::{Records, cut},
};

/// Bytes of a file's beginning that are looked at.
pub const HEAD_BYTES: usize = 64 * 1024;
/// How many records are looked at for a header: some systems write what the report is before it.
const BEFORE: usize = 20;
/// Columns that a file may have.
const MAX_COLUMNS: usize = 300;
/// Characters of a column's name that are kept.
const MAX_NAME: usize = 100;

/// A file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is UTF-16, as some spreadsheets save it; save it as \"CSV UTF-8\"")]
    Utf16,
    #[error("the file is a spreadsheet or an archive and no text; export it as CSV or JSON, or unpack it")]
    Binary,
    #[error("the file is JSON, and no object is found in its list")]
    NoObjects,
    #[error("the file has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
}

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sniffed {
    /// Whose it seems to be; `None` when nothing tells.
    pub format: Option<ImportFormat>,
    pub is_json: bool,
    /// The list of objects is a member of one object.
    pub is_wrapped: bool,
    pub delimiter: char,
    /// Names of the columns, or `Column 1` and so on where the file has none.
    pub columns: Vec<String>,
    /// Records before the first row, the header among them.
    pub rows_before: u64,
    /// What the columns are called here, where their order alone tells.
    order: Option<usize>,
    /// Some dates of the file can only begin with the day, or only with the month.
    days: Days,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Days {
    First,
    Second,
    Unknown,
}

impl Sniffed {
    /// Whether `03/04/2026` is the third of April: as the file's other dates say, else as the country writes.
    pub(super) fn is_day_first(&self, region: Region) -> bool {
        match self.days {
            Days::First => true,
            Days::Second => false,
            Days::Unknown => region != Region::US,
        }
    }

    /// The columns with what they are called here, read as a file of `format`.
    pub(super) fn named(&self, format: ImportFormat, mapping: &Mapping) -> Vec<(String, Option<&'static str>)> {
        let by_order = self.order.map(|order| &ORDERS[order]).filter(|order| order.format == format);
        let name = |(place, column): (usize, &String)| {
            let name = match (format, by_order) {
                (ImportFormat::Columns, _) => mapping.get(column).map(|field| field.as_str()),
                (_, Some(order)) => order.names.get(place).copied().flatten(),
                _ => name_in(format, column),
            };
            (column.clone(), name)
        };
        self.columns.iter().enumerate().map(name).collect()
    }

    /// The columns that are read, and those that mean nothing, in a file of `format`.
    pub fn understood(&self, format: ImportFormat, mapping: &Mapping) -> (Vec<(String, &'static str)>, Vec<String>) {
        let (mut read, mut ignored) = (Vec::new(), Vec::new());
        for (column, name) in self.named(format, mapping) {
            match name {
                Some(name) => read.push((column, name)),
                None => ignored.push(column),
            }
        }
        (read, ignored)
    }

    /// What the columns may mean, for a file that nobody knows.
    pub fn proposal(&self) -> Mapping {
        let fields: Vec<Option<ImportField>> = fields_of(&self.columns);
        self.columns.iter().cloned().zip(fields).filter_map(|(column, field)| Some((column, field?))).collect()
    }

    /// Times in such a file are in UTC, whatever clock the telephone system shows: 3CX writes its log of call records so.
    pub fn is_in_utc(&self, format: ImportFormat) -> bool {
        format == ImportFormat::ThreeCx
            && (self.order.is_some()
                || self.columns.iter().any(|column| name_in(format, column) == Some("time-answered")))
    }
}

/// Looks at the beginning of a file. `format` is whose somebody says it is.
pub fn sniff(head: &[u8], format: Option<ImportFormat>) -> Result<Sniffed, FileError> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(FileError::Utf16);
    }
    let is_archive =
        head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1f\x8b") || head.starts_with(b"\xd0\xcf\x11\xe0");
    if is_archive || head.iter().take(1_000).filter(|byte| **byte == 0).count() > 1 {
        return Err(FileError::Binary);
    }
    let body = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = body.iter().find(|byte| !byte.is_ascii_whitespace()) else { return Err(FileError::Empty) };
    let mut found = if matches!(first, b'{' | b'[') { of_json(body)? } else { of_text(body, format)? };
    found.format = format.or(found.format);
    if found.columns.len() > MAX_COLUMNS { Err(FileError::TooManyColumns) } else { Ok(found) }
}

fn of_json(body: &[u8]) -> Result<Sniffed, FileError> {
    let is_wrapped = is_wrapped(body);
    let mut elements = super::json::Elements::new(body, is_wrapped);
    let mut columns: Vec<String> = Vec::new();
    let mut days = Days::Unknown;
    // Telephone systems leave empty members out, so one object does not show them all.
    for _ in 0..50 {
        let Ok(Some((_, Ok(element)))) = elements.next_element() else { break };
        let Ok(Value::Object(members)) = serde_json::from_slice(element) else { continue };
        for (name, value) in members {
            days = days.and(value.as_str().unwrap_or_default());
            if !columns.contains(&name) && columns.len() <= MAX_COLUMNS {
                columns.push(name);
            }
        }
    }
    if columns.is_empty() {
        return Err(FileError::NoObjects);
    }
    let format = format_of(&columns);
    Ok(Sniffed { format, is_json: true, is_wrapped, delimiter: ',', columns, rows_before: 0, order: None, days })
}

/// The outermost thing is an object whose first member is a list: `{"cdr_root": [`.
fn is_wrapped(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(1_000)]).into_owned();
    let Some(inner) = text.trim_start().strip_prefix('{') else { return false };
    let Some(name) = inner.trim_start().strip_prefix('"') else { return false };
    let Some((_, value)) = name.split_once('"') else { return false };
    value.trim_start().strip_prefix(':').is_some_and(|value| value.trim_start().starts_with('['))
}

fn of_text(body: &[u8], format: Option<ImportFormat>) -> Result<Sniffed, FileError> {
    let delimiter = delimiter(body);
    let mut records: Vec<Vec<String>> = Vec::new();
    let mut reader = Records::new(body, delimiter, 0);
    let mut days = Days::Unknown;
    while let Ok(Some((_, record))) = reader.next_record() {
        let mut cells = Vec::new();
        if let Ok(record) = record {
            cut(record, delimiter, &mut cells);
        }
        days = cells.iter().fold(days, |days, cell| days.and(cell));
        records.push(cells);
    }
    let base = Sniffed {
        format: None,
        is_json: false,
        is_wrapped: false,
        delimiter,
        columns: Vec::new(),
        rows_before: 0,
        order: None,
        days,
    };
    // A header that is known, wherever it stands; then an order that is known; else the first row is the header.
    for (place, cells) in records.iter().enumerate().take(BEFORE) {
        if let Some(known) = format_of(cells).filter(|known| format.is_none_or(|format| format == *known)) {
            return Ok(Sniffed { format: Some(known), columns: names(cells), rows_before: place as u64 + 1, ..base });
        }
    }
    for (place, cells) in records.iter().enumerate().take(BEFORE) {
        if let Some(order) = order_of(cells, format) {
            let columns = (1..=cells.len()).map(|number| format!("Column {number}")).collect();
            let format = Some(ORDERS[order].format);
            return Ok(Sniffed { format, columns, rows_before: place as u64, order: Some(order), ..base });
        }
    }
    let is_header = |cells: &Vec<String>| cells.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let place = records.iter().take(BEFORE).position(is_header).ok_or(FileError::Empty)?;
    Ok(Sniffed { columns: names(&records[place]), rows_before: place as u64 + 1, ..base })
}

/// Names of columns: none is empty, and none is there twice.
fn names(cells: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (place, cell) in cells.iter().enumerate() {
        let mut name: String = cell.chars().filter(|sign| !sign.is_control()).take(MAX_NAME).collect();
        if name.is_empty() {
            name = format!("Column {}", place + 1);
        }
        if names.contains(&name) {
            name = format!("{name} ({})", place + 1);
        }
        names.push(name);
    }
    names
}

/// The order of columns that a row without a header has: told by how many there are and where its times stand.
fn order_of(cells: &[String], format: Option<ImportFormat>) -> Option<usize> {
    let is_time = |text: Option<&String>| {
        text.is_some_and(|text| {
            text.len() >= 16
                && text.starts_with("20")
                && text.as_bytes()[4].is_ascii_punctuation()
                && text.contains(':')
        })
    };
    ORDERS.iter().position(|order| {
        // Grandstream's last column but two may hold commas, and Asterisk writes its last two only where it is told to.
        let most = order.names.len() + if order.format == ImportFormat::Ucm { 60 } else { 0 };
        let least = order.names.len() - if order.format == ImportFormat::Asterisk { 3 } else { 0 };
        let fits = (least..=most).contains(&cells.len())
            && (is_time(cells.get(order.start))
                || order.format == ImportFormat::Ucm && cells.iter().any(|c| is_time(Some(c))));
        fits && format.is_none_or(|format| format == order.format)
            && (order.format != ImportFormat::ThreeCx || cells[0].starts_with("Call "))
    })
}

impl Days {
    /// What one more text says.
    fn and(self, text: &str) -> Self {
        if self != Self::Unknown {
            return self;
        }
        let mut parts = text.splitn(3, '/').map(str::parse::<u8>);
        match (parts.next(), parts.next()) {
            (Some(Ok(13..=31)), Some(Ok(1..=12))) => Self::First,
            (Some(Ok(1..=12)), Some(Ok(13..=31))) => Self::Second,
            _ => self,
        }
    }
}

/// What is between the columns: whatever there is most of in the longest of the first lines.
fn delimiter(body: &[u8]) -> char {
    let lines = body.split(|byte| *byte == b'\n').take(BEFORE);
    let longest = lines.max_by_key(|line| line.len().min(10_000)).unwrap_or_default();
    let count = |sign: char| longest.iter().filter(|byte| char::from(**byte) == sign).count();
    [';', '\t', '|']
        .into_iter()
        .fold((count(','), ','), |most, sign| if count(sign) > most.0 { (count(sign), sign) } else { most })
        .1
}
