//! Whoever has what a connection left at its provider: audio, and for telephone systems the list of all calls.

use std::sync::Arc;

use switchboard_domain::{connection::ConnectionStatus, ids::ConnectionId};
use switchboard_providers::{
    CheckError, Connectable, OutboundError,
    audio::{Audio, AudioError},
    cloud_ucm::{CloudUcm, UcmAccess, UcmClient, UcmError},
    dialpad::Dialpad,
};
use switchboard_store::{
    StoreError, TenantScope,
    connections::{self, Connection},
};

use super::{ClientError, ConnectionsError, dialpad_client, note_outcome, set_checked};
use crate::{App, connecting};

/// Nobody can be asked for what a connection left at its provider.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(
        "the telephone system refused a sign-in, and nothing is asked of it before somebody corrects the user or the \
         password or checks the connection"
    )]
    Held,
    #[error("a connection of the kind `{0}` keeps nothing that could be fetched")]
    NothingThere(String),
    #[error("the connection is not complete")]
    Incomplete(#[source] CheckError),
    #[error(transparent)]
    Dialpad(#[from] ClientError),
    #[error(transparent)]
    Ucm(#[from] UcmError),
    #[error("the connection could not be read")]
    Connection(#[from] ConnectionsError),
}

/// Who has the audio of a connection's calls.
pub async fn audio_of(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Box<dyn Audio>, SourceError> {
    match connection.provider.as_str() {
        provider if provider == Dialpad.slug() => Ok(Box::new(dialpad_client(app, scope, connection).await?)),
        provider if provider == CloudUcm.slug() => Ok(Box::new(ucm_client(app, scope, connection).await?)),
        other => Err(SourceError::NothingThere(other.to_owned())),
    }
}

/// The telephone system of a connection; its sign-in is shared by all who ask there.
pub async fn ucm_client(app: &App, scope: TenantScope, connection: &Connection) -> Result<UcmClient, SourceError> {
    if connection.held_since.is_some() {
        return Err(SourceError::Held);
    }
    let given = connecting::given(app, scope, connection).await?;
    let access = UcmAccess::of(&given).map_err(SourceError::Incomplete)?;
    Ok(UcmClient::new(&app.ucm, &app.http, &connection.id.to_string(), &access)?)
}

/// Keeps what asking for audio showed of the connection.
pub async fn note_audio(app: &App, scope: TenantScope, id: ConnectionId, error: &AudioError) -> Result<(), StoreError> {
    match error {
        AudioError::Outbound(error) => note_outcome(app, scope, id, Err(error)).await,
        AudioError::Ucm(error) => note_ucm(app, scope, id, Err(error)).await,
    }
}

/// Keeps what asking a telephone system showed. After a refused sign-in nothing more is asked: a few more would get our
/// address blocked there, and with it the sign-in that a person tries next.
pub async fn note_ucm(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    outcome: Result<(), &UcmError>,
) -> Result<(), StoreError> {
    match outcome {
        Ok(()) => set_checked(app, scope, id, ConnectionStatus::Connected, None).await,
        // Said already, by whoever was refused.
        Err(UcmError::HeldBack) => Ok(()),
        Err(error) if error.is_refusal() => hold(app, scope, id, &error.to_string()).await,
        Err(error @ UcmError::NoPermission { .. }) => {
            set_checked(app, scope, id, ConnectionStatus::Failing, Some(error.to_string())).await
        }
        Err(UcmError::Outbound(error @ OutboundError::Refused { .. })) => {
            note_outcome(app, scope, id, Err(error)).await
        }
        Err(_) => Ok(()),
    }
}

/// Asks nothing of the provider any more, until a person changes or checks the connection.
pub(crate) async fn hold(app: &App, scope: TenantScope, id: ConnectionId, why: &str) -> Result<(), StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    connections::hold(&mut tx.conn(), scope, id, why, now).await?;
    tx.commit(now).await?;
    Ok(())
}
