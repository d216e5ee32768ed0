//! What the guide's clients get when something goes wrong: `{error, message}`, with `success: false` where its code had it.
//! Causes go to the log, once, with their whole chain; a client is told what it can act on.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use switchboard_app::{
    apps::AppsError,
    connections::{ClientError, ConnectionsError, CredentialsError},
    oauth::OAuthError,
    plans::GrowthError,
    provisioning::ProvisionError,
};
use switchboard_providers::OutboundError;
use switchboard_store::StoreError;

/// Seconds after which a client should try again when the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct GuideError {
    status: StatusCode,
    body: Map<String, Value>,
}

impl GuideError {
    pub(super) fn new(status: StatusCode, error: &str, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("success".to_owned(), Value::Bool(false));
        body.insert("error".to_owned(), error.into());
        body.insert("message".to_owned(), Value::String(message.into()));
        Self { status, body }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Invalid request", message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// `what` as in "App not found".
    pub(super) fn not_found(what: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("{what} not found"), message)
    }

    pub(super) fn app_not_found() -> Self {
        Self::not_found("App", "There is no app with this id")
    }

    /// Adds something that the guide's code gives along.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Our fault. The cause is for the log.
    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(error), "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", "Something went wrong on this server")
    }

    fn unavailable(error: &dyn std::error::Error) -> Self {
        tracing::warn!(error = %chain(error), "the database is away");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", "The database is away; try again in a moment")
    }

    /// A provider did not do what was asked. What it said is shown to the installation's own administration.
    fn provider(error_name: &str, error: &OutboundError) -> Self {
        let details = match error {
            OutboundError::Refused { status, excerpt, .. } => json!({ "status": status, "reason": excerpt }),
            other => json!({ "reason": other.to_string() }),
        };
        Self::new(StatusCode::BAD_GATEWAY, error_name, sentence(error)).with("details", details)
    }

    fn conflict(error: &dyn std::error::Error) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", sentence(error))
    }
}

impl IntoResponse for GuideError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Value::Object(self.body))).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

/// An error's own words, as a sentence.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl From<StoreError> for GuideError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() { Self::unavailable(&error) } else { Self::internal(&error) }
    }
}

impl From<AppsError> for GuideError {
    fn from(error: AppsError) -> Self {
        match error {
            AppsError::BadName
            | AppsError::BadGrace
            | AppsError::BadKeyName
            | AppsError::NoScopes
            | AppsError::NotForApps(_)
            | AppsError::BadExpiry
            | AppsError::BadLimit => Self::bad_request(sentence(&error)),
            AppsError::NotFound => Self::app_not_found(),
            AppsError::KeyNotFound => Self::not_found("Key", sentence(&error)),
            AppsError::Exceeds(_) | AppsError::Inactive => Self::forbidden(sentence(&error)),
            AppsError::KeyEnded => Self::conflict(&error),
            AppsError::NoRoom(error) => error.into(),
            AppsError::Store(error) => error.into(),
        }
    }
}

impl From<GrowthError> for GuideError {
    fn from(error: GrowthError) -> Self {
        match error {
            GrowthError::LimitReached { .. } => Self::forbidden(sentence(&error)),
            GrowthError::Store(error) => error.into(),
        }
    }
}

impl From<ConnectionsError> for GuideError {
    fn from(error: ConnectionsError) -> Self {
        match error {
            ConnectionsError::NotFound => Self::not_found("Connection", "This app has no connection to Dialpad"),
            ConnectionsError::NoSuchApp => Self::app_not_found(),
            ConnectionsError::UnknownProvider(_)
            | ConnectionsError::BadName
            | ConnectionsError::Fields(_)
            | ConnectionsError::TakesNothingIn(_) => Self::bad_request(sentence(&error)),
            ConnectionsError::SecretTaken | ConnectionsError::StillThere(_) => Self::conflict(&error),
            ConnectionsError::NoRoom(error) => error.into(),
            ConnectionsError::Vault(_) | ConnectionsError::Password(_) => Self::internal(&error),
            ConnectionsError::Store(error) => error.into(),
        }
    }
}

impl From<OAuthError> for GuideError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::NotConfigured => {
                Self::new(StatusCode::BAD_REQUEST, "OAuth is not configured", sentence(&error))
            }
            OAuthError::UnknownState => Self::new(StatusCode::BAD_REQUEST, "Invalid state", sentence(&error)),
            OAuthError::OtherBrowser => Self::forbidden(sentence(&error)),
            OAuthError::Exchange(source) => Self::provider("Token exchange failed", &source),
            OAuthError::Refresh(source) => Self::provider("Token refresh failed", &source),
            OAuthError::OtherCompany { .. } => Self::conflict(&error),
            OAuthError::NotConnected => {
                Self::new(StatusCode::NOT_FOUND, "App not connected to Dialpad", sentence(&error))
            }
            OAuthError::Expired => Self::new(StatusCode::BAD_GATEWAY, "Dialpad token expired", sentence(&error)),
            OAuthError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", sentence(&error)),
            OAuthError::Interrupted | OAuthError::Vault(_) => Self::internal(&error),
            OAuthError::Connection(error) => error.into(),
            OAuthError::Store(error) => error.into(),
        }
    }
}

impl From<ProvisionError> for GuideError {
    fn from(error: ProvisionError) -> Self {
        match error {
            ProvisionError::BadUrl { .. } | ProvisionError::BadSecret => Self::bad_request(sentence(&error)),
            ProvisionError::NotFound => Self::not_found("Webhook", sentence(&error)),
            ProvisionError::Refused(source) => Self::provider("Dialpad API error", &source),
            ProvisionError::Interrupted => Self::internal(&error),
            ProvisionError::Client(ClientError::Credentials(CredentialsError::Missing)) => {
                Self::new(StatusCode::NOT_FOUND, "No Dialpad connection", sentence(&CredentialsError::Missing))
            }
            ProvisionError::Client(ClientError::Credentials(error @ CredentialsError::OtherProvider(_))) => {
                Self::conflict(&error)
            }
            ProvisionError::Client(ClientError::Credentials(CredentialsError::OAuth(error))) => error.into(),
            ProvisionError::Client(ClientError::Credentials(CredentialsError::Connection(error)))
            | ProvisionError::Connection(error) => error.into(),
            ProvisionError::Client(error @ ClientError::Address(_)) => Self::internal(&error),
            ProvisionError::Store(error) => error.into(),
        }
    }
}
