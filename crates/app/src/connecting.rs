//! Making, changing, trying and removing connections, by what their kinds declare.
//!
//! A value is held to the shape that its kind says it has before anything is stored, and all that is wrong is said at once.
//! Credentials are sealed and never shown again; what is written down of a change is the names of fields.

use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId},
};
use switchboard_providers::{
    Account, CheckError, Connectable, FieldKind, Given, cloud_ucm::CloudUcm, dialpad::Dialpad, registry,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx, apps,
    connections::{self as rows, Connection},
    platform::passwords,
    secrets::{self, Credential},
};

use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError, MAX_SHORT, checked_name, sealed_credential},
    hooks::{SECRET_FIELD, streams},
    plans,
    provisioning::{self, ProvisionError},
    record_webhook,
    vault::Place,
};

/// Bytes of a value. The longest that a provider here hands out are tokens of some 2,000.
const MAX_VALUE: usize = 8_192;

/// Values by the names of fields; `None` takes a field away.
pub type Values = BTreeMap<String, Option<SecretString>>;

/// A connection that somebody wants.
#[derive(Debug)]
pub struct NewConnection {
    pub app_id: Option<AppId>,
    pub provider: String,
    pub name: String,
    /// Settings and credentials alike.
    pub fields: Values,
}

/// Fields by what becomes of them.
#[derive(Debug, Default)]
struct Sorted {
    settings: BTreeMap<&'static str, Option<String>>,
    credentials: BTreeMap<&'static str, Option<SecretString>>,
    webhook_secret: Option<SecretString>,
}

fn kind_of(provider: &str) -> Result<&'static dyn Connectable, ConnectionsError> {
    registry::connectable_by_slug(provider)
        .ok_or_else(|| ConnectionsError::UnknownProvider(provider.chars().take(60).collect()))
}

impl Sorted {
    /// Everything in its shape, or all that is wrong. `only` refuses fields of the other kind.
    fn of(kind: &dyn Connectable, values: &Values, only: Option<FieldKind>) -> Result<Self, Vec<FieldFault>> {
        let (mut sorted, mut faults) = (Self::default(), Vec::new());
        for (name, value) in values {
            let known = kind.connect().fields.iter().find(|field| field.name == name.as_str());
            let Some(field) = known.filter(|field| only.is_none_or(|only| field.kind == only)) else {
                faults.push(unknown(kind, name, only));
                continue;
            };
            let given = value.as_ref().map(|value| value.expose_secret().trim()).filter(|value| !value.is_empty());
            let checked = match given {
                Some(text) if text.len() > MAX_VALUE || (name == SECRET_FIELD && text.len() > MAX_SHORT) => {
                    Err("it is too long".to_owned())
                }
                Some(text) => field.shape.check(text).map(Some),
                None if field.required => Err(format!("{} needs it", kind.display_name())),
                None => Ok(None),
            };
            match checked {
                Err(why) => faults.push(FieldFault::new(field.name, "invalid", why)),
                Ok(value) => sorted.put(field.name, field.kind, value),
            }
        }
        if faults.is_empty() { Ok(sorted) } else { Err(faults) }
    }

    fn put(&mut self, name: &'static str, kind: FieldKind, value: Option<String>) {
        match kind {
            FieldKind::Credential if name == SECRET_FIELD => self.webhook_secret = value.map(SecretString::from),
            FieldKind::Credential => {
                self.credentials.insert(name, value.map(SecretString::from));
            }
            FieldKind::Setting => {
                self.settings.insert(name, value);
            }
        }
    }

    /// Puts a hash in the place of each credential that is only ever compared: what need not be opened cannot be stolen.
    async fn hash_compared(&mut self, app: &App, kind: &dyn Connectable) -> Result<(), ConnectionsError> {
        for name in kind.only_compared() {
            if let Some(Some(value)) = self.credentials.get_mut(name) {
                *value = SecretString::from(app.accounts.passwords.hash(app.random.as_ref(), value).await?);
            }
        }
        Ok(())
    }

