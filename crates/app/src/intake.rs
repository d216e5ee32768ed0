//! From the wire to the disk: who sent it, what it contains, and one group commit (`queue`) before anybody is answered.

mod queue;

use std::{sync::Arc, time::Duration};

use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{self, ConnectionId, DeliveryId, TenantId},
};
use switchboard_providers::{
    Connectable as _,
    cloud_ucm::CloudUcm,
    contract::{Item, Provider, RawRequest, Verified},
};
use switchboard_store::{StoreError, events::NewEvent};

pub use self::queue::{Committer, Intake};
use crate::{
    App,
    hooks::{self, Resolved},
    speech,
};

/// Where a delivery came in.
#[derive(Debug, Clone)]
pub enum HookRoute {
    /// A connection's own URL.
    Token(String),
    /// The URL that all connections of a provider can share: `/webhooks/dialpad`.
    Fixed(&'static str),
    /// The guide's address of call records, with the subdomain of a workspace: `/api/webhook/cdr/{subdomain}`.
    Workspace(String),
    /// Anywhere else: telephone systems have a field for a host, and some none for a path.
    Anywhere,
}

impl HookRoute {
    /// As it may be kept and shown: a token is a secret.
    fn shown(&self) -> String {
        match self {
            Self::Token(_) => "/hooks/…".to_owned(),
            Self::Fixed(provider) => format!("/webhooks/{provider}"),
            Self::Workspace(subdomain) => {
                format!("/api/webhook/cdr/{}", subdomain.chars().take(100).collect::<String>())
            }
            Self::Anywhere => "/".to_owned(),
        }
    }
}

/// A delivery that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Items that were new.
    pub stored: usize,
    /// Items that had been stored before.
    pub duplicates: usize,
}

/// A delivery that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no connection at this URL; copy the webhook URL again from the connection's page")]
    UnknownConnection,
    #[error("{0}")]
    Rejected(#[source] switchboard_providers::contract::Rejection),
    #[error("too many deliveries are waiting to be stored; send this one again in a moment")]
    Overloaded,
    /// A refusal of the way and not of the delivery, like the one above it: its password was not looked at.
    #[error("too many wrong passwords came from this address; send this delivery again in {seconds} s")]
    Guessing { seconds: u64 },
    #[error("the database is not available; send this delivery again in a moment")]
    Unavailable,
}

/// Takes in one delivery. When this returns `Ok`, every item of it is on disk, and the provider may be told so.
pub async fn receive(
    app: &App,
    route: HookRoute,
    request: RawRequest,
    address: Option<String>,
) -> Result<Received, Refused> {
    let resolved = identify(app, &route, &request, address).await?;
    store(app, resolved, &request).await
}

/// Who sent a delivery, or why it is not believed. Who wants to know before the body is read asks with an empty one: only
/// those whose providers sign bodies cannot be known then.
pub async fn identify(
    app: &App,
    route: &HookRoute,
    request: &RawRequest,
    address: Option<String>,
) -> Result<Resolved, Refused> {
    let from = address.as_deref().and_then(|address| address.parse().ok());
    match hooks::resolve(app, route, request, from).await {
        Ok(resolved) => Ok(resolved),
        Err(hooks::Unresolved::Unknown) => Err(Refused::UnknownConnection),
        Err(hooks::Unresolved::Unavailable(error)) => Err(unavailable(&error)),
        Err(hooks::Unresolved::Busy) => Err(Refused::Overloaded),
        Err(hooks::Unresolved::Guessing { wait }) => Err(Refused::Guessing { seconds: wait.as_secs() + 1 }),
        Err(hooks::Unresolved::Rejected { rejection, owner }) => {
            metrics::counter!("switchboard_deliveries_total", "outcome" => "rejected").increment(1);
            let shown = route.shown();
            Box::pin(hooks::keep_rejection(app, &shown, &rejection, owner, request, address)).await;
            Err(Refused::Rejected(rejection))
        }
    }
}

/// Whether a workspace has this subdomain: for those who only look whether anybody is there.
pub async fn is_workspace(app: &App, subdomain: &str) -> Result<bool, Refused> {
    let found = switchboard_store::platform::find_tenant_by_subdomain(&app.db, subdomain).await;
    Ok(found.map_err(|error| unavailable(&error))?.is_some())
}

/// Puts a delivery of a known sender on disk. `request` may hold a body that came after its sender was known.
pub async fn store(app: &App, resolved: Resolved, request: &RawRequest) -> Result<Received, Refused> {
    let received_at = app.now();
    let (hook, provider, verified) = match resolved {
        Resolved::Owned { hook, provider, verified } => (hook, provider, verified),
        Resolved::Nobodys { provider, reason } => {
            return Box::pin(park(app, provider, reason, request)).await.map_err(|error| unavailable(&error));
        }
    };
    let origin = Origin {
        tenant: hook.tenant,
        connection: hook.connection,
        provider,
        source: Source::Push,
        received_at,
        context: hook.context,
    };
    let mut items = cut(provider, request, verified).await?;
    speech::incoming::redact(app, hook.tenant, provider, &mut items).await.map_err(|error| unavailable(&error))?;
    let events = origin.events(app, items, &hooks::kept_headers(request).into());
    if provider.slug() == CloudUcm.slug() {
        return Box::pin(append_patiently(app, events)).await;
    }
    if events.is_empty() {
        return Ok(Received { stored: 0, duplicates: 0 });
    }
    app.intake.append(events).await
}

/// Bytes of a body that are cut into items at once.
const SMALL: usize = 256 * 1024;

