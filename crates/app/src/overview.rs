//! What a person wants to know when they come in: how today goes, who waits, and whether everything still arrives.
//!
//! Read, and counted by the formulas of [`switchboard_domain::report`]; kept nowhere. Reading two days costs less than keeping
//! sums right through every late event.

use std::time::Duration;

use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    ids::ContactId,
    report::{self, Day, Numbers, Waiting},
    silence::{self, Health as HealthState, Silence},
};
use switchboard_providers::registry;
use switchboard_store::{
    Conn, StoreError, TenantScope, activity,
    calls::{self, CallFilter},
    connections::{self, Connection},
    contacts::{self, Shown},
    messages::{self, KeptMessage, MessageFilter},
    overview,
    page::Window,
    record::Kept,
    tenants,
    voicemails::{self, KeptVoicemail, VoicemailFilter},
};

use crate::App;

/// Things that happened of late that are shown.
const RECENT: i64 = 20;
/// People who wait to be called back that are shown.
const WAITING: usize = 20;
/// Connections that are looked at.
const CONNECTIONS: i64 = 100;
/// How far back a voicemail that nobody listened to still counts.
const UNHEARD: Duration = Duration::from_hours(90 * 24);

type Call = Kept<switchboard_domain::call::Call>;

/// The overview of a tenant.
#[derive(Debug)]
pub struct Overview {
    pub time_zone: String,
    pub today: Part,
    /// The same weekday a week before.
    pub last_week: Part,
    pub live_calls: i64,
    pub unheard_voicemails: i64,
    /// Who called today, reached nobody and has not been called back, the latest first.
    pub waiting: Vec<WaitingPerson>,
    pub connections: Vec<Health>,
    pub recent: Vec<Recent>,
}

/// A day, up to the moment that is looked at.
#[derive(Debug)]
pub struct Part {
    pub day: Day,
    pub numbers: Numbers,
    /// Calls by the hour on the clock, of the whole day.
    pub hours: [i64; 24],
}

/// Somebody who waits to be called back.
#[derive(Debug)]
pub struct WaitingPerson {
    pub contact_id: ContactId,
    pub name: Option<String>,
    pub waiting: Waiting,
    /// Where to call.
    pub call: Option<Call>,
}

/// How a connection stands.
#[derive(Debug)]
pub struct Health {
    pub connection: Connection,
    pub silence: Silence,
    pub state: HealthState,
}

/// One thing that happened.
#[derive(Debug)]
pub enum Recent {
    Call(Box<Call>),
    Message(Box<KeptMessage>),
    Voicemail(Box<KeptVoicemail>),
}

impl Recent {
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Call(call) => call.record.occurred_at,
            Self::Message(message) => message.record.occurred_at,
            Self::Voicemail(voicemail) => voicemail.record.occurred_at,
        }
    }
}

/// How a tenant stands now.
pub async fn look(app: &App, scope: TenantScope) -> Result<Overview, StoreError> {
    let now = app.now();
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let time_zone = tenants::find(conn, scope).await?.time_zone;
    let day = Day::of(now, &time_zone);
    let (last_week, _) = part(conn, scope, day.week_before()).await?;
    let (today, calls) = part(conn, scope, day).await?;
    Ok(Overview {
        waiting: waiting(conn, scope, report::not_returned(&calls)).await?,
        live_calls: overview::live_calls(conn, scope).await?,
        unheard_voicemails: overview::unheard_voicemails(conn, scope, now - UNHEARD).await?,
        connections: health(conn, scope, now, &time_zone).await?,
        recent: recent(conn, scope).await?,
        time_zone,
        today,
        last_week,
    })
}

async fn part(conn: &mut Conn<'_>, scope: TenantScope, day: Day) -> Result<(Part, Vec<report::CallFact>), StoreError> {
    let calls = overview::calls(conn, scope, day.starts, day.ends).await?;
    let messages = overview::messages(conn, scope, day.starts, day.until).await?;
    let numbers = report::numbers(&day, &calls, &messages);
    let hours = report::by_hour(&day, &calls);
    Ok((Part { day, numbers, hours }, calls))
}

async fn waiting(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    waiting: Vec<Waiting>,
) -> Result<Vec<WaitingPerson>, StoreError> {
    let first: Vec<Waiting> = waiting.into_iter().take(WAITING).collect();
    let ids: Vec<_> = first.iter().map(|waiting| waiting.call_id).collect();
    let calls: Vec<Call> = switchboard_store::record::find(conn, scope.tenant(), &ids).await?;
    let shown = contacts::shown(conn, scope.tenant(), first.iter().map(|waiting| waiting.contact_id)).await?;
    let person = |waiting: Waiting| {
        let call = calls.iter().find(|call| call.record.id.uuid() == waiting.call_id).cloned();
        let contact: Option<&Shown> = shown.get(&waiting.contact_id);
        let known_as = call.as_ref().and_then(|call| call.record.contact_name.clone());
        WaitingPerson {
            contact_id: contact.map_or(waiting.contact_id, |contact| contact.id),
            name: contact.and_then(|contact| contact.name.clone()).or(known_as),
            waiting,
            call,
        }
    };
    Ok(first.into_iter().map(person).collect())
}

/// How the tenant's connections stand, oldest first.
pub async fn health(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    now: Timestamp,
    time_zone: &str,
) -> Result<Vec<Health>, StoreError> {
    let since = now - Duration::from_hours(24 * 7 * silence::WEEKS.unsigned_abs());
    let mut all = Vec::new();
    for connection in connections::list(conn, scope, None, CONNECTIONS).await? {
        let heard = activity::hours(conn, scope, connection.id, since).await?;
        let silence = silence::judge(&heard, now, time_zone);
        let state = match connection.status {
            ConnectionStatus::Disabled => HealthState::Paused,
            ConnectionStatus::Failing => HealthState::Failing,
            _ if silence.is_unusual => HealthState::Silent,
            // A service that is only asked never says anything by itself.
            _ if silence.last_at.is_none() && registry::by_slug(&connection.provider).is_some() => HealthState::Waiting,
            _ => HealthState::Ok,
        };
        all.push(Health { connection, silence, state });
    }
    Ok(all)
}

/// What happened of late, the latest first.
async fn recent(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<Recent>, StoreError> {
    let window = Window::After { cursor: None, limit: RECENT };
    let calls = calls::list(conn, scope, &CallFilter::default(), window).await?;
    let messages = messages::list(conn, scope, &MessageFilter::default(), window).await?;
    let voicemails = voicemails::list(conn, scope, &VoicemailFilter::default(), window).await?;
    let mut recent: Vec<Recent> = calls.items.into_iter().map(|call| Recent::Call(Box::new(call))).collect();
    recent.extend(messages.items.into_iter().map(|message| Recent::Message(Box::new(message))));
    recent.extend(voicemails.items.into_iter().map(|voicemail| Recent::Voicemail(Box::new(voicemail))));
    recent.sort_by_key(|recent| std::cmp::Reverse(recent.at()));
    recent.truncate(usize::try_from(RECENT).unwrap_or(usize::MAX));
    Ok(recent)
}
