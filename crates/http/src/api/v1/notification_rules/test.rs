//! `POST /api/v1/notification-rules/{id}/test`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationRuleId;

use crate::{
    api::v1::notifications::NotificationView,
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Tells a made-up incident in all ways of the rule, marked as a test.
///
/// It works for a rule that is off as well, and changes nothing about when the rule fires. What became of e-mails and Slack
/// messages is in `sends` of `GET /api/v1/notifications/{id}`.
#[utoipa::path(post, path = "/api/v1/notification-rules/{id}/test", operation_id = "test_notification_rule",
    tag = "notifications", params(("id" = String, Path, description = "A rule's id, prefixed or bare")),
    responses((status = 201, description = "What was told", body = NotificationView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<NotificationRuleId>,
) -> Result<(StatusCode, Json<NotificationView>), Problem> {
    let told = notifications::test(&web.app, auth.scope, id, &by).await?;
    Ok((StatusCode::CREATED, Json(told.into())))
}
