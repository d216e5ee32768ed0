//! Audio: recordings and voicemails, as a stream into whatever keeps them.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Method, Response, Url};
use secrecy::ExposeSecret;
use tokio::io::AsyncWrite;

use super::DialpadClient;
pub use crate::audio::Downloaded;
use crate::{
    audio::{Audio, Downloading, Sink, pour},
    dialpad::operations::COMPANY,
    outbound::{OutboundError, ensure_public_name, ensure_same_origin, redirect_target, refused},
};

/// Hours of audio at a slow line; silence is cut much earlier by the read time-out.
const TOTAL: Duration = Duration::from_mins(10);
const MAX_REDIRECTS: usize = 3;

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
        pour(Bytes::new(), response, max_bytes, sink).await
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

impl Audio for DialpadClient {
    fn download<'a>(&'a self, place: &'a str, max_bytes: u64, mut sink: &'a mut Sink<'_>) -> Downloading<'a> {
        Box::pin(async move { Ok(Self::download(self, place, max_bytes, &mut sink).await?) })
    }
}
