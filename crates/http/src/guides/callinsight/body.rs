//! Request bodies: a JSON object, whatever the content type says (the guide's clients are `curl` commands).

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde_json::{Map, Value};

use super::error::GuideError;
use crate::{
    problem::{Code, Problem},
    state::Web,
};

/// The members of the body; an empty body has none.
pub(super) struct Body(Map<String, Value>);

impl FromRequest<Web> for Body {
    type Rejection = GuideError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, GuideError> {
        let bytes = Bytes::from_request(request, web)
            .await
            .map_err(|_| Problem::new(Code::BodyTooLarge, "the body is larger than this route takes"))?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::new(Code::InvalidBody, "the body must be a JSON object").into()),
            Err(error) => {
                let detail = format!("the body is not JSON (line {}, column {})", error.line(), error.column());
                Err(Problem::new(Code::InvalidBody, detail).into())
            }
        }
    }
}

impl Body {
    /// Whether a member is there, whatever it is.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Names of members that are none of these.
    pub(super) fn others(&self, known: impl Fn(&str) -> bool) -> Vec<&str> {
        self.0.keys().map(String::as_str).filter(|name| !known(name)).collect()
    }

    /// A string or a whole number (a port), which may be left out.
    pub(super) fn text_or_number(&self, name: &str) -> Result<Option<String>, GuideError> {
        match self.0.get(name) {
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            _ => self.text(name),
        }
    }

    /// A yes or no that may be left out.
    pub(super) fn switch(&self, name: &str) -> Result<Option<bool>, GuideError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(is_on)) => Ok(Some(*is_on)),
            Some(_) => Err(Problem::new(Code::InvalidBody, format!("{name} must be true or false")).into()),
        }
    }

    /// A string that may be left out.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, GuideError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Problem::new(Code::InvalidBody, format!("{name} must be a string")).into()),
        }
    }
}
