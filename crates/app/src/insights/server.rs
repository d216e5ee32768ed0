//! The chat server of a tenant: the oldest connection that has a chat model.

use std::collections::BTreeMap;

use switchboard_domain::{connection::ConnectionStatus, ids::ConnectionId};
use switchboard_providers::{
    Http,
    connect::Given,
    speech::{Provider, chat, openai::Server},
};
use switchboard_store::{TenantScope, connections::Connection};

use crate::{
    App,
    connections::{self, API_KEY, ConnectionsError},
};

/// Connections that are looked at.
const MOST: i64 = 200;
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
    for connection in connections::list(app, scope, None, MOST).await?.iter().filter(|held| may_chat(held)) {
        let given = given(app, scope, connection).await?;
        let Ok(route) = Server::of(&app.http, &app.settings.base_urls, &given) else { continue };
        let (Some(model), Ok(http)) = (route.chat_model.clone(), app.http.patient(chat::PATIENCE, MAX_BYTES)) else {
            continue;
        };
        return Ok(Some(ChatServer { connection: connection.id, model, route, http }));
    }
    Ok(None)
}

fn may_chat(connection: &Connection) -> bool {
    let has_model = connection.settings["chat_model"].as_str().is_some_and(|model| !model.trim().is_empty());
    connection.provider == Provider::OpenAi.slug() && connection.status != ConnectionStatus::Disabled && has_model
}

async fn given(app: &App, scope: TenantScope, connection: &Connection) -> Result<Given, ConnectionsError> {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let settings = connection.settings.as_object().into_iter().flatten();
    let settings: BTreeMap<String, String> =
        settings.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
    let key = connections::credential(app, scope, connection, API_KEY).await?;
    let credentials = key.map(|(key, _)| (API_KEY.to_owned(), key)).into_iter().collect();
    Ok(Given { settings, credentials })
}
