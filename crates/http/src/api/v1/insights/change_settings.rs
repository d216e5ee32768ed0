//! `PATCH /api/v1/insights/settings`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::insights;
use utoipa::ToSchema;

use super::ChatView;
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What is to be other than it is; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChatAnalysisWish)]
pub struct SettingsBody {
    /// New calls are sent by themselves.
    is_on: Option<bool>,
    #[schema(minimum = 0, maximum = 10_000_000_000_i64)]
    monthly_tokens: Option<i64>,
}

/// Changes whether calls are sent to a chat server, and how much that may cost.
#[utoipa::path(patch, path = "/api/v1/insights/settings", operation_id = "change_insight_settings", tag = "insights",
    request_body = SettingsBody, responses((status = 200, description = "How it is set now", body = ChatView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SettingsBody>,
) -> Result<Json<ChatView>, Problem> {
    let state = insights::change_settings(&web.app, auth.scope, asked.is_on, asked.monthly_tokens, &by).await?;
    Ok(Json(state.into()))
}
