//! `GET /api/v1/insights/settings`

use axum::{Json, extract::State};
use switchboard_app::insights;

use super::ChatView;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// Whether calls are sent to a chat server, and what that has cost this month.
#[utoipa::path(get, path = "/api/v1/insights/settings", operation_id = "get_insight_settings", tag = "insights",
    responses((status = 200, description = "How it is set", body = ChatView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<ChatView>, Problem> {
    Ok(Json(insights::chat_state(&web.app, auth.scope).await?.into()))
}
