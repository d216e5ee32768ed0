//! One call record, whatever form it came in: names and texts. Devices differ in which columns they send, in what order and
//! of which JSON types, so nothing is required here and nothing that is unknown is refused.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{csv, xml};

/// The columns that are read, in the order in which a row without names has them. The last three came in 2026.
pub const COLUMNS: [&str; 35] = [
    "acctid",
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
    "channel_ext",
    "dstchannel_ext",
    "service",
    "caller_name",
    "recordfiles",
    "dstanswer",
    "chanext",
    "dstchanext",
    "session",
    "action_owner",
    "action_type",
    "src_trunk_name",
    "dst_trunk_name",
    "new_src",
    "reason",
    "sn",
];

/// What is the same however a record comes: pushed, asked for or imported. Which device sent it and two undocumented columns
/// are in pushes only.
const CANONICAL: usize = 32;
/// The column that both a row with and one without the device's own row number have at a known place: the start.
const START: usize = 10;
/// Bytes of a value that are read. The longest seen, the phones of a ring group, has some hundreds.
const LONGEST: usize = 4_096;

/// A record's values by the names of `COLUMNS`; empty ones are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<&'static str, String>);

/// The column of that name, however it is written.
pub fn column(name: &str) -> Option<&'static str> {
    let name = name.trim();
    COLUMNS.iter().copied().find(|column| column.eq_ignore_ascii_case(name))
}

impl Record {
    /// The record in the bytes of one item: an object, an element, or a row with or without a line of names before it.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        let record = match text.as_bytes().first()? {
            b'{' => Self::of_json(text)?,
            b'<' => xml::first(text)?,
            _ => csv::first(text)?,
        };
        (!record.0.is_empty()).then_some(record)
    }

    fn of_json(text: &str) -> Option<Self> {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
        let mut record = Self::default();
        for (name, raw) in &members {
            if let (Some(column), Some(value)) = (column(name), plain(raw.get())) {
                record.put(column, &value);
            }
        }
        Some(record)
    }

    /// A row's values in the order of `COLUMNS`; older devices leave out the first.
    pub fn of_row(values: &[String]) -> Self {
        let dated = values.iter().take(START + 1).position(|value| looks_like_time(value));
        let skipped = usize::from(dated == Some(START - 1));
        let mut record = Self::default();
        for (column, value) in COLUMNS.iter().skip(skipped).zip(values) {
            record.put(column, value);
        }
        record
    }

    pub fn put(&mut self, column: &'static str, value: &str) {
        let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        let unread = matches!(value, "" | "null" | "NULL" | "(null)");
        if !unread {
            let end = value.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST).unwrap_or(value.len());
            self.0.insert(column, value[..end].to_owned());
        }
    }

    pub fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A whole number, also written `12.0` or `0:03:12`.
    pub fn seconds(&self, column: &str) -> Option<i64> {
        let text = self.get(column)?;
        let counted = match text.split(':').collect::<Vec<_>>().as_slice() {
            [seconds] => seconds.parse::<i64>().ok().or_else(|| whole(seconds)),
            [minutes, seconds] => Some(minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?),
            [hours, minutes, seconds] => {
                let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
                Some(
                    (hours.checked_mul(60)?.checked_add(minutes)?)
                        .checked_mul(60)?
                        .checked_add(seconds.parse().ok()?)?,
                )
            }
            _ => None,
        };
        // A count above a month is no count of a call's seconds.
        counted.filter(|seconds| (0..=2_678_400).contains(seconds))
    }

    /// The record as one text that is the same for every form and way it can come by.
    pub fn canonical(&self) -> String {
        let mut text = String::with_capacity(512);
        for column in &COLUMNS[..CANONICAL] {
            if let Some(value) = self.get(column) {
                text.push_str(column);
                text.push('=');
                text.push_str(value);
                text.push('\n');
            }
        }
        text
    }
}

fn whole(text: &str) -> Option<i64> {
    let float: f64 = text.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked in the same line")]
    (float.is_finite() && (0.0..=2_678_400.0).contains(&float)).then(|| float.round() as i64)
}

/// `2026-03-10 09:30:01`, at least as far as the minute.
fn looks_like_time(value: &str) -> bool {
    let bytes = value.trim().as_bytes();
    bytes.len() >= 16
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[13] == b':'
        && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// A JSON value as text: a string's own, a number's or flag's as written, the members of a list with `@` between them, as
/// devices write several recordings.
fn plain(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'n' | b'{' => None,
        b'[' => {
            let list: Vec<String> = serde_json::from_str(raw).ok()?;
            Some(list.join("@"))
        }
        _ => Some(raw.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_are_the_same_record() {
        let texts = Record::read(br#"{"AcctId":"41","billsec":"7","src":"1001","sn":"EC74","session":""}"#).unwrap();
        let numbers = Record::read(br#"{"src":1001,"BILLSEC":7,"acctId":41,"recordfiles":null}"#).unwrap();
        assert_eq!(texts.canonical(), numbers.canonical());
        assert_eq!(texts.seconds("billsec"), Some(7));
    }

    #[test]
    fn a_row_without_the_first_column_is_found_out_by_its_start() {
        let full: Vec<String> =
            ["41", "", "1001", "2002", "c", "x", "a", "b", "Dial", "", "2026-03-10 09:30:01", "", "", "9"]
                .map(str::to_owned)
                .into();
        let (whole, old) = (Record::of_row(&full), Record::of_row(&full[1..]));
        assert_eq!((whole.get("acctid"), old.get("acctid")), (Some("41"), None));
        assert_eq!((whole.get("duration"), old.get("duration")), (Some("9"), Some("9")));
    }

    #[test]
    fn durations_are_counts_or_clocks() {
        let record = |text: &str| Record::read(format!(r#"{{"duration":"{text}"}}"#).as_bytes()).unwrap();
        assert_eq!(record("0:03:12").seconds("duration"), Some(192));
        assert_eq!(record("12.0").seconds("duration"), Some(12));
        assert_eq!(record("-4").seconds("duration"), None);
        assert_eq!(record("9223372036854775807:1:1").seconds("duration"), None);
    }
}
