//! What the guide's clients get when something goes wrong: `{error}`, with our code and the fields beside it.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::problem::Problem;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct GuideError {
    problem: Problem,
    /// Where the guide has another status than our own API.
    status: Option<StatusCode>,
}

impl GuideError {
    /// The same, with the status that the guide has for it.
    pub(super) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }
}

impl<E: Into<Problem>> From<E> for GuideError {
    fn from(error: E) -> Self {
        Self { problem: error.into(), status: None }
    }
}

impl IntoResponse for GuideError {
    fn into_response(self) -> Response {
        let Problem { code, detail, retry_after, errors } = self.problem;
        let mut body = json!({ "error": detail, "code": code.as_str() });
        if !errors.is_empty() {
            body["errors"] = json!(errors);
        }
        let status = self.status.unwrap_or(code.status());
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
