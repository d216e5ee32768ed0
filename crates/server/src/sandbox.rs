//! `serve --sandbox`: the stand-ins beside the server, and a demo tenant that is connected to them.
//!
//! The stand-ins listen on loopback and forget everything when they stop; the demo's tenant, app and connection are kept
//! in the database like any other, and their ids and key in `sandbox-demo.json`. So every start registers the demo's
//! webhook anew, and only the first one plays the demo's calls and texts.

use std::{
    fs, io,
    io::Write as _,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::{
    App, apps,
    audit::Origin,
    connecting,
    connections::{self, API_KEY, CredentialSource},
    provisioning::{self, ProvisionError, Wish},
};
use switchboard_domain::ids::{AppId, ConnectionId, TenantId};
use switchboard_sandbox::{
    DialpadConfig, RunningSandbox, Sandbox, SandboxConfig,
    dialpad::{Direction, PlayCall, PlayMessage, Scenario},
};
use switchboard_store::{TenantScope, connections::Connection, platform};
use url::Url;

use crate::{
    commands::CommandError,
    config::{
        Settings,
        address::BaseUrl,
        dialpad::{DialpadEnvironment, OauthClient},
    },
    telemetry::chain,
};

/// The stand-in accepts it from anybody on this machine; it opens nothing else.
const SANDBOX_KEY: &str = "sandbox-api-key";
const FILE: &str = "sandbox-demo.json";
const PRIVATE_FILE: u32 = 0o600;
/// Connections whose webhooks a start registers anew.
const MOST_CONNECTIONS: i64 = 1_000;

/// The demo's ids and key, as they are kept for the next start and for `simulate`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    pub tenant_id: TenantId,
    pub app_id: AppId,
    /// Opens the demo's records and nothing else.
    pub api_key: String,
    pub connection_id: ConnectionId,
    pub hook_url: String,
    /// Where the server was at the last start.
    pub url: String,
    /// Where the stand-ins are; `None` since a start without them.
    pub sandbox_url: Option<String>,
}

impl Demo {
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// What an earlier start kept; `None` where there was none or it cannot be read.
    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(data_dir)).ok()?).ok()
    }

    fn keep(&self, data_dir: &Path) -> Result<(), CommandError> {
        let path = Self::path(data_dir);
        let failed = |source| CommandError::KeepDemo { path: path.display().to_string(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(io::Error::other(error)))?;
        let written = fs::create_dir_all(data_dir).and_then(|()| {
            let mut file = fs::OpenOptions::new().create(true).write(true).mode(PRIVATE_FILE).open(&path)?;
            file.set_len(0)?;
            file.write_all(&text)?;
            file.sync_all()
        });
        written.map_err(failed)
    }
}

/// Starts the stand-ins and turns the settings to them.
pub async fn start(settings: &mut Settings) -> Result<RunningSandbox, CommandError> {
    let own_key = settings.dialpad.api_key.as_ref().map(|key| key.expose_secret().to_owned());
    let dialpad = DialpadConfig { api_keys: own_key.into_iter().collect(), ..DialpadConfig::default() };
    let port = settings.sandbox.port;
    let config = SandboxConfig { port, dialpad: dialpad.clone(), ..SandboxConfig::default() };
    let running = Sandbox::start(config).await.map_err(|source| CommandError::Listen {
        address: format!("127.0.0.1:{port}"),
        variable: "SANDBOX_PORT",
        source,
    })?;
    turn(settings, &dialpad, &running.url());
    Ok(running)
}

/// Turns a command's settings to where the server of this data folder is turned: a command beside a sandbox must not ask
/// the real Dialpad about it.
pub fn follow(settings: &mut Settings) {
    let running = Demo::read(&settings.database.data_dir).and_then(|demo| demo.sandbox_url);
    if let Some(url) = running {
        turn(settings, &DialpadConfig::default(), &url);
    }
}

/// Notes that the server of this data folder runs without stand-ins now.
pub fn leave(data_dir: &Path) -> Result<(), CommandError> {
    match Demo::read(data_dir) {
        Some(demo) if demo.sandbox_url.is_some() => Demo { sandbox_url: None, ..demo }.keep(data_dir),
        _ => Ok(()),
    }
}

