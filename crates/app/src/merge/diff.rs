//! Which fields of a record differ. Names only: changes never carry contents.

use serde::Serialize;
use serde_json::Value;

/// The names of the fields that differ, sorted.
pub fn fields<T: Serialize>(before: &T, after: &T) -> Vec<String> {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Vec::new();
    };
    let mut names: Vec<String> =
        after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}
