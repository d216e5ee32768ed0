//! `POST /api/v1/connections/{id}/sign-in`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::{
    connections::{self, CredentialsError},
    oauth,
};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{
    extract::{IdPath, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct SignInBegun {
    /// To be opened by the person, within 15 minutes. They come back to the connection's page with `sign_in` in the query:
    /// `done`, `declined`, `other_company` or `failed`.
    pub url: String,
}

/// Begins a sign-in at the provider, with which the connection gets tokens of its own. For Dialpad.
#[utoipa::path(post, path = "/api/v1/connections/{id}/sign-in", operation_id = "sign_in_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "Where to send the person", body = SignInBegun)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<SignInBegun>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    if connection.provider != "dialpad" {
        return Err(Problem::new(Code::Conflict, CredentialsError::OtherProvider(connection.provider).to_string()));
    }
    let return_to = format!("/connections/{id}");
    Ok(Json(SignInBegun { url: oauth::start(&web.app, auth.scope, &connection, Some(return_to)).await? }))
}
