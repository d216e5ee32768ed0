//! Dialpad's API, as one connection may use it. One file per noun; this one is what they share.
//!
//! What a call returns is either a typed value, where we act on it, or the original bytes, where it goes into the log
//! as an event (`GET /call`, transcripts, the answer to a sent message): the log keeps what Dialpad said, not what we
//! understood of it at the time.

mod calls;
mod directory;
mod media;
mod messages;
mod subscriptions;

use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

pub use self::{
    calls::{
        CallQuery, Callback, Destination, GroupType, InitiateCall, RecordingType, RingCall, Transfer, TransferState,
    },
    directory::{Company, Contact, Group, OptOut, StatsRequest, StatsState, User},
    media::Downloaded,
    messages::SendMessage,
    subscriptions::{ContactType, Signature, Subscription, SubscriptionKind, SubscriptionWish, Webhook},
};
use super::operations::{COMPANY, Operation};
use crate::outbound::{Http, OutboundError, Reply};

/// The most pages that are read of a list that we want whole: at Dialpad's page sizes far more than any company has.
const MAX_PAGES: usize = 200;

/// One page of a list. No cursor: the last page.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Before a refused request goes out again, whatever `Retry-After` says: 0 must not become a busy loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(250);

/// A connection's access to Dialpad.
#[derive(Debug, Clone)]
pub struct DialpadClient {
    http: Http,
    base: Url,
    token: SecretString,
    scope: String,
}

impl DialpadClient {
    /// `token`: an API key or an OAuth access token. `scope` names the company for its rate limits; the connection's id
    /// serves.
    pub fn new(
        http: Http,
        base_url: &str,
        token: SecretString,
        scope: impl Into<String>,
    ) -> Result<Self, OutboundError> {
        let base = Url::parse(base_url).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        Ok(Self { http, base, token, scope: scope.into() })
    }

    /// Waits for a turn, then calls. `path` fills the braces of the operation's path, in order. Who else calls with the
    /// same company's allowance (another node, a command) is not known here, so Dialpad's own "not now" is waited out as
    /// well: a 429 says that nothing was done.
    async fn call(&self, operation: &Operation, path: &[&str], extra: Extra<'_>) -> Result<Reply, OutboundError> {
        let url = self.url(operation, path)?;
        let mut patience = self.http.limits().patience;
        loop {
            let error = match self.call_once(operation, url.clone(), &extra).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            tracing::debug!(operation = operation.name, error = %error, "dialpad call failed");
            let wait = error.retry_after().map(|wait| wait.max(SHORTEST_WAIT));
            match wait {
                Some(wait) if error.status() == Some(429) && wait <= patience => {
                    patience -= wait;
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(error),
            }
        }
    }

    async fn call_once(&self, operation: &Operation, url: Url, extra: &Extra<'_>) -> Result<Reply, OutboundError> {
        let patience = self.http.limits().patience;
        self.http.pace().wait(&self.scope, operation.rate, patience).await?;
        self.http.pace().wait(&self.scope, COMPANY, patience).await?;
        let request = self.http.request(operation.method.clone(), url).bearer_auth(self.token.expose_secret());
        let request = match extra {
            Extra::None => request,
            Extra::Query(pairs) => request.query(pairs),
            Extra::Body(body) => request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.clone()),
        };
        self.http.send(request).await
    }

    fn url(&self, operation: &Operation, values: &[&str]) -> Result<Url, OutboundError> {
        let mut url = self.base.clone();
        let mut values = values.iter();
        {
            let mut segments =
                url.path_segments_mut().map_err(|()| OutboundError::BadUrl("the base address has no path".into()))?;
            segments.pop_if_empty();
            for segment in operation.path.split('/').skip(1) {
                let filled =
                    if segment.starts_with('{') { values.next().copied().unwrap_or_default() } else { segment };
                // An empty or dotted segment would make it another route.
                if matches!(filled, "" | "." | "..") {
                    return Err(OutboundError::BadUrl(format!("an id is missing to {}", operation.name)));
                }
                segments.push(filled);
            }
        }
        Ok(url)
    }

    async fn get<T: DeserializeOwned>(&self, operation: &Operation, path: &[&str]) -> Result<T, OutboundError> {
        self.call(operation, path, Extra::None).await?.json()
    }

    async fn send<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, OutboundError> {
        self.send_raw(operation, path, body).await?.json()
    }

    async fn send_raw(
        &self,
        operation: &Operation,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<Reply, OutboundError> {
        let body = serde_json::to_vec(body).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        self.call(operation, path, Extra::Body(body.into())).await
    }

    async fn page<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Page<T>, OutboundError> {
        self.call(operation, path, Extra::Query(query)).await?.json()
    }

    /// A list from its first page to its last.
    async fn whole_list<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Vec<T>, OutboundError> {
        let mut items = Vec::new();
        let mut query = query.to_vec();
        for _ in 0..MAX_PAGES {
            let page: Page<T> = self.page(operation, path, &query).await?;
            items.extend(page.items);
            let Some(cursor) = page.cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(items) };
            query.retain(|(name, _)| *name != "cursor");
            query.push(("cursor", cursor));
        }
        Err(OutboundError::Unreadable(format!("the list has more than {MAX_PAGES} pages")))
    }
}

/// What goes with a request.
enum Extra<'a> {
    None,
    Query(&'a [(&'a str, String)]),
    Body(Bytes),
}

/// The items of a page as they were sent.
fn raw_items(page: Page<Box<RawValue>>) -> Page<Bytes> {
    let items = page.items.into_iter().map(|raw| Bytes::from(Box::<str>::from(raw).into_string())).collect();
    Page { items, cursor: page.cursor.filter(|cursor| !cursor.is_empty()) }
}
