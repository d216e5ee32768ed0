//! An id in the path, prefixed or bare.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::{problem::Problem, state::Web};

/// The last segment of the path, as an id.
#[derive(Debug, Clone, Copy)]
pub struct IdPath<I>(pub I);

impl<I: FromStr<Err: Display>> FromRequestParts<Web> for IdPath<I> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, web)
            .await
            .map_err(|rejection| Problem::parameter("id", rejection.body_text()))?;
        text.parse().map(Self).map_err(|error| Problem::parameter("id", error))
    }
}

/// Two ids in the path, the outer one first.
#[derive(Debug, Clone, Copy)]
pub struct IdsPath<A, B>(pub A, pub B);

impl<A: FromStr<Err: Display>, B: FromStr<Err: Display>> FromRequestParts<Web> for IdsPath<A, B> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Path((outer, inner)) = Path::<(String, String)>::from_request_parts(parts, web)
            .await
            .map_err(|rejection| Problem::parameter("id", rejection.body_text()))?;
        let outer = outer.parse().map_err(|error| Problem::parameter("id", error))?;
        Ok(Self(outer, inner.parse().map_err(|error| Problem::parameter("id", error))?))
    }
}
