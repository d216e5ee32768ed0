//! `POST /api/v1/connections/{id}/catch-up`

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use switchboard_app::{
    backfilling::{self, BackfillError},
    connections::{self, CredentialsError},
    jobs::{self, CatchUp},
};
use switchboard_domain::{Timestamp, ids::ConnectionId};
use utoipa::ToSchema;

use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatchUpRequest {
    /// From when on. Leave it out to go on where the last one ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Until when, of a telephone system. Now unless said.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
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
    responses((status = 202, description = "A job does it; ask for it again to see how far it has come", body = CatchUpQueued)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<CatchUpRequest>,
) -> Result<(StatusCode, Json<CatchUpQueued>), Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    let queued = match connection.provider.as_str() {
        provider if backfilling::is_read_by_range(provider) => {
            backfilling::begin(&web.app, auth.scope, id, asked.since, asked.until, &by).await?
        }
        "dialpad" => {
            let job = CatchUp { connection: connection.id, since: asked.since };
            jobs::add(&web.app, auth.scope, &job).await?
        }
        _ => {
            let detail = CredentialsError::OtherProvider(connection.provider).to_string();
            return Err(Problem::new(Code::Conflict, detail));
        }
    };
    Ok((StatusCode::ACCEPTED, Json(CatchUpQueued { queued })))
}

impl From<BackfillError> for Problem {
    fn from(error: BackfillError) -> Self {
        let detail = error.to_string();
        match error {
            BackfillError::BadRange => Self::new(Code::InvalidBody, detail),
            BackfillError::Disabled
            | BackfillError::Held
            | BackfillError::NoAddress
            | BackfillError::OtherProvider(_) => Self::new(Code::Conflict, detail),
            BackfillError::Connection(error) => error.into(),
            BackfillError::Store(error) => error.into(),
        }
    }
}
