//! `GET /api/v1/calls/{id}/insights`

use axum::{Json, extract::State};
use switchboard_app::insights;
use switchboard_domain::ids::CallId;
use switchboard_store::{analyses, calls, insights as stored};

use super::{AnalysisView, CallInsights, HeardView, InsightView};
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What is known of a call's words: estimated sentiment line by line, shares of talking, phrases that were heard, and what a
/// chat server made of it.
#[utoipa::path(get, path = "/api/v1/calls/{id}/insights", operation_id = "get_call_insights", tag = "insights",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "What is known", body = CallInsights)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<CallInsights>, Problem> {
    let scope = auth.scope;
    let mut reader = web.app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let id = calls::lookup(conn, scope, id).await?.ok_or_else(|| Problem::not_found("call"))?.record.id;
    let insight = stored::find(conn, scope, id).await?;
    let heard = stored::heard_in(conn, scope, id).await?;
    let analysis = analyses::of_call(conn, scope, id).await?.into_iter().next();
    drop(reader);
    Ok(Json(CallInsights {
        insight: insight.map(InsightView::from),
        keywords: heard.into_iter().map(HeardView::from).collect(),
        analysis: analysis.map(|kept| AnalysisView::from(kept.record)),
        chat: insights::chat_state(&web.app, scope).await?.into(),
    }))
}
