//! What a delivery contains: one item for each leg. Devices send one record, several behind each other, a list, or the answer
//! of their API with its groups, in which `main_cdr` is a summary that would count the call twice.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::value::RawValue;
use switchboard_domain::Timestamp;

use super::{
    csv, keys,
    record::{Record, column},
    xml,
};
use crate::contract::{DedupKey, Item};

/// What the kinds of pushed and imported records begin with; behind it stands what became of the leg.
pub const PREFIX: &str = "cdr.";
/// A record that was asked for.
pub const PULLED: &str = "pull.cdr";
pub const UNKNOWN: &str = "unknown";

/// Legs that one delivery is cut into. A device buffers 10,000.
const MOST: usize = 20_000;
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

fn cut(body: &Bytes, kind: Option<&str>) -> Vec<Item> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    let mut items = Vec::new();
    match text.as_bytes().first() {
        None => return items,
        Some(b'{' | b'[') => {
            let is_whole = json(text, kind, &mut items);
            if is_whole {
                return items;
            }
        }
        Some(b'<') => items.extend(xml::records(text).iter().map(|found| item(&found.record, &found.text, kind))),
        Some(_) => items.extend(csv::records(text).iter().map(|row| item(&row.record, &row.text, kind))),
    }
    items.truncate(MOST);
    if items.is_empty() {
        items.push(unknown(body));
    }
    items
}

/// The records of one or more JSON values. False when the text breaks off before anything was read.
fn json(text: &str, kind: Option<&str>, items: &mut Vec<Item>) -> bool {
    let mut values = 0;
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let Ok(value) = value else { break };
        values += 1;
        walk(value.get(), None, 0, kind, items);
    }
    values > 0
}

/// Legs are wherever objects have columns; what holds them is only looked through. `session` is what a group says of its
/// legs, for those that do not say it themselves.
fn walk(raw: &str, session: Option<&str>, depth: usize, kind: Option<&str>, items: &mut Vec<Item>) {
    if depth > DEEPEST || items.len() >= MOST {
        return;
    }
    if raw.starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
        return list.into_iter().for_each(|member| walk(member.get(), session, depth + 1, kind, items));
    }
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw) else { return };
    let is_leg = members.iter().any(|(name, value)| column(name).is_some() && !value.get().starts_with(['{', '[']));
    if is_leg {
        return leg(raw, session, kind, items);
    }
    let named = members.get("cdr").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let session = named.as_deref().or(session);
    let inner: Vec<(&String, &&RawValue)> =
        members.iter().filter(|(_, value)| value.get().starts_with(['{', '['])).collect();
    if inner.is_empty() && !members.is_empty() {
        items.push(unknown(&Bytes::copy_from_slice(raw.as_bytes())));
    }
    for (name, value) in inner {
        if !name.eq_ignore_ascii_case("main_cdr") {
            walk(value.get(), session, depth + 1, kind, items);
        }
    }
}

fn leg(raw: &str, session: Option<&str>, kind: Option<&str>, items: &mut Vec<Item>) {
    let Some(record) = Record::read(raw.as_bytes()) else {
        return items.push(unknown(&Bytes::copy_from_slice(raw.as_bytes())));
    };
    match session.filter(|_| record.get("session").is_none()) {
        // The group's word is put into the leg, which must say by itself what it belongs to.
        Some(session) => {
            let said = serde_json::to_string(session).unwrap_or_default();
            // Behind what the leg says, because of a name that stands twice the last one counts.
            let inside = raw.trim_end().strip_suffix('}').unwrap_or(raw);
            let whole = format!("{inside},\"session\":{said}}}");
            match Record::read(whole.as_bytes()) {
                Some(record) => items.push(item(&record, &whole, kind)),
                None => items.push(item(&record, raw, kind)),
            }
        }
        None => items.push(item(&record, raw, kind)),
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
}