/// Only what says where Dialpad is and how to get in there; a key that somebody set goes on being used.
fn turn(settings: &mut Settings, sandbox: &DialpadConfig, url: &str) {
    let dialpad = &mut settings.dialpad;
    if let Ok(url) = BaseUrl::parse(url) {
        dialpad.api_url = url;
    }
    dialpad.environment = DialpadEnvironment::Sandbox;
    dialpad.api_key.get_or_insert_with(|| SecretString::from(SANDBOX_KEY));
    dialpad.oauth =
        Some(OauthClient { id: sandbox.client_id.clone(), secret: SecretString::from(sandbox.client_secret.clone()) });
}

/// Makes or finds the demo, registers its webhook, and on the first start plays its calls and texts. The server must be
/// listening.
pub async fn prepare(
    app: &Arc<App>,
    sandbox: &RunningSandbox,
    data_dir: &Path,
    listening: SocketAddr,
) -> Result<Demo, CommandError> {
    let here = format!("http://127.0.0.1:{}", listening.port());
    let known = match Demo::read(data_dir) {
        Some(demo) => find(app, &demo).await?.map(|found| (demo, found)),
        None => None,
    };
    let is_first = known.is_none();
    let (mut demo, (scope, connection)) = match known {
        Some(known) => known,
        None => make(app).await?,
    };
    demo.sandbox_url = Some(sandbox.url());
    demo.url.clone_from(&here);
    demo.keep(data_dir)?;
    register(app, scope, connection, &here).await?;
    register_others(app, demo.connection_id).await?;
    if is_first {
        play(sandbox).await;
    }
    Ok(demo)
}

type Found = (TenantScope, Connection);

/// The demo's connection; `None` when the database is not the one that the file was written with.
async fn find(app: &Arc<App>, demo: &Demo) -> Result<Option<Found>, CommandError> {
    let Some(owner) = platform::find_connection(&app.db, demo.connection_id).await? else { return Ok(None) };
    let scope = owner.scope();
    Ok(Some((scope, connections::find(app, scope, demo.connection_id).await?)))
}

async fn make(app: &Arc<App>) -> Result<(Demo, Found), CommandError> {
    let actor = Origin::operator("sandbox");
    let made = apps::create(app, "Sandbox demo", &actor).await?;
    let key = connecting::Values::from([(API_KEY.to_owned(), Some(SecretString::from(SANDBOX_KEY)))]);
    let connection = connecting::set_credentials(app, made.scope, made.connection_id, &key, &actor).await?;
    let demo = Demo {
        tenant_id: made.app.tenant_id,
        app_id: made.app.id,
        api_key: made.api_key.expose_secret().to_owned(),
        connection_id: made.connection_id,
        hook_url: made.hook_url,
        url: String::new(),
        sandbox_url: None,
    };
    Ok((demo, (made.scope, connection)))
}

/// Registers the demo's own URL, by way of loopback: the stand-in cannot be made to call anywhere else by a BACKEND_URL
/// that is not reachable from here.
async fn register(app: &Arc<App>, scope: TenantScope, connection: Connection, here: &str) -> Result<(), CommandError> {
    let own = connections::hook_url(app, &connection).map_err(connections::ConnectionsError::from)?;
    let path = Url::parse(&own).map(|url| url.path().to_owned()).unwrap_or_default();
    let wish = Wish { webhook_url: Some(format!("{here}{path}")), webhook_secret: None };
    provisioning::create_for(app, scope, connection, wish, &Origin::operator("sandbox")).await?;
    Ok(())
}

/// Registers anew what other connections had registered at an earlier start. Only those without credentials of their own:
/// they can only ever have been at the sandbox, because its key is not a real one.
async fn register_others(app: &Arc<App>, demo: ConnectionId) -> Result<(), CommandError> {
    let is_stand_ins = app.settings.dialpad.api_key.as_ref().is_some_and(|key| key.expose_secret() == SANDBOX_KEY);
    if !is_stand_ins {
        return Ok(());
    }
    for owner in platform::list_connections(&app.db, "dialpad", MOST_CONNECTIONS).await? {
        if owner.connection_id == demo {
            continue;
        }
        if let Err(error) = register_again(app, owner.scope(), owner.connection_id).await {
            tracing::warn!(
                connection = %owner.connection_id,
                error = %chain(&error),
                "a webhook was not registered at the sandbox again; `switchboard connections repair` tries once more"
            );
        }
    }
    Ok(())
}

