//! Audio: recordings and voicemails, as a stream into whatever keeps them.

use std::time::Duration;

use aws_lc_rs::digest;
use reqwest::{Method, Response, Url, header};
use secrecy::ExposeSecret;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::DialpadClient;
use crate::{
    dialpad::operations::COMPANY,
    outbound::{OutboundError, broken, ensure_public_name, ensure_same_origin, redirect_target, refused},
};

/// Hours of audio at a slow line; silence is cut much earlier by the read time-out.
const TOTAL: Duration = Duration::from_mins(10);
const MAX_REDIRECTS: usize = 3;

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    pub content_type: Option<String>,
    pub bytes: u64,
    /// Hex.
    pub sha256: String,
}

impl DialpadClient {
    /// Streams the audio at `url` into `sink`, at most `max_bytes` of it.
    ///
    /// The address comes out of an event, so the credential goes with it only if it is at this connection's Dialpad;
    /// any other address is refused. Where Dialpad itself redirects to its storage, the way there is walked without
    /// the credential, and only to a public name over https. After an error, what the sink holds is incomplete.
    pub async fn download(
        &self,
        url: &str,
        max_bytes: u64,
        sink: &mut (impl AsyncWrite + Unpin + Send),
    ) -> Result<Downloaded, OutboundError> {
        let url = ensure_same_origin(&self.base, url)?;
        self.http.pace().wait(&self.scope, COMPANY, self.http.limits().patience).await?;
        let response = self.follow(url).await?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(OutboundError::TooLarge { max: max_bytes });
        }
        pour(response, max_bytes, sink).await
    }

    async fn follow(&self, mut url: Url) -> Result<Response, OutboundError> {
        for _ in 0..=MAX_REDIRECTS {
            let request = if url.origin() == self.base.origin() {
                self.http.request(Method::GET, url).bearer_auth(self.token.expose_secret())
            } else {
                ensure_public_name(&url)?;
                self.http.request_public(Method::GET, &self.http.public_url(url.as_str())?)
            };
            let request = request.timeout(TOTAL);
            let response = self.http.open(request).await?;
            match redirect_target(&response) {
                None => return Ok(response),
                Some(target) => url = target?,
            }
        }
        Err(OutboundError::Unreadable("the audio is behind too many redirects".to_owned()))
    }
}

async fn pour(
    mut response: Response,
    max_bytes: u64,
    sink: &mut (impl AsyncWrite + Unpin + Send),
) -> Result<Downloaded, OutboundError> {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.map(|value| value.chars().take(100).collect());
    let mut digest = digest::Context::new(&digest::SHA256);
    let mut bytes: u64 = 0;
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > max_bytes {
            return Err(OutboundError::TooLarge { max: max_bytes });
        }
        digest.update(&chunk);
        sink.write_all(&chunk).await.map_err(OutboundError::Sink)?;
    }
    sink.flush().await.map_err(OutboundError::Sink)?;
    Ok(Downloaded { content_type, bytes, sha256: hex::encode(digest.finish()) })
}
