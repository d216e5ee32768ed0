//! Trying things out: a workspace's own account at the providers' stand-ins, and what can be made to happen there.
//!
//! The stand-ins run beside a server that was started for it, and are another crate's business; this one knows them by
//! [`StandIns`]. Each workspace gets a company of its own there, by a key of its own: what one plays, no other one sees. A
//! call that is played comes back the way of every call, through the webhook, signed. A telephone system is a second such
//! account: its records come pushed, and can be pulled.

mod telephones;

use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{audit::Action, ids::ConnectionId};
use switchboard_providers::Shape;
use switchboard_store::{StoreError, TenantScope, connections::Connection};

use crate::{
    App,
    audit::{self, Entry, Origin},
    connecting::{self, NewConnection},
    connections::{self, API_KEY, ConnectionsError, MAX_SHORT, credential},
    provisioning::{self, ProvisionError, Wish},
    tenants,
};

const PROVIDER: &str = "dialpad";
/// A workspace has few connections; past so many, its sandbox is looked for among the oldest.
const MOST_CONNECTIONS: i64 = 100;
/// The most that is filled in at once.
pub const MOST_CALLS: u32 = 2_000;
pub const MOST_DAYS: u32 = 60;

/// What can be made to happen in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    Answered,
    Missed,
    Voicemail,
    Recorded,
    Queue,
    Transfer,
    Outbound,
    AbandonedGreeting,
    Busy,
    Internal,
    QueueAbandoned,
    RingGroup,
}

impl Scenario {
    pub const ALL: [Self; 12] = [
        Self::Answered,
        Self::Missed,
        Self::Voicemail,
        Self::Recorded,
        Self::Queue,
        Self::Transfer,
        Self::Outbound,
        Self::AbandonedGreeting,
        Self::Busy,
        Self::Internal,
        Self::QueueAbandoned,
        Self::RingGroup,
    ];

    /// What happens at Dialpad. Those that people try first come first.
    pub const DIALPAD: [Self; 8] = [
        Self::Answered,
        Self::Missed,
        Self::Voicemail,
        Self::Recorded,
        Self::Queue,
        Self::Transfer,
        Self::Outbound,
        Self::AbandonedGreeting,
    ];

    /// What happens at a telephone system, likewise.
    pub const TELEPHONES: [Self; 11] = [
        Self::Answered,
        Self::Missed,
        Self::Recorded,
        Self::Queue,
        Self::RingGroup,
        Self::Transfer,
        Self::Voicemail,
        Self::QueueAbandoned,
        Self::Outbound,
        Self::Busy,
        Self::Internal,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Voicemail => "voicemail",
            Self::Recorded => "recorded",
            Self::Queue => "queue",
            Self::Transfer => "transfer",
            Self::Outbound => "outbound",
            Self::AbandonedGreeting => "abandoned_greeting",
            Self::Busy => "busy",
            Self::Internal => "internal",
            Self::QueueAbandoned => "queue_abandoned",
            Self::RingGroup => "ring_group",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.as_str() == word)
    }
}

/// How fast a call goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// It happens now, with moments between its events, to be watched.
    Live,
    /// It has just ended.
    AtOnce,
}

/// What is to happen at a stand-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Call {
        scenario: Scenario,
        from: Option<String>,
        speed: Speed,
    },
    Message {
        text: String,
        from: Option<String>,
    },
    /// The past: calls, texts and voicemails of so many days.
    History {
        days: u32,
        calls: u32,
    },
}

/// The stand-ins that run beside this server.
pub trait StandIns: Send + Sync {
    /// Where they reach this server. Not its public address, which need not be reachable from here.
    fn reach(&self) -> &str;

    /// Whether this key is one of theirs and not one of the real provider.
    fn is_theirs(&self, key: &SecretString) -> bool;

    /// A key of theirs with this ending, which is good from now on.
    fn key(&self, ending: &str) -> SecretString;

    /// Sets something going at the company of this key, whose working hours are in this time zone. Returns the ids that the
    /// provider gives it (a history has none), or why it cannot be.
    fn act(&self, key: &SecretString, time_zone: &str, act: Act) -> Result<Vec<String>, String>;

    /// A telephone system of theirs whose API user has this ending.
    fn telephones(&self, ending: &str) -> Telephones;

    /// Whether this API user is one of theirs.
    fn are_their_telephones(&self, user: &str) -> bool;

    /// Tells a telephone system of theirs where to report calls to, and what the clock on its wall shows.
    fn report_to(&self, user: &str, to: &ReportTo, time_zone: &str) -> Result<(), String>;

    /// Sets something going at a telephone system of theirs. Returns the sessions of the calls.
    fn act_at_telephones(&self, user: &str, act: Act) -> Result<Vec<String>, String>;
}

pub use self::telephones::{ReportTo, Telephones, connect as connect_telephones, find as find_telephones, report};

