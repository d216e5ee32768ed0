//! Statistics exports: asked for, worked on, then a CSV to fetch.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::{
    company::MAX_ITEMS,
    error::ApiError,
    gate::Request,
    leg::{Leg, direction},
};
use crate::clock::iso;

/// Only what a ledger of calls and texts can answer; the other documented kinds have no rows here.
pub(super) fn create(request: &Request<'_>) -> Result<Value, ApiError> {
    let kind = request.text("stat_type").unwrap_or_default();
    let id = request.company.dice.token();
    let mut ledger = request.company.ledger();
    let csv = match kind {
        "calls" | "voicemails" | "recordings" => calls_csv(kind, ledger.legs.values()),
        "texts" => {
            let mut csv = String::from("message_id,date,direction,from_number,to_number,status\n");
            for text in &ledger.texts {
                let to = text.to.join(" ");
                let way = direction(text.inbound);
                // Writing to a String cannot fail.
                let _ =
                    writeln!(csv, "{},{},{way},{},{to},{}", text.id, iso(text.created_date), text.from, text.status);
            }
            csv
        }
        _ => String::from("date\n"),
    };
    if ledger.stats.len() >= MAX_ITEMS {
        return Err(ApiError::bad_request("the company has too many exports"));
    }
    ledger.stats.insert(id.clone(), csv.into());
    Ok(json!({"request_id": id, "already_started": false}))
}

fn calls_csv<'a>(kind: &str, legs: impl Iterator<Item = &'a Leg>) -> String {
    let mut csv = String::from(
        "call_id,date_started,date_connected,date_ended,direction,external_number,internal_number,name,recording_id\n",
    );
    for leg in legs.filter(|leg| leg.is_over()) {
        let recording = match kind {
            "voicemails" => leg.recordings.iter().find(|found| found.kind == "voicemail"),
            "recordings" => leg.recordings.iter().find(|found| found.kind != "voicemail"),
            _ => None,
        };
        if kind != "calls" && recording.is_none() {
            continue;
        }
        let when = |at: Option<i64>| at.map(iso).unwrap_or_default();
        let recording = recording.map(|found| found.id.to_string()).unwrap_or_default();
        let way = direction(leg.inbound);
        // Writing to a String cannot fail.
        let _ = writeln!(
            csv,
            "{},{},{},{},{way},{},{},{},{recording}",
            leg.call_id,
            iso(leg.date_started),
            when(leg.date_connected),
            when(leg.date_ended),
            leg.external_number,
            leg.internal_number,
            leg.target.name,
        );
    }
    csv
}

pub(super) fn get(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.text_id();
    if !request.company.ledger().stats.contains_key(id) {
        return Err(ApiError::not_found("statistics export"));
    }
    let url = format!("{}/stats/{id}.csv", request.origin());
    Ok(json!({"status": "complete", "file_type": "csv", "download_url": url}))
}
