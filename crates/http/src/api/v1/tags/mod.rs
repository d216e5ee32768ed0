//! Tags: words that people put on calls.

use serde::Serialize;
use switchboard_store::calls::TagCount;
use utoipa::ToSchema;

pub mod list;

/// A tag in use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag)]
pub struct TagView {
    pub tag: String,
    /// How many of the newest 10,000 calls with tags have it.
    pub calls: i64,
}

impl From<TagCount> for TagView {
    fn from(count: TagCount) -> Self {
        Self { tag: count.tag, calls: count.calls }
    }
}
