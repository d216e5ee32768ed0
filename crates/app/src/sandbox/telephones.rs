//! The sandbox's telephone systems. Unlike Dialpad's stand-in they are signed in to with a password over HTTPS, with a
//! certificate that is pinned, and told by nobody's API where to report: the stand-ins are told directly.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use switchboard_domain::ids::ConnectionId;
use switchboard_providers::{Connectable as _, cloud_ucm::CloudUcm};
use switchboard_store::{TenantScope, connections::Connection};

use super::{MOST_CONNECTIONS, SandboxError, StandIns};
use crate::{
    App,
    audit::Origin,
    connecting::{self, NewConnection, Values},
    connections::{self, ConnectionsError},
    tenants,
};

/// How a telephone system of the stand-ins is reached.
#[derive(Debug, Clone)]
pub struct Telephones {
    pub host: String,
    pub port: u16,
    /// SHA-256 of its certificate, in hex.
    pub certificate: String,
    pub user: String,
    pub password: SecretString,
}

/// Where a telephone system reports calls to.
#[derive(Debug, Clone)]
pub struct ReportTo {
    pub url: String,
    pub username: String,
    pub password: SecretString,
}

/// The workspace's connection to a telephone system of the sandbox, made where there is none, and whether it was made now.
pub async fn connect(
    app: &Arc<App>,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    by: &Origin,
) -> Result<(Connection, bool), SandboxError> {
    if let Some((connection, _)) = find(app, stand_ins, scope).await? {
        return Ok((connection, false));
    }
    let telephones = stand_ins.telephones(&hex::encode(app.random.array::<12>()));
    let password = webhook_password(app);
    let mut fields = fields(&telephones);
    fields.insert("webhook_username".to_owned(), Some(telephones.user.clone().into()));
    fields.insert("webhook_password".to_owned(), Some(password.clone()));
    let name = "UCM sandbox".to_owned();
    let new = NewConnection { app_id: None, provider: CloudUcm.slug().to_owned(), name, fields };
    let connection = connecting::create(app, scope, &new, by).await?;
    let told = tell(app, stand_ins, scope, &connection, &telephones.user, password).await;
    if let Err(error) = told {
        // Half of it is of no use to anybody, and would be found by the next try.
        connecting::remove(app, scope, connection.id, true, by).await?;
        return Err(error);
    }
    connecting::check(app, scope, &connection).await?;
    Ok((connections::find(app, scope, connection.id).await?, true))
}

/// Turns a connection that was made at an earlier start to the telephone systems of this one: another port, another
/// certificate, and they have forgotten where to report to.
pub async fn report(
    app: &Arc<App>,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    connection: &Connection,
    by: &Origin,
) -> Result<(), SandboxError> {
    let Some(user) = user_of(stand_ins, connection) else { return Ok(()) };
    let telephones = Telephones { user: user.clone(), ..stand_ins.telephones("") };
    let (settings, credentials): (Values, Values) =
        fields(&telephones).into_iter().partition(|(name, _)| name != "password");
    connecting::update(app, scope, connection.id, None, &settings, by).await?;
    let password = webhook_password(app);
    let mut credentials = credentials;
    credentials.insert("webhook_password".to_owned(), Some(password.clone()));
    connecting::set_credentials(app, scope, connection.id, &credentials, by).await?;
    tell(app, stand_ins, scope, connection, &user, password).await
}

fn fields(telephones: &Telephones) -> Values {
    let Telephones { host, port, certificate, user, password } = telephones.clone();
    let text = |text: String| Some(SecretString::from(text));
    BTreeMap::from([
        ("host".to_owned(), text(host)),
        ("port".to_owned(), text(port.to_string())),
        ("certificate_sha256".to_owned(), text(certificate)),
        ("username".to_owned(), text(user)),
        ("password".to_owned(), Some(password)),
    ])
}

fn webhook_password(app: &App) -> SecretString {
    SecretString::from(URL_SAFE_NO_PAD.encode(app.random.array::<18>()))
}

async fn tell(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    connection: &Connection,
    user: &str,
    password: SecretString,
) -> Result<(), SandboxError> {
    let own = connections::hook_url(app, connection).map_err(ConnectionsError::from)?;
    let path = own.strip_prefix(&app.settings.backend_url).unwrap_or_default();
    let username = connection.settings.get("webhook_username").and_then(|name| name.as_str()).unwrap_or(user);
    let to = ReportTo { url: format!("{}{path}", stand_ins.reach()), username: username.to_owned(), password };
    let time_zone = tenants::find(app, scope).await?.time_zone;
    stand_ins.report_to(user, &to, &time_zone).map_err(SandboxError::Refused)
}

/// The workspace's connection to a telephone system of the sandbox, and its API user there: the oldest.
pub async fn find(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
) -> Result<Option<(Connection, String)>, SandboxError> {
    let all = connections::list(app, scope, None, MOST_CONNECTIONS).await?;
    Ok(all.into_iter().find_map(|connection| user_of(stand_ins, &connection).map(|user| (connection, user))))
}

/// This connection, if it is one to a telephone system; `None` for any other. One that is not the sandbox's is refused.
pub(super) async fn meant(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    wanted: Option<ConnectionId>,
) -> Result<Option<(Connection, String)>, SandboxError> {
    let Some(id) = wanted else { return Ok(None) };
    let connection = connections::find(app, scope, id).await?;
    if connection.provider != CloudUcm.slug() {
        return Ok(None);
    }
    let user = user_of(stand_ins, &connection).ok_or(SandboxError::NotSandbox)?;
    Ok(Some((connection, user)))
}

fn user_of(stand_ins: &dyn StandIns, connection: &Connection) -> Option<String> {
    if connection.provider != CloudUcm.slug() {
        return None;
    }
    let user = connection.settings.get("username")?.as_str()?;
    stand_ins.are_their_telephones(user).then(|| user.to_owned())
}
