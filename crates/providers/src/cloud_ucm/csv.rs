//! Rows as devices write them: in single or double quotes, with quotes of the other kind and sometimes of the same inside, on
//! lines or with a NUL behind each. A general reader of CSV knows one kind of quote and gives up on the rest.

use super::record::{Record, column};

/// Values of a row that are read.
const MOST_VALUES: usize = 64;
/// How many columns a row must have to be one: the fewest that a device sends.
const LEAST_VALUES: usize = 14;
/// How many columns a line must know to be one of names.
const LEAST_NAMES: usize = 3;

/// Bytes that a row or a line of names may have. The longest seen, of a ring group, has some thousands.
pub const LONGEST: usize = 64 * 1024;
/// Line breaks in the values of one row. Every line may begin with a quote that never closes, and is looked at for each of
/// those before it, so this bounds what a text costs.
const MOST_BREAKS: usize = 16;

/// What stands in a text, piece by piece.
#[derive(Debug)]
pub enum Piece<'t> {
    Row(Row<'t>),
    /// A row that is longer than any is.
    TooLong(&'t str),
    /// A line that is longer than any is, before anything else: it may be the names without which the rest cannot be read.
    /// What it begins is the rest of the text.
    Unreadable(&'t str),
}

/// A row, with what says it whole: the line of names before it where there is one.
#[derive(Debug)]
pub struct Row<'t> {
    pub record: Record,
    head: Option<&'t str>,
    line: &'t str,
    /// The text from this row on.
    pub rest: &'t str,
}

impl Row<'_> {
    pub fn text(&self) -> String {
        self.head.map_or_else(|| self.line.to_owned(), |head| format!("{head}\n{}", self.line))
    }
}

/// The rows of a text, each read when it is asked for. Lines that are none are left out.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut names: Option<(Vec<Option<&'static str>>, &str)> = None;
    let mut lines = Lines { rest: text };
    let (mut has_rows, mut is_over) = (false, false);
    std::iter::from_fn(move || {
        while !is_over {
            let before = lines.rest;
            let line = lines.next()?;
            if line.len() > LONGEST {
                is_over = names.is_none() && !has_rows;
                return Some(if is_over { Piece::Unreadable(before) } else { Piece::TooLong(line) });
            }
            let values = values(line);
            let known: Vec<Option<&'static str>> = values.iter().map(|value| column(value)).collect();
            if known.iter().flatten().count() >= LEAST_NAMES {
                names = Some((known, line));
                continue;
            }
            let (record, head) = match &names {
                Some((names, head)) => (named(names, &values), Some(*head)),
                None if values.len() >= LEAST_VALUES => (Record::of_row(&values), None),
                None => continue,
            };
            if !record.is_empty() {
                has_rows = true;
                return Some(Piece::Row(Row { record, head, line, rest: before.trim_start() }));
            }
        }
        None
    })
}

/// The first record of a text.
pub fn first(text: &str) -> Option<Record> {
    match pieces(text).next()? {
        Piece::Row(row) => Some(row.record),
        Piece::TooLong(_) | Piece::Unreadable(_) => None,
    }
}

/// Whether a text is one row and nothing else, with as many values as devices send at the least without being asked for fewer.
pub fn is_one_long_row(text: &str) -> bool {
    let mut pieces = pieces(text);
    matches!(pieces.next(), Some(Piece::Row(_))) && pieces.next().is_none() && values(text).len() >= 26
}

fn named(names: &[Option<&'static str>], values: &[String]) -> Record {
    let mut record = Record::default();
    for (name, value) in names.iter().zip(values) {
        if let Some(name) = name {
            record.put(name, value);
        }
    }
    record
}

/// The lines, of which none is blank. A line break inside quotes is part of its value.
struct Lines<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            self.rest = self.rest.trim_start_matches(['\n', '\r', '\0']);
            if self.rest.is_empty() {
                return None;
            }
            let (line, after) = self.rest.split_at(end_of_line(self.rest.as_bytes()));
            self.rest = after;
            if !line.trim().is_empty() {
                return Some(line.trim());
            }
        }
    }
}

const fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\0')
}

/// Where the first line ends. A quote that does not close within the length of a row ends with its line.
pub fn end_of_line(bytes: &[u8]) -> usize {
    let plain = bytes.iter().position(|byte| is_break(*byte)).unwrap_or(bytes.len());
    let reach = reach(bytes);
    let mut at = 0;
    while at < reach {
        match bytes[at] {
            quote @ (b'"' | b'\'') if is_start(bytes, at) => match closing(bytes, at + 1, reach, quote) {
                Some(close) => at = close + 1,
                None => return plain,
            },
            byte if is_break(byte) => return at,
            _ => at += 1,
        }
    }
    if at < bytes.len() { plain } else { at }
}

/// How far a row can reach that begins here.
fn reach(bytes: &[u8]) -> usize {
    let window = &bytes[..bytes.len().min(LONGEST)];
    let mut breaks = window.iter().enumerate().filter(|(_, byte)| is_break(**byte));
    breaks.nth(MOST_BREAKS).map_or(window.len(), |(at, _)| at + 1)
}

/// A quote opens a value where a value begins.
fn is_start(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().find(|byte| **byte != b' ').is_none_or(|byte| matches!(byte, b',' | b';' | b'\n'))
}

