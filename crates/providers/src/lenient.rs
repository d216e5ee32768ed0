//! Reading what a provider wrote without believing in its types.
//!
//! Webhook bodies print ids as numbers and REST prints them as strings; booleans arrive as `"TRUE"`; durations are
//! floats; a list of one is sometimes the one. A `#[derive(Deserialize)]` would refuse the whole event for any of these,
//! and a refused event is a lost one. So a body is opened once into its raw members ([`Fields`]) and each is read with
//! the tolerance it needs. A member that cannot be read is a member that is not there.
//!
//! Raw members, rather than `serde_json::Value`, because a number above 2^64 would lose digits in a `Value`, and ids
//! are made of digits.

use std::borrow::Cow;

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use switchboard_domain::Timestamp;

/// The longest id that is taken for one. Providers use up to 40 characters.
const MAX_ID_CHARS: usize = 64;
/// The longest list that is read of one member; the rest stays in the log.
const MAX_LIST: usize = 10_000;

/// The members of a JSON object, unread. Of a repeated name the last one counts.
///
/// A list and not a map: building one costs more than the dozen look-ups that follow, and this runs while a provider waits.
#[derive(Debug, Default)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(64);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(members)
            }
        }
        from.deserialize_map(Members).map(Self)
    }
}

/// A member's name, borrowed where it is written without escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// The members of the object in `json`; `None` when it is not an object.
    pub fn read(json: &'a [u8]) -> Option<Self> {
        // Checked once as a whole; member by member took longer than reading them.
        serde_json::from_str(std::str::from_utf8(json).ok()?).ok()
    }

    fn of(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(held, _)| held == name).map(|(_, raw)| *raw)
    }

    /// The member's text as it was written, unless it is missing or null.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.get(name).map(RawValue::get).filter(|text| *text != "null")
    }

    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A text, trimmed; empty is none.
    pub fn text(&self, name: &str) -> Option<String> {
        self.text_as_written(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A text exactly as written, even when empty.
    pub fn text_as_written(&self, name: &str) -> Option<String> {
        string_of(self.raw(name)?)
    }

    /// An id, from a number or a string, with all its digits. `0` is how some providers write "none".
    pub fn id(&self, name: &str) -> Option<String> {
        id_of(self.raw(name)?)
    }

    /// A whole number, from an integer, a float (rounded) or a string of either.
    pub fn number(&self, name: &str) -> Option<i64> {
        let raw = self.raw(name)?;
        let quoted = string_of(raw);
        number_of(quoted.as_deref().unwrap_or(raw))
    }

    /// A moment: Unix milliseconds in any of the forms of [`Self::number`], or ISO 8601, in UTC where no zone is
    /// written. Zero and negative milliseconds are how "not yet" is written.
    pub fn moment(&self, name: &str) -> Option<Timestamp> {
        if let Some(millis) = self.number(name) {
            return (millis > 0).then(|| Timestamp::from_millis(millis));
        }
        let written = self.text(name)?;
        written.parse().or_else(|_| format!("{written}Z").parse()).ok()
    }

    /// A boolean, also written as `"TRUE"`, `"false"`, `1` or `0`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let word = self.raw(name)?.trim_matches('"').to_ascii_lowercase();
        match word.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A list of texts, or the one text that stands for a list of one. `None` when the member is neither.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        if let Some(one) = self.text(name) {
            return Some(vec![one]);
        }
        let list: Vec<&RawValue> = serde_json::from_str(self.raw(name)?).ok()?;
        let texts = list.iter().filter_map(|raw| serde_json::from_str::<String>(raw.get()).ok());
        Some(texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).take(MAX_LIST).collect())
    }

    /// A list of objects; whatever else stands in it is left out.
    pub fn objects(&self, name: &str) -> Vec<Fields<'a>> {
        let list: Vec<&'a RawValue> = self.raw(name).and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default();
        list.into_iter().filter_map(Fields::of).take(MAX_LIST).collect()
    }

    /// An object that has members: `{}` is how some providers write "none".
    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::of(self.get(name)?).filter(|fields| !fields.0.is_empty())
    }

    /// The member as compact JSON text, unless it says nothing (`null`, `""`, `[]`, `{}`) or is longer than `max`
    /// bytes.
    pub fn json(&self, name: &str, max: usize) -> Option<String> {
        let raw = self.raw(name).filter(|raw| raw.len() <= max)?;
        let value: serde_json::Value = serde_json::from_str(raw).ok()?;
        let text = value.to_string();
        (!matches!(text.as_str(), "null" | "\"\"" | "[]" | "{}")).then_some(text)
    }
}

