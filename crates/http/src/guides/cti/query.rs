//! Reads query parameters the way the guide's clients write them, and says what is wrong with them.

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde_json::{Value, json};
use switchboard_domain::Timestamp;
use switchboard_store::page::Window;
use uuid::Uuid;

use super::error::GuideError;

/// Rows on a page when the client does not say.
pub(super) const DEFAULT_LIMIT: i64 = 50;
/// Rows on a page at most; more is not an error but this many.
const MAX_LIMIT: i64 = 100;
/// Rows that can be skipped. Behind it, `/api/v1` with its cursors is the right way.
const MAX_OFFSET: i64 = 1_000_000;

/// The query parameters; of a repeated one, the last.
pub(super) struct Params(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = GuideError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, GuideError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|error| GuideError::bad_request(format!("The query cannot be read: {error}")))?;
        Ok(Self(pairs.into_iter().collect()))
    }
}

impl Params {
    /// A parameter that was given and is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be given.
    pub(super) fn required(&self, name: &str) -> Result<&str, GuideError> {
        self.get(name).ok_or_else(|| GuideError::bad_request(format!("The query parameter {name} is missing")))
    }

    /// One of an enum's words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, GuideError> {
        let Some(given) = self.get(name) else { return Ok(None) };
        let found = all.iter().copied().find(|member| word(*member) == given);
        found.map(Some).ok_or_else(|| {
            let allowed: Vec<&str> = all.iter().map(|member| word(*member)).collect();
            GuideError::bad_request(format!("{name} must be one of: {}", allowed.join(", ")))
        })
    }

    /// A telephone number. An unescaped `+` in a query arrives as a space.
    pub(super) fn number(&self, name: &str) -> Option<String> {
        self.get(name).map(|given| match given.strip_prefix(' ') {
            Some(digits) => format!("+{}", digits.trim()),
            None => given.trim().to_owned(),
        })
    }

    /// A moment (`2026-01-31T09:30:00Z`), or a day, which begins at midnight in UTC.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, GuideError> {
        let Some(given) = self.get(name) else { return Ok(None) };
        // An unescaped `+` in an offset arrives as a space.
        let moment = given.replace(' ', "+");
        let read = moment.parse().or_else(|_| format!("{moment}T00:00:00Z").parse());
        read.map(Some).map_err(|_| {
            GuideError::bad_request(format!("{name} must be a day like 2026-01-31 or a time like 2026-01-31T09:30:00Z"))
        })
    }

    /// The end of a span: a day counts whole, a moment does not belong to it.
    pub(super) fn end(&self, name: &str) -> Result<Option<Timestamp>, GuideError> {
        let is_day = self.get(name).is_some_and(|given| given.len() == "2026-01-31".len());
        let whole = if is_day { Duration::from_hours(24) } else { Duration::ZERO };
        Ok(self.moment(name)?.map(|moment| moment + whole))
    }

    /// A Dialpad user's id.
    pub(super) fn dialpad_user_id(&self) -> Result<Option<String>, GuideError> {
        let Some(given) = self.get("dialpad_user_id") else { return Ok(None) };
        dialpad_user_id(given).map(|id| Some(id.to_string()))
    }

    /// Which rows. `limit=0` means "as many as usual", as it always did.
    pub(super) fn window(&self, default_limit: i64) -> Result<Paging, GuideError> {
        let limit = match self.whole("limit")?.unwrap_or(0) {
            0 => default_limit,
            given => given.min(MAX_LIMIT),
        };
        let offset = self.whole("offset")?.unwrap_or(0);
        if offset > MAX_OFFSET {
            return Err(GuideError::bad_request(format!(
                "offset is at most {MAX_OFFSET}; use /api/v1, whose cursors have no such end"
            )));
        }
        Ok(Paging { limit, offset })
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, GuideError> {
        let Some(given) = self.get(name) else { return Ok(None) };
        match given.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(GuideError::bad_request(format!("{name} must be a whole number that is not negative"))),
        }
    }
}

/// A positive whole number.
pub(super) fn dialpad_user_id(given: &str) -> Result<i64, GuideError> {
    match given.parse::<i64>() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(GuideError::bad_request("dialpad_user_id must be a positive whole number")),
    }
}

/// A UUID, bare or with the prefix that `/api/v1` shows.
pub(super) fn uuid(name: &str, given: &str) -> Result<Uuid, GuideError> {
    let bare = given.rsplit_once('_').map_or(given, |(_, bare)| bare);
    Uuid::try_parse(bare).map_err(|_| GuideError::bad_request(format!("{name} must be a UUID")))
}

/// Which rows of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    pub(super) limit: i64,
    pub(super) offset: i64,
}

impl Paging {
    pub(super) const fn window(self) -> Window {
        Window::Offset { offset: self.offset, limit: self.limit }
    }

    /// What the guide says of a page.
    pub(super) fn pagination(self, total: i64) -> Value {
        let has_more = self.offset.saturating_add(self.limit) < total;
        json!({ "limit": self.limit, "offset": self.offset, "total": total, "has_more": has_more })
    }
}
