//! The query string of a list: what it is narrowed by, and which page of it is wanted.
//!
//! Two structs, because a list's filters are asked for in a second place: an export takes the same ones, and instead of a page
//! says what it is written as. A filter that a list gets, its export has.

use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use switchboard_domain::{mail::Language, report_schedule::FileFormat};
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

/// As what a file is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsFile {
    /// `csv` unless said.
    #[param(schema_with = file_format, required = false)]
    pub format: Option<FileFormat>,
    /// What headings on paper are written in; the request's own language unless said.
    #[param(schema_with = language, required = false)]
    pub lang: Option<Language>,
}

crate::api::v1::word_schemas! {
    file_format = FileFormat;
    language = Language;
}

/// What stands in a query string beside filters.
pub trait Beside: DeserializeOwned {
    const NAMES: &'static [&'static str];
}

impl Beside for Paging {
    const NAMES: &'static [&'static str] = &["cursor", "limit"];
}

impl Beside for AsFile {
    const NAMES: &'static [&'static str] = &["format", "lang"];
}

/// A list's query string: its filters, whose struct denies unknown fields, and the page, or what the file is to be.
#[derive(Debug)]
pub struct ListQuery<F, B = Paging>(pub F, pub B);

impl<F: DeserializeOwned, B: Beside> FromRequestParts<Web> for ListQuery<F, B> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let all = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let is_beside = |pair: &&str| B::NAMES.contains(&pair.split('=').next().unwrap_or_default());
        let (beside, filters): (Vec<&str>, Vec<&str>) = all.partition(is_beside);
        Ok(Self(read(&filters)?, read(&beside)?))
    }
}

fn read<T: DeserializeOwned>(pairs: &[&str]) -> Result<T, Problem> {
    let uri: Uri = format!("/?{}", pairs.join("&")).parse().map_err(|error| Problem::parameter("query", error))?;
    Query::<T>::try_from_uri(&uri).map(|Query(value)| value).map_err(|rejection| query::problem(&rejection))
}
