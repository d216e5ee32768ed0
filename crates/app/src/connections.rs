//! Connections: a tenant's accounts at providers, and what they are used with.
//!
//! Whose credentials a call goes out with is decided in one place, [`credentials_for`]: the connection's own OAuth token,
//! else its own API key, else the installation's `DIALPAD_API_KEY`. A connection that signed in with OAuth never falls
//! back to the installation's key: that would act on somebody else's account. Nor does one that the key was not lent to
//! (`lends`): anybody who may sign up can make a connection, and would act with the operator's account.

mod sources;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use switchboard_domain::{
    Timestamp,
    actor::Actor,
    audit::Action,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId, TenantId},
};
use switchboard_providers::{OutboundError, dialpad::DialpadClient};
use switchboard_store::{
    StoreError, TenantScope,
    connections::{self, Checked, Connection, NewConnection},
    people::users,
    secrets::{self, Added, Credential, NewWebhookSecret},
};

pub(crate) use self::sources::hold;
pub use self::sources::{SourceError, audio_of, note_audio, note_ucm, ucm_client};
use crate::{
    App,
    accounts::{FieldFault, password::PasswordError},
    audit::{self, Entry, Origin},
    hooks::SECRET_FIELD,
    oauth,
    plans::GrowthError,
    provisioning::ProvisionError,
    vault::{Place, VaultError, sha256},
};

/// The field that the token of a connection's own URL is sealed under.
pub(crate) const TOKEN_FIELD: &str = "hook_token";
/// A connection's own API key.
pub const API_KEY: &str = "api_key";
/// Characters of a webhook secret, and of a connection's name.
pub(crate) const MAX_SHORT: usize = 200;

/// An operation on a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionsError {
    #[error("there is no such connection")]
    NotFound,
    #[error("there is no such app")]
    NoSuchApp,
    #[error("`{0}` is no provider of this server")]
    UnknownProvider(String),
    #[error("a connection's name has 1 to {MAX_SHORT} characters")]
    BadName,
    /// Values that a person should change, each with its field.
    #[error("{}", crate::accounts::fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("{0} signs nothing that it sends us, so it has no webhook secret")]
    TakesNothingIn(&'static str),
    #[error(
        "the provider still has webhooks for this connection and they could not be taken away; try again, or remove it with \
         `force`, and the provider goes on sending to an address that answers 404"
    )]
    StillThere(#[source] Box<ProvisionError>),
    #[error(
        "another connection uses the same webhook secret on the fixed URL; leave webhook_url and webhook_secret out, and \
         the app's own URL and a secret of its own are used"
    )]
    SecretTaken,
    #[error(transparent)]
    NoRoom(#[from] GrowthError),
    #[error("a stored secret cannot be opened")]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the connection could not be read or changed")]
    Store(#[from] StoreError),
}

/// A connection that is about to be stored.
pub(crate) struct FreshConnection {
    pub row: NewConnection,
    pub hook_url: String,
}

/// A connection with its own URL, not stored yet.
pub(crate) fn fresh(
    app: &App,
    tenant: TenantId,
    app_id: Option<AppId>,
    provider: &str,
    name: &str,
    settings: Value,
    now: Timestamp,
) -> FreshConnection {
    let id: ConnectionId = app.id();
    let token = URL_SAFE_NO_PAD.encode(app.random.array::<32>());
    let hook_url = url_of_token(app, &token);
    let hook_token_hash = sha256(token.as_bytes());
    let place = Place { tenant, owner: id.uuid(), field: TOKEN_FIELD };
    let hook_token = app.vault.seal(&*app.random, place, &SecretString::from(token));
    let row = NewConnection {
        id,
        app_id,
        provider: provider.to_owned(),
        name: name.to_owned(),
        hook_token_hash,
        hook_token,
        settings,
        uses_installation_key: false,
        created_at: now,
    };
    FreshConnection { row, hook_url }
}

fn url_of_token(app: &App, token: &str) -> String {
    format!("{}/hooks/{token}", app.settings.backend_url)
}

/// The connection's own URL, which setup hands out. Whoever knows it and the secret can send events.
pub fn hook_url(app: &App, connection: &Connection) -> Result<String, VaultError> {
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: TOKEN_FIELD };
    Ok(url_of_token(app, app.vault.open(place, &connection.hook_token)?.expose_secret()))
}

