//! How an attempt fails, and what follows from it.

use std::time::Duration;

use switchboard_domain::Timestamp;
use switchboard_providers::{OutboundError, audio::AudioError, cloud_ucm::UcmError};
use switchboard_store::{StoreError, work::Outcome};

use crate::{
    connections::SourceError,
    intake::{Refused, chain},
};

/// The wait before work is tried again that could not be tried at all.
const NOT_TRIED: Duration = Duration::from_secs(1);

/// The wait before a telephone system that refused us is asked again whether a person has acted.
const HELD: Duration = Duration::from_mins(15);

/// An attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another attempt may succeed, not before `after` from now where somebody asked for that.
    Retry { reason: String, after: Option<Duration> },
    /// No attempt will succeed.
    GiveUp { reason: String },
    /// Nothing was tried: the database is away, the node stops, or we stay under a rate limit. Does not count.
    NotTried { after: Duration },
    /// The lane is another node's now; so is the decision.
    LeaseLost,
}

impl Failure {
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry { reason: reason.into(), after: None }
    }

    pub fn give_up(reason: impl Into<String>) -> Self {
        Self::GiveUp { reason: reason.into() }
    }

    /// What an error means, by the first of its causes that says so: a database that is away, a provider's answer. The
    /// reason names the whole chain, never the provider's words, which may quote what we sent.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error_here) = cause {
            if let Some(store) = error_here.downcast_ref::<StoreError>() {
                return Self::of_store(store, chain(error));
            }
            if let Some(outbound) = error_here.downcast_ref::<OutboundError>() {
                return Self::of_outbound(outbound, chain(error));
            }
            if let Some(ucm) = error_here.downcast_ref::<UcmError>() {
                return Self::of_ucm(ucm, chain(error));
            }
            cause = error_here.source();
        }
        Self::retry(chain(error))
    }

    /// The log did not take what we pulled: it is full or away, and neither is the job's fault.
    pub fn of_refused(refused: &Refused) -> Self {
        match refused {
            Refused::Overloaded | Refused::Guessing { .. } | Refused::Unavailable => {
                Self::NotTried { after: NOT_TRIED }
            }
            Refused::UnknownConnection | Refused::Rejected(_) => Self::give_up(refused.to_string()),
        }
    }

    fn of_store(error: &StoreError, reason: String) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            error if error.is_unavailable() => Self::NotTried { after: NOT_TRIED },
            _ => Self::retry(reason),
        }
    }

    fn of_outbound(error: &OutboundError, reason: String) -> Self {
        match error {
            OutboundError::RateLimited { retry_after, .. } => Self::NotTried { after: (*retry_after).max(NOT_TRIED) },
            // A key can be replaced, a recording can still appear; what else the provider refuses it refuses for good.
            OutboundError::Refused { status: 401 | 403 | 404 | 408 | 409 | 425 | 429 | 500.., retry_after, .. } => {
                Self::Retry { reason, after: *retry_after }
            }
            OutboundError::Refused { .. }
            | OutboundError::WrongOrigin { .. }
            | OutboundError::BadUrl(_)
            | OutboundError::TooManyRedirects
            | OutboundError::TooLarge { .. } => Self::GiveUp { reason },
            // A name that is not found, or leads elsewhere just now, may be put right.
            OutboundError::Destination(_)
            | OutboundError::TimedOut { .. }
            | OutboundError::Broken(_)
            | OutboundError::Unreachable(_)
            | OutboundError::Unreadable(_)
            | OutboundError::Sink(_)
            | OutboundError::Setup(_) => Self::Retry { reason, after: None },
        }
    }

    fn of_ucm(error: &UcmError, reason: String) -> Self {
        match error {
            UcmError::Outbound(outbound) => Self::of_outbound(outbound, reason),
            // Nothing is lost by waiting for whoever corrects the password, and another try would do harm.
            error if error.is_refusal() => Self::NotTried { after: HELD },
            error if error.is_final() => Self::GiveUp { reason },
            error => match error.not_before() {
                Some(after) => Self::NotTried { after },
                None => Self::Retry { reason, after: None },
            },
        }
    }

    /// What is written into the row; `None` when that is not ours to write.
    pub(crate) fn outcome(self, now: Timestamp) -> Option<Outcome> {
        match self {
            Self::Retry { reason, after } => {
                Some(Outcome::Failed { reason, not_before: after.map(|after| now + after) })
            }
            Self::GiveUp { reason } => Some(Outcome::Dead { reason }),
            Self::NotTried { after } => Some(Outcome::PutBack { run_at: now + after }),
            Self::LeaseLost => None,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of(&error)
    }
}

impl From<AudioError> for Failure {
    fn from(error: AudioError) -> Self {
        match error {
            AudioError::Outbound(error) => Self::of(&error),
            AudioError::Ucm(error) => Self::of(&error),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Held => Self::NotTried { after: HELD },
            SourceError::NothingThere(_) | SourceError::Incomplete(_) => Self::give_up(chain(&error)),
            SourceError::Dialpad(error) => Self::of(&error),
            SourceError::Ucm(error) => Self::of(&error),
            SourceError::Connection(error) => Self::of(&error),
        }
    }
}

impl From<OutboundError> for Failure {
    fn from(error: OutboundError) -> Self {
        Self::of(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::ConnectionsError;

    fn refused(status: u16) -> OutboundError {
        OutboundError::Refused { status, excerpt: "secret".into(), retry_after: Some(Duration::from_secs(7)) }
    }

    #[test]
    fn what_storage_says_decides_however_deep_it_lies() {
        assert_eq!(Failure::of(&ConnectionsError::Store(StoreError::LeaseLost)), Failure::LeaseLost);
        assert!(matches!(Failure::of(&ConnectionsError::Store(StoreError::Conflict("key"))), Failure::Retry { .. }));
    }

    #[test]
    fn a_providers_answer_decides_and_its_words_are_not_repeated() {
        let failure = Failure::from(refused(429));
        let Failure::Retry { reason, after } = failure else { panic!("{failure:?}") };
        assert_eq!(after, Some(Duration::from_secs(7)));
        assert!(!reason.contains("secret"));
        assert!(matches!(Failure::from(refused(400)), Failure::GiveUp { .. }));
        assert!(matches!(Failure::from(refused(503)), Failure::Retry { .. }));
        assert!(matches!(Failure::from(OutboundError::TimedOut { sent: true }), Failure::Retry { .. }));
        let wrong = OutboundError::WrongOrigin { origin: "https://dialpad.com".into() };
        assert!(matches!(Failure::from(wrong), Failure::GiveUp { .. }));
    }
}
