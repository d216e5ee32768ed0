//! Where a workspace's telephone system sends its call records: an address, a user name and a password, made together with the
//! workspace, so that the first record can come before anybody has set anything up.
//!
//! The password is shown once and kept as a hash. When it is replaced, the one before it goes on for a while: a telephone
//! system must be told of the new one by hand, and it is not known to send a refused record again.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{CallId, ConnectionId, deterministic},
};
use switchboard_providers::{Connectable as _, Expectation, cloud_ucm::CloudUcm, contract::RawRequest};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope, TenantTx,
    connections::{self as rows, Connection},
    platform::{self, passwords},
    secrets::{self, Credential},
};

use crate::{
    App,
    accounts::{FieldFault, password::PasswordError},
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError, sealed_credential},
    hooks,
    intake::{self, Refused},
    vault::Place,
};

/// What such a connection is called until somebody calls it something else.
const NAME: &str = "Telephone system";
const USERNAME: &str = "webhook_username";
const PASSWORD: &str = passwords::PASSWORDS[0];
const BEFORE: &str = passwords::PASSWORDS[1];
/// Characters of a password that somebody chose.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// What a telephone system is told, password included: the only time that it can be read.
#[derive(Debug, Clone)]
pub struct Issued {
    pub connection: ConnectionId,
    pub url: String,
    pub username: String,
    pub password: SecretString,
}

/// The guide's address, which names the workspace.
pub fn url(app: &App, subdomain: &str) -> String {
    format!("{}/api/webhook/cdr/{subdomain}", app.settings.backend_url)
}

/// A password that was made, with its hash. Hashing takes a while, so it is done before the transaction.
pub(crate) struct Prepared {
    password: SecretString,
    hash: SecretString,
}

pub(crate) async fn prepare(app: &App) -> Result<Prepared, PasswordError> {
    let password = SecretString::from(URL_SAFE_NO_PAD.encode(app.random.array::<18>()));
    let hash = app.accounts.passwords.hash(app.random.as_ref(), &password).await?;
    Ok(Prepared { password, hash: SecretString::from(hash) })
}

/// Makes the connection of a workspace that is just being made, in its transaction.
pub(crate) async fn install(
    app: &App,
    tx: &mut PlatformTx,
    scope: TenantScope,
    subdomain: &str,
    prepared: Prepared,
    by: &Origin,
) -> Result<Issued, StoreError> {
    let (now, tenant) = (app.now(), scope.tenant());
    // The subdomain is nobody else's, so neither is the name.
    let settings = json!({ USERNAME: subdomain });
    let fresh = connections::fresh(app, tenant, None, CloudUcm.slug(), NAME, settings, now);
    let place = Place { tenant, owner: fresh.row.id.uuid(), field: PASSWORD };
    let sealed = app.vault.seal(&*app.random, place, &prepared.hash);
    let credential = Credential { name: PASSWORD.to_owned(), sealed, expires_at: None, updated_at: now };
    passwords::install(tx, scope, &fresh.row, &credential).await?;
    let entry = Entry::new(by, Action::ConnectionCreated).on("connection", fresh.row.id);
    audit::record_for(tx, app, scope, entry.with("provider", CloudUcm.slug()).with("name", NAME)).await?;
    Ok(Issued {
        connection: fresh.row.id,
        url: url(app, subdomain),
        username: subdomain.to_owned(),
        password: prepared.password,
    })
}

/// How a connection's webhook stands.
#[derive(Debug, Clone)]
pub struct Standing {
    pub url: String,
    /// The connection's own address, which names nobody.
    pub own_url: Option<String>,
    pub username: Option<String>,
    pub password_set_at: Option<Timestamp>,
    /// Until when the password before it goes on.
    pub before_until: Option<Timestamp>,
}

/// What a telephone system must be told, as far as it can be shown again.
pub async fn standing(app: &App, scope: TenantScope, id: ConnectionId) -> Result<Standing, ConnectionsError> {
    let row = telephone_system(app, scope, id).await?;
    let mut reader = app.db.read(scope).await?;
    let credentials = secrets::list_credentials(&mut reader.conn(), scope, id).await?;
    drop(reader);
    let held = |name: &str| credentials.iter().find(|held| held.name == name);
    let before_until = held(BEFORE).and_then(|held| held.expires_at).filter(|until| *until > app.now());
    Ok(Standing {
        url: url(app, &subdomain(app, scope).await?),
        own_url: connections::hook_url(app, &row).ok(),
        username: row.settings.get(USERNAME).and_then(|name| name.as_str()).map(str::to_owned),
        password_set_at: held(PASSWORD).map(|held| held.updated_at),
        before_until,
    })
}

