//! What a delivery contains: one item for each leg. Devices send one record, several behind each other, a list, or the answer
//! of their API with its groups, in which `main_cdr` is a summary that would count the call twice.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use switchboard_domain::Timestamp;

use super::{
    csv::{self, Piece},
    keys,
    record::{Record, column},
    xml,
};
use crate::contract::{DedupKey, Item};

/// What the kinds of pushed and imported records begin with; behind it stands what became of the leg.
pub const PREFIX: &str = "cdr.";
/// A record that was asked for.
pub const PULLED: &str = "pull.cdr";
pub const UNKNOWN: &str = "unknown";
/// A record that is longer than any is.
pub const TOO_LONG: &str = "unknown.too_long";
/// What is left of a delivery with more records than a device ever holds back.
pub const TOO_MANY: &str = "unknown.too_many";

/// Legs that one delivery is cut into. A device buffers 10,000.
const MOST: usize = 20_000;
/// Bytes of all of them: rows of a file are kept each with its line of names.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of one.
const LONGEST: usize = csv::LONGEST;
/// Members of an object. A record has some forty, a group one for each of its legs.
const MOST_MEMBERS: usize = 4_096;
/// Lists in groups in lists.
const DEEPEST: usize = 12;
/// The lane of what belongs to no call.
const OTHER_LANE: &str = "clouducm";

/// The items of a body. One that is empty, or says nothing but that the way is open, has none.
pub fn items(body: &Bytes) -> Vec<Item> {
    cut(body, None)
}

/// The serial number in the first record of a body: a name that somebody gives and nothing that they prove.
pub fn serial(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..body.len().min(16_384))?);
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || c == '[');
    let record = match serde_json::Deserializer::from_str(first).into_iter::<&RawValue>().next() {
        Some(Ok(value)) => Record::read(value.get().as_bytes()),
        _ => Record::read(first.as_bytes()),
    };
    record?.get("sn").map(|serial| serial.chars().take(64).collect())
}

/// [`items`], of an answer to a question of ours.
pub fn pulled_records(body: &Bytes) -> Vec<Item> {
    cut(body, Some(PULLED))
}

/// Why items of a kind are kept and not read.
pub fn unread(kind: &str) -> Option<String> {
    match kind {
        TOO_LONG => Some(format!(
            "a call record, or a line of names, has more than {} KiB and was not read: no telephone system writes such",
            LONGEST / 1024
        )),
        TOO_MANY => Some(format!(
            "one delivery had more than {MOST} call records; this is what came behind them: send it in smaller ones, or import it as a file"
        )),
        _ => None,
    }
}

fn cut(body: &Bytes, kind: Option<&str>) -> Vec<Item> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    let mut cut = Cut { text, kind, items: Vec::new(), bytes: 0, is_full: false };
    match text.as_bytes().first() {
        None => return cut.items,
        Some(b'{' | b'[') => {
            let is_whole = json(&mut cut);
            if is_whole {
                return cut.items;
            }
        }
        Some(b'<') => elements(&mut cut),
        Some(_) => rows(&mut cut),
    }
    if cut.items.is_empty() {
        cut.items.push(unknown(body));
    }
    cut.items
}

/// What a delivery was cut into so far.
struct Cut<'t> {
    text: &'t str,
    kind: Option<&'t str>,
    items: Vec<Item>,
    bytes: usize,
    /// There is no more room: what came behind is kept as it is.
    is_full: bool,
}

impl<'t> Cut<'t> {
    /// One more record, unless there is no more room: then everything from here on, which `rest` begins, is one item.
    fn put(&mut self, record: &Record, text: &str, rest: &str) {
        if self.has_room(text.len(), rest) {
            self.items.push(item(record, text, self.kind));
        }
    }

    fn put_unknown(&mut self, text: &str) {
        if self.has_room(text.len(), text) {
            self.items.push(unknown(&Bytes::copy_from_slice(text.as_bytes())));
        }
    }

