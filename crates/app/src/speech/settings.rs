//! How a tenant has its recordings written down.

use switchboard_domain::{
    audit::Action,
    change::{NewChange, RecordKind, Verb},
    feature::Feature,
    ids::{ConnectionId, TenantId},
    transcription::{CallerChannel, TranscriptionSettings},
    usage::{Metric, Period},
};
use switchboard_store::{StoreError, TenantScope, connections::Connection, transcriptions, usage};

use super::{LOOKED_THROUGH, can_transcribe, choose};
use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError},
    features,
    wake::Signal,
};

/// The longest recording that may be left out, in seconds, and the most minutes of a month.
const MOST_SECONDS: i64 = 3_600;
const MOST_MINUTES: i64 = 10_000_000;

/// What is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub connection_id: Option<ConnectionId>,
    pub language: Option<String>,
    pub redact_own: bool,
    pub redact_provider: bool,
    pub min_seconds: i64,
    pub minutes_per_month: Option<i64>,
    pub caller_channel: CallerChannel,
}

/// What holds, and what came of it so far.
#[derive(Debug)]
pub struct Shown {
    pub settings: TranscriptionSettings,
    /// The feature is on for the tenant.
    pub is_on: bool,
    /// The connection that is used; `None`: there is none, and nothing is written down.
    pub used: Option<ConnectionId>,
    /// Connections that can be chosen.
    pub connections: Vec<Connection>,
    /// Minutes of this month.
    pub minutes_used: i64,
}

/// They cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the settings of transcription could not be read or written")]
    Store(#[from] StoreError),
    #[error("the connections could not be read")]
    Connections(#[from] ConnectionsError),
}

/// What holds for a tenant.
pub async fn show(app: &App, scope: TenantScope) -> Result<Shown, SettingsError> {
    let settings = read(app, scope).await?;
    let is_on = features::effective(app, scope).await?.is_on(Feature::Transcription);
    let used = choose(app, scope, &settings).await?.map(|chosen| chosen.connection.id);
    let mut connections = connections::list(app, scope, None, LOOKED_THROUGH).await?;
    connections.retain(can_transcribe);
    let mut reader = app.db.read(scope).await?;
    let period = Period::of(app.now());
    let minutes_used = usage::used(&mut reader.conn(), scope, period, Metric::TranscriptionMinutes).await?;
    Ok(Shown { settings, is_on, used, connections, minutes_used })
}

pub(super) async fn read(app: &App, scope: TenantScope) -> Result<TranscriptionSettings, StoreError> {
    let mut reader = app.db.read(scope).await?;
    Ok(transcriptions::settings(&mut reader.conn(), scope).await?.unwrap_or_default())
}

/// Sets what holds for a tenant, whole.
pub async fn set(app: &App, scope: TenantScope, wish: Wish, by: &Origin) -> Result<Shown, SettingsError> {
    check(app, scope, &wish).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = transcriptions::settings(&mut tx.conn(), scope).await?;
    let wanted = TranscriptionSettings {
        connection_id: wish.connection_id,
        language: wish.language,
        redact_own: wish.redact_own,
        redact_provider: wish.redact_provider,
        min_seconds: wish.min_seconds,
        minutes_per_month: wish.minutes_per_month,
        caller_channel: wish.caller_channel,
        updated_at: before.as_ref().and_then(|before| before.updated_at),
    };
    if before.unwrap_or_default() != wanted {
        transcriptions::set_settings(&mut tx.conn(), scope, &wanted, now).await?;
        let entry = Entry::new(by, Action::TranscriptionChanged)
            .on("tenant", scope.tenant())
            .with("connection", wanted.connection_id.map(|id| id.to_string()))
            .with("language", wanted.language.clone())
            .with("redact_own", wanted.redact_own)
            .with("redact_provider", wanted.redact_provider)
            .with("min_seconds", wanted.min_seconds)
            .with("minutes_per_month", wanted.minutes_per_month);
        audit::record(&mut tx, app, entry.with("caller_channel", wanted.caller_channel.as_str())).await?;
        let change = NewChange::of::<TenantId>(RecordKind::Tenant, scope.tenant(), Verb::Updated, now);
        tx.push_change(NewChange { fields: vec!["transcription".to_owned()], ..change });
    }
    if tx.commit(now).await?.is_some() {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    show(app, scope).await
}

async fn check(app: &App, scope: TenantScope, wish: &Wish) -> Result<(), SettingsError> {
    let is_language = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_one = match wish.connection_id {
        None => true,
        Some(id) => match connections::find(app, scope, id).await {
            Ok(connection) => can_transcribe(&connection),
            Err(ConnectionsError::NotFound) => false,
            Err(error) => return Err(error.into()),
        },
    };
    let checks = [
        (is_one, "connection_id", "this is no connection that writes recordings down, or it is switched off"),
        (wish.language.as_ref().is_none_or(is_language), "language", "write two letters, such as en or es"),
        ((0..=MOST_SECONDS).contains(&wish.min_seconds), "min_seconds", "it goes from 0 to 3,600"),
        (
            wish.minutes_per_month.is_none_or(|minutes| (0..=MOST_MINUTES).contains(&minutes)),
            "minutes_per_month",
            "it goes from 0 to 10,000,000; leave it out for no limit",
        ),
    ];
    let faults = checks.into_iter().filter(|(fits, ..)| !fits);
    let faults: Vec<FieldFault> = faults.map(|(_, field, why)| FieldFault::new(field, "invalid", why)).collect();
    if faults.is_empty() { Ok(()) } else { Err(SettingsError::Invalid(faults)) }
}
