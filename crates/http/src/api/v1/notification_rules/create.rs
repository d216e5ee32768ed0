//! `POST /api/v1/notification-rules`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::notifications;

use super::{RuleBody, RuleView};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Makes a notification rule.
///
/// It must have a `condition`. Unless said otherwise it is on, tells in the dashboard alone, in English where it leaves the
/// house, and at most once an hour.
#[utoipa::path(post, path = "/api/v1/notification-rules", operation_id = "create_notification_rule", tag = "notifications",
    request_body = RuleBody, responses((status = 201, description = "The rule", body = RuleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<RuleBody>,
) -> Result<(StatusCode, Json<RuleView>), Problem> {
    let made = notifications::create(&web.app, auth.scope, asked.into(), &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
