//! What can be set about the stand-ins. The defaults are what `serve --sandbox` uses.

use std::time::Duration;

use crate::clock::WallClock;

/// Settings of the whole sandbox.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Seed of who the companies are, their ids among it; the same after a restart.
    pub seed: u64,
    /// Sets the ids of what happens apart from those of other runs: everything is forgotten at the end of a run, and ids that
    /// came again would be taken for what they were before. 0 is for tests.
    pub run: u64,
    /// Source of the times written into payloads.
    pub clock: WallClock,
    pub dialpad: DialpadConfig,
    pub clouducm: UcmConfig,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            run: 0,
            clock: WallClock::system(),
            dialpad: DialpadConfig::default(),
            clouducm: UcmConfig::default(),
        }
    }
}

/// Settings of the Dialpad stand-in.
#[derive(Clone, Debug)]
pub struct DialpadConfig {
    /// Any key that starts with this is accepted and has a company of its own.
    pub api_key_prefix: String,
    /// Further accepted keys, one company each.
    pub api_keys: Vec<String>,
    pub client_id: String,
    pub client_secret: String,
    /// The redirect URIs registered for the OAuth app. Empty: any http(s) address without a fragment.
    pub redirect_uris: Vec<String>,
    /// Lifetime of an access token that came with a refresh token. Dialpad does not document it; an hour is ours.
    pub token_lifetime: Duration,
    /// Enforce the documented rate limits.
    pub limits: bool,
    /// Factor on the documented retry delays: 1.0 waits 2, 4, 8 s for a call event; tests pass 0.0.
    pub delivery_time_scale: f64,
    /// How long a receiver may take; Dialpad allows 5 s.
    pub delivery_timeout: Duration,
    /// Items per page of a list. Dialpad does not document its own.
    pub page_size: usize,
}

impl Default for DialpadConfig {
    fn default() -> Self {
        Self {
            api_key_prefix: "sandbox-api-key".to_owned(),
            api_keys: Vec::new(),
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            redirect_uris: Vec::new(),
            token_lifetime: Duration::from_hours(1),
            limits: true,
            delivery_time_scale: 1.0,
            delivery_timeout: Duration::from_secs(5),
            page_size: 50,
        }
    }
}

/// Settings of the telephone systems.
#[derive(Clone, Debug)]
pub struct UcmConfig {
    /// Port of their HTTPS API on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Any API user whose name begins with this has a device of its own.
    pub user_prefix: String,
    /// Of every API user.
    pub password: String,
    /// How long a sign-in lives that nobody uses.
    pub cookie_life: Duration,
    /// Factor on the pause before a receiver that was away is tried again; tests pass 0.0.
    pub delivery_time_scale: f64,
    /// How long a receiver may take.
    pub delivery_timeout: Duration,
}

impl Default for UcmConfig {
    fn default() -> Self {
        Self {
            port: 0,
            user_prefix: "sandbox-ucm".to_owned(),
            password: "sandbox-ucm-password".to_owned(),
            cookie_life: Duration::from_mins(10),
            delivery_time_scale: 1.0,
            delivery_timeout: Duration::from_secs(10),
        }
    }
}