    fn apply_settings(&self, settings: &mut Map<String, Value>) {
        for (name, value) in &self.settings {
            match value {
                None => settings.remove(*name),
                Some(text) => settings.insert((*name).to_owned(), text.as_str().into()),
            };
        }
    }
}

/// Refuses addresses that another workspace takes records from.
async fn hold_apart(app: &App, scope: TenantScope, settings: &Map<String, Value>) -> Result<(), ConnectionsError> {
    match streams::overlap(app, scope, settings).await? {
        Some(why) => Err(ConnectionsError::Fields(vec![FieldFault::new(streams::FROM, "invalid", why)])),
        None => Ok(()),
    }
}

fn unknown(kind: &dyn Connectable, name: &str, only: Option<FieldKind>) -> FieldFault {
    let fields = kind.connect().fields.iter().filter(|field| only.is_none_or(|only| field.kind == only));
    let known: Vec<&str> = fields.map(|field| field.name).collect();
    let (place, name) =
        (if only == Some(FieldKind::Setting) { "settings" } else { "credentials" }, name.chars().take(60));
    let name: String = name.collect();
    FieldFault::new(place, "unknown", format!("{} has no `{name}`; it has {}", kind.display_name(), known.join(", ")))
}

/// Names of what was set or taken away, for the audit log.
fn names<V>(values: &BTreeMap<&'static str, V>) -> Vec<&'static str> {
    values.keys().copied().collect()
}

/// Makes a connection. Everything that its kind requires must be there.
pub async fn create(
    app: &App,
    scope: TenantScope,
    new: &NewConnection,
    by: &Origin,
) -> Result<Connection, ConnectionsError> {
    let kind = kind_of(&new.provider)?;
    let missing = kind.connect().fields.iter().filter(|field| field.required && !new.fields.contains_key(field.name));
    let missing: Vec<FieldFault> = missing
        .map(|field| FieldFault::new(field.name, "required", format!("{} needs it", kind.display_name())))
        .collect();
    if !missing.is_empty() {
        return Err(ConnectionsError::Fields(missing));
    }
    create_incomplete(app, scope, new, by).await
}

/// [`create`], whatever is missing: for values that come one at a time. Until all are there, its check says which are not.
pub(crate) async fn create_incomplete(
    app: &App,
    scope: TenantScope,
    new: &NewConnection,
    by: &Origin,
) -> Result<Connection, ConnectionsError> {
    let kind = kind_of(&new.provider)?;
    let name = checked_name(&new.name)?;
    plans::may_grow(app, scope, &by.actor).await?;
    let mut sorted = Sorted::of(kind, &new.fields, None).map_err(ConnectionsError::Fields)?;
    sorted.hash_compared(app, kind).await?;
    let now = app.now();
    let mut settings = Map::new();
    sorted.apply_settings(&mut settings);
    hold_apart(app, scope, &settings).await?;
    let mut fresh =
        connections::fresh(app, scope.tenant(), new.app_id, kind.slug(), name, Value::Object(settings), now);
    fresh.row.uses_installation_key = kind.slug() == Dialpad.slug() && connections::lends(app, &by.actor).await?;
    let id = fresh.row.id;
    let mut tx = app.db.begin(scope).await?;
    if let Some(app_id) = new.app_id {
        apps::find(&mut tx.conn(), scope, app_id).await?.ok_or(ConnectionsError::NoSuchApp)?;
    }
    rows::insert(&mut tx.conn(), scope, &fresh.row).await?;
    let row = rows::find(&mut tx.conn(), scope, id).await?.ok_or(ConnectionsError::NotFound)?;
    set_credentials_in(app, &mut tx, &row, &sorted, now).await?;
    keep_settings(&mut tx, &row, row.settings.as_object().cloned().unwrap_or_default(), &row.name, now).await?;
    let entry = Entry::new(by, Action::ConnectionCreated).on("connection", id).with("provider", kind.slug());
    let entry = entry.with("name", name).with("credentials", names(&sorted.credentials));
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    if let Some(secret) = &sorted.webhook_secret {
        replace_secret(app, scope, &row, secret).await?;
    }
    connections::find(app, scope, id).await
}

async fn set_credentials_in(
    app: &App,
    tx: &mut TenantTx,
    connection: &Connection,
    sorted: &Sorted,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = tx.scope();
    for (name, value) in &sorted.credentials {
        match value {
            None => {
                secrets::delete_credentials(&mut tx.conn(), scope, connection.id, &[name]).await?;
            }
            Some(value) => {
                let credential = sealed_credential(app, connection, name, value, None, now);
                secrets::set_credential(&mut tx.conn(), scope, connection.id, &credential).await?;
            }
        }
    }
    Ok(())
}

async fn keep_settings(
    tx: &mut TenantTx,
    connection: &Connection,
    settings: Map<String, Value>,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = tx.scope();
    let is_unsigned = settings.get("unsigned").and_then(Value::as_str) == Some("true");
    let settings = Value::Object(settings);
    rows::update(&mut tx.conn(), scope, connection.id, name, &settings, is_unsigned, now).await.map(|_| ())
}

/// Changes a connection's name and settings; what is not named stays.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    name: Option<&str>,
    settings: &Values,
    by: &Origin,
) -> Result<Connection, ConnectionsError> {
    let row = connections::find(app, scope, id).await?;
    let sorted =
        Sorted::of(kind_of(&row.provider)?, settings, Some(FieldKind::Setting)).map_err(ConnectionsError::Fields)?;
    if [streams::FROM, streams::SERIAL].iter().any(|name| sorted.settings.contains_key(name)) {
        let mut wanted = row.settings.as_object().cloned().unwrap_or_default();
        sorted.apply_settings(&mut wanted);
        // Before the transaction: it reads what others have, on a connection of its own.
        hold_apart(app, scope, &wanted).await?;
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let row = rows::lock(&mut tx.conn(), scope, id, now).await?.ok_or(ConnectionsError::NotFound)?;
    let name = name.map_or(Ok(row.name.as_str()), checked_name)?;
    let mut kept = row.settings.as_object().cloned().unwrap_or_default();
    sorted.apply_settings(&mut kept);
    keep_settings(&mut tx, &row, kept, name, now).await?;
    let entry = Entry::new(by, Action::ConnectionUpdated).on("connection", id);
    audit::record(&mut tx, app, entry.with("name", name).with("settings", names(&sorted.settings))).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    connections::find(app, scope, id).await
}

/// Sets credentials; what is not named stays. How the connection stands is open again until it is tried.
pub async fn set_credentials(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    values: &Values,
    by: &Origin,
) -> Result<Connection, ConnectionsError> {
    let kind = kind_of(&connections::find(app, scope, id).await?.provider)?;
    let mut sorted = Sorted::of(kind, values, Some(FieldKind::Credential)).map_err(ConnectionsError::Fields)?;
    if sorted.webhook_secret.is_some() {
        let why = "it is replaced through /webhook-secret, so that the old one goes on for a while";
        return Err(ConnectionsError::Fields(vec![FieldFault::new(SECRET_FIELD, "invalid", why)]));
    }
    // Before the transaction: hashing takes a while, and on SQLite everybody else would wait for it.
    sorted.hash_compared(app, kind).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let row = rows::lock(&mut tx.conn(), scope, id, now).await?.ok_or(ConnectionsError::NotFound)?;
    if sorted.credentials.get(passwords::PASSWORDS[0]).is_some_and(Option::is_some) {
        record_webhook::keep_before(app, &mut tx, &row, now).await?;
    }
    set_credentials_in(app, &mut tx, &row, &sorted, now).await?;
    let pending = rows::Checked { status: ConnectionStatus::Pending, last_error: None, checked_at: now };
    rows::set_checked(&mut tx.conn(), scope, id, &pending).await?;
    let entry = Entry::new(by, Action::ConnectionCredentialsChanged).on("connection", id);
    audit::record(&mut tx, app, entry.with("credentials", names(&sorted.credentials))).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    connections::find(app, scope, id).await
}

/// Gives a connection another webhook secret, made here if none is given. The one before it goes on verifying for the grace
/// period, because the provider must be told of the new one. Returns the new one: the only time that it can be read.
pub async fn replace_webhook_secret(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    given: Option<SecretString>,
    by: &Origin,
) -> Result<SecretString, ConnectionsError> {
    let row = connections::find(app, scope, id).await?;
    let kind = kind_of(&row.provider)?;
    if registry::by_slug(kind.slug()).is_none() || !kind.only_compared().is_empty() {
        return Err(ConnectionsError::TakesNothingIn(kind.display_name()));
    }
    let length = given.as_ref().map_or(MAX_SHORT, |secret| secret.expose_secret().len());
    if !(8..=MAX_SHORT).contains(&length) {
        let why = format!("it has 8 to {MAX_SHORT} characters");
        return Err(ConnectionsError::Fields(vec![FieldFault::new(SECRET_FIELD, "invalid", why)]));
    }
    let secret = given.unwrap_or_else(|| SecretString::from(hex::encode(app.random.array::<32>())));
    replace_secret(app, scope, &row, &secret).await?;
    audit::record_alone(app, scope, Entry::new(by, Action::ConnectionSecretReplaced).on("connection", id)).await?;
    Ok(secret)
}

async fn replace_secret(
    app: &App,
    scope: TenantScope,
    row: &Connection,
    secret: &SecretString,
) -> Result<(), ConnectionsError> {
    let (new, _) = connections::add_webhook_secret(app, scope, row, secret, false).await?;
    Ok(connections::retire_other_secrets(app, scope, &new).await?)
}

/// Switches a connection on or off. Off, its deliveries are refused and nothing is asked of the provider.
pub async fn set_enabled(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    enabled: bool,
    by: &Origin,
) -> Result<(), ConnectionsError> {
    if enabled {
        let row = connections::find(app, scope, id).await?;
        hold_apart(app, scope, row.settings.as_object().unwrap_or(&Map::new())).await?;
    }
    let now = app.now();
    let (status, action) = if enabled {
        (ConnectionStatus::Pending, Action::ConnectionSwitchedOn)
    } else {
        (ConnectionStatus::Disabled, Action::ConnectionSwitchedOff)
    };
    let mut tx = app.db.begin(scope).await?;
    let row = rows::lock(&mut tx.conn(), scope, id, now).await?.ok_or(ConnectionsError::NotFound)?;
    if enabled != (row.status != ConnectionStatus::Disabled) {
        rows::set_status(&mut tx.conn(), scope, id, status, now).await?;
        audit::record(&mut tx, app, Entry::new(by, action).on("connection", id)).await?;
    }
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(())
}

/// Removes a connection: its webhooks at the provider, then itself with its secrets. What it brought stays. With `force`, a
/// provider that does not let go of its webhooks does not hold it up.
pub async fn remove(
    app: &Arc<App>,
    scope: TenantScope,
    id: ConnectionId,
    force: bool,
    by: &Origin,
) -> Result<(), ConnectionsError> {
    let row = connections::find(app, scope, id).await?;
    let mut left = 0_usize;
    for webhook in provisioning::of_connection(app, scope, &row).await? {
        match provisioning::remove(app, scope, webhook).await {
            Ok(()) => {}
            Err(ProvisionError::Store(error)) => return Err(error.into()),
            Err(_) if force => left += 1,
            Err(error) => return Err(ConnectionsError::StillThere(Box::new(error))),
        }
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !rows::delete(&mut tx.conn(), scope, id).await? {
        return Err(ConnectionsError::NotFound);
    }
    let entry = Entry::new(by, Action::ConnectionDeleted).on("connection", id).with("provider", row.provider);
    audit::record(&mut tx, app, entry.with("name", row.name).with("webhooks_left", left)).await?;
    tx.commit(now).await?;
    app.hooks.clear();
    Ok(())
}

/// What a try of the credentials showed.
#[derive(Debug)]
pub enum Tried {
    /// They work, for this account.
    Works(Account),
    /// They do not, for this reason; a person must act.
    Fails(String),
    /// The provider could not be asked, which says nothing about them.
    Unknown(String),
}

/// Asks the provider whether the connection's credentials work, and keeps the answer.
pub async fn check(app: &Arc<App>, scope: TenantScope, connection: &Connection) -> Result<Tried, ConnectionsError> {
    let tried = match registry::checked_by_slug(&connection.provider) {
        Some(kind) => {
            let given = given(app, scope, connection).await?;
            match kind.check(&app.http, &app.settings.base_urls, &given).await {
                Ok(account) => Tried::Works(account),
                Err(error) if error.is_final() => Tried::Fails(sentence(&error)),
                Err(error) => Tried::Unknown(sentence(&error)),
            }
        }
        None => provisioning::try_credentials(app, scope, connection).await?,
    };
    // A person asked, so what was remembered of earlier sign-ins is over.
    app.ucm.forget(&connection.id.to_string());
    keep(app, scope, connection.id, &tried).await?;
    if let (Tried::Fails(why), true) = (&tried, connection.provider == CloudUcm.slug()) {
        connections::hold(app, scope, connection.id, why).await?;
    }
    Ok(tried)
}

/// With its cause: that the address is wrong and that it is unreachable are different errands.
fn sentence(error: &CheckError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

async fn keep(app: &App, scope: TenantScope, id: ConnectionId, tried: &Tried) -> Result<(), StoreError> {
    let (status, last_error) = match tried {
        Tried::Works(_) => (ConnectionStatus::Connected, None),
        Tried::Fails(why) => (ConnectionStatus::Failing, Some(why.clone())),
        Tried::Unknown(_) => return Ok(()),
    };
    connections::set_checked(app, scope, id, status, last_error).await?;
    if let Tried::Works(Account { id: Some(account), name }) = tried {
        let now = app.now();
        let name = name.as_deref().unwrap_or(account);
        let mut tx = app.db.begin(scope).await?;
        rows::set_account(&mut tx.conn(), scope, id, Some((account, name)), now).await?;
        tx.commit(now).await?;
    }
    Ok(())
}

/// What a connection was told, with its credentials opened.
pub(crate) async fn given(app: &App, scope: TenantScope, connection: &Connection) -> Result<Given, ConnectionsError> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let settings = connection.settings.as_object().into_iter().flatten();
    let settings = settings.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
    let mut credentials = BTreeMap::new();
    for Credential { name, sealed, .. } in credentials_of(app, scope, connection.id).await? {
        let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: &name };
        let value = app.vault.open(place, &sealed)?;
        credentials.insert(name, value);
    }
    Ok(Given { settings, credentials })
}

/// The credentials of a connection, sealed.
pub async fn credentials_of(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<Vec<Credential>, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    Ok(secrets::list_credentials(&mut reader.conn(), scope, id).await?)
}

/// When the webhook secret that deliveries are signed with was set.
pub async fn webhook_secret_set_at(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
) -> Result<Option<Timestamp>, ConnectionsError> {
    let mut reader = app.db.read(scope).await?;
    let working = secrets::list_working(&mut reader.conn(), scope, id, app.now()).await?;
    Ok(working.into_iter().find(|secret| secret.expires_at.is_none()).map(|secret| secret.created_at))
}
