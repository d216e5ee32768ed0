//! `GET /api/v1/notifications/{id}`

use axum::{Json, extract::State};
use switchboard_app::notifications;
use switchboard_domain::ids::NotificationId;

use super::NotificationView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One notification, with what became of its e-mails and Slack messages.
#[utoipa::path(get, path = "/api/v1/notifications/{id}", operation_id = "get_notification", tag = "notifications",
    params(("id" = String, Path, description = "A notification's id, prefixed or bare")),
    responses((status = 200, description = "The notification", body = NotificationView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<NotificationId>,
) -> Result<Json<NotificationView>, Problem> {
    let reader = notifications::reader_of(&auth.actor);
    let found = notifications::lookup(&web.app, auth.scope, id, reader).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("notification"))?.into()))
}