    /// Keeps what is not read, with the reason in its kind.
    fn put_unread(&mut self, kind: &str, text: &str) {
        let body = Bytes::copy_from_slice(text.as_bytes());
        self.items.push(Item { kind: kind.to_owned(), ..unknown(&body) });
    }

    fn has_room(&mut self, length: usize, rest: &str) -> bool {
        if self.is_full {
            return false;
        }
        self.bytes = self.bytes.saturating_add(length);
        self.is_full = self.items.len() >= MOST || self.bytes > MOST_BYTES;
        if self.is_full {
            self.put_unread(TOO_MANY, rest);
        }
        !self.is_full
    }

    /// The delivery from a part of it on.
    fn from(&self, part: &'t str) -> &'t str {
        let at = part.as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        at.and_then(|at| self.text.get(at..)).unwrap_or(part)
    }
}

fn rows(cut: &mut Cut<'_>) {
    for piece in csv::pieces(cut.text) {
        match piece {
            Piece::Row(row) => cut.put(&row.record, &row.text(), row.rest),
            Piece::TooLong(line) => cut.put_unread(TOO_LONG, line),
            Piece::Unreadable(rest) => cut.put_unread(TOO_LONG, rest),
        }
        if cut.is_full {
            return;
        }
    }
}

fn elements(cut: &mut Cut<'_>) {
    for found in xml::records(cut.text) {
        if found.text.len() > LONGEST {
            cut.put_unread(TOO_LONG, found.text);
        } else {
            cut.put(&found.record, found.text, cut.from(found.text));
        }
        if cut.is_full {
            return;
        }
    }
}

/// The records of one or more JSON values. False when the text breaks off before anything was read.
fn json(cut: &mut Cut<'_>) -> bool {
    let mut values = 0;
    for value in serde_json::Deserializer::from_str(cut.text).into_iter::<&RawValue>() {
        let Ok(value) = value else { break };
        values += 1;
        walk(cut, value.get(), None, 0);
        if cut.is_full {
            break;
        }
    }
    values > 0
}

/// Legs are wherever objects have columns; what holds them is only looked through. `session` is what a group says of its
/// legs, for those that do not say it themselves.
fn walk<'t>(cut: &mut Cut<'t>, raw: &'t str, session: Option<&str>, depth: usize) {
    if depth > DEEPEST || cut.is_full {
        return;
    }
    if raw.starts_with('[') {
        let members = Members { cut, session, depth };
        // What stops it is that there is no more room; a value that was found is one.
        let _ = serde_json::Deserializer::from_str(raw).deserialize_seq(members);
        return;
    }
    let Ok(Object(members)) = serde_json::from_str::<Object<'t>>(raw) else {
        if raw.starts_with('{') {
            cut.put_unread(TOO_LONG, raw);
        }
        return;
    };
    let is_leg = members.iter().any(|(name, value)| column(name).is_some() && !value.get().starts_with(['{', '[']));
    if is_leg {
        return leg(cut, raw, session);
    }
    let named = members.get("cdr").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let session = named.as_deref().or(session);
    let inner: Vec<(&String, &&RawValue)> =
        members.iter().filter(|(_, value)| value.get().starts_with(['{', '['])).collect();
    if inner.is_empty() && !members.is_empty() {
        cut.put_unknown(raw);
    }
    for (name, value) in inner {
        if !name.eq_ignore_ascii_case("main_cdr") {
            walk(cut, value.get(), session, depth + 1);
        }
    }
}

/// The members of a list, each walked as it is read: a list of nothing but `{}` has ten million.
struct Members<'c, 't, 's> {
    cut: &'c mut Cut<'t>,
    session: Option<&'s str>,
    depth: usize,
}

impl<'t> Visitor<'t> for Members<'_, 't, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(member) = list.next_element::<&'t RawValue>()? {
            walk(self.cut, member.get(), self.session, self.depth + 1);
            if self.cut.is_full {
                break;
            }
        }
        Ok(())
    }
}

/// An object with as many members as records and groups of them may have.
struct Object<'t>(BTreeMap<String, &'t RawValue>);

