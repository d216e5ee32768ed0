//! What a client can receive as an error: a closed list with stable codes, sent as `application/problem+json` (RFC 9457).
//!
//! The body also carries `error` and `message`, which clients of the guides' servers read. `request_id` is the one in the
//! `x-request-id` header and in our logs. A client should decide by `code`; titles and details are for people and change.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use switchboard_app::{
    access::{AccessError, InternalError, TenantRefused},
    accounts::{AuthError, FieldFault},
    intake::Refused,
    mail::OutsideError,
    media::OpenError,
};
use switchboard_domain::role::Permission;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use crate::middleware::request_id;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $status:literal $text:literal $title:literal;)*) => {
        /// Every error of the API. The text never changes its meaning; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// HTTP status, stable text, title.
            pub const fn parts(self) -> (u16, &'static str, &'static str) {
                match self { $(Self::$name => ($status, $text, $title),)* }
            }
        }
    };
}

codes! {
    /// A parameter of the path or the query string has a wrong value, or is not known.
    InvalidParameter 400 "invalid_parameter" "Invalid parameter";
    /// The body is not what the route expects.
    InvalidBody 400 "invalid_body" "Invalid body";
    /// No API key was given.
    MissingCredentials 401 "missing_credentials" "Unauthorized";
    /// The key or signature opens nothing.
    InvalidCredentials 401 "invalid_credentials" "Unauthorized";
    /// A request of a signed-in browser without the token of its session, or made by another site.
    CsrfFailed 403 "csrf_failed" "Cross-site request refused";
    /// Nobody has invited this person, and the installation does not let everybody in.
    NotInvited 403 "not_invited" "Not invited";
    /// An address must be confirmed first.
    EmailNotVerified 403 "email_not_verified" "E-mail address not verified";
    /// The caller is known, and may not do this.
    Forbidden 403 "forbidden" "Forbidden";
    /// The workspace is suspended or was closed; the detail says why. What providers deliver is kept meanwhile.
    TenantSuspended 403 "tenant_suspended" "Workspace suspended";
    /// The plan's limit is reached, and the plan adds nothing new past it.
    PlanLimitReached 403 "plan_limit_reached" "Plan limit reached";
    /// There is no such thing, or it belongs to somebody else.
    NotFound 404 "not_found" "Not found";
    /// The link of a mail is unknown, was used, or is too old.
    InvalidLink 400 "invalid_link" "Invalid link";
    /// The path exists, with other methods.
    MethodNotAllowed 405 "method_not_allowed" "Method not allowed";
    /// The thing is in a state that does not allow this, or somebody else was first.
    Conflict 409 "conflict" "Conflict";
    /// A request with the same `Idempotency-Key` is being handled right now.
    RequestInProgress 409 "request_in_progress" "Request in progress";
    /// What came after the given number is no longer kept: read everything again.
    ResetRequired 410 "reset_required" "Reset required";
    /// The link worked once; it expired, was taken back, or what it showed is gone.
    LinkEnded 410 "link_ended" "Link ended";
    /// The body is larger than the route takes.
    BodyTooLarge 413 "body_too_large" "Body too large";
    /// The body must be sent as `application/json`.
    UnsupportedMediaType 415 "unsupported_media_type" "Unsupported media type";
    /// The requested bytes lie outside the file.
    RangeNotSatisfiable 416 "range_not_satisfiable" "Range not satisfiable";
    /// The `Idempotency-Key` was used for another request before.
    IdempotencyKeyReused 422 "idempotency_key_reused" "Idempotency key reused";
    /// Too many requests; `Retry-After` says when to come back.
    TooManyRequests 429 "too_many_requests" "Too many requests";
    /// Our fault. The request id finds it in the logs.
    Internal 500 "internal" "Internal Server Error";
    /// The provider refused, or did not answer.
    ProviderFailed 502 "provider_failed" "Provider failed";
    /// The database is away; nothing was done.
    Unavailable 503 "unavailable" "Service unavailable";
    /// It took too long and was given up. It may have been done: look before you send it again.
    TimedOut 504 "timed_out" "Timed out";
    /// Too much is waiting; send it again in a moment.
    Overloaded 503 "overloaded" "Overloaded";
    /// The installation is in maintenance.
    Maintenance 503 "maintenance" "Maintenance";
}

impl Code {
    pub const fn as_str(self) -> &'static str {
        self.parts().1
    }

    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.parts().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What is wrong with one field of the body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field's name.
    pub field: String,
    /// Stable: required, invalid, too_short, too_long, too_common, out_of_bounds, taken, unknown.
    pub code: &'static str,
    /// For a person; the field is its subject.
    pub message: String,
}

