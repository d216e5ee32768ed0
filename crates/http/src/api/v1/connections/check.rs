//! `POST /api/v1/connections/{id}/check`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::{
    connecting::{self, Tried},
    connections, provisioning,
};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::ConnectionView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionChecked {
    #[serde(flatten)]
    pub connection: ConnectionView,
    /// True if the provider takes the credentials, false if it does not; null if it could not be asked.
    pub works: Option<bool>,
    /// What was found, in a sentence.
    pub found: String,
    /// What is wrong with the webhooks at the provider; empty when all is well or there are none.
    pub drift: Vec<String>,
}

/// Asks the provider whether the connection works, and keeps the answer.
#[utoipa::path(post, path = "/api/v1/connections/{id}/check", operation_id = "check_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection as it stands now", body = ConnectionChecked)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<ConnectionChecked>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    let (works, found) = match connecting::check(&web.app, auth.scope, &connection).await? {
        Tried::Works(account) => {
            let name = account.name.or(account.id).map_or_else(String::new, |name| format!(": {name}"));
            (Some(true), format!("the provider accepts the credentials{name}"))
        }
        Tried::Fails(why) => (Some(false), why),
        Tried::Unknown(why) => (None, why),
    };
    let drift = if works == Some(true) && connection.provider == "dialpad" {
        let standings = provisioning::check_connection(&web.app, auth.scope, &connection).await?;
        standings.into_iter().flat_map(|standing| standing.drift).collect()
    } else {
        Vec::new()
    };
    let connection = connections::find(&web.app, auth.scope, id).await?;
    Ok(Json(ConnectionChecked { connection: ConnectionView::of(&web.app, connection), works, found, drift }))
}
