//! Keyword lists: words and phrases that a workspace listens for in its calls.

use serde::{Deserialize, Serialize};
use switchboard_app::insights::lists::{ListWish, Listed, ListsError};
use switchboard_domain::{
    Timestamp,
    ids::{KeywordId, KeywordListId},
    insight::Speaker,
};
use utoipa::ToSchema;

use super::notification_rules::given;
use crate::problem::{Code, Problem};

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod update;

/// A list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeywordList)]
pub struct ListView {
    #[schema(value_type = String)]
    pub id: KeywordListId,
    pub name: String,
    /// Whose words count: `customer` or `agent`; null: everybody's.
    #[schema(schema_with = speaker)]
    pub speaker: Option<Speaker>,
    pub is_on: bool,
    pub keywords: Vec<KeywordView>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A word or phrase of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Keyword)]
pub struct KeywordView {
    #[schema(value_type = String)]
    pub id: KeywordId,
    pub phrase: String,
}

/// A side of a call, or null.
pub(crate) fn speaker() -> utoipa::openapi::schema::Object {
    super::or_null(super::words(["customer", "agent"]))
}

impl From<Listed> for ListView {
    fn from(Listed { list, words }: Listed) -> Self {
        Self {
            id: list.id,
            name: list.name,
            speaker: list.speaker,
            is_on: list.is_on,
            keywords: words.into_iter().map(|word| KeywordView { id: word.id, phrase: word.phrase }).collect(),
            created_at: list.created_at,
            updated_at: list.updated_at,
        }
    }
}

/// What is to be other than it is; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeywordListWish)]
#[expect(clippy::option_option, reason = "null and a field that is not there mean different things")]
pub struct ListBody {
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Null: everybody's words count.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = speaker)]
    speaker: Option<Option<Speaker>>,
    is_on: Option<bool>,
    /// All of them: a phrase that is left out is no longer listened for. Found in their forms: `refund` finds "refunded".
    #[schema(max_items = 1_000)]
    phrases: Option<Vec<String>>,
}

impl From<ListBody> for ListWish {
    fn from(body: ListBody) -> Self {
        Self { name: body.name, speaker: body.speaker, is_on: body.is_on, phrases: body.phrases }
    }
}

impl From<ListsError> for Problem {
    fn from(error: ListsError) -> Self {
        match error {
            ListsError::NotFound => Self::not_found("keyword list"),
            ListsError::TooMany => Self::new(Code::Conflict, error.to_string()),
            ListsError::Invalid(faults) => Self::fields(faults),
            ListsError::Store(error) => error.into(),
        }
    }
}
