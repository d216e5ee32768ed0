//! Each connection: is there something to call the provider with, does the provider take it, are the webhooks as they
//! should be, and when did the last event come.

use std::sync::Arc;

use switchboard_app::{
    App,
    connecting::{self, Tried},
    connections::{self, ClientError, CredentialsError},
    provisioning,
};
use switchboard_domain::connection::ConnectionStatus;
use switchboard_store::{TenantScope, connections::Connection};

use super::{
    super::{CommandError, connections as command, find, words},
    Finding,
};
use crate::telemetry::chain;

/// Connections of one tenant.
const MOST: i64 = 1_000;

pub(super) async fn look(app: &Arc<App>, offline: bool, findings: &mut Vec<Finding>) -> Result<(), CommandError> {
    let mut any = false;
    for (_, scope) in find::tenants(app).await? {
        for connection in connections::list(app, scope, None, MOST).await? {
            any = true;
            one(app, scope, &connection, offline, findings).await?;
        }
    }
    if !any {
        let advice = "`switchboard apps create NAME` makes an app with one";
        findings.push(Finding::notice("connections", "there are none yet", advice));
    }
    Ok(())
}

async fn one(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
    offline: bool,
    findings: &mut Vec<Finding>,
) -> Result<(), CommandError> {
    let subject = format!("{} {}", connection.name, connection.id);
    if connection.status == ConnectionStatus::Disabled {
        findings.push(Finding::notice(subject, "it is switched off", ""));
        return Ok(());
    }
    let last = command::last_event(app, scope, connection.id).await?;
    let heard = match last {
        Some(at) => format!("last event {}", words::relative(app.now(), at)),
        None => "no event yet".to_owned(),
    };
    let found = if offline {
        Finding::notice(subject, heard, "")
    } else if command::is_only_pushed_to(connection) {
        Finding::good(subject, format!("{}, {heard}", command::ONLY_PUSHED_TO))
    } else if connection.provider != "dialpad" {
        tried(app, scope, connection, subject).await
    } else {
        at_provider(app, scope, connection, subject, &heard).await
    };
    findings.push(found);
    Ok(())
}

/// A kind whose credentials are tried and whose webhooks are not ours to keep.
async fn tried(app: &Arc<App>, scope: TenantScope, connection: &Connection, subject: String) -> Finding {
    match connecting::check(app, scope, connection).await {
        Ok(Tried::Works(_)) => Finding::good(subject, "the provider accepts its credentials"),
        Ok(Tried::Fails(why)) => Finding::problem(subject, why, "enter its credentials again"),
        Ok(Tried::Unknown(why)) => Finding::notice(subject, why, "check that this machine reaches the provider"),
        Err(error) => Finding::problem(subject, chain(&error).to_string(), "enter its credentials again"),
    }
}

async fn at_provider(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
    subject: String,
    heard: &str,
) -> Finding {
    let id = connection.id;
    let client = match connections::dialpad_client(app, scope, connection).await {
        Ok(client) => client,
        Err(ClientError::Credentials(error @ CredentialsError::Missing)) => {
            return Finding::notice(subject, format!("{error} ({heard})"), "");
        }
        Err(error) => {
            return Finding::problem(subject, chain(&error).to_string(), "enter its credentials again");
        }
    };
    if let Err(error) = client.company().await {
        let advice = "check the API key or connect again, and that this machine reaches the provider";
        return Finding::problem(subject, chain(&error).to_string(), advice);
    }
    let wrong = command::findings(provisioning::check_connection(app, scope, connection).await);
    if wrong.is_empty() {
        return Finding::good(subject, format!("the provider answers, its webhooks are right, {heard}"));
    }
    let advice = format!("`switchboard connections repair {id}` puts it right");
    Finding::problem(subject, format!("{} ({heard})", wrong.join("; ")), advice)
}