/// The quote that closes a value: one behind which the value's end can be seen. Others are part of the value.
fn closing(bytes: &[u8], from: usize, reach: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < reach {
        if bytes[at] == b'\\' {
            at += 2;
            continue;
        }
        if bytes[at] == quote {
            if bytes.get(at + 1) == Some(&quote) && !ends(bytes, at + 1) {
                at += 2;
                continue;
            }
            if ends(bytes, at) {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

/// Whether a value ends behind this quote.
fn ends(bytes: &[u8], quote: usize) -> bool {
    bytes.get(quote + 1).is_none_or(|byte| matches!(byte, b',' | b';' | b'\n' | b'\r' | b'\0' | b' '))
        && bytes[quote + 1..]
            .iter()
            .find(|byte| **byte != b' ')
            .is_none_or(|byte| matches!(byte, b',' | b';' | b'\n' | b'\r' | b'\0'))
}

fn values(line: &str) -> Vec<String> {
    let separator = if line.contains(',') { b',' } else { b';' };
    let bytes = line.as_bytes();
    let mut values = Vec::new();
    let mut at = 0;
    // A quote that did not close is part of its value, and so are those of its kind behind it.
    let mut unclosed: Vec<u8> = Vec::new();
    while at <= bytes.len() && values.len() < MOST_VALUES {
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        let quoted = bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\'') && !unclosed.contains(byte));
        let close = quoted.and_then(|quote| closing(bytes, at + 1, bytes.len(), *quote));
        unclosed.extend(quoted.filter(|_| close.is_none()));
        let (value, end) = if let (Some(quote), Some(close)) = (quoted, close) {
            (unquoted(&line[at + 1..close], *quote), close + 1)
        } else {
            let end = bytes[at.min(bytes.len())..].iter().position(|byte| *byte == separator);
            let end = end.map_or(bytes.len(), |found| at + found);
            (line[at.min(line.len())..end].trim().to_owned(), end)
        };
        values.push(value);
        let next = bytes[end.min(bytes.len())..].iter().position(|byte| *byte == separator);
        match next {
            Some(found) => at = end + found + 1,
            None => break,
        }
    }
    values
}

/// The value between its quotes: doubled and escaped ones stand for one.
fn unquoted(text: &str, quote: u8) -> String {
    let quote = char::from(quote);
    let doubled: String = [quote, quote].into_iter().collect();
    let plain = text.replace(&doubled, &quote.to_string());
    if plain.contains('\\') {
        plain.replace("\\\"", "\"").replace("\\'", "'").replace("\\/", "/").replace("\\\\", "\\")
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row<'_>> {
        let row = |piece| match piece {
            Piece::Row(row) => row,
            other => panic!("no row: {other:?}"),
        };
        pieces(text).map(row).collect()
    }

    #[test]
    fn quotes_of_both_kinds_and_inside_values_are_read() {
        let line = r#"'41','','1','2','c','"ANN O'NEIL" <1>','a','b','Dial','x,60,i','2026-03-10 09:30:01','','','9'"#;
        let nul = format!("{line}\0");
        let row = &rows(&nul)[0];
        assert_eq!(row.record.get("clid"), Some("\"ANN O'NEIL\" <1>"));
        assert_eq!(row.record.get("lastdata"), Some("x,60,i"));
        assert_eq!(row.record.get("duration"), Some("9"));
        let double = line.replace("'41'", "\"41\"");
        assert_eq!(rows(&double)[0].record, row.record);
        let broken = line.replace("x,60,i", "x\n60");
        assert_eq!(rows(&broken)[0].record.get("lastdata"), Some("x\n60"), "a value may have a line break in it");
    }

    #[test]
    fn a_line_of_names_says_what_stands_where() {
        let rows = rows("uniqueid,src,\"dst\",billsec\r\n17.1,1001,2002,5\n17.2,1002,\"20\"\"02\",0\n");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].record.get("dst"), rows[1].record.get("dst")), (Some("2002"), Some("20\"02")));
        let again = Record::read(rows[1].text().as_bytes()).unwrap();
        assert_eq!(again, rows[1].record);
    }

    #[test]
    fn what_is_no_row_is_left_out() {
        assert!(rows("hello, world\n\n,,,,\n'").is_empty());
    }

    /// A row begins on every line and its quote never closes: who looks for the end each time reads a text as often as it has
    /// lines, which took hours of a body that a device may send. Bytes are counted, not time.
    #[test]
    fn no_row_is_looked_for_farther_than_one_reaches() {
        let long = "x".repeat(3 * LONGEST);
        for text in
            ["'a\n".repeat(100_000), "'x\n', ".repeat(100_000) + "'x", format!("'{long}\n"), "'a\\',\n".repeat(50_000)]
        {
            let bytes = text.as_bytes();
            let (mut at, mut looked_at) = (0, 0);
            while at < bytes.len() {
                let rest = &bytes[at..];
                let reach = reach(rest);
                assert!(reach <= LONGEST);
                looked_at += reach;
                at += end_of_line(rest) + 1;
            }
            assert!(looked_at <= (MOST_BREAKS + 2) * bytes.len() + LONGEST, "{looked_at} of {}", bytes.len());
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_one_piece() {
        let row = r"'41','','1','2','c','x','a','b','Dial','x,60,i','2026-03-10 09:30:01','','','9'";
        let long = format!("'41','{}'", "x".repeat(LONGEST));
        let all = format!("{row}\n{long}\n{row}\n");
        let found: Vec<Piece<'_>> = pieces(&all).collect();
        assert!(matches!(&found[..], [Piece::Row(_), Piece::TooLong(line), Piece::Row(_)] if line.len() == long.len()));
        let headed = format!("{long}\n{row}\n");
        assert!(
            matches!(pieces(&headed).collect::<Vec<_>>()[..], [Piece::Unreadable(rest)] if rest.len() == headed.len())
        );
    }
}
