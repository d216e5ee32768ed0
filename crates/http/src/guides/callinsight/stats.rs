//! `GET /api/stats`

use axum::{Json, extract::State};
use serde_json::{Value, json};
use switchboard_domain::role::Permission;
use switchboard_store::calls;

use super::error::GuideError;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// The three numbers of the guide's dashboard.
pub(super) async fn handler(
    State(web): State<Web>,
    auth: Result<TenantAuth, Problem>,
) -> Result<Json<Value>, GuideError> {
    let TenantAuth { scope, actor, .. } = auth?;
    if !actor.may(Permission::RecordsRead) {
        return Err(Problem::forbidden(Permission::RecordsRead).into());
    }
    let mut reader = web.app.db.read(scope).await?;
    let totals = calls::totals(&mut reader.conn(), scope).await?;
    Ok(Json(json!({
        "total_calls": totals.calls,
        "answered_calls": totals.answered,
        "transcribed_calls": totals.transcribed,
    })))
}
