//! `GET /api/v1/notification-rules`

use axum::{Json, extract::State};
use switchboard_app::notifications;

use super::RuleView;
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Lists the workspace's notification rules, oldest first. There are at most 50.
#[utoipa::path(get, path = "/api/v1/notification-rules", operation_id = "list_notification_rules", tag = "notifications",
    responses((status = 200, description = "All rules", body = Paged<RuleView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<RuleView>>, Problem> {
    let rules = notifications::list_rules(&web.app, auth.scope).await?;
    Ok(Json(Paged::whole(rules.into_iter().map(RuleView::from).collect())))
}
