//! Webhooks at Dialpad: made, listed, compared, repaired and taken away.
//!
//! Two places can receive a connection's events. Its own URL (`/hooks/…`) is the better one: the URL says whose they
//! are. The fixed URL of the guide (`/webhooks/dialpad`) is shared by everybody, so there the secret says whose they are,
//! and one secret can stand for one connection only; the second tenant who wants it is told to take its own URL.
//!
//! A secret is stored before Dialpad hears of it, so that the very first event verifies. If Dialpad then refuses the
//! webhook, the secret is taken back: it must not go on blocking the fixed URL for somebody else.

mod drift;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use switchboard_domain::{
    audit::Action,
    ids::{AppId, ConnectionId},
};
use switchboard_providers::{
    Account, OutboundError,
    dialpad::{
        DialpadClient,
        client::SubscriptionKind,
        provision::{self, Desired, Listed},
    },
};
use switchboard_store::{
    StoreError, TenantScope,
    connections::Connection,
    registered_webhooks::{self as webhooks, RegisteredWebhook},
    secrets::{self, Added, NewWebhookSecret},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    connecting::Tried,
    connections::{self, ClientError, ConnectionsError, CredentialsError},
    turns::Turn,
};

pub use self::drift::{Checked, Standing, check, check_all, check_connection, repair, repair_connection};

/// The path that all tenants share.
pub const FIXED_PATH: &str = "/webhooks/dialpad";
/// Bytes of a webhook secret. HS256 wants 32; a webhook that exists at Dialpad may have been given fewer.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 8..=200;

/// What a caller may say about a webhook. Both left out: the app's own URL, with a secret of its own.
#[derive(Debug, Default)]
pub struct Wish {
    pub webhook_url: Option<String>,
    pub webhook_secret: Option<SecretString>,
}

