//! The query string of a list: what it is narrowed by, and which page of it is wanted.
//!
//! Two structs, because a list's filters are asked for in a second place: an export takes the same ones and has no pages. A
//! filter that a list gets, its export has.

use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use switchboard_store::page::Cursor;
use utoipa::IntoParams;

use super::query;
use crate::{problem::Problem, state::Web};

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

const PAGING: [&str; 2] = ["cursor", "limit"];

/// A list's query string: its filters, whose struct denies unknown fields, and the page.
#[derive(Debug)]
pub struct ListQuery<F>(pub F, pub Paging);

impl<F: DeserializeOwned> FromRequestParts<Web> for ListQuery<F> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let all = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let is_paging = |pair: &&str| PAGING.contains(&pair.split('=').next().unwrap_or_default());
        let (paging, filters): (Vec<&str>, Vec<&str>) = all.partition(is_paging);
        Ok(Self(read(&filters)?, read(&paging)?))
    }
}

fn read<T: DeserializeOwned>(pairs: &[&str]) -> Result<T, Problem> {
    let uri: Uri = format!("/?{}", pairs.join("&")).parse().map_err(|error| Problem::parameter("query", error))?;
    Query::<T>::try_from_uri(&uri).map(|Query(value)| value).map_err(|rejection| query::problem(&rejection))
}