pub(crate) fn checked_name(name: &str) -> Result<&str, ConnectionsError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_SHORT { Err(ConnectionsError::BadName) } else { Ok(name) }
}

/// The connections of a tenant, oldest first, after `after`.
pub async fn list(
    app: &App,
    scope: TenantScope,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<Connection>, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    Ok(connections::list(&mut reader.conn(), scope, after, limit).await?)
}

/// One connection.
pub async fn find(app: &App, scope: TenantScope, id: ConnectionId) -> Result<Connection, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    connections::find(&mut reader.conn(), scope, id).await?.ok_or(ConnectionsError::NotFound)
}

/// Whether what this actor makes may use what the installation has of its own: its operator, and a platform admin who acts
/// as themselves. Working in somebody else's name makes things of theirs.
pub(crate) async fn lends(app: &App, by: &Actor) -> Result<bool, StoreError> {
    match by {
        Actor::Operator | Actor::PlatformAdmin { .. } => Ok(true),
        Actor::User { user, impersonated_by: None, .. } => {
            Ok(users::find(&app.db, *user).await?.is_some_and(|user| user.is_platform_admin))
        }
        Actor::User { .. } | Actor::App { .. } | Actor::System => Ok(false),
    }
}

/// Lends a connection to Dialpad what the installation has of its own there, or takes it back. For who runs it.
pub async fn lend(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    uses_installation_key: bool,
    by: &Origin,
) -> Result<(), ConnectionsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !connections::set_uses_installation_key(&mut tx.conn(), scope, id, uses_installation_key, now).await? {
        return Err(ConnectionsError::NotFound);
    }
    let entry = Entry::new(by, Action::ConnectionUpdated).on("connection", id);
    audit::record(&mut tx, app, entry.with("uses_installation_key", uses_installation_key)).await?;
    tx.commit(now).await?;
    Ok(())
}

/// The app's connection at a provider: the oldest, where it has several.
pub async fn find_of_app(
    app: &App,
    scope: TenantScope,
    id: AppId,
    provider: &str,
) -> Result<Connection, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    let mut found = connections::list_of_app(&mut reader.conn(), scope, id, provider).await?;
    if found.is_empty() { Err(ConnectionsError::NotFound) } else { Ok(found.swap_remove(0)) }
}

/// Makes a secret verify deliveries of a connection, on the provider's fixed URL or on the connection's own.
pub(crate) async fn add_webhook_secret(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    secret: &SecretString,
    on_fixed_url: bool,
) -> Result<(NewWebhookSecret, Added), ConnectionsError> {
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: SECRET_FIELD };
    let new = NewWebhookSecret {
        id: app.id::<switchboard_domain::ids::WebhookId>().uuid(),
        connection_id: connection.id,
        provider: connection.provider.clone(),
        on_fixed_url,
        fingerprint: app.vault.fingerprint(secret),
        older_fingerprints: app.vault.older_fingerprints(secret),
        sealed: app.vault.seal(&*app.random, place, secret),
        created_at: app.now(),
    };
    let added = secrets::add(&app.db, scope, &new).await?;
    if added == Added::Taken {
        return Err(ConnectionsError::SecretTaken);
    }
    app.hooks.clear();
    Ok((new, added))
}

/// Lets the secrets before `current` end with the grace period.
pub(crate) async fn retire_other_secrets(
    app: &App,
    scope: TenantScope,
    current: &NewWebhookSecret,
) -> Result<(), StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    secrets::retire_others(&mut tx.conn(), scope, current, now + app.settings.grace_period).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(())
}

/// The secret that deliveries to this place are signed with now, if there is one.
pub(crate) async fn current_webhook_secret(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    on_fixed_url: bool,
) -> Result<Option<SecretString>, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    let working = secrets::list_working(&mut reader.conn(), scope, connection.id, app.now()).await?;
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: SECRET_FIELD };
    let current = working.iter().find(|secret| secret.on_fixed_url == on_fixed_url && secret.expires_at.is_none());
    Ok(current.map(|secret| app.vault.open(place, &secret.sealed)).transpose()?)
}

