//! The one way out. Every call to somebody else's API goes through [`Http`], which has what a plain client lacks:
//! time-outs for connecting, for silence and in all; a bound on what is read; no redirects (they carry credentials to
//! wherever an answer points); no proxy from the environment; and errors that say whether the request may have had its
//! effect, which is the only thing that decides whether it may be sent again.
//!
//! Addresses that tenants type take another door of it ([`Http::public_url`], [`Http::request_public`]), behind which only
//! public addresses lie: see [`crate::destination`].

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{RequestBuilder, Response, StatusCode, Url, header};
use serde::de::DeserializeOwned;

use crate::{
    destination::{Allowed, DestinationError, PublicNames, PublicUrl, refusal},
    pace::Pace,
};

/// Hops of a redirect that are followed for a tenant's address.
const MAX_REDIRECTS: usize = 3;

/// What happens if a request is sent twice. Each operation of a client declares its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Twice is the same as once: repeat it freely.
    Idempotent,
    /// Twice is twice, but it can be looked up whether the first one took effect: look, then decide.
    Queryable,
    /// Twice is twice, and nobody can tell: after an uncertain end it is a person's to decide.
    Neither,
}

/// The bounds of a call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connect: Duration,
    /// The longest silence while reading.
    pub read: Duration,
    /// For the whole call, body included. Leases on jobs that call out are longer than this.
    pub total: Duration,
    /// The longest answer that is read into memory.
    pub max_bytes: usize,
    /// The longest wait for a turn under a rate limit.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            total: Duration::from_secs(30),
            max_bytes: 8 * 1024 * 1024,
            patience: Duration::from_secs(10),
        }
    }
}

/// Why a call to a provider failed.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("the provider did not answer in time{}", if *sent { "; it may have done what was asked" } else { "; nothing was sent" })]
    TimedOut {
        /// Bytes may have reached the provider.
        sent: bool,
    },
    #[error("the connection broke before the answer was complete; the provider may have done what was asked")]
    Broken(#[source] reqwest::Error),
    #[error("the provider answered {status}{}", hint(*status))]
    Refused {
        status: u16,
        /// The start of what it said, at most 300 characters. It may quote what we sent: show it to the tenant's own
        /// people, never log it.
        excerpt: String,
        retry_after: Option<Duration>,
    },
    #[error("the provider cannot be reached; nothing was sent")]
    Unreachable(#[source] reqwest::Error),
    #[error("the answer is longer than {max} bytes")]
    TooLarge { max: u64 },
    #[error("the provider's answer is not of the documented form: {0}")]
    Unreadable(String),
    #[error("the limit `{limit}` of the provider is used up; try again in {} s", retry_after.as_secs() + 1)]
    RateLimited { retry_after: Duration, limit: &'static str },
    #[error("the address is not at the provider ({origin}), and credentials are sent nowhere else")]
    WrongOrigin { origin: String },
    #[error("the request could not be made: {0}")]
    BadUrl(String),
    #[error(transparent)]
    Destination(#[from] DestinationError),
    #[error("the address redirects more than {MAX_REDIRECTS} times")]
    TooManyRedirects,
    #[error("the answer could not be written")]
    Sink(#[source] io::Error),
    #[error("the HTTP client could not be made")]
    Setup(#[source] reqwest::Error),
}

impl OutboundError {
    /// The request may have had its effect although it failed: an operation with [`Effect::Neither`] must not simply
    /// be repeated.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::TimedOut { sent } => *sent,
            Self::Broken(_) | Self::TooLarge { .. } | Self::Unreadable(_) | Self::Sink(_) => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Unreachable(_)
            | Self::RateLimited { .. }
            | Self::WrongOrigin { .. }
            | Self::BadUrl(_)
            | Self::Destination(_)
            | Self::TooManyRedirects
            | Self::Setup(_) => false,
        }
    }

    /// When to try again, where somebody said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// The provider's status code, where it answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    fn from_send(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if let Some(refused) = refusal(&error) {
            Self::Destination(refused)
        } else if error.is_builder() {
            Self::BadUrl("the address or the key contains characters that cannot be sent".to_owned())
        } else if error.is_timeout() {
            Self::TimedOut { sent: !error.is_connect() }
        } else if error.is_connect() {
            Self::Unreachable(error)
        } else {
            Self::Broken(error)
        }
    }
}

/// What a person can do about a status.
fn hint(status: u16) -> &'static str {
    match status {
        401 => ": its key or token is not accepted (any more); connect again or enter a new one",
        403 => ": the key or token lacks a right or scope for this",
        404 => ": it does not know this item",
        429 => ": too many requests",
        500.. => ": trouble at the provider",
        _ => "",
    }
}

