//! One's own second factor: an authenticator, and recovery codes.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use switchboard_app::accounts::SecondFactorError;
use utoipa::ToSchema;

use crate::problem::{Code, FieldProblem, Problem};

pub mod confirm;
pub mod disable;
pub mod enrol;
pub mod get;
pub mod renew_codes;

/// Recovery codes. Shown this once: write them down.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each signs you in once in place of a code of your authenticator.
    pub recovery_codes: Vec<String>,
}

impl From<Vec<SecretString>> for RecoveryCodes {
    fn from(codes: Vec<SecretString>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose_secret().to_owned()).collect() }
    }
}

impl From<SecondFactorError> for Problem {
    fn from(error: SecondFactorError) -> Self {
        let detail = error.to_string();
        match error {
            SecondFactorError::UnknownSignIn => Self::new(Code::InvalidCredentials, detail),
            SecondFactorError::WrongCode => field("code", detail),
            SecondFactorError::WrongPassword => field("password", detail),
            SecondFactorError::AlreadyOn | SecondFactorError::NotOn | SecondFactorError::NotBegun => {
                Self::new(Code::Conflict, detail)
            }
            SecondFactorError::Impersonating => Self::new(Code::Forbidden, detail),
            SecondFactorError::SlowDown(slow_down) => slow_down.into(),
            SecondFactorError::SignIn(error) => error.into(),
            SecondFactorError::Password(error) => error.into(),
            SecondFactorError::Vault(error) => Self::internal(&error),
            SecondFactorError::Store(error) => error.into(),
        }
    }
}

fn field(name: &str, message: String) -> Problem {
    let fault = FieldProblem { field: name.to_owned(), code: "invalid", message: message.clone() };
    Problem { errors: vec![fault], ..Problem::new(Code::InvalidCredentials, message) }
}