/// A webhook could not be made, looked at or taken away.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error(
        "webhook_url must be an address of this server that receives events: one that ends in {FIXED_PATH}, or the app's \
         own, {own}; leave it out to use the app's own"
    )]
    BadUrl { own: String },
    #[error("webhook_secret has {} to {} characters", SECRET_BYTES.start(), SECRET_BYTES.end())]
    BadSecret,
    #[error("there is no such webhook")]
    NotFound,
    #[error("Dialpad did not do it")]
    Refused(#[source] OutboundError),
    #[error("the work was interrupted; look at the list of webhooks and try again")]
    Interrupted,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Connection(#[from] ConnectionsError),
    #[error("the webhook could not be stored or read")]
    Store(#[from] StoreError),
}

impl ProvisionError {
    /// Nothing to call Dialpad with has been set up.
    pub const fn is_missing_credentials(&self) -> bool {
        matches!(
            self,
            Self::Client(ClientError::Credentials(CredentialsError::Missing | CredentialsError::OtherProvider(_)))
        )
    }
}

/// A webhook that exists, at Dialpad and here.
#[derive(Debug)]
pub struct Provisioned {
    pub webhook: RegisteredWebhook,
    /// What had to be done at Dialpad; empty when all was well.
    pub steps: usize,
}

/// Where events go.
struct Place {
    url: String,
    is_fixed: bool,
}

fn place(wish: &Wish, own: String) -> Result<Place, ProvisionError> {
    let Some(url) = wish.webhook_url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else {
        return Ok(Place { url: own, is_fixed: false });
    };
    match path_of(url) {
        Some(FIXED_PATH) => Ok(Place { url: url.to_owned(), is_fixed: true }),
        // Another name of this server is fine; another connection's token is not.
        Some(path) if Some(path) == path_of(&own) => Ok(Place { url: url.to_owned(), is_fixed: false }),
        _ => Err(ProvisionError::BadUrl { own }),
    }
}

/// The path of an http(s) address without user, query and fragment.
fn path_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let slash = rest.find('/')?;
    let (host, path) = rest.split_at(slash);
    let is_plain = !host.is_empty()
        && !host.contains(['@', '\\'])
        && !path.contains(['?', '#'])
        && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    is_plain.then_some(path)
}

/// Makes the webhook of an app, with its call and message subscriptions. Asking again repairs instead of making a second
/// one. Runs to its end even if the caller goes away.
pub async fn create(
    app: &Arc<App>,
    scope: TenantScope,
    app_id: AppId,
    wish: Wish,
    by: &Origin,
) -> Result<Provisioned, ProvisionError> {
    let connection = connections::find_of_app(app, scope, app_id, "dialpad").await?;
    create_for(app, scope, connection, wish, by).await
}

/// [`create`], for a connection.
pub async fn create_for(
    app: &Arc<App>,
    scope: TenantScope,
    connection: Connection,
    wish: Wish,
    by: &Origin,
) -> Result<Provisioned, ProvisionError> {
    let (app, by) = (Arc::clone(app), by.clone());
    tokio::spawn(async move { make(&app, scope, &connection, &wish, &by).await })
        .await
        .unwrap_or(Err(ProvisionError::Interrupted))
}

async fn make(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
    wish: &Wish,
    by: &Origin,
) -> Result<Provisioned, ProvisionError> {
    let _turn = app.turns.wait(connection.id, Turn::Provision).await;
    let own = connections::hook_url(app, connection).map_err(ConnectionsError::from)?;
    let place = place(wish, own)?;
    let secret = choose_secret(app, scope, connection, wish, place.is_fixed).await?;
    // Before anything is stored: without credentials nothing here can succeed.
    let client = connections::dialpad_client(app, scope, connection).await?;
    let (stored, added) = connections::add_webhook_secret(app, scope, connection, &secret, place.is_fixed).await?;
    let desired = Desired::company(place.url, secret);
    let applied = match ensure(app, connection, &client, &desired).await {
        Ok(applied) => applied,
        Err(error) => {
            take_back(app, scope, &stored, added, &error).await?;
            note(app, scope, connection, &error).await?;
            return Err(error);
        }
    };
    let webhook = keep(app, scope, connection, &desired, applied.webhook.as_str()).await?;
    connections::retire_other_secrets(app, scope, &stored).await?;
    connections::note_outcome(app, scope, connection.id, Ok(())).await?;
    let entry = Entry::new(by, Action::ConnectionProvisioned).on("connection", connection.id);
    audit::record_alone(app, scope, entry.with("steps", applied.done.len())).await?;
    Ok(Provisioned { webhook, steps: applied.done.len() })
}

/// The secret that was asked for; else the one in force; on the fixed URL else the installation's, where it is lent to the
/// connection; else a new one. A secret stands for one connection only, so whoever took the installation's would get what the
/// operator set up by hand.
async fn choose_secret(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    wish: &Wish,
    is_fixed: bool,
) -> Result<SecretString, ProvisionError> {
    if let Some(given) = &wish.webhook_secret {
        let is_fine = SECRET_BYTES.contains(&given.expose_secret().len());
        return if is_fine { Ok(given.clone()) } else { Err(ProvisionError::BadSecret) };
    }
    if let Some(current) = connections::current_webhook_secret(app, scope, connection, is_fixed).await? {
        return Ok(current);
    }
    let installation =
        app.settings.dialpad.webhook_secret.clone().filter(|_| is_fixed && connection.uses_installation_key);
    Ok(installation.unwrap_or_else(|| SecretString::from(hex::encode(app.random.array::<32>()))))
}

/// Makes Dialpad's state the desired one. Webhooks that another connection of this server has registered are left out of
/// sight: on the fixed URL two tenants of one Dialpad account have webhooks of the same address.
async fn ensure(
    app: &App,
    connection: &Connection,
    client: &DialpadClient,
    desired: &Desired,
) -> Result<provision::Applied, ProvisionError> {
    let listed = list_ours(app, connection, client, desired).await?;
    let plan = provision::plan(desired, &listed);
    provision::apply(&plan, desired, client).await.map_err(ProvisionError::Refused)
}

async fn list_ours(
    app: &App,
    connection: &Connection,
    client: &DialpadClient,
    desired: &Desired,
) -> Result<Listed, ProvisionError> {
    let mut listed = provision::list(client, desired).await.map_err(ProvisionError::Refused)?;
    let mut ours = Vec::with_capacity(listed.webhooks.len());
    for webhook in listed.webhooks {
        let is_candidate = webhook.hook_url.as_deref() == Some(&desired.hook_url);
        if is_candidate && !is_anothers(app, connection.id, webhook.id.as_str()).await? {
            ours.push(webhook);
        }
    }
    listed.webhooks = ours;
    Ok(listed)
}

async fn is_anothers(app: &App, connection: ConnectionId, external_id: &str) -> Result<bool, StoreError> {
    let registered = webhooks::find_anywhere(&app.db, "dialpad", external_id).await?;
    Ok(!registered.is_empty() && registered.iter().all(|(webhook, _)| webhook.connection_id != connection))
}

/// A secret that was added for a webhook that Dialpad certainly did not make. After an uncertain end it stays: the webhook
/// may exist and send.
async fn take_back(
    app: &App,
    scope: TenantScope,
    stored: &NewWebhookSecret,
    added: Added,
    error: &ProvisionError,
) -> Result<(), StoreError> {
    let is_certain = match error {
        ProvisionError::Refused(error) => !error.may_have_taken_effect(),
        _ => true,
    };
    if added != Added::New || !is_certain {
        return Ok(());
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    secrets::remove(&mut tx.conn(), scope, stored).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(())
}

async fn note(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    error: &ProvisionError,
) -> Result<(), StoreError> {
    match error {
        ProvisionError::Refused(error) => connections::note_outcome(app, scope, connection.id, Err(error)).await,
        _ => Ok(()),
    }
}

/// Keeps a webhook in our list; one of the same address that it replaces goes.
async fn keep(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    desired: &Desired,
    external_id: &str,
) -> Result<RegisteredWebhook, StoreError> {
    let now = app.now();
    let new = RegisteredWebhook {
        id: app.id(),
        tenant_id: connection.tenant_id,
        app_id: connection.app_id,
        connection_id: connection.id,
        provider: connection.provider.clone(),
        external_id: external_id.to_owned(),
        hook_url: desired.hook_url.clone(),
        is_signed: true,
        subscriptions: json!([
            { "kind": SubscriptionKind::Call.as_str(), "call_states": ["all"] },
            { "kind": SubscriptionKind::Sms.as_str(), "direction": "all", "status": true },
        ]),
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.db.begin(scope).await?;
    for held in webhooks::list_of_connection(&mut tx.conn(), scope, connection.id).await? {
        if held.hook_url == new.hook_url && held.external_id != new.external_id {
            webhooks::delete(&mut tx.conn(), scope, held.id).await?;
        }
    }
    webhooks::save(&mut tx.conn(), scope, &new).await?;
    let kept = webhooks::find_external(&mut tx.conn(), scope, connection.id, external_id).await?;
    tx.commit(now).await?;
    Ok(kept.unwrap_or(new))
}

/// The webhooks of an app, newest first.
pub async fn list(app: &App, scope: TenantScope, app_id: AppId) -> Result<Vec<RegisteredWebhook>, ProvisionError> {
    let mut reader = app.db.read(scope).await?;
    Ok(webhooks::list_of_app(&mut reader.conn(), scope, app_id).await?)
}

/// Asks Dialpad whose account a connection's credentials open.
pub(crate) async fn try_credentials(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Tried, ConnectionsError> {
    let client = match connections::dialpad_client(app, scope, connection).await {
        Ok(client) => client,
        Err(ClientError::Credentials(CredentialsError::Connection(error))) => return Err(error),
        Err(error @ ClientError::Credentials(CredentialsError::Missing)) => return Ok(Tried::Fails(error.to_string())),
        Err(error) => return Ok(Tried::Unknown(error.to_string())),
    };
    Ok(match client.company().await {
        // Whose account it is, the OAuth sign-in keeps: a key that is tried must not bind the connection to a company.
        Ok(company) => Tried::Works(Account { id: None, name: company.name }),
        Err(error) if matches!(error.status(), Some(401 | 403)) => Tried::Fails(error.to_string()),
        Err(error) => Tried::Unknown(error.to_string()),
    })
}

pub(crate) async fn of_connection(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Vec<RegisteredWebhook>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    webhooks::list_of_connection(&mut reader.conn(), scope, connection.id).await
}

/// Takes a webhook away: its subscriptions and itself at Dialpad, then here. Events that Dialpad has already sent, and
/// retries, still verify for the grace period.
pub async fn remove(app: &Arc<App>, scope: TenantScope, webhook: RegisteredWebhook) -> Result<(), ProvisionError> {
    let app = Arc::clone(app);
    tokio::spawn(async move { take_away(&app, scope, &webhook).await })
        .await
        .unwrap_or(Err(ProvisionError::Interrupted))
}

async fn take_away(app: &Arc<App>, scope: TenantScope, webhook: &RegisteredWebhook) -> Result<(), ProvisionError> {
    let _turn = app.turns.wait(webhook.connection_id, Turn::Provision).await;
    let connection = connections::find(app, scope, webhook.connection_id).await?;
    let client = connections::dialpad_client(app, scope, &connection).await?;
    remove_at_dialpad(&client, &webhook.external_id).await.map_err(ProvisionError::Refused)?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    webhooks::delete(&mut tx.conn(), scope, webhook.id).await?;
    let is_fixed = path_of(&webhook.hook_url) == Some(FIXED_PATH);
    let others = webhooks::list_of_connection(&mut tx.conn(), scope, connection.id).await?;
    if !others.iter().any(|other| (path_of(&other.hook_url) == Some(FIXED_PATH)) == is_fixed) {
        let until = now + app.settings.grace_period;
        secrets::expire(&mut tx.conn(), scope, connection.id, is_fixed, until).await?;
    }
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(())
}

/// By id and not by address, as [`provision::remove`] would: on the fixed URL another tenant of the same Dialpad account
/// may have a webhook of that address.
async fn remove_at_dialpad(client: &DialpadClient, external_id: &str) -> Result<(), OutboundError> {
    for kind in [SubscriptionKind::Call, SubscriptionKind::Sms] {
        for subscription in client.subscriptions(kind).await? {
            if subscription.webhook.is_some_and(|webhook| webhook.id.as_str() == external_id) {
                client.delete_subscription(kind, subscription.id.as_str()).await?;
            }
        }
    }
    client.delete_webhook(external_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(url: &str) -> Result<bool, ProvisionError> {
        let wish = Wish { webhook_url: Some(url.to_owned()), webhook_secret: None };
        place(&wish, "https://us.example/hooks/t0k3n".to_owned()).map(|place| place.is_fixed)
    }

    #[test]
    fn events_go_to_an_address_of_ours_or_nowhere() {
        assert!(place_of("https://us.example/webhooks/dialpad").unwrap());
        assert!(place_of("https://proxy.example/webhooks/dialpad").unwrap());
        assert!(!place_of("https://us.example/hooks/t0k3n").unwrap());
        assert!(!place(&Wish::default(), "https://us.example/hooks/t0k3n".to_owned()).unwrap().is_fixed);
        for wrong in [
            "https://us.example/",
            "https://us.example/hooks/another",
            "https://us.example/webhooks/dialpad?x=1",
            "https://user@us.example/webhooks/dialpad",
            "ftp://us.example/webhooks/dialpad",
            "https:///webhooks/dialpad",
            "/webhooks/dialpad",
        ] {
            assert!(matches!(place_of(wrong), Err(ProvisionError::BadUrl { .. })), "{wrong}");
        }
    }
}
