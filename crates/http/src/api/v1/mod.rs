//! `/api/v1`: uniform, paged by cursor, prefixed ids, RFC 3339 times in UTC, E.164 numbers.
//!
//! Each noun's `mod.rs` has its shapes, each other file is one endpoint. The shapes are written out rather than taken from
//! the domain, so that renaming a field there cannot change what clients see.

use serde::Serialize;
use switchboard_store::page::Page;
use utoipa::{
    ToSchema,
    openapi::schema::{Object, ObjectBuilder, SchemaType, Type},
};

pub mod admin;
pub mod apps;
pub mod audit;
pub mod auth;
pub mod calls;
pub mod changes;
pub mod connections;
pub mod contacts;
pub mod events;
pub mod exports;
pub mod features;
mod headers;
pub mod imports;
pub mod insights;
pub mod invitations;
pub mod jobs;
pub mod keyword_lists;
pub mod me;
pub mod members;
pub mod messages;
pub mod notification_rules;
pub mod notifications;
pub mod outgoing_messages;
pub mod overview;
pub mod plans;
pub mod providers;
pub mod recordings;
pub mod rejected_deliveries;
pub mod report_schedules;
pub mod reports;
pub mod retention;
pub mod roles;
pub mod sandbox;
pub mod scorecards;
pub mod search;
pub mod second_factor;
pub mod shared;
pub mod tags;
pub mod usage;
pub mod views;
pub mod voicemails;
pub mod workspace;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    pub data: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last one.
    pub next_cursor: Option<String>,
    pub has_more: bool,
}

impl<T> Paged<T> {
    /// A page of records, each shaped by `shape`.
    pub fn of<R>(page: Page<R>, shape: impl Fn(R) -> T) -> Self {
        Self {
            has_more: page.next.is_some(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
            data: page.items.into_iter().map(shape).collect(),
        }
    }

    /// A list that is never long enough to be cut.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next_cursor: None, has_more: false }
    }

    /// A page cut from one row more than was wanted; `cursor_of` says where the next begins.
    pub fn cut<R>(mut rows: Vec<R>, limit: i64, cursor_of: impl Fn(&R) -> String, shape: impl Fn(R) -> T) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(cursor_of);
        Self { data: rows.into_iter().map(shape).collect(), next_cursor, has_more }
    }
}

/// The schema of a word out of a closed list.
pub(crate) fn words<'a>(all: impl IntoIterator<Item = &'a str>) -> Object {
    let words: Vec<String> = all.into_iter().map(str::to_owned).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

/// The schema of such a word where there may be none.
pub(crate) fn or_null(mut words: Object) -> Object {
    words.schema_type = SchemaType::from_iter([Type::String, Type::Null]);
    words.enum_values.get_or_insert_default().push(serde_json::Value::Null);
    words
}

/// Functions that give the schemas of the domain's words, for `#[schema(schema_with = …)]`.
macro_rules! word_schemas {
    ($($name:ident = $of:path;)*) => {$(
        pub(crate) fn $name() -> utoipa::openapi::schema::Object {
            $crate::api::v1::words(<$of>::ALL.iter().map(|word| word.as_str()))
        }
    )*};
}
pub(crate) use word_schemas;

word_schemas! {
    direction = switchboard_domain::call::Direction;
    call_status = switchboard_domain::call::CallStatus;
    call_outcome = switchboard_domain::call::CallOutcome;
    phase = switchboard_domain::call::Phase;
    message_status = switchboard_domain::message::MessageStatus;
    outgoing_status = switchboard_domain::outgoing::OutgoingStatus;
    share_item = switchboard_domain::share::ShareItem;
    recording_kind = switchboard_domain::recording::RecordingKind;
    media_status = switchboard_domain::recording::MediaStatus;
    contact_kind = switchboard_domain::contact::ContactKind;
    import_column = switchboard_domain::contact::ImportColumn;
    line_kind = switchboard_domain::transcript::LineKind;
    record_kind = switchboard_domain::change::RecordKind;
    verb = switchboard_domain::change::Verb;
    source = switchboard_domain::event::Source;
    event_status = switchboard_domain::event::EventStatus;
    past_limit = switchboard_domain::plan::PastLimit;
    feature = switchboard_domain::feature::Feature;
    metric = switchboard_domain::usage::Metric;
    job_state = switchboard_domain::job::JobState;
    retention_kind = switchboard_domain::retention::RetentionKind;
    import_format = switchboard_domain::import::ImportFormat;
    import_field = switchboard_domain::import::ImportField;
    import_state = switchboard_domain::import::ImportState;
    export_state = switchboard_domain::export::ExportState;
    tenant_status = switchboard_domain::tenant::TenantStatus;
    permission = switchboard_domain::role::Permission;
    role = switchboard_domain::role::Role;
}

pub(crate) fn import_format_or_null() -> Object {
    or_null(import_format())
}

pub(crate) fn import_field_or_null() -> Object {
    or_null(import_field())
}

/// The schema of a text with bounds.
pub(crate) fn text(least: usize, most: usize) -> Object {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(least)).max_length(Some(most)).build()
}
