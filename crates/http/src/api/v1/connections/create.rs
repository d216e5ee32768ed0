//! `POST /api/v1/connections`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::connecting::{self, NewConnection};
use switchboard_domain::ids::AppId;
use utoipa::ToSchema;

use super::{ConnectionDetail, GivenValues, secret_values};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateConnection {
    /// A kind that `/api/v1/providers` lists.
    provider: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Settings by the names that the provider declares.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    settings: GivenValues,
    /// Credentials by the names that the provider declares. Sealed, and never shown again.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    credentials: GivenValues,
    /// The app that it belongs to, if it is one's alone.
    #[schema(value_type = Option<String>)]
    app_id: Option<AppId>,
}

/// Makes a connection. Whether its credentials work is said by `check`.
#[utoipa::path(post, path = "/api/v1/connections", operation_id = "create_connection", tag = "connections",
    request_body = CreateConnection, responses((status = 201, description = "The connection", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CreateConnection>,
) -> Result<(StatusCode, Json<ConnectionDetail>), Problem> {
    let mut fields = secret_values(asked.settings);
    fields.extend(secret_values(asked.credentials));
    let new = NewConnection { app_id: asked.app_id, provider: asked.provider, name: asked.name, fields };
    let made = connecting::create(&web.app, auth.scope, &new, &by).await?;
    Ok((StatusCode::CREATED, Json(ConnectionDetail::of(&web.app, auth.scope, made).await?)))
}
