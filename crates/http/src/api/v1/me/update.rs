//! `PATCH /api/v1/me`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use super::UserView;
use crate::{
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    #[schema(min_length = 1, max_length = 120)]
    full_name: String,
}

/// Changes your name. It is yours in every workspace that you work in.
#[utoipa::path(patch, path = "/api/v1/me", operation_id = "update_me", tag = "me", security(("bearer" = [])),
    request_body = UpdateMe, responses((status = 200, description = "You", body = UserView)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    JsonBody(asked): JsonBody<UpdateMe>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(accounts::rename(&web.app, &access, &asked.full_name, &client).await?.into()))
}
