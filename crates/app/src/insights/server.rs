//! The chat server of a tenant: the oldest connection that has a chat model.

use switchboard_domain::ids::ConnectionId;
use switchboard_providers::{
    Http,
    speech::{chat, openai::Server},
};
use switchboard_store::TenantScope;

use crate::{App, connections::ConnectionsError, speech};

/// The longest answer that is read.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A server that a tenant has connected and given a chat model.
pub(super) struct ChatServer {
    pub connection: ConnectionId,
    pub model: String,
    pub route: Server,
    /// With the patience that a model needs.
    pub http: Http,
}

/// The tenant's chat server, if it has one. One whose settings cannot be used counts as none: its own page says why.
pub(super) async fn find(app: &App, scope: TenantScope) -> Result<Option<ChatServer>, ConnectionsError> {
    let Some((connection, route)) = speech::openai_server(app, scope, None).await? else { return Ok(None) };
    let Some(model) = route.chat_model.clone() else { return Ok(None) };
    let Ok(http) = app.http.patient(chat::PATIENCE, MAX_BYTES) else { return Ok(None) };
    Ok(Some(ChatServer { connection: connection.id, model, route, http }))
}