impl From<FieldFault> for FieldProblem {
    fn from(fault: FieldFault) -> Self {
        Self { field: fault.field.to_owned(), code: fault.code, message: fault.message }
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do next, for a person.
    pub detail: String,
    pub code: Code,
    /// Names this request in our logs.
    pub request_id: String,
    /// The same as `title`, for clients of the guides' servers.
    pub error: &'static str,
    /// The same as `detail`, for clients of the guides' servers.
    pub message: String,
    /// What is wrong with which field of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    /// Seconds, for the `Retry-After` header.
    pub retry_after: Option<u64>,
    /// What is wrong with which field of the body.
    pub errors: Vec<FieldProblem>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), retry_after: None, errors: Vec::new() }
    }

    /// Fields of the body that need another value.
    pub fn fields(faults: Vec<FieldFault>) -> Self {
        let sentences: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect();
        let errors = faults.into_iter().map(FieldProblem::from).collect();
        Self { errors, ..Self::new(Code::InvalidBody, sentences.join("; ")) }
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {what}"))
    }

    /// The caller is known and may not do this.
    pub fn forbidden(permission: Permission) -> Self {
        let detail = format!("this needs the permission `{permission}`; ask an owner or admin of the workspace for it");
        Self::new(Code::Forbidden, detail)
    }

    /// A wrong value of the query string or path.
    pub fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        Self::new(Code::InvalidParameter, format!("{name}: {why}"))
    }

    /// Our fault: the cause goes to the log, once and with its chain; the client gets the request id.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(error), request_id = request_id(), "a request failed");
        Self::new(Code::Internal, "something went wrong here; the request id finds it in the logs")
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The body, for those who send it in another envelope.
    pub fn body(&self) -> ProblemBody {
        let (status, text, title) = self.code.parts();
        ProblemBody {
            kind: format!("/docs#{text}"),
            title,
            status,
            detail: self.detail.clone(),
            code: self.code,
            request_id: request_id(),
            error: title,
            message: self.detail.clone(),
            errors: self.errors.clone(),
        }
    }
}

/// An error with its causes, for one line of log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.code.status(), Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::warn!(error = %chain(&error), "a request found the database away");
                Self::new(Code::Unavailable, "the database is not available; try again in a moment").retry_after(1)
            }
            StoreError::Conflict(_) => Self::new(Code::Conflict, error.to_string()),
            StoreError::LeaseLost => Self::new(Code::Conflict, "another node took this over; try again"),
            StoreError::Statement(_) | StoreError::Inconsistent { .. } | StoreError::Migrate(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unknown => Self::new(Code::InvalidCredentials, "Invalid API key"),
            AccessError::Expired | AccessError::Revoked | AccessError::AppDisabled => {
                Self::new(Code::InvalidCredentials, error.to_string())
            }
            AccessError::TenantRefused(refused) => refused.into(),
            AccessError::Unavailable(_) => Self::new(Code::Unavailable, error.to_string()).retry_after(1),
        }
    }
}

impl From<TenantRefused> for Problem {
    fn from(refused: TenantRefused) -> Self {
        Self::new(Code::TenantSuspended, refused.to_string())
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let detail = error.to_string();
        match error {
            AuthError::Token(_) | AuthError::Ended => Self::new(Code::InvalidCredentials, detail),
            AuthError::NoTenant | AuthError::NoMember => Self::new(Code::Forbidden, detail),
            AuthError::TenantRefused(refused) => refused.into(),
            AuthError::Unavailable(_) => Self::new(Code::Unavailable, detail).retry_after(1),
        }
    }
}

impl From<InternalError> for Problem {
    fn from(error: InternalError) -> Self {
        match error {
            // The guides' server answers 500 here; a closed door is the safer reading of an unset secret.
            InternalError::NotConfigured => Self::new(Code::Forbidden, error.to_string()),
            InternalError::Wrong => Self::new(Code::Forbidden, "Invalid authentication token"),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::UnknownConnection => Self::new(Code::NotFound, detail),
            Refused::Rejected(_) => Self::new(Code::InvalidCredentials, detail),
            Refused::Overloaded => Self::new(Code::Overloaded, detail).retry_after(1),
            Refused::Guessing { seconds } => Self::new(Code::Overloaded, detail).retry_after(seconds),
            Refused::Unavailable => Self::new(Code::Unavailable, detail).retry_after(1),
        }
    }
}

impl From<OutsideError> for Problem {
    fn from(error: OutsideError) -> Self {
        let detail = error.to_string();
        match error {
            OutsideError::TooMany { wait, .. } | OutsideError::TooManyToOne { wait, .. } => {
                Self::new(Code::TooManyRequests, detail).retry_after(wait.as_secs().max(1))
            }
            OutsideError::NotVerified => Self::new(Code::EmailNotVerified, detail),
            OutsideError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        let detail = error.to_string();
        match error {
            OpenError::Forged | OpenError::Expired => Self::new(Code::Forbidden, detail),
            OpenError::NotFound => Self::new(Code::NotFound, detail),
            OpenError::Range { .. } => Self::new(Code::RangeNotSatisfiable, detail),
            OpenError::Store(_) => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_written_as_serde_writes_them() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{}", code.as_str());
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_ne!(code.status(), StatusCode::OK);
        }
    }
}
