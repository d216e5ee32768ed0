//! `GET /api/v1/connections/{id}/record-webhook`

use axum::{Json, extract::State};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use switchboard_app::record_webhook::{self, Issued, Standing};
use switchboard_domain::{Timestamp, ids::ConnectionId};
use utoipa::ToSchema;

use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Where a telephone system sends its call records.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordWebhook {
    /// What to enter at the telephone system where it takes a whole address.
    pub url: String,
    /// The connection's own address, for a second telephone system of the same workspace.
    pub own_url: Option<String>,
    /// What to sign in with.
    pub username: Option<String>,
    /// Null: there is no password yet, and nothing is taken in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub password_set_at: Option<Timestamp>,
    /// Until when the password before it goes on; null when there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub previous_until: Option<Timestamp>,
}

impl From<Standing> for RecordWebhook {
    fn from(standing: Standing) -> Self {
        Self {
            url: standing.url,
            own_url: standing.own_url,
            username: standing.username,
            password_set_at: standing.password_set_at,
            previous_until: standing.before_until,
        }
    }
}

/// What to enter at a telephone system, password included.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedWebhook {
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub url: String,
    pub username: String,
    /// Shown this once.
    pub password: String,
}

impl From<Issued> for IssuedWebhook {
    fn from(issued: Issued) -> Self {
        Self {
            connection_id: issued.connection,
            url: issued.url,
            username: issued.username,
            password: issued.password.expose_secret().to_owned(),
        }
    }
}

/// Says where the telephone system of a connection sends its call records.
#[utoipa::path(get, path = "/api/v1/connections/{id}/record-webhook", operation_id = "get_record_webhook",
    tag = "connections", params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "Address and user; the password is not shown again", body = RecordWebhook)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<RecordWebhook>, Problem> {
    Ok(Json(record_webhook::standing(&web.app, auth.scope, id).await?.into()))
}
