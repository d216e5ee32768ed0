//! Dialpad, read from its own documents: REST under `/api/v2`, OAuth, recordings, signed deliveries; and under
//! `/_sandbox/dialpad` the controls that make calls and trouble happen.

mod check;
mod company;
mod control;
mod courier;
mod error;
mod event;
mod faults;
mod gate;
mod history;
mod leg;
mod limits;
mod media;
mod message;
mod oauth;
mod people;
mod play;
mod rest;
mod scenario;
mod spec;
mod subscription;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    routing::{any, get, post},
};
use tokio_util::sync::CancellationToken;

pub use control::{AgentStatus, ControlError, DialpadControl, DutyStatus};
pub use courier::{Attempt, DeliveryRecord, Outcome};
pub use faults::{Fault, FaultKind};
pub use history::{Lived, PlayHistory};
pub use play::{Direction, FinalStatus, PlayCall, PlayMessage, Played, Trouble};
pub use scenario::Scenario;

use crate::config::SandboxConfig;
use company::Company;
use courier::Courier;

/// Companies that may exist at once; each accepted key makes one.
const MAX_COMPANIES: usize = 1_000;

/// Why the stand-in could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("the embedded copy of Dialpad's document cannot be read; regenerate crates/sandbox/spec/dialpad.json")]
    Spec(#[source] serde_json::Error),
    #[error("no HTTP client for deliveries can be made; check the machine's TLS certificates")]
    Client(#[source] reqwest::Error),
}

#[derive(Debug)]
pub(crate) struct Dialpad {
    pub(crate) config: SandboxConfig,
    /// `http://127.0.0.1:<port>`: where every link in a payload points.
    pub(crate) origin: String,
    pub(crate) stop: CancellationToken,
    pub(crate) courier: Arc<Courier>,
    spec: spec::Spec,
    companies: Mutex<BTreeMap<String, Arc<Company>>>,
    tokens: oauth::Tokens,
    faults: faults::Faults,
    limits: limits::Limits,
}

impl Dialpad {
    pub(crate) fn new(config: SandboxConfig, origin: String, stop: CancellationToken) -> Result<Self, StartError> {
        let courier = Courier::new(&config.dialpad, config.clock.clone(), stop.clone()).map_err(StartError::Client)?;
        Ok(Self {
            spec: spec::Spec::load().map_err(StartError::Spec)?,
            tokens: oauth::Tokens::new(config.seed),
            courier: Arc::new(courier),
            config,
            origin,
            stop,
            companies: Mutex::default(),
            faults: faults::Faults::default(),
            limits: limits::Limits::default(),
        })
    }

    fn companies(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Company>>> {
        self.companies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a key has a company here.
    fn accepts(&self, key: &str) -> bool {
        let config = &self.config.dialpad;
        key.starts_with(&config.api_key_prefix) || config.api_keys.iter().any(|known| known == key)
    }

    /// The company of an API key, made when the key is used for the first time; `None` for a key that is not accepted.
    fn company(&self, key: &str) -> Option<Arc<Company>> {
        if !self.accepts(key) {
            return None;
        }
        let mut companies = self.companies();
        if let Some(company) = companies.get(key) {
            return Some(Arc::clone(company));
        }
        if companies.len() >= MAX_COMPANIES {
            return None;
        }
        let company = Arc::new(Company::new(key, self.config.seed, self.config.run));
        companies.insert(key.to_owned(), Arc::clone(&company));
        Some(company)
    }

    fn company_of(&self, key: &str) -> Result<Arc<Company>, ControlError> {
        self.company(key).ok_or_else(|| ControlError::UnknownKey { prefix: self.config.dialpad.api_key_prefix.clone() })
    }
}

/// Every route of the stand-in.
pub(crate) fn router(dialpad: Arc<Dialpad>) -> Router {
    Router::new()
        .route("/api/v2/{*path}", any(gate::handle))
        .route("/oauth2/authorize", get(oauth::authorize))
        .route("/oauth2/token", post(oauth::token))
        .route("/oauth2/deauthorize", post(oauth::deauthorize))
        .route("/r/{id}", get(media::recording))
        .route("/v/{call_id}", get(media::voicemail))
        .route("/media/{id}", get(media::picture))
        .route("/shared/{*path}", get(media::app_page))
        .route("/callhistory/{*path}", get(media::app_page))
        .route("/stats/{file}", get(media::stats_file))
        .nest("/_sandbox/dialpad", control::router())
        .with_state(dialpad)
}