/// The items of a delivery. A body of megabytes takes long enough that everybody else on its thread would notice.
async fn cut(provider: &'static dyn Provider, request: &RawRequest, verified: Verified) -> Result<Vec<Item>, Refused> {
    if verified.payload.len() <= SMALL {
        return Ok(provider.split(request, &verified));
    }
    let request = request.clone();
    tokio::task::spawn_blocking(move || provider.split(&request, &verified)).await.map_err(|error| {
        tracing::error!(%error, "a large delivery could not be cut into its items");
        Refused::Unavailable
    })
}

/// Events that are committed together, of a delivery that holds thousands.
const CHUNK: usize = 512;
/// How long a telephone system waits for its answer before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(25);

/// Waits for a place instead of refusing. A telephone system keeps records back while we are away and sends all of them at
/// once when we are there again; nobody knows whether it sends anything twice, so a refusal may be a loss. In parts, because
/// everybody else's deliveries wait for a commit.
async fn append_patiently(app: &App, mut events: Vec<NewEvent>) -> Result<Received, Refused> {
    let mut received = Received { stored: 0, duplicates: 0 };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(CHUNK));
        let part = tokio::time::timeout_at(deadline, app.intake.append_waiting(events)).await;
        let part = part.unwrap_or(Err(Refused::Overloaded))?;
        received.stored += part.stored;
        received.duplicates += part.duplicates;
        events = rest;
    }
    Ok(received)
}

/// What reading a connection's items depends on besides their bytes, as it is now.
pub async fn context_of(
    app: &App,
    tenant: TenantId,
    connection: ConnectionId,
    provider: &dyn Provider,
) -> Result<Option<Arc<str>>, StoreError> {
    let found = switchboard_store::platform::passwords::surroundings(&app.db, tenant, connection).await?;
    Ok(found.and_then(|(settings, zone)| provider.context(&settings, &zone)).map(Into::into))
}

/// Logs what we asked a provider for, so that records depend on nothing outside the log.
pub async fn append_pulled(
    app: &App,
    tenant: TenantId,
    connection: ConnectionId,
    provider: &'static dyn Provider,
    mut items: Vec<Item>,
) -> Result<Received, Refused> {
    speech::incoming::redact(app, tenant, provider, &mut items).await.map_err(|error| unavailable(&error))?;
    let context = context_of(app, tenant, connection, provider).await.map_err(|error| unavailable(&error))?;
    let origin = Origin { tenant, connection, provider, source: Source::Pull, received_at: app.now(), context };
    app.intake.append_waiting(origin.events(app, items, &"{}".into())).await
}

async fn park(
    app: &App,
    provider: &'static dyn Provider,
    reason: String,
    request: &RawRequest,
) -> Result<Received, StoreError> {
    metrics::counter!("switchboard_deliveries_total", "outcome" => "unrouted").increment(1);
    tracing::warn!(provider = provider.slug(), reason, "a correctly signed delivery belongs to no connection");
    let unrouted = switchboard_store::platform::Unrouted {
        id: app.id::<DeliveryId>().uuid(),
        provider: provider.slug(),
        reason,
        headers: serde_json::from_str(&hooks::kept_headers(request)).unwrap_or_default(),
        body: request.body.to_vec(),
        received_at: app.now(),
    };
    switchboard_store::platform::insert_unrouted(&app.db, &unrouted).await?;
    Ok(Received { stored: 1, duplicates: 0 })
}

/// Whose items they are and how they came.
#[derive(Clone)]
pub(crate) struct Origin {
    pub tenant: TenantId,
    pub connection: ConnectionId,
    pub provider: &'static dyn Provider,
    pub source: Source,
    pub received_at: Timestamp,
    pub context: Option<Arc<str>>,
}

impl Origin {
    /// Rows of the log for the items of one delivery.
    pub(crate) fn events(&self, app: &App, items: Vec<Item>, headers: &Arc<str>) -> Vec<NewEvent> {
        // Asked for at once: the generator costs by the call.
        let mut random = vec![[0; 10]; items.len() + 1];
        app.random.fill(random.as_flattened_mut());
        let now = app.now();
        let delivery_id: DeliveryId = ids::born(now, random[items.len()]);
        let event = |(index, item): (usize, Item)| NewEvent {
            id: ids::born(now, random[index]),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: self.provider.slug(),
            delivery_id,
            item_index: i32::try_from(index).unwrap_or(i32::MAX),
            event_type: item.kind,
            lane: item.lane,
            dedup_key: item.dedup.0,
            external_id: item.external_id,
            source: self.source,
            occurred_at: item.occurred_at,
            received_at: self.received_at,
            normalize_version: self.provider.normalize_version(),
            headers: Arc::clone(headers),
            body: item.body,
            context: self.context.clone(),
        };
        items.into_iter().enumerate().map(event).collect()
    }
}

fn unavailable(error: &StoreError) -> Refused {
    tracing::error!(error = %chain(error), "a delivery could not be taken in");
    Refused::Unavailable
}

/// An error with its causes, for one line of log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// An item of our own making, to be logged in the transaction of its effect.
pub(crate) fn own_events(app: &App, tenant: TenantId, connection: ConnectionId, item: Item) -> Vec<NewEvent> {
    let origin = Origin {
        tenant,
        connection,
        provider: &switchboard_providers::switchboard::Switchboard,
        source: Source::Own,
        received_at: app.now(),
        context: None,
    };
    origin.events(app, vec![item], &"{}".into())
}