/// Gives a connection another password, made here if none is given, and another user name if one is.
pub async fn replace(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    username: Option<&str>,
    password: Option<SecretString>,
    by: &Origin,
) -> Result<Issued, ConnectionsError> {
    let row = telephone_system(app, scope, id).await?;
    let subdomain = subdomain(app, scope).await?;
    let kept = row.settings.get(USERNAME).and_then(|name| name.as_str()).unwrap_or(&subdomain);
    let username = username.map_or(kept, str::trim).to_owned();
    checked(&username, password.as_ref())?;
    let prepared = match password {
        None => prepare(app).await?,
        Some(password) => {
            let hash = app.accounts.passwords.hash(app.random.as_ref(), &password).await?;
            Prepared { password, hash: SecretString::from(hash) }
        }
    };
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let row = rows::lock(&mut tx.conn(), scope, id, now).await?.ok_or(ConnectionsError::NotFound)?;
    keep_before(app, &mut tx, &row, now).await?;
    let credential = sealed_credential(app, &row, PASSWORD, &prepared.hash, None, now);
    secrets::set_credential(&mut tx.conn(), scope, id, &credential).await?;
    let mut settings = row.settings.as_object().cloned().unwrap_or_default();
    settings.insert(USERNAME.to_owned(), username.as_str().into());
    rows::update(&mut tx.conn(), scope, id, &row.name, &settings.into(), row.is_unsigned, now).await?;
    audit::record(&mut tx, app, Entry::new(by, Action::ConnectionSecretReplaced).on("connection", id)).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(Issued { connection: id, url: url(app, &subdomain), username, password: prepared.password })
}

fn checked(username: &str, password: Option<&SecretString>) -> Result<(), ConnectionsError> {
    let mut faults = Vec::new();
    let is_name = (1..=100).contains(&username.chars().count())
        && !username.contains([':'])
        && !username.contains(char::is_control);
    if !is_name {
        faults.push(FieldFault::new("username", "invalid", "it has 1 to 100 characters, and no colon among them"));
    }
    if password.is_some_and(|given| !LENGTH.contains(&given.expose_secret().chars().count())) {
        faults.push(FieldFault::new("password", "invalid", "it has 8 to 128 characters"));
    }
    if faults.is_empty() { Ok(()) } else { Err(ConnectionsError::Fields(faults)) }
}

/// Lets the password that is there go on under another name until the grace period is over.
pub(crate) async fn keep_before(
    app: &App,
    tx: &mut TenantTx,
    row: &Connection,
    now: Timestamp,
) -> Result<(), ConnectionsError> {
    let scope = tx.scope();
    let Some(held) = secrets::find_credential(&mut tx.conn(), scope, row.id, PASSWORD).await? else { return Ok(()) };
    let place = Place { tenant: row.tenant_id, owner: row.id.uuid(), field: PASSWORD };
    let hash = app.vault.open(place, &held.sealed)?;
    let until = now + app.settings.grace_period;
    let before = sealed_credential(app, row, BEFORE, &hash, Some(until), now);
    secrets::set_credential(&mut tx.conn(), scope, row.id, &before).await?;
    Ok(())
}

/// A test call that was taken in.
#[derive(Debug, Clone)]
pub struct TestCall {
    pub uniqueid: String,
    /// The call that it makes.
    pub call: CallId,
}

/// A test call could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum TestCallError {
    #[error(transparent)]
    Connection(#[from] ConnectionsError),
    #[error("the connection is switched off; switch it on first")]
    SwitchedOff,
    #[error("the test call was not taken in")]
    Refused(#[from] Refused),
}

/// Sends the guide's test record the way a telephone system's records go, but for the password, which nobody here knows.
pub async fn send_test_call(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    by: &Origin,
) -> Result<TestCall, TestCallError> {
    telephone_system(app, scope, id).await?;
    // Each its own call: what is sent twice is one.
    let uniqueid = format!("test-{}", app.now().as_millis());
    let body = json!({ "uniqueid": uniqueid, "src": "1001", "dst": "2002" }).to_string();
    let request = RawRequest { headers: Vec::new(), body: Bytes::from(body) };
    let resolved =
        hooks::as_connection(app, id, &request, &Expectation::Proved).await.map_err(|error| match error {
            Some(error) => TestCallError::Connection(error.into()),
            None => TestCallError::SwitchedOff,
        })?;
    intake::store(app, resolved, &request).await?;
    let entry = Entry::new(by, Action::ConnectionTested).on("connection", id);
    audit::record_alone(app, scope, entry).await.map_err(ConnectionsError::from)?;
    let call = deterministic(id.uuid(), &uniqueid);
    Ok(TestCall { uniqueid, call })
}

async fn telephone_system(app: &App, scope: TenantScope, id: ConnectionId) -> Result<Connection, ConnectionsError> {
    let row = connections::find(app, scope, id).await?;
    if row.provider == CloudUcm.slug() {
        Ok(row)
    } else {
        let why = "its provider signs what it sends; it has a webhook secret instead of a password";
        Err(ConnectionsError::Fields(vec![FieldFault::new("id", "invalid", why)]))
    }
}

async fn subdomain(app: &App, scope: TenantScope) -> Result<String, StoreError> {
    let found = platform::find_tenant(&app.db, scope.tenant()).await?;
    Ok(found.map(|found| found.tenant.subdomain).unwrap_or_default())
}