impl<'t> Deserialize<'t> for Object<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'t> Visitor<'t> for Reader {
            type Value = Object<'t>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "an object of up to {MOST_MEMBERS} members")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Object<'t>, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.insert(name, value);
                    if members.len() > MOST_MEMBERS {
                        return Err(serde::de::Error::invalid_length(members.len(), &self));
                    }
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

fn leg<'t>(cut: &mut Cut<'t>, raw: &'t str, session: Option<&str>) {
    if raw.len() > LONGEST {
        return cut.put_unread(TOO_LONG, raw);
    }
    let Some(record) = Record::read(raw.as_bytes()) else {
        return cut.put_unknown(raw);
    };
    let rest = cut.from(raw);
    match session.filter(|_| record.get("session").is_none()) {
        // The group's word is put into the leg, which must say by itself what it belongs to.
        Some(session) => {
            let said = serde_json::to_string(session).unwrap_or_default();
            // Behind what the leg says, because of a name that stands twice the last one counts.
            let inside = raw.trim_end().strip_suffix('}').unwrap_or(raw);
            let whole = format!("{inside},\"session\":{said}}}");
            match Record::read(whole.as_bytes()) {
                Some(record) => cut.put(&record, &whole, rest),
                None => cut.put(&record, raw, rest),
            }
        }
        None => cut.put(&record, raw, rest),
    }
}

fn item(record: &Record, text: &str, kind: Option<&str>) -> Item {
    let at = keys::epoch(record).map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000)));
    let call = keys::call(record);
    let canonical = record.canonical();
    let lane = call.clone().unwrap_or_else(|| keys::leg(record));
    Item {
        kind: kind.map_or_else(|| format!("{PREFIX}{}", word(record.get("disposition"))), str::to_owned),
        lane: format!("cdr:{}", lane.chars().take(80).collect::<String>()),
        // Not the bytes: a leg that is pushed, asked for and imported is one event.
        dedup: DedupKey::new(at, &[b"cdr", canonical.as_bytes()]),
        external_id: Some(call.unwrap_or_else(|| keys::leg(record))),
        occurred_at: at,
        body: Bytes::copy_from_slice(text.as_bytes()),
    }
}

fn unknown(body: &Bytes) -> Item {
    Item {
        kind: UNKNOWN.to_owned(),
        lane: OTHER_LANE.to_owned(),
        dedup: DedupKey::new(None, &[UNKNOWN.as_bytes(), body]),
        external_id: None,
        occurred_at: None,
        body: body.clone(),
    }
}

