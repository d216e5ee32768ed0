//! `GET /api/v1/me/second-factor`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::accounts::second_factor;
use utoipa::ToSchema;

use crate::{extract::UserAuth, problem::Problem, state::Web};

#[derive(Serialize, ToSchema)]
pub struct SecondFactorView {
    /// Signing in takes a code.
    pub is_on: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: i64,
}

/// Says how your second factor stands.
#[utoipa::path(get, path = "/api/v1/me/second-factor", operation_id = "get_second_factor", tag = "me",
    security(("bearer" = [])), responses((status = 200, description = "How it stands", body = SecondFactorView)))]
pub async fn handler(State(web): State<Web>, UserAuth(access): UserAuth) -> Result<Json<SecondFactorView>, Problem> {
    let stands = second_factor::second_factor(&web.app, &access).await?;
    Ok(Json(SecondFactorView { is_on: stands.is_on, recovery_codes_left: stands.recovery_codes_left }))
}
