//! Connections: accounts at providers, and the webhooks that we keep there.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard_app::{
    App, connecting,
    connections::{ClientError, ConnectionsError, hook_url},
    oauth::OAuthError,
    provisioning::{ProvisionError, Standing},
};
use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId, WebhookId},
};
use switchboard_providers::registry;
use switchboard_store::{
    TenantScope, connections::Connection, registered_webhooks::RegisteredWebhook, secrets::Credential,
};
use utoipa::ToSchema;

use crate::problem::{Code, Problem, chain};

pub mod activity;
pub mod catch_up;
pub mod caught_up;
pub mod check;
pub mod create;
pub mod delete;
pub mod drift;
pub mod get;
pub mod list;
pub mod provision;
pub mod repair;
pub mod replace_password;
pub mod replace_secret;
pub mod set_credentials;
pub mod sign_in;
pub mod sign_out;
pub mod test_call;
pub mod update;
pub mod webhook;

super::word_schemas! {
    status = ConnectionStatus;
}

/// A connection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionView {
    #[schema(value_type = String)]
    pub id: ConnectionId,
    #[schema(value_type = Option<String>)]
    pub app_id: Option<AppId>,
    pub provider: String,
    pub name: String,
    #[schema(schema_with = status)]
    pub status: ConnectionStatus,
    /// What a person should know about why it is failing.
    pub last_error: Option<String>,
    /// The URL to give to the provider. It is a secret where deliveries are not signed. Null when nothing of this kind is
    /// taken in yet, and when it was sealed with an encryption key that this server no longer has.
    pub hook_url: Option<String>,
    /// Its provider sends unsigned bodies; only the URL protects it.
    pub is_unsigned: bool,
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_checked_at: Option<Timestamp>,
    /// Up to where the provider's own log has been compared with ours.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub caught_up_to: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl ConnectionView {
    pub fn of(app: &App, connection: Connection) -> Self {
        // One lost key must not make the whole list unreadable.
        let hook_url = hook_url(app, &connection)
            .inspect_err(
                |error| tracing::warn!(connection = %connection.id, %error, "a connection's URL cannot be shown"),
            )
            .ok()
            .filter(|_| registry::by_slug(&connection.provider).is_some());
        Self {
            hook_url,
            id: connection.id,
            app_id: connection.app_id,
            provider: connection.provider,
            name: connection.name,
            status: connection.status,
            last_error: connection.last_error,
            is_unsigned: connection.is_unsigned,
            account_id: connection.account_id,
            account_name: connection.account_name,
            last_checked_at: connection.last_checked_at,
            caught_up_to: connection.caught_up_to,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
        }
    }
}

/// A credential that a connection has. What it is, is not shown again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialView {
    /// The field's name in what the provider declares.
    pub name: String,
    /// Always `***`.
    pub value: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
    /// When the provider stops accepting it, where it said so.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl From<Credential> for CredentialView {
    fn from(credential: Credential) -> Self {
        Self { name: credential.name, value: "***", set_at: credential.updated_at, expires_at: credential.expires_at }
    }
}

/// A connection with everything that it was told, secrets left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionDetail {
    #[serde(flatten)]
    pub connection: ConnectionView,
    /// By the names that the provider declares.
    #[schema(value_type = BTreeMap<String, String>)]
    pub settings: serde_json::Value,
    pub credentials: Vec<CredentialView>,
    /// When the secret that deliveries are signed with was set; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub webhook_secret_set_at: Option<Timestamp>,
}

impl ConnectionDetail {
    pub async fn of(app: &App, scope: TenantScope, connection: Connection) -> Result<Self, Problem> {
        let credentials = connecting::credentials_of(app, scope, connection.id).await?;
        Ok(Self {
            webhook_secret_set_at: connecting::webhook_secret_set_at(app, scope, connection.id).await?,
            settings: connection.settings.clone(),
            credentials: credentials.into_iter().map(CredentialView::from).collect(),
            connection: ConnectionView::of(app, connection),
        })
    }
}

