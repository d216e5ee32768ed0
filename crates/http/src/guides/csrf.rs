//! `GET /api/csrf-token`, as the voxanne guides have it.

use axum::{Json, extract::State, http::HeaderMap};
use serde_json::{Value, json};

use crate::{api::v1::auth::csrf, problem::Problem, state::Web};

/// The token that changing requests of a signed-in browser carry as `X-CSRF-Token`.
pub(super) async fn token(State(web): State<Web>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let (token, expires_at) = csrf::of_browser(&web, &headers).await?;
    Ok(Json(json!({ "csrfToken": token, "expiresAt": expires_at })))
}
