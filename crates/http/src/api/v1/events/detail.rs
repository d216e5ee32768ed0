//! An event with all that is known of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::Value;
use switchboard_app::events::{Contents, EventDetail, RecordRef};
use switchboard_domain::{change::RecordKind, event::Source, fact::Fact};
use utoipa::ToSchema;

use super::EventView;
use crate::api::v1::{
    changes::{ChangeView, prefixed},
    headers::masked,
    jobs::JobView,
    record_kind, words,
};

/// Why the event was believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its signature was checked.
    Signed,
    /// Its connection takes deliveries that nobody signed; only the URL was checked.
    Unsigned,
    /// We asked the provider for it.
    Asked,
    /// Somebody brought it in a file.
    Imported,
    /// We did it ourselves.
    Own,
}

fn verdict() -> utoipa::openapi::schema::Object {
    words(["signed", "unsigned", "asked", "imported", "own"])
}

/// How `body.content` is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    Json,
    Text,
    Base64,
}

fn encoding() -> utoipa::openapi::schema::Object {
    words(["json", "text", "base64"])
}

/// The original bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventBody)]
pub struct BodyView {
    #[schema(schema_with = encoding)]
    pub encoding: Encoding,
    /// The bytes as they were: text, or base64 where they are none.
    pub content: String,
}

impl BodyView {
    fn of(body: Vec<u8>) -> Self {
        match String::from_utf8(body) {
            Ok(content) => {
                let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&content).is_ok();
                Self { encoding: if is_json { Encoding::Json } else { Encoding::Text }, content }
            }
            Err(bytes) => Self { encoding: Encoding::Base64, content: STANDARD.encode(bytes.as_bytes()) },
        }
    }

    fn payload(&self) -> Value {
        serde_json::from_str(&self.content).unwrap_or_else(|_| Value::String(self.content.clone()))
    }
}

/// A record that an event is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordRef)]
pub struct RecordRefView {
    #[schema(schema_with = record_kind)]
    pub kind: RecordKind,
    pub id: String,
}

impl From<RecordRef> for RecordRefView {
    fn from(record: RecordRef) -> Self {
        Self { kind: record.kind, id: prefixed(record.kind, record.id) }
    }
}

/// An event with what was sent, what it says and what came of it. What names people is null for who may not read records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventDetail)]
pub struct EventDetailView {
    #[serde(flatten)]
    pub event: EventView,
    /// Why it was believed: `signed` and `unsigned` by what its connection expects now.
    #[schema(schema_with = verdict)]
    pub verdict: Verdict,
    /// The version of `normalize` when it came.
    pub normalize_version: i32,
    /// The version that reads it now.
    pub normalize_version_now: Option<i32>,
    /// The work that stands or stood for it, the newest first. Work that is done is kept for some days.
    pub work: Vec<JobView>,
    /// The caller may not read records: what follows is null.
    pub is_withheld: bool,
    /// The contents were removed, because somebody had to be forgotten.
    pub is_erased: bool,
    /// The delivery's headers; what could open a door is left out or masked.
    #[schema(value_type = Option<Object>)]
    pub headers: Option<Value>,
    pub body: Option<BodyView>,
    /// The contents as JSON; text where they are no JSON.
    #[schema(value_type = Option<Value>)]
    pub payload: Option<Value>,
    /// What it says about records, computed now: the same bytes give the same facts, by the version above.
    #[schema(value_type = Option<Vec<Object>>)]
    pub facts: Option<Vec<Fact>>,
    /// Why it cannot be read.
    pub facts_error: Option<String>,
    /// The records that it is about.
    pub records: Option<Vec<RecordRefView>>,
    /// What those records went through at the moment that it speaks of. Found by record and time: changes do not name events.
    pub changes: Option<Vec<ChangeView>>,
}

impl From<EventDetail> for EventDetailView {
    fn from(detail: EventDetail) -> Self {
        let EventDetail { state, is_unsigned, normalize_version_now, attempts, contents } = detail;
        let mut view = Self {
            verdict: match state.event.source {
                Source::Push if is_unsigned => Verdict::Unsigned,
                Source::Push => Verdict::Signed,
                Source::Pull => Verdict::Asked,
                Source::Import => Verdict::Imported,
                Source::Own => Verdict::Own,
            },
            normalize_version: state.event.normalize_version,
            normalize_version_now,
            event: state.into(),
            work: attempts.into_iter().map(JobView::from).collect(),
            is_withheld: contents.is_none(),
            is_erased: false,
            headers: None,
            body: None,
            payload: None,
            facts: None,
            facts_error: None,
            records: None,
            changes: None,
        };
        if let Some(contents) = contents {
            view.show(contents);
        }
        view
    }
}

impl EventDetailView {
    fn show(&mut self, contents: Contents) {
        let body = BodyView::of(contents.body);
        self.is_erased = contents.is_erased;
        self.headers = Some(masked(contents.headers));
        self.payload = Some(body.payload());
        self.body = Some(body);
        match contents.facts {
            Ok(facts) => self.facts = Some(facts),
            Err(reason) => self.facts_error = Some(reason),
        }
        self.records = Some(contents.records.into_iter().map(RecordRefView::from).collect());
        self.changes = Some(contents.changes.into_iter().map(ChangeView::from).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        let json = BodyView::of(br#"{"a": 1}"#.to_vec());
        assert_eq!((json.encoding, json.content.as_str()), (Encoding::Json, r#"{"a": 1}"#));
        let text = BodyView::of(b"a=1&b=2".to_vec());
        assert_eq!((text.encoding, text.payload()), (Encoding::Text, Value::String("a=1&b=2".into())));
        let bytes = BodyView::of(vec![0xff, 0x00]);
        assert_eq!((bytes.encoding, bytes.content.as_str()), (Encoding::Base64, "/wA="));
    }
}
