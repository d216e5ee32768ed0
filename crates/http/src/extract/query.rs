//! Query strings that are taken at their word: a value that means nothing, or a name that is not known, is refused with
//! the field's name. The servers of the guides ignored such values and answered with an unfiltered list.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query as AxumQuery, rejection::QueryRejection},
    http::request::Parts,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use switchboard_domain::{Timestamp, change::RecordKind};
use switchboard_store::{
    Conn, TenantScope,
    page::{Cursor, Window},
    search::{self, Found},
};

use crate::{
    problem::{Code, Problem},
    state::Web,
};

/// How many rows a list of ours has unless told otherwise, and at most.
pub const DEFAULT_LIMIT: i64 = 50;
pub const MAX_LIMIT: i64 = 200;
/// Characters of a search.
pub const MAX_Q: usize = 200;

/// A query string. Its struct denies unknown fields.
#[derive(Debug, Clone)]
pub struct QueryString<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Web> for QueryString<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match AxumQuery::<T>::from_request_parts(parts, web).await {
            Ok(AxumQuery(value)) => Ok(Self(value)),
            Err(rejection) => Err(problem(&rejection)),
        }
    }
}

/// Says what is wrong with a query string.
pub(super) fn problem(rejection: &QueryRejection) -> Problem {
    let text = rejection.body_text();
    let why = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
    Problem::new(Code::InvalidParameter, why)
}

/// Which part of a list: checks `limit`, and that `cursor` belongs to this kind of list.
pub fn window(cursor: Option<Cursor>, limit: Option<i64>, updated_since: Option<Timestamp>) -> Result<Window, Problem> {
    if cursor.is_some_and(|cursor| !cursor.fits(updated_since.is_some())) {
        return Err(Problem::parameter(
            "cursor",
            "it belongs to a list in another order; send the same updated_since with every page",
        ));
    }
    Ok(Window::After { cursor, limit: self::limit(limit, MAX_LIMIT)? })
}

/// What `q` finds among records of a kind; `None` without it.
pub async fn found(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: RecordKind,
    q: Option<&str>,
) -> Result<Option<Found>, Problem> {
    let Some(q) = q else { return Ok(None) };
    if q.chars().count() > MAX_Q {
        return Err(Problem::parameter("q", format!("at most {MAX_Q} characters")));
    }
    Ok(Some(search::find(conn, scope, kind, q).await?))
}

/// A `limit` between 1 and `most`.
pub fn limit(given: Option<i64>, most: i64) -> Result<i64, Problem> {
    match given.unwrap_or(DEFAULT_LIMIT) {
        limit if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Problem::parameter("limit", format!("a number from 1 to {most}"))),
    }
}

/// For `#[serde(deserialize_with)]`: a value that reads itself from text.
pub fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// For `#[serde(deserialize_with)]`: values with commas between them.
pub fn several<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let text = String::deserialize(from)?;
    text.split(',')
        .map(|word| T::deserialize(serde::de::value::StringDeserializer::new(word.trim().to_owned())))
        .collect()
}

/// Each value once: a status that is named twice must not list its calls twice.
pub fn unique<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}
