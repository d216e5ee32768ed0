//! The listeners: loopback only, one port for all stand-ins, and one with TLS for the telephone systems.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header::HOST},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    clouducm::{self, CloudUcm, UcmControl},
    config::SandboxConfig,
    dialpad::{self, Dialpad, DialpadControl},
    speech::{self, Speech, SpeechControl},
};

/// How long open requests may take to end after [`RunningSandbox::shutdown`] before they are cut.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// The entry point: [`Sandbox::start`].
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Binds 127.0.0.1 and serves until shut down or dropped.
    ///
    /// # Errors
    /// The port is taken, or no HTTP client for deliveries can be made on this machine.
    pub async fn start(config: SandboxConfig) -> io::Result<RunningSandbox> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let (ucm, ucm_server) = CloudUcm::start(config.clone(), stop.clone()).await?;
        let dialpad =
            Dialpad::new(config, format!("http://{address}"), stop.clone()).map(Arc::new).map_err(io::Error::other)?;
        let speech = Speech::new(format!("http://{address}"), stop.clone()).map(Arc::new).map_err(io::Error::other)?;
        let routes = Router::new()
            .merge(dialpad::router(Arc::clone(&dialpad)))
            .merge(speech::router(Arc::clone(&speech)))
            .nest("/_sandbox/clouducm", clouducm::controls(Arc::clone(&ucm)))
            .layer(middleware::from_fn(loopback_names_only));
        let stopped = stop.clone();
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).with_graceful_shutdown(stopped.cancelled_owned()).await
        });
        Ok(RunningSandbox { address, stop, server, dialpad, ucm, ucm_server, speech })
    }
}

/// A running sandbox; dropping it stops it.
#[derive(Debug)]
pub struct RunningSandbox {
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<io::Result<()>>,
    dialpad: Arc<Dialpad>,
    ucm: Arc<CloudUcm>,
    ucm_server: JoinHandle<io::Result<()>>,
    speech: Arc<Speech>,
}

impl RunningSandbox {
    /// `http://127.0.0.1:<port>`, the base URL of every stand-in.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The Dialpad stand-in, for use in the same process.
    pub fn dialpad(&self) -> DialpadControl {
        DialpadControl::new(Arc::clone(&self.dialpad))
    }

    /// The telephone systems, likewise.
    pub fn clouducm(&self) -> UcmControl {
        UcmControl::new(Arc::clone(&self.ucm))
    }

    /// The speech services, likewise.
    pub fn speech(&self) -> SpeechControl {
        SpeechControl::new(Arc::clone(&self.speech))
    }

    /// Stops listening, cancels deliveries that wait for a retry, and gives open requests two seconds.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        self.dialpad.courier.settle().await;
        if tokio::time::timeout(SHUTDOWN_GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
        self.ucm_server.abort();
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.stop.cancel();
        self.server.abort();
        self.ucm_server.abort();
    }
}

/// Refuses a request that came under any name but the loopback address (DNS rebinding).
async fn loopback_names_only(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost") {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "the sandbox answers on 127.0.0.1 and localhost only\n").into_response()
    }
}
