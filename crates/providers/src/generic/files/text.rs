//! Text cut into records and records into cells, whatever it was saved with: UTF-8 or the code page of Western Windows,
//! commas, semicolons or tabs, quoted or not.
//!
//! Not the usual CSV reader: that one gathers a record in memory until its quote closes, and a stray quote on the first line
//! of a file makes the rest of the file one record.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
};

use super::RowFault;

/// Bytes that a line may have.
const MAX_LINE: usize = 64 * 1024;
/// Lines that a record may go over: a cell with an address in it, not a file.
const MAX_LINES: usize = 32;

/// A file's records, one after another.
pub(super) struct Records<R> {
    source: R,
    delimiter: char,
    /// Cells of a whole row; 0 where that is not known yet.
    width: usize,
    bytes: u64,
    line: u64,
    /// Lines that were read ahead in the search for a quote's end; `None` for one that was too long.
    ahead: VecDeque<Option<String>>,
    record: String,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(source: R, delimiter: char, width: usize) -> Self {
        Self { source, delimiter, width, bytes: 0, line: 0, ahead: VecDeque::new(), record: String::new() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next record with the line that it begins on.
    pub(super) fn next_record(&mut self) -> io::Result<Option<(u64, Result<&str, RowFault>)>> {
        let Some(first) = self.next_line()? else { return Ok(None) };
        self.line += 1;
        let begins = self.line;
        let Some(first) = first else {
            return Ok(Some((begins, Err(RowFault::new("too_long", "the line is longer than 64 kB")))));
        };
        self.record = first;
        let mut read: Vec<Option<String>> = Vec::new();
        while is_open(&self.record, self.delimiter) {
            let next = if read.len() < MAX_LINES { self.next_line()? } else { None };
            // A line that is a row by itself is no second half of another: some quote before it was a slip.
            let is_slip = matches!(&next, Some(Some(next)) if self.is_whole(next));
            let (Some(Some(next)), false) = (&next, is_slip) else {
                // The rest is read again, as lines of its own.
                let tail = next.into_iter().chain(std::mem::take(&mut self.ahead));
                self.ahead = read.into_iter().chain(tail).collect();
                return Ok(Some((
                    begins,
                    Err(RowFault::new("unreadable", "a quote is opened in it and never closed")),
                )));
            };
            self.record.push('\n');
            self.record.push_str(next);
            read.push(Some(next.clone()));
        }
        self.line += read.len() as u64;
        Ok(Some((begins, Ok(&self.record))))
    }

    fn is_whole(&self, line: &str) -> bool {
        let mut cells = Vec::new();
        cut(line, self.delimiter, &mut cells);
        self.width > 3 && cells.len() == self.width
    }

    /// The next line; `Some(None)` when it is too long to be one.
    #[expect(clippy::option_option, reason = "the end of the file, and a line that is none")]
    fn next_line(&mut self) -> io::Result<Option<Option<String>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line: Vec<u8> = Vec::with_capacity(512);
        let mut is_too_long = false;
        let mut any = false;
        loop {
            let found = self.source.fill_buf()?;
            if found.is_empty() {
                break;
            }
            any = true;
            let end = found.iter().position(|byte| *byte == b'\n');
            let part = &found[..end.unwrap_or(found.len())];
            is_too_long |= line.len() + part.len() > MAX_LINE;
            if !is_too_long {
                line.extend_from_slice(part);
            }
            let used = end.map_or(found.len(), |end| end + 1);
            self.source.consume(used);
            self.bytes += used as u64;
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        Ok(Some((!is_too_long).then(|| decoded(&line))))
    }
}

/// A line as text. What is not UTF-8 was written by a program that knows of nothing but its own code page.
pub(super) fn decoded(line: &[u8]) -> String {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // A TCP stream of a telephone system that was kept in a file ends its records so.
    let line = line.strip_suffix(b"\0").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => line.iter().map(|byte| of_windows(*byte)).collect(),
    }
}

/// A character of Windows-1252, which is Latin-1 with letters and signs where that has control characters.
fn of_windows(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => SIGNS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// A quote is open at the end: the record goes on in the next line. A quote opens a cell only where the cell begins.
fn is_open(record: &str, delimiter: char) -> bool {
    let (mut is_quoted, mut is_begin) = (false, true);
    let mut signs = record.chars().peekable();
    while let Some(sign) = signs.next() {
        if is_quoted {
            if sign == '"' && signs.next_if_eq(&'"').is_none() {
                is_quoted = false;
            }
        } else if sign == '"' && is_begin {
            is_quoted = true;
        }
        is_begin = !is_quoted && (sign == delimiter || (is_begin && sign == ' '));
    }
    is_quoted
}

/// Cuts a record into cells. What follows a closing quote belongs to the cell all the same: `"Ana" <1001>` is written so.
pub(super) fn cut(record: &str, delimiter: char, cells: &mut Vec<String>) {
    let mut count = 0;
    let mut rest = Some(record);
    while let Some(text) = rest {
        if count == cells.len() {
            cells.push(String::new());
        }
        cells[count].clear();
        rest = cut_one(text, delimiter, &mut cells[count]);
        count += 1;
    }
    cells.truncate(count);
}

fn cut_one<'t>(text: &'t str, delimiter: char, cell: &mut String) -> Option<&'t str> {
    let begin = text.trim_start_matches(' ');
    let mut after = text;
    if let Some(quoted) = begin.strip_prefix('"') {
        let mut from = 0;
        let mut end = quoted.len();
        while let Some(found) = quoted[from..].find('"') {
            let at = from + found;
            cell.push_str(&quoted[from..at]);
            if quoted[at + 1..].starts_with('"') {
                cell.push('"');
                from = at + 2;
            } else {
                end = at + 1;
                from = end;
                break;
            }
        }
        if end == quoted.len() && from < end {
            cell.push_str(&quoted[from..]);
        }
        after = &quoted[end.min(quoted.len())..];
    }
    let (tail, rest) = match after.split_once(delimiter) {
        Some((tail, rest)) => (tail, Some(rest)),
        None => (after, None),
    };
    cell.push_str(tail);
    tidy(cell);
    rest
}