/// The device's word for what became of a leg, as part of a kind.
fn word(disposition: Option<&str>) -> String {
    let plain = disposition
        .unwrap_or("unsaid")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    plain.take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(body: &'static str) -> Vec<String> {
        items(&Bytes::from_static(body.as_bytes())).into_iter().map(|item| item.kind).collect()
    }

    #[test]
    fn summaries_are_never_legs_and_groups_may_hold_groups() {
        let body = r#"{"cdr_root":[{"cdr":"17-1","main_cdr":{"src":"1"},"sub_cdr_1":{"src":"1","disposition":"NO ANSWER"},
            "sub_cdr_2":{"cdr":"17-1","main_cdr":{"src":"1"},"sub_cdr_1":{"src":"2","disposition":"BUSY"}}}]}"#;
        assert_eq!(kinds(body), ["cdr.no_answer", "cdr.busy"]);
        let found = items(&Bytes::from_static(body.as_bytes()));
        assert!(
            found.iter().all(|item| item.external_id.as_deref() == Some("17-1")),
            "the group's session is its legs'"
        );
    }

    #[test]
    fn several_values_behind_each_other_are_several_records() {
        assert_eq!(kinds("{\"src\":1}{\"src\":2}\n[{\"src\":3}]\0").len(), 3);
    }

    #[test]
    fn a_test_of_the_way_is_nothing_and_nonsense_is_kept() {
        for empty in ["", " \0", "{}", "[]", "{\"cdr_root\":[]}"] {
            assert!(kinds(empty).is_empty(), "{empty:?}");
        }
        for odd in ["hello", "{\"event\":\"x\"}", "{\"src\":", "<a/>", "{\"src\":null}"] {
            assert_eq!(kinds(odd), ["unknown"], "{odd:?}");
        }
    }

    const ROW: &str = r"'41','','1','2','c','x','a','b','Dial','x,60,i','2026-03-10 09:30:01','','','9'";

    /// How many records a body came to, and the kinds and lengths of what was kept unread.
    fn came_to(body: String) -> (usize, Vec<(String, usize)>) {
        let (read, unread): (Vec<Item>, Vec<Item>) =
            items(&Bytes::from(body)).into_iter().partition(|item| item.kind.starts_with(PREFIX));
        (read.len(), unread.into_iter().map(|item| (item.kind, item.body.len())).collect())
    }

    #[test]
    fn what_is_beyond_the_most_records_is_kept_as_it_is() {
        let over = 5;
        let rows = format!("{ROW}\n").repeat(MOST + over);
        let elements = format!("<all>{}</all>", "<c src='1'/>".repeat(MOST + over));
        let objects = format!("[{}{{\"src\":1}}]", "{\"src\":1},".repeat(MOST + over - 1));
        let values = "{\"src\":1}\n".repeat(MOST + over);
        let bodies = [
            (rows, over * (ROW.len() + 1) - 1),
            (elements, over * "<c src='1'/>".len() + "</all>".len()),
            (objects, over * "{\"src\":1},".len()),
            (values, over * "{\"src\":1}\n".len() - 1),
        ];
        for (body, left) in bodies {
            let start: String = body.chars().take(12).collect();
            assert_eq!(came_to(body), (MOST, vec![(TOO_MANY.to_owned(), left)]), "{start}");
        }
        assert!(unread(TOO_MANY).is_some() && unread(TOO_LONG).is_some() && unread("cdr.answered").is_none());
    }

    /// Each row is kept with its line of names, so a long one would be kept as often as there are rows.
    #[test]
    fn a_long_line_of_names_is_not_kept_once_for_every_row() {
        let names = format!("uniqueid,src,dst,{}", "x".repeat(LONGEST - 100));
        let body = format!("{names}\n{}", "17.1,1,2\n".repeat(5_000));
        let kept: usize = items(&Bytes::from(body)).iter().map(|item| item.body.len()).sum();
        assert!(kept <= MOST_BYTES + 2 * LONGEST, "{kept}");
    }

    #[test]
    fn a_record_that_is_too_long_is_one_item_that_is_not_read() {
        let long = "x".repeat(LONGEST);
        let unread = |length: usize| vec![(TOO_LONG.to_owned(), length)];
        let line = format!("'42','{long}'");
        assert_eq!(came_to(format!("{ROW}\n{line}\n{ROW}")), (2, unread(line.len())));
        let headed = format!("{line}\n{ROW}");
        assert_eq!(came_to(headed.clone()), (0, unread(headed.len())));
        let object = format!("{{\"src\":1,\"clid\":\"{long}\"}}");
        assert_eq!(came_to(format!("[{object},{{\"src\":2}}]")), (1, unread(object.len())));
        let element = format!("<c src='1'>{long}</c>");
        assert_eq!(came_to(format!("<all>{element}<c src='2'/></all>")), (1, unread(element.len())));
    }

    /// What took hours and gigabytes: quotes that never close, lists of nothing, columns at every level.
    #[test]
    fn no_body_is_kept_more_often_than_it_says() {
        let deep = format!("{}{}{}", "<c>".repeat(31), "x".repeat(300_000), "<src>1</src></c>".repeat(31));
        for body in
            ["'a\n".repeat(300_000), "'x\n', ".repeat(200_000), format!("[{}{{}}]", "{},".repeat(500_000)), deep]
        {
            let (length, start) = (body.len(), body.chars().take(12).collect::<String>());
            let kept: usize = items(&Bytes::from(body)).iter().map(|item| item.body.len()).sum();
            assert!(kept <= length, "{start}: {kept} of {length}");
        }
    }
}
