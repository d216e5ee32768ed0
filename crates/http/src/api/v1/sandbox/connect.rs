//! `POST /api/v1/sandbox/connect`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::sandbox;
use utoipa::{IntoParams, ToSchema};

use super::stand_ins;
use crate::{
    api::v1::connections::ConnectionDetail,
    extract::{By, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConnectSandbox {
    /// Which stand-in: Dialpad unless said.
    #[serde(default)]
    #[param(inline, required = false)]
    provider: SandboxProvider,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SandboxProvider {
    #[default]
    Dialpad,
    CloudUcm,
}

/// Connects the workspace to the sandbox, with its webhooks and subscriptions. Asking again gives the same connection.
#[utoipa::path(post, path = "/api/v1/sandbox/connect", operation_id = "connect_sandbox", tag = "sandbox",
    params(ConnectSandbox), responses(
        (status = 200, description = "The connection that was there", body = ConnectionDetail),
        (status = 201, description = "The connection, ready", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    QueryString(asked): QueryString<ConnectSandbox>,
) -> Result<(StatusCode, Json<ConnectionDetail>), Problem> {
    let stand_ins = stand_ins(&web)?;
    let (connection, is_new) = match asked.provider {
        SandboxProvider::Dialpad => sandbox::connect(&web.app, stand_ins, auth.scope, &by).await?,
        SandboxProvider::CloudUcm => sandbox::connect_telephones(&web.app, stand_ins, auth.scope, &by).await?,
    };
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?)))
}