/// The text of a JSON string. The parser is not asked about other values: its refusal costs more than its answer.
fn string_of(raw: &str) -> Option<String> {
    if raw.starts_with('"') { serde_json::from_str(raw).ok() } else { None }
}

fn id_of(raw: &str) -> Option<String> {
    let id = match string_of(raw) {
        Some(text) => text.trim().to_owned(),
        None if raw.bytes().all(|byte| byte.is_ascii_digit()) => raw.to_owned(),
        None => number_of(raw)?.to_string(),
    };
    let is_id = !id.is_empty() && id != "0" && id.chars().count() <= MAX_ID_CHARS && !id.contains(char::is_control);
    is_id.then_some(id)
}

/// Above 2^53 a float has no whole numbers of its own; nothing a provider counts is that large.
const LARGEST_FLOAT: f64 = 9_007_199_254_740_992.0;

fn number_of(text: &str) -> Option<i64> {
    if let Ok(whole) = text.trim().parse() {
        return Some(whole);
    }
    let float: f64 = text.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked in the same line")]
    (float.is_finite() && float.abs() <= LARGEST_FLOAT).then(|| float.round() as i64)
}

/// A provider's id in a typed reply or request: read from a number or a string, written as a number where it is one
/// (what `int64` in the provider's schema asks for).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WireId(pub String);

impl WireId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for WireId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl std::fmt::Display for WireId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for WireId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<i64>() {
            Ok(number) => to.serialize_i64(number),
            Err(_) => to.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for WireId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = WireId;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an id: a whole number or a string")
            }
            fn visit_u64<E>(self, id: u64) -> Result<WireId, E> {
                Ok(WireId(id.to_string()))
            }
            fn visit_i64<E>(self, id: i64) -> Result<WireId, E> {
                Ok(WireId(id.to_string()))
            }
            fn visit_str<E>(self, id: &str) -> Result<WireId, E> {
                Ok(WireId(id.to_owned()))
            }
        }
        from.deserialize_any(Either)
    }
}

/// A secret in a typed reply; empty is none.
pub fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let written: Option<String> = Option::deserialize(from)?;
    Ok(written.filter(|text| !text.is_empty()).map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_every_digit_in_every_form() {
        let json = br#"{"a":6421977457180672,"b":"6421977457180672","c":123456789012345678901234567890,"d":0,"e":"","f":null,"g":1.5e3}"#;
        let fields = Fields::read(json).unwrap();
        assert_eq!(fields.id("a"), fields.id("b"));
        assert_eq!(fields.id("c").as_deref(), Some("123456789012345678901234567890"));
        assert_eq!(fields.id("g").as_deref(), Some("1500"));
        for none in ["d", "e", "f", "missing"] {
            assert_eq!(fields.id(none), None, "{none}");
        }
    }

    #[test]
    fn times_and_flags_in_every_form() {
        let json = br#"{"a":1788000000000,"b":"1788000000000","c":1788000000000.2,"d":"2026-08-29T10:40:00","z":0,"n":-1,"t":"TRUE","f":false}"#;
        let fields = Fields::read(json).unwrap();
        let moment = Some(Timestamp::from_millis(1_788_000_000_000));
        assert_eq!([fields.moment("a"), fields.moment("b"), fields.moment("c"), fields.moment("d")], [moment; 4]);
        assert_eq!([fields.moment("z"), fields.moment("n")], [None; 2]);
        assert_eq!([fields.flag("t"), fields.flag("f"), fields.flag("a")], [Some(true), Some(false), None]);
    }

    #[test]
    fn one_or_many() {
        let fields = Fields::read(br#"{"one":"x","many":["x"," ",7],"none":{},"obj":{"id":1}}"#).unwrap();
        assert_eq!(fields.texts("one"), fields.texts("many"));
        assert_eq!(fields.texts("none"), None);
        assert!(fields.object("none").is_none());
        assert_eq!(fields.object("obj").unwrap().id("id").as_deref(), Some("1"));
    }
}
