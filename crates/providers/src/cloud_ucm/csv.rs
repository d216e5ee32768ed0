//! Rows as devices write them: in single or double quotes, with quotes of the other kind and sometimes of the same inside, on
//! lines or with a NUL behind each. A general reader of CSV knows one kind of quote and gives up on the rest.

use super::record::{Record, column};

/// Values of a row that are read.
const MOST_VALUES: usize = 64;
/// How many columns a row must have to be one: the fewest that a device sends.
const LEAST_VALUES: usize = 14;
/// How many columns a line must know to be one of names.
const LEAST_NAMES: usize = 3;

/// A row, with the text that says it whole: names before it where there are any.
#[derive(Debug)]
pub struct Row {
    pub record: Record,
    pub text: String,
}

/// The rows of a text. Lines that are none are left out.
pub fn records(text: &str) -> Vec<Row> {
    let mut names: Option<(Vec<Option<&'static str>>, &str)> = None;
    let mut rows = Vec::new();
    for line in lines(text) {
        let values = values(line);
        let known: Vec<Option<&'static str>> = values.iter().map(|value| column(value)).collect();
        if known.iter().flatten().count() >= LEAST_NAMES {
            names = Some((known, line));
            continue;
        }
        let row = match &names {
            Some((names, head)) => Row { record: named(names, &values), text: format!("{head}\n{line}") },
            None if values.len() >= LEAST_VALUES => Row { record: Record::of_row(&values), text: line.to_owned() },
            None => continue,
        };
        if !row.record.is_empty() {
            rows.push(row);
        }
    }
    rows
}

/// Whether a row has as many values as devices send at the least without being asked for fewer.
pub fn is_long(line: &str) -> bool {
    values(line).len() >= 26
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
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(['\n', '\r', '\0']);
            if rest.is_empty() {
                return None;
            }
            let (line, after) = rest.split_at(end_of_line(rest.as_bytes()));
            rest = after;
            if !line.trim().is_empty() {
                return Some(line.trim());
            }
        }
    })
}

/// Where the first line ends. A quote that never closes ends with its line.
pub fn end_of_line(bytes: &[u8]) -> usize {
    let is_break = |byte: u8| matches!(byte, b'\n' | b'\r' | b'\0');
    let plain = bytes.iter().position(|byte| is_break(*byte)).unwrap_or(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') if is_start(bytes, at) => match closing(bytes, at + 1, quote) {
                Some(close) => at = close + 1,
                None => return plain,
            },
            byte if is_break(byte) => return at,
            _ => at += 1,
        }
    }
    at
}

/// A quote opens a value where a value begins.
fn is_start(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().find(|byte| **byte != b' ').is_none_or(|byte| matches!(byte, b',' | b';' | b'\n'))
}

/// The quote that closes a value: one behind which the value's end can be seen. Others are part of the value.
fn closing(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
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
    while at <= bytes.len() && values.len() < MOST_VALUES {
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        let quoted = bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''));
        let close = quoted.and_then(|quote| closing(bytes, at + 1, *quote));
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

    #[test]
    fn quotes_of_both_kinds_and_inside_values_are_read() {
        let line = r#"'41','','1','2','c','"ANN O'NEIL" <1>','a','b','Dial','x,60,i','2026-03-10 09:30:01','','','9'"#;
        let row = &records(&format!("{line}\0"))[0];
        assert_eq!(row.record.get("clid"), Some("\"ANN O'NEIL\" <1>"));
        assert_eq!(row.record.get("lastdata"), Some("x,60,i"));
        assert_eq!(row.record.get("duration"), Some("9"));
        let double = line.replace("'41'", "\"41\"");
        assert_eq!(records(&double)[0].record, row.record);
    }

    #[test]
    fn a_line_of_names_says_what_stands_where() {
        let rows = records("uniqueid,src,\"dst\",billsec\r\n17.1,1001,2002,5\n17.2,1002,\"20\"\"02\",0\n");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].record.get("dst"), rows[1].record.get("dst")), (Some("2002"), Some("20\"02")));
        let again = Record::read(rows[1].text.as_bytes()).unwrap();
        assert_eq!(again, rows[1].record);
    }

    #[test]
    fn what_is_no_row_is_left_out() {
        assert!(records("hello, world\n\n,,,,\n'").is_empty());
    }
}
