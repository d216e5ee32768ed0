//! `POST /api/v1/sandbox/connect`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::sandbox;

use super::stand_ins;
use crate::{
    api::v1::connections::ConnectionDetail,
    extract::{By, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Connects the workspace to the sandbox, with its webhooks and subscriptions. Asking again gives the same connection.
#[utoipa::path(post, path = "/api/v1/sandbox/connect", operation_id = "connect_sandbox", tag = "sandbox",
    responses(
        (status = 200, description = "The connection that was there", body = ConnectionDetail),
        (status = 201, description = "The connection, ready", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
) -> Result<(StatusCode, Json<ConnectionDetail>), Problem> {
    let (connection, is_new) = sandbox::connect(&web.app, stand_ins(&web)?, auth.scope, &by).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?)))
}
