//! Audio that a provider keeps, as a stream into whatever keeps our copy.
//!
//! One trait for all who have some, so that whoever makes the copy does not know whose it is: an address with a token, a form
//! that is posted after a sign-in, and what else there will be.

use std::{future::Future, pin::Pin};

use aws_lc_rs::digest;
use bytes::Bytes;
use reqwest::{Response, header};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::{
    cloud_ucm::UcmError,
    outbound::{OutboundError, broken},
};

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    pub content_type: Option<String>,
    pub bytes: u64,
    /// Hex.
    pub sha256: String,
}

/// Why audio was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    #[error(transparent)]
    Ucm(#[from] UcmError),
}

/// Where audio goes.
pub type Sink<'s> = dyn AsyncWrite + Unpin + Send + 's;

/// The answer to [`Audio::download`], on its way.
pub type Downloading<'a> = Pin<Box<dyn Future<Output = Result<Downloaded, AudioError>> + Send + 'a>>;

/// An account, signed in to, whose audio can be fetched.
pub trait Audio: Send + Sync {
    /// Streams the audio that is at `place`, as the provider's events name it, into `sink`, at most `max_bytes` of it. After an
    /// error, what the sink holds is incomplete.
    fn download<'a>(&'a self, place: &'a str, max_bytes: u64, sink: &'a mut Sink<'_>) -> Downloading<'a>;
}

/// Pours an answer into the sink: what was read of it already, then the rest.
pub(crate) async fn pour(
    begun: Bytes,
    mut response: Response,
    max_bytes: u64,
    sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
) -> Result<Downloaded, OutboundError> {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.map(|value| value.chars().take(100).collect());
    let mut digest = digest::Context::new(&digest::SHA256);
    let mut bytes: u64 = 0;
    let mut next = Some(begun);
    while let Some(chunk) = next {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > max_bytes {
            return Err(OutboundError::TooLarge { max: max_bytes });
        }
        digest.update(&chunk);
        sink.write_all(&chunk).await.map_err(OutboundError::Sink)?;
        next = response.chunk().await.map_err(broken)?;
    }
    sink.flush().await.map_err(OutboundError::Sink)?;
    Ok(Downloaded { content_type, bytes, sha256: hex::encode(digest.finish()) })
}
