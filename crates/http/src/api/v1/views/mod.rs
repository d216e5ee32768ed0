//! Saved views: lists that people keep by name.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard_app::views::{View, ViewsError};
use switchboard_domain::{
    Timestamp,
    ids::{UserId, ViewId},
    view::Noun,
};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod create;
pub mod delete;
pub mod list;
pub mod update;

super::word_schemas! {
    noun = Noun;
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedView)]
pub struct ViewView {
    #[schema(value_type = String)]
    pub id: ViewId,
    /// What it is a list of.
    #[schema(schema_with = noun)]
    pub noun: Noun,
    pub name: String,
    /// Names and values that the list is narrowed by, as whoever saved them wrote them.
    pub filters: BTreeMap<String, String>,
    /// Everybody in the workspace sees it.
    pub is_shared: bool,
    /// It is the caller's own.
    pub is_own: bool,
    #[schema(value_type = String)]
    pub user_id: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl ViewView {
    /// The view as this person sees it.
    pub fn of(view: View, user: Option<UserId>) -> Self {
        Self {
            is_own: user == Some(view.user_id),
            id: view.id,
            noun: view.noun,
            name: view.name,
            filters: view.filters,
            is_shared: view.is_shared,
            user_id: view.user_id,
            created_at: view.created_at,
            updated_at: view.updated_at,
        }
    }
}

impl From<ViewsError> for Problem {
    fn from(error: ViewsError) -> Self {
        match error {
            ViewsError::NotFound => Self::not_found("view"),
            ViewsError::NoPerson | ViewsError::NotYours => Self::new(Code::Forbidden, error.to_string()),
            ViewsError::TooMany => Self::new(Code::Conflict, error.to_string()),
            ViewsError::Fields(faults) => Self::fields(faults),
            ViewsError::Store(error) => error.into(),
        }
    }
}
