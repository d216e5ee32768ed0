//! JSON bodies of ours, with a limit and with errors that name the field.

use axum::{
    Json,
    body::HttpBody,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{StatusCode, header},
};
use serde::de::DeserializeOwned;

use crate::{
    problem::{Code, Problem},
    state::Web,
};

/// Bytes that a JSON body of ours may have. Webhooks have a limit of their own.
pub const JSON_LIMIT: usize = 256 * 1024;

/// A JSON body.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for JsonBody<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        // No body at all means an empty object: many POSTs have nothing that must be said.
        let is_absent = !request.headers().contains_key(header::CONTENT_TYPE) && request.body().is_end_stream();
        let read = if is_absent { Json::<T>::from_bytes(b"{}") } else { Json::<T>::from_request(request, web).await };
        match read {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(problem(&rejection)),
        }
    }
}

fn problem(rejection: &JsonRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::BodyTooLarge, format!("the body is larger than {} kB", JSON_LIMIT / 1024))
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(Code::UnsupportedMediaType, "send the body as JSON, with content-type: application/json")
        }
        _ => Problem::new(Code::InvalidBody, rejection.body_text()),
    }
}
