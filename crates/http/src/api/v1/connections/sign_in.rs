//! `POST /api/v1/connections/{id}/sign-in`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use switchboard_app::{
    connections::{self, CredentialsError},
    oauth,
};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{
    browser::Cookie,
    extract::{IdPath, TenantAuth, UserAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct SignInBegun {
    /// To be opened by the person, within 15 minutes and in the browser that asked: a cookie that comes with this answer says
    /// so. They come back to the connection's page with `sign_in` in the query: `done`, `declined`, `other_company` or `failed`.
    pub url: String,
}

/// Begins a sign-in at the provider, with which the connection gets tokens of its own. For Dialpad; people only.
#[utoipa::path(post, path = "/api/v1/connections/{id}/sign-in", operation_id = "sign_in_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "Where to send the person", body = SignInBegun)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    UserAuth(_person): UserAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<(HeaderMap, Json<SignInBegun>), Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    if connection.provider != "dialpad" {
        return Err(Problem::new(Code::Conflict, CredentialsError::OtherProvider(connection.provider).to_string()));
    }
    let return_to = format!("/connections/{id}");
    let begun = oauth::start(&web.app, auth.scope, &connection, Some(return_to)).await?;
    let mut headers = HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    Cookie::Connect.set(&web, &mut headers, begun.binding.expose_secret(), oauth::STATE_LIFETIME);
    Ok((headers, Json(SignInBegun { url: begun.url })))
}
