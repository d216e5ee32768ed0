//! `switchboard contacts` beside a running server, which does the work.

use serde_json::json;

use crate::support::{Home, PATIENCE, within};

#[tokio::test]
async fn a_contact_is_taken_out_and_then_forgotten() {
    let home = Home::new();
    let server = home.serve(&[]);
    let made = home.json(&["apps", "create", "Front desk"]);
    let key = made["api_key"].as_str().unwrap().to_owned();
    let headers = [("x-app-api-key", key.as_str())];
    let body = json!({ "phone": "+14155550123", "name": "Ann Lee" });
    let (status, contact) = server.post("/api/v1/contacts", &headers, &body).await;
    assert_eq!(status, 201, "{contact}");
    let id = contact["id"].as_str().unwrap();
    let path = format!("/api/v1/contacts/{id}");

    let file = home.data_dir().join("ann.zip");
    let exported = home.json(&["contacts", "export", id, "--out", file.to_str().unwrap()]);
    let archive = std::fs::read(&file).unwrap();
    assert_eq!(exported["bytes"], archive.len());
    let holds = |text: &[u8]| archive.windows(text.len()).any(|part| part == text);
    assert!(archive.starts_with(b"PK") && holds(b"contact.ndjson") && holds(b"contents.json"));

    let refused = home.call(&["contacts", "erase", id, "--number", "+14155550100"]);
    assert_ne!(refused.code, 0, "another number is a slip of the hand: {}", refused.out);
    assert_eq!(server.get(&path, &headers).await.0, 200);
    let erased = home.json(&["contacts", "erase", id, "--number", "+14155550123"]);
    assert!(erased["job_id"].is_string(), "{erased}");
    within(PATIENCE, "the contact is gone", async || (server.get(&path, &headers).await.0 == 404).then_some(())).await;
    assert_eq!(home.call(&["contacts", "export", id]).code, 4, "there is nobody any more");
}
