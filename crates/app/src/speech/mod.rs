//! Recordings into words: by the tenant's own connection to a speech service, once each, with secrets taken out before
//! anything is stored.
//!
//! - [`settings`]: how a tenant wants it.
//! - `work`: what the job does with one recording, from whether it should to what came of it.
//! - `ask`: submitting, and looking how far it is; what must not be submitted twice is not.
//! - `answer`: from what was heard to lines, redacted, and to what must be silenced.
//! - [`callback`]: what a provider tells us later.
//! - `audio`: the file itself, read and silenced.
//! - `in_hand`: what this node has in memory, and how much of it at once.
//! - `incoming`: the same redaction for what providers of calls send.
//!
//! A transcript is logged as an event of our own and merged like one that a provider wrote, so a rebuild needs nobody. Where
//! a recording stands on its way is kept beside the records ([`Transcription`]); it says nothing of what was said.

mod answer;
mod ask;
pub(crate) mod audio;
pub mod callback;
mod in_hand;
pub(crate) mod incoming;
mod settings;
mod show;
mod work;

use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    connection::ConnectionStatus,
    ids::{ConnectionId, RecordingId},
    transcription::{Transcription, TranscriptionSettings},
};
use switchboard_providers::{
    CheckError, Given,
    speech::{Provider, openai::Server},
};
use switchboard_store::{StoreError, TenantScope, TenantTx, connections::Connection};

pub(crate) use self::{audio::silence, work::run};
pub use self::{
    in_hand::InHand,
    settings::{SettingsError, Shown, Wish, set, show as settings},
    show::{AgainError, Availability, OfCall, Standing, again, of_call},
};
use crate::{
    App, connecting,
    connections::{self, ConnectionsError},
};

/// Connections that are looked through for one that can.
const LOOKED_THROUGH: i64 = 200;

/// A connection that can write recordings down, with what it was told.
pub(crate) struct Chosen {
    pub connection: Connection,
    pub provider: Provider,
    pub given: Given,
}

/// The connection that writes a tenant's recordings down: the one of its settings, else the first that can.
pub(crate) async fn choose(
    app: &App,
    scope: TenantScope,
    settings: &TranscriptionSettings,
) -> Result<Option<Chosen>, ConnectionsError> {
    let connections = connections::list(app, scope, None, LOOKED_THROUGH).await?;
    let wanted = |connection: &Connection| settings.connection_id.is_none_or(|id| id == connection.id);
    for connection in connections.into_iter().filter(wanted).filter(can_transcribe) {
        if let Some(provider) = Provider::parse(&connection.provider) {
            let given = connecting::given(app, scope, &connection).await?;
            return Ok(Some(Chosen { connection, provider, given }));
        }
    }
    Ok(None)
}

/// Whether a connection writes recordings down.
pub fn can_transcribe(connection: &Connection) -> bool {
    let says = |name: &str| {
        connection.settings.get(name).and_then(|value| value.as_str()).is_some_and(|text| !text.is_empty())
    };
    let is_on = connection.status != ConnectionStatus::Disabled;
    is_on
        && Provider::parse(&connection.provider)
            .is_some_and(|kind| kind != Provider::OpenAi || says("transcription_model"))
}

/// An OpenAI-compatible server that a tenant has: this connection, or the first one that chats.
pub async fn openai_server(
    app: &App,
    scope: TenantScope,
    id: Option<ConnectionId>,
) -> Result<Option<(Connection, Server)>, ConnectionsError> {
    let connections = connections::list(app, scope, None, LOOKED_THROUGH).await?;
    let is_on = |connection: &Connection| connection.status != ConnectionStatus::Disabled;
    let is_wanted = |connection: &Connection| {
        let is_kind = connection.provider == Provider::OpenAi.slug();
        is_kind && is_on(connection) && id.is_none_or(|id| id == connection.id)
    };
    for connection in connections.into_iter().filter(is_wanted) {
        let given = connecting::given(app, scope, &connection).await?;
        match Server::of(&app.http, &app.settings.base_urls, &given) {
            Ok(server) if id.is_some() || server.chat_model.is_some() => return Ok(Some((connection, server))),
            Ok(_) => {}
            Err(error) => note_unusable(&connection, &error),
        }
    }
    Ok(None)
}

fn note_unusable(connection: &Connection, error: &CheckError) {
    tracing::debug!(connection = %connection.id, %error, "a connection to a speech server cannot be used as it is set");
}

/// Writes where a recording stands, and tells of it.
pub(crate) async fn save(tx: &mut TenantTx, row: &Transcription) -> Result<(), StoreError> {
    let scope = tx.scope();
    switchboard_store::transcriptions::save(&mut tx.conn(), scope, row).await?;
    let change = NewChange::of::<RecordingId>(RecordKind::Recording, row.recording_id, Verb::Updated, row.updated_at);
    tx.push_change(NewChange { fields: vec!["transcription".to_owned()], ..change });
    Ok(())
}