/// Something about the sandbox failed.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("this workspace has no connection to the sandbox yet; connect it first")]
    NotConnected,
    #[error("this connection is not to the sandbox but to a real account; nothing is played there")]
    NotSandbox,
    #[error("{0}")]
    Refused(String),
    #[error("from: {0}")]
    BadNumber(String),
    #[error("a text has 1 to {MAX_SHORT} characters")]
    BadText,
    #[error("at most {MOST_CALLS} calls in at most {MOST_DAYS} days, and at least one")]
    BadAmount,
    #[error(transparent)]
    Connection(#[from] ConnectionsError),
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    #[error("what was played could not be written down")]
    Store(#[from] StoreError),
}

/// The workspace's connection to the sandbox, made with its webhooks where there is none, and whether it was made now.
pub async fn connect(
    app: &Arc<App>,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    by: &Origin,
) -> Result<(Connection, bool), SandboxError> {
    if let Some((connection, _)) = find(app, stand_ins, scope, None).await? {
        return Ok((connection, false));
    }
    let key = stand_ins.key(&hex::encode(app.random.array::<12>()));
    let new = NewConnection {
        app_id: None,
        provider: PROVIDER.to_owned(),
        name: "Dialpad sandbox".to_owned(),
        fields: BTreeMap::from([(API_KEY.to_owned(), Some(key))]),
    };
    let connection = connecting::create(app, scope, &new, by).await?;
    let id = connection.id;
    if let Err(error) = provision(app, stand_ins, scope, connection, by).await {
        // Half of it is of no use to anybody, and would be found by the next try.
        connecting::remove(app, scope, id, true, by).await?;
        return Err(error.into());
    }
    let connection = connections::find(app, scope, id).await?;
    connecting::check(app, scope, &connection).await?;
    Ok((connections::find(app, scope, id).await?, true))
}

/// Makes the connection's webhook at the stand-ins, to where they reach this server.
pub async fn provision(
    app: &Arc<App>,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    connection: Connection,
    by: &Origin,
) -> Result<(), ProvisionError> {
    let own = connections::hook_url(app, &connection).map_err(ConnectionsError::from)?;
    let path = own.strip_prefix(&app.settings.backend_url).unwrap_or_default();
    let wish = Wish { webhook_url: Some(format!("{}{path}", stand_ins.reach())), webhook_secret: None };
    provisioning::create_for(app, scope, connection, wish, by).await.map(|_| ())
}

/// Has something happen at the workspace's stand-in: at this connection, or at the one that it has there.
pub async fn play(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    connection: Option<ConnectionId>,
    act: Act,
    by: &Origin,
) -> Result<(ConnectionId, Vec<String>), SandboxError> {
    let what = checked(&act)?;
    let (connection, ids) =
        if let Some((connection, user)) = telephones::meant(app, stand_ins, scope, connection).await? {
            let ids = stand_ins.act_at_telephones(&user, act).map_err(SandboxError::Refused)?;
            (connection, ids)
        } else {
            let found = find(app, stand_ins, scope, connection).await?;
            let (connection, key) = found.ok_or(SandboxError::NotConnected)?;
            let time_zone = tenants::find(app, scope).await?.time_zone;
            let ids = stand_ins.act(&key, &time_zone, act).map_err(SandboxError::Refused)?;
            (connection, ids)
        };
    let entry = Entry::new(by, Action::SandboxPlayed).on("connection", connection.id).with("what", what);
    audit::record_alone(app, scope, entry).await?;
    Ok((connection.id, ids))
}

/// What the audit log calls it.
fn checked(act: &Act) -> Result<&'static str, SandboxError> {
    if let Act::Call { from: Some(from), .. } | Act::Message { from: Some(from), .. } = act {
        Shape::Phone.check(from).map_err(SandboxError::BadNumber)?;
    }
    match act {
        Act::Call { scenario, .. } => Ok(scenario.as_str()),
        Act::Message { text, .. } if text.trim().is_empty() || text.chars().count() > MAX_SHORT => {
            Err(SandboxError::BadText)
        }
        Act::Message { .. } => Ok("message"),
        Act::History { days, calls } => {
            let fits = (1..=MOST_DAYS).contains(days) && (1..=MOST_CALLS).contains(calls);
            if fits { Ok("history") } else { Err(SandboxError::BadAmount) }
        }
    }
}

/// A connection to the stand-ins with its key: this one, which must be one, or the oldest.
pub async fn find(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    wanted: Option<ConnectionId>,
) -> Result<Option<(Connection, SecretString)>, SandboxError> {
    if let Some(id) = wanted {
        let connection = connections::find(app, scope, id).await?;
        let key = key_of(app, stand_ins, scope, &connection).await?.ok_or(SandboxError::NotSandbox)?;
        return Ok(Some((connection, key)));
    }
    for connection in connections::list(app, scope, None, MOST_CONNECTIONS).await? {
        if let Some(key) = key_of(app, stand_ins, scope, &connection).await? {
            return Ok(Some((connection, key)));
        }
    }
    Ok(None)
}

/// Its own key, if that opens a company of the stand-ins. The installation's does not count: it is everybody's.
async fn key_of(
    app: &App,
    stand_ins: &dyn StandIns,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Option<SecretString>, ConnectionsError> {
    if connection.provider != PROVIDER {
        return Ok(None);
    }
    let own = credential(app, scope, connection, API_KEY).await?;
    Ok(own.map(|(key, _)| key).filter(|key| !key.expose_secret().is_empty() && stand_ins.is_theirs(key)))
}