/// Without the blanks around it, the single quotes that one telephone system puts around everything, and the apostrophe that
/// spreadsheets write before what must not be taken for a formula.
fn tidy(cell: &mut String) {
    let trimmed = cell.trim();
    let trimmed = match trimmed.strip_prefix('\'') {
        Some(inner) => inner.strip_suffix('\'').unwrap_or(inner).trim(),
        None => trimmed,
    };
    if trimmed.len() != cell.len() {
        *cell = trimmed.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(file: &[u8]) -> Vec<(u64, Result<String, &'static str>)> {
        let mut records = Records::new(file, ',', 2);
        let mut all = Vec::new();
        while let Some((line, record)) = records.next_record().unwrap() {
            all.push((line, record.map(str::to_owned).map_err(|fault| fault.code)));
        }
        assert_eq!(records.bytes(), file.len() as u64);
        all
    }

    fn cells(record: &str, delimiter: char) -> Vec<String> {
        let mut cells = vec!["left over".to_owned(); 9];
        cut(record, delimiter, &mut cells);
        cells
    }

    #[test]
    fn records_are_lines_unless_a_quote_goes_over_them() {
        let text = |text: &str| Ok(text.to_owned());
        assert_eq!(
            records(b"\xef\xbb\xbfa,b\r\nc,\"d\ne\"\n\nf"),
            [(1, text("a,b")), (2, text("c,\"d\ne\"")), (4, text("")), (5, text("f"))]
        );
        assert_eq!(records(b"Jos\xe9,\x80 5\n"), [(1, text("José,€ 5"))]);
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_own_line_only() {
        let file = format!("a,\"b\n{}", "c,d\n".repeat(100));
        let found = records(file.as_bytes());
        assert_eq!(found.len(), 101);
        assert_eq!(found[0], (1, Err("unreadable")));
        assert_eq!(found[1], (2, Ok("c,d".to_owned())));
        assert_eq!(found[100].0, 101);
        let long = [b"x".repeat(MAX_LINE + 1), b"\na,b\n".to_vec()].concat();
        assert_eq!(records(&long), [(1, Err("too_long")), (2, Ok("a,b".to_owned()))]);
    }

    #[test]
    fn cells_are_cut_as_programs_write_them() {
        assert_eq!(cells("a,,\"b,c\",\"d \"\"e\"\"\"", ','), ["a", "", "b,c", "d \"e\""]);
        assert_eq!(cells("62,\"pn01\" <5300>,x", ','), ["62", "pn01 <5300>", "x"]);
        assert_eq!(cells("'4101','', '+34 600'", ','), ["4101", "", "+34 600"]);
        assert_eq!(cells("'+34600;b;", ';'), ["+34600", "b", ""]);
        assert_eq!(cells("a\tb", '\t'), ["a", "b"]);
        assert_eq!(cells("\"never closed", ','), ["never closed"]);
        assert_eq!(cells("", ','), [""]);
    }
}
