//! A telephone system of Grandstream, read from its maker's documents and what is seen of real ones: the HTTPS API with its
//! quirks, call records pushed as they are written, recordings; and under `/_sandbox/clouducm` the controls that make calls and
//! trouble happen.
//!
//! The API is spoken over TLS on a port of its own, with a certificate that the device made itself, as they do. Each API user
//! whose name begins with the right word has a device of their own.

mod api;
mod audio;
mod cdr;
mod control;
mod courier;
mod device;
mod faults;
mod history;
mod leg;
mod scenario;
mod tls;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    routing::{any, post},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use control::router as controls;
pub use control::{UcmControl, UcmError, UcmPlayed};
pub use courier::Reporting;
pub use device::PathForm;
pub use faults::{UcmFault, UcmFaultKind};
pub use history::UcmHistory;
pub use scenario::{PlayUcm, UcmScenario};

use crate::config::SandboxConfig;
use device::Device;

/// Devices that may exist at once; each API user makes one.
const MAX_DEVICES: usize = 1_000;

/// As certificates and answers to challenges are written.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[derive(Debug)]
pub(crate) struct CloudUcm {
    pub(crate) config: SandboxConfig,
    /// Where the API is.
    pub(crate) address: SocketAddr,
    /// SHA-256 of the certificate, in hex.
    pub(crate) certificate: String,
    pub(crate) stop: CancellationToken,
    devices: Mutex<BTreeMap<String, Arc<Device>>>,
    client: reqwest::Client,
}

impl CloudUcm {
    /// Binds the port of the API and serves it.
    pub(crate) async fn start(
        config: SandboxConfig,
        stop: CancellationToken,
    ) -> io::Result<(Arc<Self>, JoinHandle<io::Result<()>>)> {
        let listener = tls::Listener::bind(config.clouducm.port).await?;
        let client = reqwest::Client::builder()
            .timeout(config.clouducm.delivery_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        let ucm = Arc::new(Self {
            config,
            address: listener.address(),
            certificate: listener.certificate().to_owned(),
            stop: stop.clone(),
            devices: Mutex::default(),
            client,
        });
        let routes = Router::new()
            .route("/api", post(api::handle))
            // Any other place under it is the famous wrong form.
            .route("/api/{*rest}", any(api::elsewhere))
            .with_state(Arc::clone(&ucm));
        let server =
            tokio::spawn(
                async move { axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await },
            );
        Ok((ucm, server))
    }

    fn devices(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Device>>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the name of an API user here.
    pub(crate) fn accepts(&self, user: &str) -> bool {
        user.starts_with(&self.config.clouducm.user_prefix)
    }

    /// The device of an API user, made when it is used for the first time; `None` for a user whom nobody knows.
    fn device(&self, user: &str) -> Option<Arc<Device>> {
        if !self.accepts(user) {
            return None;
        }
        let mut devices = self.devices();
        if let Some(device) = devices.get(user) {
            return Some(Arc::clone(device));
        }
        if devices.len() >= MAX_DEVICES {
            return None;
        }
        let device = Arc::new(Device::new(user, &self.config));
        courier::run(&device, &self.client, &self.config.clouducm, &self.stop);
        devices.insert(user.to_owned(), Arc::clone(&device));
        Some(device)
    }

    fn device_of(&self, user: &str) -> Result<Arc<Device>, UcmError> {
        self.device(user).ok_or_else(|| UcmError::UnknownUser { prefix: self.config.clouducm.user_prefix.clone() })
    }

    /// The device whose sign-in this cookie is.
    fn device_of_cookie(&self, cookie: &str) -> Option<Arc<Device>> {
        self.devices().values().find(|device| device.ledger().cookies.contains_key(cookie)).cloned()
    }

    fn now_ms(&self) -> i64 {
        self.config.clock.now_ms()
    }
}
