//! `serve --sandbox`: the stand-ins beside the server, and a demo workspace that is connected to them.
//!
//! The stand-ins listen on loopback and forget everything when they stop; the demo's tenant, owner, app and connection are
//! kept in the database like any other, and their ids, password and key in `sandbox-demo.json`. So every start registers
//! webhooks anew, and only the first one plays the demo's past.

mod demo;
mod stand_ins;

use std::{net::SocketAddr, path::Path, sync::Arc};

use jiff::tz::TimeZone;
use secrecy::{ExposeSecret as _, SecretString};
use switchboard_app::{
    App, Random, SystemRandom,
    apps::{self, KeyTerms},
    audit::Origin,
    connecting,
    connections::{self, API_KEY},
    provisioning::{self, ProvisionError},
    sandbox::{self as played, Act, StandIns},
    tenants::{self, NewOwner, NewTenant, TenantsError},
};
use switchboard_domain::ids::{ConnectionId, UserId};
use switchboard_sandbox::{
    DialpadConfig, RunningSandbox, Sandbox, SandboxConfig,
    dialpad::{Direction, PlayCall, PlayHistory, PlayMessage, Scenario},
};
use switchboard_store::{
    TenantScope,
    connections::Connection,
    people::{memberships, users},
    platform,
};

pub use self::{
    demo::{Demo, DemoOwner, welcome},
    stand_ins::stand_ins,
};
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
/// The same of the speech services.
const SPEECH_KEY: &str = "sandbox-speech-key";
/// What the names of API users of the stand-in's telephone systems begin with.
const SANDBOX_USER: &str = "sandbox-ucm";
/// What the demo's telephone system has seen in the last days.
const TELEPHONE_DAYS: u32 = 7;
/// Connections whose webhooks a start registers anew.
const MOST_CONNECTIONS: i64 = 1_000;
/// How the stand-ins reach this server, up to the port.
const LOOPBACK: &str = "http://127.0.0.1:";
/// What the demo's past is made of.
const DAYS: u32 = 14;
const SEED: u64 = 1;
const OWNER: &str = "owner@demo.example";
/// People who may have been made for demos whose file was lost.
const MOST_OWNERS: u32 = 100;

/// Starts the stand-ins and turns the settings to them.
pub async fn start(settings: &mut Settings) -> Result<RunningSandbox, CommandError> {
    let own_key = settings.dialpad.api_key.as_ref().map(|key| key.expose_secret().to_owned());
    let dialpad = DialpadConfig { api_keys: own_key.into_iter().collect(), ..DialpadConfig::default() };
    let port = settings.sandbox.port;
    // What happens in this run has other ids than what happened in earlier ones.
    let random: &dyn Random = &SystemRandom::default();
    let run = u64::from_be_bytes(random.array());
    let config = SandboxConfig { port, run, dialpad: dialpad.clone(), ..SandboxConfig::default() };
    let running = Sandbox::start(config).await.map_err(|source| CommandError::Listen {
        address: format!("127.0.0.1:{port}"),
        variable: "SANDBOX_PORT",
        source,
    })?;
    turn(settings, &dialpad, &running.url());
    // Its telephone systems are at an address that tenants' own may not be at.
    let telephones = SocketAddr::from(([127, 0, 0, 1], running.clouducm().port()));
    settings.rates.outbound_allow = settings.rates.outbound_allow.clone().and(telephones);
    Ok(running)
}

