//! Our tables against Dialpad's own OpenAPI file, where it is at hand (it is not ours to ship).

use std::path::PathBuf;

use serde_json::Value;
use switchboard_providers::dialpad::{client::SubscriptionKind, operations, states::STATES};

fn document() -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/dialpad/openapi.json");
    let Ok(text) = std::fs::read(&path) else {
        eprintln!("skipped: Dialpad's OpenAPI file is not at hand");
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

#[test]
fn every_state_of_the_document_is_in_the_table_and_no_other() {
    let Some(document) = document() else { return };
    let schema = &document["components"]["schemas"]["schemas.call_event_subscription.CreateCallEventSubscription"];
    let mut documented: Vec<&str> = schema["properties"]["call_states"]["items"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let mut ours: Vec<&str> = STATES.iter().map(|state| state.name).collect();
    documented.sort_unstable();
    ours.sort_unstable();
    assert_eq!(documented.len(), 32);
    assert_eq!(ours, documented);
}

/// The form of a path: which segments are parameters, whatever their names.
fn form(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// `Rate limit: 1200 per minute.`, or the first tier's.
fn documented_limit(description: &str) -> Option<(u32, u64)> {
    let words: Vec<&str> = description.split("ate limit: ").nth(1)?.split_whitespace().collect();
    let count = words.first()?.parse().ok()?;
    let seconds = match words.get(2)?.trim_end_matches('.') {
        "minute" => 60,
        "hour" => 3_600,
        _ => return None,
    };
    Some((count, seconds))
}

#[test]
fn every_operation_is_documented_with_the_limit_we_keep() {
    let Some(document) = document() else { return };
    for operation in operations::ALL {
        for kind in SubscriptionKind::ALL {
            let path = form(&operation.path.replace("{kind}", kind.as_str()));
            let (_, routes) = document["paths"]
                .as_object()
                .unwrap()
                .iter()
                .find(|(documented, _)| form(documented) == path)
                .unwrap_or_else(|| panic!("{}: no such path {path}", operation.name));
            let route = &routes[operation.method.as_str().to_ascii_lowercase()];
            let description =
                route["description"].as_str().unwrap_or_else(|| panic!("{}: no such method", operation.name));
            let limit = (operation.rate.count, operation.rate.window.as_secs());
            assert_eq!(documented_limit(description), Some(limit), "{}", operation.name);
        }
    }
}
