//! What every handler can reach.

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;
use switchboard_app::{App, live::Live, sandbox::StandIns};
use switchboard_domain::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{dashboard::Dashboard, health::HealthLimit, middleware::frame::RequestIds};

/// Which web pages may call the API from another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    Any,
    /// As browsers write them: scheme, host and port. All others get no CORS header at all.
    Only(Vec<String>),
}

/// Says whether the peer with this address is a proxy of ours, whose `X-Forwarded-For` counts.
pub type TrustsPeer = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Longer than any call to a provider that a handler waits for.
const HANDLER_TIME: Duration = Duration::from_mins(1);

/// How much patience live sockets get.
#[derive(Debug, Clone, Copy)]
pub struct SocketTimes {
    /// How often a client is asked whether it is there. One that has not answered by the next time is cut off.
    pub ping_every: Duration,
    /// How long a client may take for one message.
    pub send: Duration,
    /// How often a client of Socket.IO or of the event stream must still be allowed to listen: sessions end, keys are revoked,
    /// roles change. One of `/ws` is asked with each ping.
    pub ask_again: Duration,
}

impl Default for SocketTimes {
    fn default() -> Self {
        Self { ping_every: Duration::from_secs(30), send: Duration::from_secs(10), ask_again: Duration::from_mins(1) }
    }
}

/// What the installation's settings say about HTTP.
#[derive(Clone)]
pub struct HttpOptions {
    pub trusts_peer: TrustsPeer,
    pub allowed_origins: AllowedOrigins,
    /// What `/metrics` renders; without one the route answers 404.
    pub metrics: Option<PrometheusHandle>,
    /// Answers are marked `Strict-Transport-Security`.
    pub is_https: bool,
    /// Where browsers that come by http are sent, as `https://host`: the first, or the one that they asked for. None
    /// outside of production, where nobody is sent anywhere.
    pub https_origins: Vec<String>,
    /// How long a handler may take, with the reading of its body.
    pub handler_time: Duration,
    pub sockets: SocketTimes,
    /// Bytes of the largest delivery. Our own API takes less: see [`crate::extract::JSON_LIMIT`].
    pub body_limit: usize,
    /// Cancelled when the node stops: open sockets and streams are closed then.
    pub stopping: CancellationToken,
    /// The stand-ins that run beside this server, if any do.
    pub stand_ins: Option<Arc<dyn StandIns>>,
    /// What browsers are shown.
    pub dashboard: Dashboard,
}

impl Default for HttpOptions {
    /// Trusts nobody, allows no foreign origin, shows no metrics.
    fn default() -> Self {
        Self {
            trusts_peer: Arc::new(|_| false),
            allowed_origins: AllowedOrigins::Only(Vec::new()),
            metrics: None,
            is_https: false,
            https_origins: Vec::new(),
            handler_time: HANDLER_TIME,
            sockets: SocketTimes::default(),
            body_limit: crate::webhooks::BODY_LIMIT,
            stopping: CancellationToken::new(),
            stand_ins: None,
            dashboard: Dashboard::default(),
        }
    }
}

/// The state of all routes. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

pub struct Shared {
    pub app: Arc<App>,
    pub live: Live,
    pub options: HttpOptions,
    pub(crate) health_limit: HealthLimit,
    pub(crate) started_at: Timestamp,
    pub(crate) request_ids: RequestIds,
}

impl Web {
    pub fn new(app: Arc<App>, options: HttpOptions) -> Self {
        let live = Live::new(&app, options.stopping.clone());
        let started_at = app.now();
        let request_ids = RequestIds::new(app.random.array());
        let health_limit = HealthLimit::default();
        Self(Arc::new(Shared { app, live, options, health_limit, started_at, request_ids }))
    }
}

impl Deref for Web {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<Web> for Arc<App> {
    fn from_ref(web: &Web) -> Self {
        Self::clone(&web.app)
    }
}
