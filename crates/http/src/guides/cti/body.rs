//! Request bodies: a JSON object, whatever the content type says (the guide's clients are `curl` commands), and an error in
//! the guide's shape when it is none.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde_json::{Map, Value};

use super::error::GuideError;
use crate::state::Web;

/// The members of the body; an empty body has none.
pub(super) struct Body(Map<String, Value>);

impl FromRequest<Web> for Body {
    type Rejection = GuideError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, GuideError> {
        let bytes = Bytes::from_request(request, web)
            .await
            .map_err(|error| GuideError::new(error.status(), "Invalid request", error.body_text()))?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(GuideError::bad_request("The body must be a JSON object")),
            Err(error) => Err(GuideError::bad_request(format!(
                "The body is not JSON (line {}, column {})",
                error.line(),
                error.column()
            ))),
        }
    }
}

impl Body {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string that may be left out.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, GuideError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(GuideError::bad_request(format!("{name} must be a string"))),
        }
    }
}
