//! Tries the API of a telephone system: a challenge, a sign-in with its answer, and out again.

use super::client::{Sessions, UcmAccess, UcmClient, UcmError};
use crate::{
    connect::{Account, BaseUrls, CheckError, Given},
    outbound::{Http, OutboundError},
};

/// A sign-in of its own, whatever is remembered of earlier ones: a person wants to know.
pub(super) async fn check(http: &Http, _urls: &BaseUrls, given: &Given) -> Result<Account, CheckError> {
    let access = UcmAccess::of(given)?;
    let client = UcmClient::new(&Sessions::default(), http, &access.host, &access)?;
    client.sign_in().await?;
    // That it could not be ended says nothing of the password.
    if let Err(error) = client.sign_out().await {
        tracing::debug!(%error, "a sign-in at a telephone system was not ended");
    }
    Ok(Account { id: Some(access.host), name: None })
}

impl From<UcmError> for CheckError {
    fn from(error: UcmError) -> Self {
        let field = match &error {
            UcmError::WrongPassword { .. } => "password",
            UcmError::UnknownUser | UcmError::Blocked { .. } | UcmError::HeldBack | UcmError::NoPermission { .. } => {
                "username"
            }
            UcmError::NotTheApi => "port",
            UcmError::Address(refused) => return Self::Wrong { field: "host", found: refused.to_string() },
            UcmError::Missing(name) => return Self::Missing(name),
            _ => {
                return match error {
                    UcmError::Outbound(error) => error.into(),
                    other => Self::Unasked(OutboundError::Unreadable(other.to_string())),
                };
            }
        };
        Self::Wrong { field, found: error.to_string() }
    }
}