/// The client that everything goes through. Cheap to clone; one per process is enough.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    /// For addresses that tenants type: it connects to public addresses only.
    guarded: reqwest::Client,
    allowed: Allowed,
    pace: Arc<Pace>,
    limits: Limits,
}

/// An answer with a good status, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Bytes,
}

impl Reply {
    /// The body as `T`. The error names the place, not the contents.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, OutboundError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            OutboundError::Unreadable(format!(
                "unexpected JSON at line {}, column {} ({:?})",
                error.line(),
                error.column(),
                error.classify()
            ))
        })
    }
}

impl Http {
    pub fn new(limits: Limits) -> Result<Self, OutboundError> {
        Self::allowing(limits, Allowed::default())
    }

    /// With networks that tenants' addresses may lead to although they are not public.
    pub fn allowing(limits: Limits, allowed: Allowed) -> Result<Self, OutboundError> {
        let names = PublicNames::new(allowed.clone());
        Self::resolving(limits, allowed, names)
    }

    fn resolving(limits: Limits, allowed: Allowed, names: PublicNames) -> Result<Self, OutboundError> {
        let client = builder(&limits).build().map_err(OutboundError::Setup)?;
        let guarded = builder(&limits).dns_resolver(Arc::new(names)).build().map_err(OutboundError::Setup)?;
        Ok(Self { client, guarded, allowed, pace: Arc::new(Pace::new()), limits })
    }

    /// The same, for tenants' addresses whose certificate is known by its SHA-256 (hex) rather than by who vouches for it.
    pub fn pinned(&self, certificate: &str) -> Result<Self, OutboundError> {
        let tls = crate::pinned::config(certificate)?;
        let names = PublicNames::new(self.allowed.clone());
        let guarded = builder(&self.limits)
            .dns_resolver(Arc::new(names))
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(OutboundError::Setup)?;
        Ok(Self { guarded, ..self.clone() })
    }

    /// The same, for calls that take as long as somebody's work: silence while it is done is no sign of trouble.
    pub fn patient(&self, total: Duration, max_bytes: usize) -> Result<Self, OutboundError> {
        let limits = Limits { read: total, total, max_bytes, ..self.limits };
        let patient = Self::resolving(limits, self.allowed.clone(), PublicNames::new(self.allowed.clone()))?;
        Ok(Self { pace: Arc::clone(&self.pace), ..patient })
    }

    /// A request to be handed to [`Self::send`].
    pub fn request(&self, method: reqwest::Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Takes an address apart that a tenant typed, or that came in an event. The error says what is wrong with it.
    pub fn public_url(&self, text: &str) -> Result<PublicUrl, DestinationError> {
        self.allowed.parse(text)
    }

    /// As [`public_url`](Self::public_url), and also asks what the name stands for: for when an address is entered.
    pub async fn check_public_url(&self, text: &str) -> Result<PublicUrl, DestinationError> {
        let url = self.allowed.parse(text)?;
        self.allowed.look_up(&url).await?;
        Ok(url)
    }

    /// A request to a tenant's address, to be handed to [`Self::send`]. What the name stands for is judged again when the
    /// connection is made. A redirect is an answer like any other and is not followed.
    pub fn request_public(&self, method: reqwest::Method, url: &PublicUrl) -> RequestBuilder {
        self.guarded.request(method, url.as_url().clone())
    }

    /// Reads a tenant's address without any credential, following a few redirects, each of which is judged like the
    /// first.
    pub async fn get_public(&self, url: &PublicUrl) -> Result<Reply, OutboundError> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.open(self.request_public(reqwest::Method::GET, &url)).await?;
            match redirect_target(&response) {
                None => return self.read(response).await,
                Some(target) => url = self.allowed.judge(target?)?,
            }
        }
        Err(OutboundError::TooManyRedirects)
    }

    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends and reads the whole answer. Anything but 2xx is [`OutboundError::Refused`].
    pub async fn send(&self, request: RequestBuilder) -> Result<Reply, OutboundError> {
        let response = self.open(request).await?;
        self.read(response).await
    }

    async fn read(&self, mut response: Response) -> Result<Reply, OutboundError> {
        let status = response.status();
        if !status.is_success() {
            return Err(refused(response).await);
        }
        let max = self.limits.max_bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > max {
                return Err(OutboundError::TooLarge { max: u64::try_from(max).unwrap_or(u64::MAX) });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status: status.as_u16(), body: body.into() })
    }

    /// Sends and returns the answer unread, whatever its status.
    pub(crate) async fn open(&self, request: RequestBuilder) -> Result<Response, OutboundError> {
        request.send().await.map_err(OutboundError::from_send)
    }
}

