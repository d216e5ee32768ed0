//! Rows of Grandstream's files. They become what the device pushes and its API answers, so that the same leg is the same event
//! whichever way it came.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{RowFault, layout::Row};
use crate::{cloud_ucm, contract::Item};

/// Joins what older devices tear apart: they write the arguments of the last application without quotes, commas and all.
pub(super) fn mend(cells: &mut Vec<String>, names: &[Option<&'static str>]) {
    let extra = cells.len().saturating_sub(names.len());
    let Some(torn) = names.iter().position(|name| *name == Some("lastdata")) else { return };
    if extra > 0 && torn + extra < cells.len() {
        let parts: Vec<String> = cells.splice(torn + 1..=torn + extra, []).collect();
        for part in parts {
            cells[torn].push(',');
            cells[torn].push_str(&part);
        }
    }
}

/// A row of CSV.
pub(super) fn row(row: &Row<'_>) -> Result<Vec<Item>, RowFault> {
    let mut members = Map::new();
    for (name, cell) in row.names.iter().zip(row.cells) {
        if let Some(name) = name.filter(|_| !cell.is_empty()) {
            // The web page's file counts time as 0:01:15.
            let text = match name {
                "duration" | "billsec" => {
                    super::moment::seconds(cell).map_or_else(|| cell.clone(), |count| count.to_string())
                }
                _ => cell.clone(),
            };
            members.insert(name.to_owned(), Value::String(text));
        }
    }
    if !["src", "dst", "uniqueid", "AcctId", "session"].iter().any(|name| members.contains_key(*name)) {
        return Err(RowFault::new("required", "it has neither a number nor an id; is it the line of a call?"));
    }
    if !members.contains_key("start") {
        return Err(RowFault::of("start", "required", "it does not say when the call began"));
    }
    element(Value::Object(members).to_string().as_bytes())
}

/// An object of JSON: a leg, or a group of legs.
pub(super) fn element(element: &[u8]) -> Result<Vec<Item>, RowFault> {
    if serde_json::from_slice::<serde::de::IgnoredAny>(element).is_err() {
        return Err(RowFault::new("unreadable", "it is no object of JSON; a comma or a quote may be missing"));
    }
    Ok(cloud_ucm::items(&Bytes::copy_from_slice(element)))
}
