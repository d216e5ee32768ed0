//! `GET /api/v1/me/sessions`

use axum::{Json, extract::State};
use switchboard_app::accounts;

use super::SessionView;
use crate::{api::v1::Paged, extract::UserAuth, problem::Problem, state::Web};

/// Lists where you are signed in, newest first.
#[utoipa::path(get, path = "/api/v1/me/sessions", operation_id = "list_sessions", tag = "me",
    security(("bearer" = [])), responses((status = 200, description = "Your sessions", body = Paged<SessionView>)))]
pub async fn handler(State(web): State<Web>, UserAuth(access): UserAuth) -> Result<Json<Paged<SessionView>>, Problem> {
    let sessions = accounts::list_sessions(&web.app, &access).await?;
    let view = |session| SessionView::of(session, access.session);
    Ok(Json(Paged::whole(sessions.into_iter().map(view).collect())))
}