/// What every client has. Redirects carry credentials to wherever an answer points, and a proxy from the environment
/// would look names up for us.
fn builder(limits: &Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
}

/// A failure while the answer was coming in: the request had arrived.
pub(crate) fn broken(error: reqwest::Error) -> OutboundError {
    let error = error.without_url();
    if error.is_timeout() { OutboundError::TimedOut { sent: true } } else { OutboundError::Broken(error) }
}

/// The refusal that a response is, with the start of its body.
pub(crate) async fn refused(mut response: Response) -> OutboundError {
    const EXCERPT_CHARS: usize = 300;
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut start = Vec::new();
    while start.len() < EXCERPT_CHARS * 4 {
        match response.chunk().await {
            Ok(Some(chunk)) => start.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    let excerpt = String::from_utf8_lossy(&start).chars().take(EXCERPT_CHARS).collect();
    OutboundError::Refused { status, excerpt, retry_after }
}

/// `Retry-After` in seconds, at most a day. Its other form, a date, is not used by the providers here.
fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    const DAY_SECONDS: u64 = 86_400;
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(DAY_SECONDS)))
}

/// The address in `url`, if it is at `base`: same scheme, host and port. An address out of an event must pass here
/// before a credential is sent to it; an event is only as trustworthy as its content.
pub fn ensure_same_origin(base: &Url, url: &str) -> Result<Url, OutboundError> {
    let parsed = Url::parse(url).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
    let has_user_info = !parsed.username().is_empty() || parsed.password().is_some();
    if parsed.origin() != base.origin() || has_user_info {
        return Err(OutboundError::WrongOrigin { origin: base.origin().ascii_serialization() });
    }
    Ok(parsed)
}

/// Where a provider's answer points, if it is safe to go there *without* credentials: https, to a name (never an
/// address literal, which no resolver would be asked about), on the usual port.
pub(crate) fn ensure_public_name(url: &Url) -> Result<(), OutboundError> {
    let is_name = url.domain().is_some_and(|name| {
        let name = name.trim_end_matches('.');
        name.contains('.') && ![".local", ".internal", ".localhost"].iter().any(|private| name.ends_with(private))
    });
    if url.scheme() == "https" && is_name && url.port().is_none() && url.username().is_empty() {
        return Ok(());
    }
    Err(OutboundError::BadUrl("the provider redirects to a place that is not on the public web".to_owned()))
}

