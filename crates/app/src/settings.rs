//! What the functions of this crate need to know from the installation's settings. The binary reads and checks them
//! (`server::config`); here they are plain values.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_providers::BaseUrls;

use crate::{limits::LimitSettings, mail::MailSettings};

/// See the fields.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// `NODE_ENV`, as the health bodies echo it.
    pub environment: String,
    /// `BACKEND_URL`: where providers and browsers reach us, without a trailing slash.
    pub backend_url: String,
    /// `FRONTEND_URL`: where people open the dashboard, without a trailing slash.
    pub frontend_url: String,
    /// `INTERNAL_API_SECRET`: opens `/internal` for the installation's own administration.
    pub internal_api_secret: SecretString,
    /// `JWT_SECRET`, or derived from the encryption key: signs the tokens of signed-in people.
    pub token_secret: SecretString,
    /// `MAINTENANCE_MODE`.
    pub maintenance: bool,
    pub dialpad: DialpadSettings,
    /// `VAPI_API_URL`, `TWILIO_API_URL`, `GRAPH_API_URL`, `SLACK_HOOKS_URL`, `OPENAI_API_URL`, `DEEPGRAM_API_URL`,
    /// `ASSEMBLYAI_API_URL`: where the providers' APIs are.
    pub base_urls: BaseUrls,
    pub mail: MailSettings,
    /// Signing in at an OpenID Connect provider, where one is set.
    pub oidc: Option<OidcSettings>,
    pub intake: IntakeSettings,
    pub limits: LimitSettings,
    /// `RECORDINGS_FETCH`: keep an own copy of each recording.
    pub fetch_recordings: bool,
    /// How long a replaced API key or webhook secret goes on working.
    pub grace_period: Duration,
}

/// The installation's own account at Dialpad: what a connection falls back to.
#[derive(Debug, Clone)]
pub struct DialpadSettings {
    /// `DIALPAD_API_URL`, without a trailing slash.
    pub api_url: String,
    /// `DIALPAD_API_KEY`.
    pub api_key: Option<SecretString>,
    /// `DIALPAD_WEBHOOK_SECRET`.
    pub webhook_secret: Option<SecretString>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    /// Where Dialpad sends a person back to after OAuth.
    pub redirect_uri: Option<String>,
    /// Space separated.
    pub scopes: String,
}

/// The installation's own client at an OpenID Connect provider.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// `OIDC_NAME`: what the button says.
    pub name: String,
    /// `OIDC_ISSUER`, as the provider writes it.
    pub issuer: String,
    /// `OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET`; clients without one go by PKCE alone.
    pub client_secret: Option<SecretString>,
    /// `OIDC_SIGNUP`: whether somebody who is unknown here gets a workspace of their own.
    pub allows_sign_up: bool,
}

/// Bounds of the queue in front of the log.
#[derive(Debug, Clone, Copy)]
pub struct IntakeSettings {
    /// Deliveries that may wait.
    pub queue_rows: usize,
    /// Bytes that may wait.
    pub queue_bytes: usize,
    /// Deliveries in one commit.
    pub batch_rows: usize,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self { queue_rows: 4096, queue_bytes: 64 * 1024 * 1024, batch_rows: 256 }
    }
}
