//! Which fields of a record differ. Names only: changes never carry contents.
//!
//! Both records are written as JSON with a mark before each of their own fields, and compared piece by piece. Comparing two
//! [`serde_json::Value`]s gives the same names and took longer than everything else about a change.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// Stands before each field. JSON never contains it: control characters are escaped.
const MARK: char = '\u{1}';

/// The names of the fields that differ, sorted.
pub fn fields<T: Serialize>(before: &T, after: &T) -> Vec<String> {
    let (Some(before), Some(after)) = (marked(before), marked(after)) else { return Vec::new() };
    let before: Vec<&str> = pieces(&before).collect();
    let is_same = |(index, piece): (usize, &str)| before.get(index) == Some(&piece) || before.contains(&piece);
    let differing = pieces(&after).enumerate().filter(|piece| !is_same(*piece));
    let mut names: Vec<String> = differing.filter_map(|(_, piece)| name(piece)).collect();
    names.sort();
    names
}

fn marked<T: Serialize>(record: &T) -> Option<String> {
    let mut bytes = Vec::with_capacity(1_024);
    record.serialize(&mut Serializer::with_formatter(&mut bytes, Marking { depth: 0 })).ok()?;
    String::from_utf8(bytes).ok()
}

/// `"name":value` of each field.
fn pieces(record: &str) -> impl Iterator<Item = &str> {
    let fields = record.strip_suffix('}').unwrap_or(record).split(MARK).skip(1);
    fields.map(|piece| piece.strip_suffix(',').unwrap_or(piece))
}

fn name(piece: &str) -> Option<String> {
    piece.strip_prefix('"')?.split('"').next().map(str::to_owned)
}

/// Writes compact JSON, with the mark before each field of the outermost object.
struct Marking {
    depth: usize,
}

impl Formatter for Marking {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        CompactFormatter.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        CompactFormatter.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        CompactFormatter.begin_object_key(writer, first)?;
        if self.depth == 1 { write!(writer, "{MARK}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_fields_of_the_record_itself_are_named() {
        let before = json!({ "a": 1, "b": { "c": "x", "d": [{ "e": 1 }] }, "f": null, "g": "}" });
        let after = json!({ "a": 1, "b": { "c": "y", "d": [{ "e": 1 }] }, "f": "}", "g": "}" });
        assert_eq!(fields(&before, &after), ["b", "f"]);
        assert_eq!(fields(&before, &before), [""; 0]);
    }
}
