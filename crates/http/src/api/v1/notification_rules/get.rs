//! `GET /api/v1/notification-rules/{id}`

use axum::{Json, extract::State};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationRuleId;

use super::RuleView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One notification rule.
#[utoipa::path(get, path = "/api/v1/notification-rules/{id}", operation_id = "get_notification_rule", tag = "notifications",
    params(("id" = String, Path, description = "A rule's id, prefixed or bare")),
    responses((status = 200, description = "The rule", body = RuleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<NotificationRuleId>,
) -> Result<Json<RuleView>, Problem> {
    Ok(Json(notifications::find(&web.app, auth.scope, id).await?.into()))
}
