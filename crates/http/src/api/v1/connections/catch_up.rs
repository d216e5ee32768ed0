//! `POST /api/v1/connections/{id}/catch-up`

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use switchboard_app::{
    connections::{self, CredentialsError},
    jobs::{self, CatchUp},
};
use switchboard_domain::{Timestamp, ids::ConnectionId};
use utoipa::ToSchema;

use crate::{
    extract::{IdPath, JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatchUpRequest {
    /// From when on. Leave it out to go on where the last one ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CatchUpQueued {
    /// False when one is waiting or running already.
    pub queued: bool,
}

/// Reads the provider's own log and takes in what never reached us.
#[utoipa::path(post, path = "/api/v1/connections/{id}/catch-up", operation_id = "catch_up_connection",
    tag = "connections", request_body = CatchUpRequest,
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 202, description = "A job does it; see the list of jobs", body = CatchUpQueued)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<CatchUpRequest>,
) -> Result<(StatusCode, Json<CatchUpQueued>), Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    if connection.provider != "dialpad" {
        return Err(Problem::new(Code::Conflict, CredentialsError::OtherProvider(connection.provider).to_string()));
    }
    let job = CatchUp { connection: connection.id, since: asked.since };
    let queued = jobs::add(&web.app, auth.scope, &job).await?;
    Ok((StatusCode::ACCEPTED, Json(CatchUpQueued { queued })))
}