/// Values by the names of fields; null takes one away.
pub(super) type GivenValues = BTreeMap<String, Option<String>>;

pub(super) fn secret_values(given: GivenValues) -> connecting::Values {
    given.into_iter().map(|(name, value)| (name, value.map(Into::into))).collect()
}

/// A webhook that we made at a provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    #[schema(value_type = String)]
    pub id: WebhookId,
    /// The provider's id of it.
    pub external_id: String,
    pub hook_url: String,
    pub is_signed: bool,
    /// What the provider answered about the subscriptions on it.
    #[schema(value_type = Value)]
    pub subscriptions: serde_json::Value,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<RegisteredWebhook> for WebhookView {
    fn from(webhook: RegisteredWebhook) -> Self {
        Self {
            id: webhook.id,
            external_id: webhook.external_id,
            hook_url: webhook.hook_url,
            is_signed: webhook.is_signed,
            subscriptions: webhook.subscriptions,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
        }
    }
}

/// How a webhook stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookStanding)]
pub struct StandingView {
    pub webhook: WebhookView,
    /// What is wrong, in sentences; empty when all is well.
    pub drift: Vec<String>,
}

impl From<Standing> for StandingView {
    fn from(standing: Standing) -> Self {
        Self { webhook: standing.webhook.into(), drift: standing.drift }
    }
}

impl From<ConnectionsError> for Problem {
    fn from(error: ConnectionsError) -> Self {
        let detail = error.to_string();
        match error {
            ConnectionsError::NotFound => Self::not_found("connection"),
            ConnectionsError::NoSuchApp => Self::not_found("app"),
            ConnectionsError::Fields(faults) => Self::fields(faults),
            ConnectionsError::UnknownProvider(_) | ConnectionsError::BadName => Self::new(Code::InvalidBody, detail),
            ConnectionsError::SecretTaken | ConnectionsError::TakesNothingIn(_) => Self::new(Code::Conflict, detail),
            ConnectionsError::StillThere(_) => Self::new(Code::ProviderFailed, chain(&error)),
            ConnectionsError::NoRoom(error) => error.into(),
            ConnectionsError::Password(error) => error.into(),
            ConnectionsError::Store(error) => error.into(),
            ConnectionsError::Vault(_) => Self::internal(&error),
        }
    }
}

impl From<ProvisionError> for Problem {
    fn from(error: ProvisionError) -> Self {
        let detail = error.to_string();
        match error {
            ProvisionError::BadUrl { .. } | ProvisionError::BadSecret => Self::new(Code::InvalidBody, detail),
            ProvisionError::NotFound => Self::not_found("webhook"),
            ProvisionError::Refused(_) => Self::new(Code::ProviderFailed, chain(&error)),
            ProvisionError::Interrupted => Self::new(Code::Conflict, detail),
            ProvisionError::Client(ref client @ ClientError::Credentials(_)) => {
                if error.is_missing_credentials() {
                    Self::new(Code::Conflict, detail)
                } else {
                    Self::new(Code::ProviderFailed, chain(client))
                }
            }
            ProvisionError::Client(_) => Self::internal(&error),
            ProvisionError::Connection(error) => error.into(),
            ProvisionError::Store(error) => error.into(),
        }
    }
}

impl From<OAuthError> for Problem {
    fn from(error: OAuthError) -> Self {
        let detail = error.to_string();
        match error {
            OAuthError::NotConfigured
            | OAuthError::OtherCompany { .. }
            | OAuthError::NotConnected
            | OAuthError::Interrupted => Self::new(Code::Conflict, detail),
            OAuthError::UnknownState | OAuthError::OtherBrowser => Self::new(Code::InvalidLink, detail),
            OAuthError::Exchange(_) | OAuthError::Refresh(_) | OAuthError::Expired => {
                Self::new(Code::ProviderFailed, chain(&error))
            }
            OAuthError::Busy => Self::new(Code::Unavailable, detail).retry_after(1),
            OAuthError::Vault(_) => Self::internal(&error),
            OAuthError::Connection(error) => error.into(),
            OAuthError::Store(error) => error.into(),
        }
    }
}
