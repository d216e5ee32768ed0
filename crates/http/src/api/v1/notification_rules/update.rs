//! `PATCH /api/v1/notification-rules/{id}`

use axum::{Json, extract::State};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationRuleId;

use super::{RuleBody, RuleView};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Changes a notification rule. With another condition, or switched on, it begins anew.
#[utoipa::path(patch, path = "/api/v1/notification-rules/{id}", operation_id = "update_notification_rule",
    tag = "notifications", request_body = RuleBody,
    params(("id" = String, Path, description = "A rule's id, prefixed or bare")),
    responses((status = 200, description = "The rule as it is now", body = RuleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<NotificationRuleId>,
    JsonBody(asked): JsonBody<RuleBody>,
) -> Result<Json<RuleView>, Problem> {
    Ok(Json(notifications::update(&web.app, auth.scope, id, asked.into(), &by).await?.into()))
}