/// Turns a command's settings to where the server of this data folder is turned: a command beside a sandbox must not ask
/// the real Dialpad about it.
pub fn follow(settings: &mut Settings) {
    let Some(demo) = Demo::read(&settings.database.data_dir) else { return };
    let Some(url) = demo.sandbox_url else { return };
    turn(settings, &DialpadConfig::default(), &url);
    if let Some(port) = demo.telephone_port {
        let telephones = SocketAddr::from(([127, 0, 0, 1], port));
        settings.rates.outbound_allow = settings.rates.outbound_allow.clone().and(telephones);
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
    let providers = &mut settings.providers;
    let services = [&mut providers.openai, &mut providers.deepgram, &mut providers.assemblyai];
    for (service, path) in services.into_iter().zip(["openai", "deepgram", "assemblyai"]) {
        if let Ok(url) = BaseUrl::parse(&format!("{url}/{path}")) {
            *service = url;
        }
    }
    let dialpad = &mut settings.dialpad;
    if let Ok(url) = BaseUrl::parse(url) {
        dialpad.api_url = url;
    }
    dialpad.environment = DialpadEnvironment::Sandbox;
    dialpad.api_key.get_or_insert_with(|| SecretString::from(SANDBOX_KEY));
    dialpad.oauth =
        Some(OauthClient { id: sandbox.client_id.clone(), secret: SecretString::from(sandbox.client_secret.clone()) });
}

/// Makes or finds the demo, registers webhooks, and on the first start plays the demo's past. The server must be listening.
pub async fn prepare(
    app: &Arc<App>,
    sandbox: &RunningSandbox,
    settings: &Settings,
    listening: SocketAddr,
    calls: u32,
) -> Result<Demo, CommandError> {
    let (here, data_dir) = (here(listening), &settings.database.data_dir);
    let ours = stand_ins(sandbox, &here, settings.sandbox.pace);
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
    demo.telephone_port = Some(sandbox.clouducm().port());
    demo.url.clone_from(&here);
    demo.keep(data_dir)?;
    remove_stale(app, &*ours, scope, demo.connection_id).await?;
    played::provision(app, &*ours, scope, connection, &Origin::operator("sandbox")).await?;
    register_others(app, &*ours, demo.connection_id).await?;
    turn_telephones(app, &*ours).await?;
    if is_first {
        let connection = connections::find(app, scope, demo.connection_id).await?;
        connecting::check(app, scope, &connection).await?;
        play(sandbox, calls).await;
        connect_speech(app, scope).await;
        connect_telephones(app, &*ours, scope, calls).await;
    }
    let telephones = played::find_telephones(app, &*ours, scope).await.ok().flatten();
    demo.telephone_user = telephones.map(|(_, user)| user);
    demo.keep(data_dir)?;
    Ok(demo)
}

/// Where the stand-ins reach this server, whatever its public address is.
pub fn here(listening: SocketAddr) -> String {
    format!("{LOOPBACK}{}", listening.port())
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
    let (scope, owner) = make_workspace(app, &actor).await?;
    let made = apps::create_in(app, scope, "Sandbox demo", KeyTerms::default(), &actor).await?;
    let key = connecting::Values::from([(API_KEY.to_owned(), Some(SecretString::from(SANDBOX_KEY)))]);
    let connection = connecting::set_credentials(app, scope, made.connection_id, &key, &actor).await?;
    let demo = Demo {
        tenant_id: scope.tenant(),
        app_id: made.app.id,
        api_key: made.api_key.expose_secret().to_owned(),
        connection_id: made.connection_id,
        hook_url: made.hook_url,
        url: String::new(),
        sandbox_url: None,
        owner: Some(owner),
        telephone_user: None,
        telephone_port: None,
    };
    Ok((demo, (scope, connection)))
}

/// The demo's workspace with its owner, who may sign in at once. An address that is taken belongs to the owner of an earlier
/// demo, whose password nobody knows any more.
async fn make_workspace(app: &Arc<App>, by: &Origin) -> Result<(TenantScope, DemoOwner), CommandError> {
    let password = password(app);
    for number in 0..MOST_OWNERS {
        let email = if number == 0 { OWNER.to_owned() } else { OWNER.replacen('@', &format!("{}@", number + 1), 1) };
        let owner = NewOwner::Made {
            email: email.clone(),
            full_name: "Dana Demo".to_owned(),
            password: SecretString::from(password.as_str()),
        };
        let time_zone = TimeZone::system().iana_name().map(str::to_owned);
        let new = NewTenant { name: "Sandbox demo".to_owned(), plan: None, time_zone, owner: Some(owner) };
        match tenants::create(app, &new, by).await {
            Ok(made) => {
                confirm(app, made.scope, &email).await?;
                return Ok((made.scope, DemoOwner { email, password }));
            }
            Err(TenantsError::Invalid(faults)) if faults.iter().all(|fault| fault.code == "taken") => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CommandError::Usage(format!("there are {MOST_OWNERS} owners of demos in this database; use another DATA_DIR")))
}

/// Nobody reads mail at the demo's address, so nobody is asked to confirm it.
async fn confirm(app: &App, scope: TenantScope, email: &str) -> Result<(), CommandError> {
    let Some(owner) = users::find_by_email(&app.db, email).await? else { return Ok(()) };
    let user: UserId = owner.id;
    if memberships::find(&app.db, user, scope.tenant()).await?.is_some() {
        let mut tx = app.db.begin_platform().await?;
        users::mark_email_verified(&mut tx, user, email, app.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// To be read off a terminal and typed: sixty bits in letters that nobody mistakes for others.
fn password(app: &App) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
    let groups: [[u8; 4]; 3] = [app.random.array(), app.random.array(), app.random.array()];
    groups.map(|group| group.map(letter).iter().collect::<String>()).join("-")
}

/// Connects the demo to a server that writes recordings down and reads transcripts. A demo without one is still a demo.
async fn connect_speech(app: &Arc<App>, scope: TenantScope) {
    let value = |text: &str| Some(SecretString::from(text));
    let fields = [
        ("api_key".to_owned(), value(SPEECH_KEY)),
        ("transcription_model".to_owned(), value("sandbox-whisper")),
        ("chat_model".to_owned(), value("sandbox-chat")),
    ];
    let (provider, name) = ("openai".to_owned(), "Speech sandbox".to_owned());
    let new = connecting::NewConnection { app_id: None, provider, name, fields: fields.into() };
    let connected = async {
        let connection = connecting::create(app, scope, &new, &Origin::operator("sandbox")).await?;
        connecting::check(app, scope, &connection).await.map(|_| ())
    };
    if let Err(error) = connected.await {
        tracing::warn!(error = %chain(&error), "the demo's speech server was not connected");
    }
}

/// Connects the demo to a telephone system that has been in use for some days. A demo without one is still a demo.
async fn connect_telephones(app: &Arc<App>, ours: &dyn StandIns, scope: TenantScope, calls: u32) {
    let by = Origin::operator("sandbox");
    let played = async {
        let (connection, _) = played::connect_telephones(app, ours, scope, &by).await?;
        if calls > 0 {
            let act = Act::History { days: TELEPHONE_DAYS, calls: (calls / 3).max(1) };
            played::play(app, ours, scope, Some(connection.id), act, &by).await?;
        }
        Ok::<(), played::SandboxError>(())
    };
    if let Err(error) = played.await {
        tracing::warn!(error = %chain(&error), "the demo's telephone system was not connected");
    }
}

/// Turns connections of earlier starts to the telephone systems of this one.
async fn turn_telephones(app: &Arc<App>, ours: &dyn StandIns) -> Result<(), CommandError> {
    let by = Origin::operator("sandbox");
    for owner in platform::list_connections(&app.db, "clouducm", MOST_CONNECTIONS).await? {
        let connection = connections::find(app, owner.scope(), owner.connection_id).await?;
        if let Err(error) = played::report(app, ours, owner.scope(), &connection, &by).await {
            tracing::warn!(
                connection = %owner.connection_id,
                error = %chain(&error),
                "a telephone system of the sandbox was not connected again; remove its connection and connect a new one"
            );
        }
    }
    Ok(())
}

/// Registers anew what other connections had registered at an earlier start: all that can only ever have been at the
/// sandbox, because its keys are no real ones.
async fn register_others(app: &Arc<App>, ours: &dyn StandIns, demo: ConnectionId) -> Result<(), CommandError> {
    for owner in platform::list_connections(&app.db, "dialpad", MOST_CONNECTIONS).await? {
        if owner.connection_id == demo {
            continue;
        }
        if let Err(error) = register_again(app, ours, owner.scope(), owner.connection_id).await {
            tracing::warn!(
                connection = %owner.connection_id,
                error = %chain(&error),
                "a webhook was not registered at the sandbox again; `switchboard connections repair` tries once more"
            );
        }
    }
    Ok(())
}

async fn register_again(
    app: &Arc<App>,
    ours: &dyn StandIns,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<(), ProvisionError> {
    let connection = connections::find(app, scope, id).await?;
    let credentials = connections::credentials_for(app, scope, &connection).await;
    if !credentials.is_ok_and(|found| ours.is_theirs(&found.token)) {
        return Ok(());
    }
    let by = Origin::operator("sandbox");
    match remove_stale(app, ours, scope, id).await? {
        Registered::Nothing => Ok(()),
        Registered::Stale => played::provision(app, ours, scope, connection, &by).await,
        Registered::Here => provisioning::repair_connection(app, scope, connection, &by).await.map(|_| ()),
    }
}

/// What was registered for a connection at an earlier start.
enum Registered {
    Nothing,
    /// Where this server does not listen any more.
    Stale,
    Here,
}

/// Forgets webhooks to where this server listened at an earlier start: with `PORT=0` that is another port each time.
async fn remove_stale(
    app: &Arc<App>,
    ours: &dyn StandIns,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<Registered, ProvisionError> {
    let registered = {
        let mut reader = app.db.read(scope).await?;
        switchboard_store::registered_webhooks::list_of_connection(&mut reader.conn(), scope, id).await?
    };
    let mut found = if registered.is_empty() { Registered::Nothing } else { Registered::Here };
    for webhook in registered {
        let is_local = webhook.hook_url.starts_with(LOOPBACK);
        if is_local && !webhook.hook_url.starts_with(&format!("{}/", ours.reach())) {
            provisioning::remove(app, scope, webhook).await?;
            found = Registered::Stale;
        }
    }
    Ok(found)
}

/// Two weeks of a shop's calls and texts, and at their end a recorded call, a missed one, a voicemail, and a text each way.
async fn play(sandbox: &RunningSandbox, calls: u32) {
    let control = sandbox.dialpad();
    if calls > 0 {
        let time_zone = TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
        let history = PlayHistory { key: SANDBOX_KEY.to_owned(), days: DAYS, calls, seed: SEED, time_zone };
        if let Err(error) = control.live_through(&history).await {
            tracing::warn!(%error, "the demo's past was not played");
        }
    }
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
