//! Signing up, in, on and out.
//!
//! A client keeps two tokens. The access token goes with each request, as Bearer, and is good for an hour; the refresh token
//! gets the next pair and is used once. Browsers may have them kept in cookies instead.

use secrecy::ExposeSecret;
use serde::Serialize;
use switchboard_app::accounts::{
    Challenge, RefreshError, ResetError, SignInError, SignUpError, SignedIn, SwitchError, Tokens,
    password::PasswordError, slow_down::SlowDown,
};
use switchboard_domain::{Timestamp, ids::SessionId};
use utoipa::ToSchema;

use crate::{
    api::v1::{
        connections::webhook::IssuedWebhook,
        me::{MembershipView, UserView},
    },
    problem::{Code, FieldProblem, Problem},
};

pub(crate) mod answer;
pub mod csrf;
pub mod forgot_password;
pub mod login;
pub mod logout;
pub mod oidc;
pub mod refresh;
pub mod reset_password;
pub mod second_factor;
pub mod signup;
pub mod switch;
pub mod verify_email;

/// Somebody is in.
#[derive(Serialize, ToSchema)]
pub struct SignedInView {
    /// Send it as `Authorization: Bearer …`. Null where the tokens are in cookies.
    pub access_token: Option<String>,
    /// The same as `access_token`, for clients that look here.
    pub token: Option<String>,
    pub token_type: Option<&'static str>,
    /// Seconds for which the access token is good.
    pub expires_in: u64,
    /// Gets the next pair of tokens, once. Null where the one that you have goes on being good, and where it is in a cookie.
    pub refresh_token: Option<String>,
    /// For a session in cookies: send it as `X-CSRF-Token` with each request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf_token: Option<String>,
    #[schema(value_type = String)]
    pub session_id: SessionId,
    /// When the session ends unless it is refreshed before.
    #[schema(value_type = String, format = DateTime)]
    pub session_expires_at: Timestamp,
    pub user: UserView,
    /// The workspace that the session is in; null for somebody who belongs to none.
    pub tenant: Option<MembershipView>,
    /// Where the telephone system of a workspace that was just made sends its call records. Its password is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<IssuedWebhook>,
}

impl From<SignedIn> for SignedInView {
    fn from(signed_in: SignedIn) -> Self {
        let Tokens { session, access_token, expires_in, refresh_token, session_expires_at } = signed_in.tokens;
        Self {
            access_token: Some(access_token.expose_secret().to_owned()),
            token: Some(access_token.expose_secret().to_owned()),
            token_type: Some("Bearer"),
            expires_in: expires_in.as_secs(),
            refresh_token: refresh_token.map(|token| token.expose_secret().to_owned()),
            csrf_token: None,
            session_id: session,
            session_expires_at,
            user: signed_in.user.into(),
            tenant: signed_in.membership.as_ref().map(MembershipView::from),
            webhook: signed_in.webhook.map(IssuedWebhook::from),
        }
    }
}

/// The password was right, and a code from the person's authenticator is awaited.
#[derive(Serialize, ToSchema)]
pub struct ChallengeView {
    /// Send it back with the code.
    pub challenge: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl From<Challenge> for ChallengeView {
    fn from(challenge: Challenge) -> Self {
        Self { challenge: challenge.token.expose_secret().to_owned(), expires_at: challenge.expires_at }
    }
}

impl From<SlowDown> for Problem {
    fn from(slow_down: SlowDown) -> Self {
        Self::new(Code::TooManyRequests, slow_down.to_string()).retry_after(slow_down.retry_after.as_secs())
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::new(Code::Overloaded, error.to_string()).retry_after(2),
            PasswordError::Hash(_) | PasswordError::Interrupted => Self::internal(&error),
        }
    }
}

impl From<SignUpError> for Problem {
    fn from(error: SignUpError) -> Self {
        let detail = error.to_string();
        match error {
            SignUpError::Invalid(faults) => Self::fields(faults),
            SignUpError::EmailTaken => {
                let taken = FieldProblem {
                    field: "email".to_owned(),
                    code: "taken",
                    message: "somebody has signed up with it; sign in, or have the password reset".to_owned(),
                };
                Self { errors: vec![taken], ..Self::new(Code::Conflict, detail) }
            }
            SignUpError::Password(error) => error.into(),
            SignUpError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let detail = error.to_string();
        match error {
            SignInError::WrongCredentials => Self::new(Code::InvalidCredentials, detail),
            SignInError::Inactive => Self::new(Code::Forbidden, detail),
            SignInError::Suspended => Self::new(Code::TenantSuspended, detail),
            SignInError::NoMember => Self::new(Code::NotFound, "there is no such workspace"),
            SignInError::SlowDown(slow_down) => slow_down.into(),
            SignInError::Password(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<ResetError> for Problem {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Invalid(faults) => Self::fields(faults),
            ResetError::BadLink => Self::new(Code::InvalidLink, error.to_string()),
            ResetError::Password(error) => error.into(),
            ResetError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Store(error) => error.into(),
            RefreshError::Unknown | RefreshError::Ended | RefreshError::Reused => {
                Self::new(Code::InvalidCredentials, error.to_string())
            }
        }
    }
}

impl From<SwitchError> for Problem {
    fn from(error: SwitchError) -> Self {
        let detail = error.to_string();
        match error {
            SwitchError::NotFound => Self::new(Code::NotFound, detail),
            SwitchError::TenantRefused(refused) => refused.into(),
            SwitchError::Impersonating => Self::new(Code::Forbidden, detail),
            SwitchError::Ended => Self::new(Code::InvalidCredentials, detail),
            SwitchError::Store(error) => error.into(),
        }
    }
}
