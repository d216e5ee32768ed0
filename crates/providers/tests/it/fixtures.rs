//! The payloads under `fixtures/`, and how a provider is asked about them.

use std::path::PathBuf;

use bytes::Bytes;
use switchboard_domain::{Timestamp, fact::Fact};
use switchboard_providers::{Expectation, Item, Malformed, Provider, RawRequest, StoredItem, dialpad};

/// When the fixtures arrived. Later than every time in them.
pub const RECEIVED_AT: Timestamp = Timestamp::from_micros(1_788_001_000_000_000);

pub fn folder(slug: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(slug)
}

/// Name (without suffix) and contents of every file with that suffix, sorted by name.
pub fn all(slug: &str, suffix: &str) -> Vec<(String, Bytes)> {
    let Ok(entries) = std::fs::read_dir(folder(slug)) else { return Vec::new() };
    let mut files: Vec<(String, Bytes)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == suffix))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap().into())
        })
        .collect();
    files.sort();
    files
}

pub fn read(slug: &str, file: &str) -> Bytes {
    std::fs::read(folder(slug).join(file)).unwrap().into()
}

pub fn request(body: impl Into<Bytes>) -> RawRequest {
    RawRequest { headers: vec![("content-type".into(), "text/plain".into())], body: body.into() }
}

/// The items of an unsigned body, the way a delivery goes: verify, then split. Files named `pull-…` are what a client
/// fetched.
pub fn items(provider: &dyn Provider, name: &str, body: &Bytes) -> Vec<Item> {
    match name.split_once('-').map(|_| &name[..name.len().min(8)]) {
        Some("pull-cal") => vec![dialpad::pulled_call(body)],
        Some("pull-tra") => vec![dialpad::pulled_transcript(body)],
        Some("pull-sms") => vec![dialpad::pulled_message(body)],
        _ => {
            let request = request(body.clone());
            let verified = provider.verify(&request, &Expectation::Unsigned).unwrap();
            provider.split(&request, &verified)
        }
    }
}

pub fn facts(provider: &dyn Provider, item: &Item) -> Result<Vec<Fact>, Malformed> {
    provider.normalize(StoredItem { kind: &item.kind, body: &item.body, received_at: RECEIVED_AT, context: None })
}
