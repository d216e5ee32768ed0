//! Whether Dialpad still has what we made there, and putting it right: people delete webhooks and narrow subscriptions by
//! hand, and nothing tells us but asking.

use std::sync::Arc;

use switchboard_domain::ids::{AppId, ConnectionId};
use switchboard_providers::dialpad::provision::{self, Desired};
use switchboard_store::{
    StoreError, TenantScope, connections::Connection, platform, registered_webhooks::RegisteredWebhook,
};

use super::{FIXED_PATH, ProvisionError, Provisioned, Wish, create_for, list_ours, of_connection, path_of};
use crate::{App, audit::Origin, connections};

/// The connections that are looked at when all are.
const ALL_CONNECTIONS: i64 = 10_000;

/// How a webhook stands.
#[derive(Debug)]
pub struct Standing {
    pub webhook: RegisteredWebhook,
    /// What is wrong, in sentences; empty when all is well.
    pub drift: Vec<String>,
}

/// Compares the webhooks of an app with what Dialpad has. Changes nothing.
pub async fn check(app: &Arc<App>, scope: TenantScope, app_id: AppId) -> Result<Vec<Standing>, ProvisionError> {
    let connection = connections::find_of_app(app, scope, app_id, "dialpad").await?;
    check_connection(app, scope, &connection).await
}

/// [`check`], for a connection.
pub async fn check_connection(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Vec<Standing>, ProvisionError> {
    let held = of_connection(app, scope, connection).await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let client = connections::dialpad_client(app, scope, connection).await?;
    let mut standings = Vec::with_capacity(held.len());
    for webhook in held {
        let drift = match desired_of(app, scope, connection, &webhook).await? {
            Some(desired) => {
                let listed = list_ours(app, connection, &client, &desired).await?;
                provision::drift(&desired, &listed).iter().map(ToString::to_string).collect()
            }
            None => vec!["its secret is not kept here any more; repair it to set a new one".to_owned()],
        };
        standings.push(Standing { webhook, drift });
    }
    connections::note_outcome(app, scope, connection.id, Ok(())).await?;
    Ok(standings)
}

/// Makes what Dialpad has right again; without any webhook yet, makes the app's own.
pub async fn repair(
    app: &Arc<App>,
    scope: TenantScope,
    app_id: AppId,
    by: &Origin,
) -> Result<Vec<Provisioned>, ProvisionError> {
    let connection = connections::find_of_app(app, scope, app_id, "dialpad").await?;
    repair_connection(app, scope, connection, by).await
}

/// [`repair`], for a connection.
pub async fn repair_connection(
    app: &Arc<App>,
    scope: TenantScope,
    connection: Connection,
    by: &Origin,
) -> Result<Vec<Provisioned>, ProvisionError> {
    let held = of_connection(app, scope, &connection).await?;
    let mut wishes: Vec<Wish> =
        held.into_iter().map(|webhook| Wish { webhook_url: Some(webhook.hook_url), webhook_secret: None }).collect();
    if wishes.is_empty() {
        wishes.push(Wish::default());
    }
    let mut repaired = Vec::with_capacity(wishes.len());
    for wish in wishes {
        repaired.push(create_for(app, scope, connection.clone(), wish, by).await?);
    }
    Ok(repaired)
}

/// A connection and what came of checking it.
pub struct Checked {
    pub connection: ConnectionId,
    pub outcome: Result<Vec<Standing>, ProvisionError>,
}

/// Compares the webhooks of all connections; for the recurring job, `doctor` and the command line.
pub async fn check_all(app: &Arc<App>) -> Result<Vec<Checked>, StoreError> {
    let owners = platform::list_connections(&app.db, "dialpad", ALL_CONNECTIONS).await?;
    let mut checked = Vec::with_capacity(owners.len());
    for owner in owners {
        let outcome = match connections::find(app, owner.scope(), owner.connection_id).await {
            Ok(connection) => check_connection(app, owner.scope(), &connection).await,
            Err(error) => Err(error.into()),
        };
        checked.push(Checked { connection: owner.connection_id, outcome });
    }
    Ok(checked)
}

async fn desired_of(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    webhook: &RegisteredWebhook,
) -> Result<Option<Desired>, ProvisionError> {
    let is_fixed = path_of(&webhook.hook_url) == Some(FIXED_PATH);
    let secret = connections::current_webhook_secret(app, scope, connection, is_fixed).await?;
    Ok(secret.map(|secret| Desired::company(webhook.hook_url.clone(), secret)))
}
