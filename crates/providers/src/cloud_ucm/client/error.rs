//! What a telephone system says no with. It answers almost everything with HTTP 200 and a number in the body; here each number
//! that somebody must act on has a name, and what it leads to.

use std::time::Duration;

use crate::{destination::DestinationError, outbound::OutboundError};

/// Why a call to a telephone system failed.
#[derive(Debug, thiserror::Error)]
pub enum UcmError {
    #[error("the telephone system does not accept this user with this password{}", tries(*tries_left))]
    WrongPassword {
        /// As it says; then it blocks our address.
        tries_left: Option<i64>,
    },
    #[error("the telephone system does not know this user")]
    UnknownUser,
    #[error(
        "the telephone system has blocked this server's address (status {status}); allow it again there, then check the \
         connection"
    )]
    Blocked { status: i64 },
    #[error(
        "a sign-in was refused before and is not tried again, because a few more would get this server's address blocked; \
         correct the user or the password, or check the connection by hand"
    )]
    HeldBack,
    #[error("this API user may not use `{action}`; give it the right at the telephone system")]
    NoPermission { action: &'static str },
    #[error("something answers there that is not the HTTPS API; see the port of the API")]
    NotTheApi,
    #[error("the telephone system wants fewer requests (status {status}); ask again in {} s", retry_after.as_secs())]
    TooFrequent { status: i64, retry_after: Duration },
    #[error("the telephone system is busy (status {status})")]
    Busy { status: i64 },
    #[error("the telephone system ends each sign-in at once; somebody else may be using the same API user")]
    SignedOut,
    #[error("the telephone system answered `{action}` with nothing, which is how it refuses a parameter")]
    Empty { action: &'static str },
    #[error("the telephone system answered `{action}` with status {status}{}", meaning(*status))]
    Status { action: &'static str, status: i64 },
    #[error("the telephone system does not have this file, or not yet{}", begins(said.as_deref()))]
    NoSuchFile {
        /// The first bytes of what came instead.
        said: Option<String>,
    },
    #[error("what the telephone system sent is no audio file; it begins with {first}")]
    NotAudio { first: String },
    #[error("a recording's name that the telephone system would not find: {0}")]
    BadName(&'static str),
    #[error("`{0}` is missing among the connection's settings")]
    Missing(&'static str),
    #[error("the address cannot be used")]
    Address(#[source] DestinationError),
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl UcmError {
    /// A status of an answer to `action`; `None` for the good one.
    pub(super) fn of_status(action: &'static str, status: i64, tries_left: Option<i64>) -> Option<Self> {
        let often = |seconds| Self::TooFrequent { status, retry_after: Duration::from_secs(seconds) };
        Some(match status {
            0 => return None,
            -37 => Self::WrongPassword { tries_left },
            -71 => Self::UnknownUser,
            -68 | -70 => Self::Blocked { status },
            -47 => Self::NoPermission { action },
            // To a challenge, which has nothing that could be wrong but where it was sent.
            -1 if action == "challenge" => Self::NotTheApi,
            -45 | -46 => often(15),
            -57 => often(60),
            -7 | -8 | -51 | -69 | -90 | -98 => Self::Busy { status },
            _ => Self::Status { action, status },
        })
    }

    /// A sign-in was refused, and another one would bring our address nearer to being blocked: a person must act first.
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::WrongPassword { .. } | Self::UnknownUser | Self::Blocked { .. } | Self::HeldBack)
    }

    /// Nothing was done; ask again after this.
    pub const fn not_before(&self) -> Option<Duration> {
        match self {
            Self::TooFrequent { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// Asking again, however late, gives the same answer.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::NotAudio { .. } | Self::BadName(_) | Self::Missing(_) | Self::Empty { .. })
    }
}

impl From<DestinationError> for UcmError {
    fn from(error: DestinationError) -> Self {
        Self::Address(error)
    }
}

fn tries(left: Option<i64>) -> String {
    match left {
        Some(left) => format!("; after {left} more wrong ones it blocks this server's address"),
        None => String::new(),
    }
}

fn begins(first: Option<&str>) -> String {
    first.map_or_else(String::new, |first| format!("; its answer begins with {first}"))
}

/// The numbers of the API's documents, in words.
const fn meaning(status: i64) -> &'static str {
    match status {
        -1 => ": a parameter is wrong",
        -5 | -6 => ": not signed in",
        -9 => ": a fault of its own",
        -15 => ": a value is wrong",
        -16 => ": there is no such item",
        -19 => ": it cannot do that",
        -26..=-24 => ": it could not read or change its own data",
        -43 => ": its data was changed meanwhile",
        -44 => ": it was added already",
        -50 => ": it does not like some character",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_that_somebody_must_act_on_have_names() {
        assert!(UcmError::of_status("cdrapi", 0, None).is_none());
        let wrong = UcmError::of_status("login", -37, Some(3)).unwrap();
        assert!(wrong.is_refusal() && wrong.to_string().contains("after 3 more"), "{wrong}");
        for status in [-68, -70, -71] {
            assert!(UcmError::of_status("login", status, None).unwrap().is_refusal(), "{status}");
        }
        for (status, seconds) in [(-45, 15), (-46, 15), (-57, 60)] {
            let waits = UcmError::of_status("cdrapi", status, None).unwrap().not_before();
            assert_eq!(waits, Some(Duration::from_secs(seconds)), "{status}");
        }
        assert!(matches!(UcmError::of_status("challenge", -1, None), Some(UcmError::NotTheApi)));
        assert!(matches!(UcmError::of_status("cdrapi", -1, None), Some(UcmError::Status { status: -1, .. })));
    }
}