async fn register_again(app: &Arc<App>, scope: TenantScope, id: ConnectionId) -> Result<(), ProvisionError> {
    let connection = connections::find(app, scope, id).await?;
    let registered = {
        let mut reader = app.db.read(scope).await?;
        switchboard_store::registered_webhooks::list_of_connection(&mut reader.conn(), scope, id).await?
    };
    let credentials = connections::credentials_for(app, scope, &connection).await;
    let is_installations = credentials.is_ok_and(|found| found.source == CredentialSource::InstallationKey);
    if !registered.is_empty() && is_installations {
        provisioning::repair_connection(app, scope, connection, &Origin::operator("sandbox")).await?;
    }
    Ok(())
}

/// A recorded call, a missed one, a voicemail, and a text each way.
async fn play(sandbox: &RunningSandbox) {
    let control = sandbox.dialpad();
    for scenario in [Scenario::Recorded, Scenario::Missed, Scenario::Voicemail] {
        if let Err(error) = control.play(&PlayCall::new(scenario)).await {
            tracing::warn!(%error, "a call of the demo was not played");
        }
    }
    let texts = [
        PlayMessage::new(Direction::Inbound, "Hi! Can I still get a table for four tonight?"),
        PlayMessage::new(Direction::Outbound, "You can: 7:30 is yours. See you then."),
    ];
    for text in &texts {
        if let Err(error) = control.send_message(text).await {
            tracing::warn!(%error, "a text of the demo was not played");
        }
    }
}

/// How this binary is called from here: by its name where programs are installed, else by its path.
fn program() -> String {
    let name = "switchboard".to_owned();
    let Ok(path) = std::env::current_exe() else { return name };
    if path.parent().is_some_and(|folder| folder.ends_with("bin")) {
        return name;
    }
    let here = std::env::current_dir().ok();
    let shown = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(&path);
    shown.display().to_string()
}

/// What a person sees first: where everything is and three lines to try.
pub fn welcome(demo: &Demo, data_dir: &Path) -> String {
    let Demo { url, api_key, .. } = demo;
    let sandbox_url = demo.sandbox_url.as_deref().unwrap_or_default();
    format!(
        "
Switchboard runs on sandbox input. Nothing here reaches a real provider.

  API and docs    {url}/docs
  Dialpad sandbox {sandbox_url}
  demo API key    {api_key}
                  (kept in {file})

Try:
  curl -H 'x-app-api-key: {api_key}' {url}/api/calls
  curl -H 'x-app-api-key: {api_key}' {url}/api/messages
  curl -H 'x-app-api-key: {api_key}' {url}/api/voicemails

and in another terminal, to see one arrive:
  {program} simulate call

Ctrl-C ends it.
",
        file = Demo::path(data_dir).display(),
        program = program()
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_demo_is_kept_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let id = uuid::Uuid::from_u128(7);
        let demo = Demo {
            tenant_id: TenantId::from_uuid(id),
            app_id: AppId::from_uuid(id),
            api_key: "raw_x".to_owned(),
            connection_id: ConnectionId::from_uuid(id),
            hook_url: "http://localhost:4000/hooks/t".to_owned(),
            url: "http://127.0.0.1:4000".to_owned(),
            sandbox_url: Some("http://127.0.0.1:4001".to_owned()),
        };
        demo.keep(folder.path()).unwrap();
        let shorter = Demo { api_key: "r".to_owned(), ..demo };
        shorter.keep(folder.path()).unwrap();
        assert_eq!(Demo::read(folder.path()).unwrap().api_key, "r");
        let mode = fs::metadata(Demo::path(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(Demo::read(Path::new("/nowhere")).is_none());
    }
}