/// A credential, sealed for its place.
pub(crate) fn sealed_credential(
    app: &App,
    connection: &Connection,
    name: &str,
    value: &SecretString,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Credential {
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: name };
    Credential {
        name: name.to_owned(),
        sealed: app.vault.seal(&*app.random, place, value),
        expires_at,
        updated_at: now,
    }
}

/// A credential of a connection, opened.
pub(crate) async fn credential(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    name: &str,
) -> Result<Option<(SecretString, Credential)>, ConnectionsError> {
    let found = {
        let mut reader = app.db.read(scope).await?;
        secrets::find_credential(&mut reader.conn(), scope, connection.id, name).await?
    };
    let Some(found) = found else { return Ok(None) };
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: name };
    Ok(Some((app.vault.open(place, &found.sealed)?, found)))
}

/// Where a credential came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialSource {
    OAuth,
    ConnectionKey,
    InstallationKey,
}

/// What a provider is called with.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub token: SecretString,
    pub source: CredentialSource,
}

/// No credentials to call a provider with.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error(
        "there is nothing to call Dialpad with: give the connection an API key, or connect with OAuth; who runs the \
         installation can lend it DIALPAD_API_KEY with `switchboard connections lend`"
    )]
    Missing,
    /// Its key is another provider's: it must not be sent to Dialpad.
    #[error("this is a connection of the kind `{0}`; this can be done with one to Dialpad only")]
    OtherProvider(String),
    #[error("the OAuth token could not be refreshed")]
    OAuth(#[from] oauth::OAuthError),
    #[error("the connection's credentials could not be read")]
    Connection(#[from] ConnectionsError),
}

/// What to call Dialpad with for a connection. A token that is about to end is refreshed first.
pub async fn credentials_for(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Credentials, CredentialsError> {
    if connection.provider != "dialpad" {
        return Err(CredentialsError::OtherProvider(connection.provider.clone()));
    }
    if let Some(token) = oauth::access_token(app, scope, connection).await? {
        return Ok(Credentials { token, source: CredentialSource::OAuth });
    }
    if let Some((token, _)) = credential(app, scope, connection, API_KEY).await? {
        return Ok(Credentials { token, source: CredentialSource::ConnectionKey });
    }
    let installation = app.settings.dialpad.api_key.clone().filter(|_| connection.uses_installation_key);
    installation
        .map(|token| Credentials { token, source: CredentialSource::InstallationKey })
        .ok_or(CredentialsError::Missing)
}

/// A client for a Dialpad connection could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error("DIALPAD_API_URL cannot be used")]
    Address(#[source] OutboundError),
}

/// A client that calls Dialpad for a connection.
pub async fn dialpad_client(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<DialpadClient, ClientError> {
    let credentials = credentials_for(app, scope, connection).await?;
    // Rate limits are the company's: connections that share the installation's key share its allowance.
    let allowance = match credentials.source {
        CredentialSource::InstallationKey => "installation".to_owned(),
        CredentialSource::OAuth | CredentialSource::ConnectionKey => connection.id.to_string(),
    };
    let base = &app.settings.dialpad.api_url;
    DialpadClient::new(app.http.clone(), base, credentials.token, allowance).map_err(ClientError::Address)
}

/// Keeps what a call with a connection's credentials showed: a provider that accepts them, or refuses and a person must
/// act. Trouble on the way says nothing about the credentials and changes nothing.
pub async fn note_outcome(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    outcome: Result<(), &OutboundError>,
) -> Result<(), StoreError> {
    let (status, last_error) = match outcome {
        Ok(()) => (ConnectionStatus::Connected, None),
        Err(error @ OutboundError::Refused { status: 401 | 403, .. }) => {
            (ConnectionStatus::Failing, Some(error.to_string()))
        }
        Err(_) => return Ok(()),
    };
    set_checked(app, scope, id, status, last_error).await
}

/// Keeps how a connection stands.
pub(crate) async fn set_checked(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    status: ConnectionStatus,
    last_error: Option<String>,
) -> Result<(), StoreError> {
    let checked = Checked { status, last_error, checked_at: app.now() };
    let mut tx = app.db.begin(scope).await?;
    connections::set_checked(&mut tx.conn(), scope, id, &checked).await?;
    tx.commit(checked.checked_at).await?;
    Ok(())
}