/// `true` for a redirect that names a place.
pub(crate) fn redirect_target(response: &Response) -> Option<Result<Url, OutboundError>> {
    let is_redirect = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let place = response.headers().get(header::LOCATION).filter(|_| is_redirect)?;
    let joined = place.to_str().ok().and_then(|place| response.url().join(place).ok());
    Some(joined.ok_or_else(|| OutboundError::BadUrl("the provider redirects to an unreadable address".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_at_the_provider() {
        let base = Url::parse("https://dialpad.com").unwrap();
        assert!(ensure_same_origin(&base, "https://dialpad.com/r/1?x=1").is_ok());
        for elsewhere in [
            "http://dialpad.com/r/1",
            "https://dialpad.com.evil.example/r/1",
            "https://dialpad.com@evil.example/r/1",
            "https://evil@dialpad.com/r/1",
            "https://dialpad.com:8443/r/1",
            "https://169.254.169.254/latest",
            "file:///etc/passwd",
            "/r/1",
        ] {
            assert!(ensure_same_origin(&base, elsewhere).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn redirects_lead_to_public_names_only() {
        let check = |url: &str| ensure_public_name(&Url::parse(url).unwrap()).is_ok();
        assert!(check("https://storage.googleapis.com/bucket/1.mp3?signature=x"));
        for bad in [
            "http://storage.googleapis.com/1",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://redis.internal/",
            "https://example.com:6379/",
            "https://user@example.com/",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }

    /// Serves on `address` and answers everything with a redirect to `target`, or with 200 where there is none.
    async fn serve(address: &str, target: Option<String>) -> u16 {
        let listener = tokio::net::TcpListener::bind((address, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = axum::routing::get(move || {
            let target = target.clone();
            async move {
                use axum::response::IntoResponse;
                target.map_or_else(
                    || "here".into_response(),
                    |target| axum::response::Redirect::to(&target).into_response(),
                )
            }
        });
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await.unwrap() });
        port
    }

    fn only(network: &str) -> Allowed {
        Allowed::new(vec![network.parse().unwrap()])
    }

    #[tokio::test]
    async fn every_hop_of_a_redirect_is_judged() {
        let inside = serve("127.0.0.1", None).await;
        for target in [
            format!("http://127.0.0.1:{inside}/"),
            format!("http://localhost:{inside}/"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
        ] {
            let hop = serve("127.0.0.2", Some(target.clone())).await;
            let http = Http::allowing(Limits::default(), only("127.0.0.2/32")).unwrap();
            let url = http.public_url(&format!("http://127.0.0.2:{hop}/")).unwrap();
            let refused = http.get_public(&url).await.unwrap_err();
            let OutboundError::Destination(DestinationError::Private { .. }) = refused else {
                panic!("{target}: {refused:?}")
            };
        }
        // The same way, to a place that may be reached.
        let hop = serve("127.0.0.2", Some(format!("http://127.0.0.1:{inside}/"))).await;
        let http = Http::allowing(Limits::default(), only("127.0.0.0/8")).unwrap();
        let url = http.public_url(&format!("http://127.0.0.2:{hop}/")).unwrap();
        assert_eq!(http.get_public(&url).await.unwrap().body, "here");
        let circle = serve("127.0.0.2", Some("/again".to_owned())).await;
        let url = http.public_url(&format!("http://127.0.0.2:{circle}/")).unwrap();
        assert!(matches!(http.get_public(&url).await, Err(OutboundError::TooManyRedirects)));
    }

    #[tokio::test]
    async fn a_name_that_turns_inwards_after_the_check_is_not_connected_to() {
        let port = serve("127.0.0.2", None).await;
        // The look-ups of one name: what it stands for when it is first called, and what from then on.
        let answers = std::sync::Mutex::new(vec![1, 1, 2]);
        let names = PublicNames::asking(only("127.0.0.2/32"), move |_| {
            let last = answers.lock().unwrap().pop().unwrap_or(1);
            vec![std::net::SocketAddr::from(([127, 0, 0, last], 0))]
        });
        let http = Http::resolving(Limits::default(), only("127.0.0.2/32"), names).unwrap();
        let url = http.public_url(&format!("http://turning.example:{port}/")).unwrap();
        // Not kept open: each request connects anew.
        let close = |request: RequestBuilder| request.header(header::CONNECTION, "close");
        let first = http.send(close(http.request_public(reqwest::Method::GET, &url))).await.unwrap();
        assert_eq!(first.body, "here");
        let refused = http.get_public(&url).await.unwrap_err();
        assert!(matches!(refused, OutboundError::Destination(DestinationError::Private { .. })), "{refused:?}");
        assert!(!refused.may_have_taken_effect() && refused.to_string().contains("turning.example"), "{refused}");
    }
}
