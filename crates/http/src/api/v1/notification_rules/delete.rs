//! `DELETE /api/v1/notification-rules/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationRuleId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Removes a notification rule. What it told stays in the feed.
#[utoipa::path(delete, path = "/api/v1/notification-rules/{id}", operation_id = "delete_notification_rule",
    tag = "notifications", params(("id" = String, Path, description = "A rule's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<NotificationRuleId>,
) -> Result<StatusCode, Problem> {
    notifications::remove(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
