//! `GET /api/calls`, `/api/calls/active`, `/api/calls/:id`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use switchboard_app::App;
use switchboard_domain::{
    call::{CallStatus, Direction},
    ids::CallId,
};
use switchboard_store::calls::{self, CallFilter};

use super::{
    auth::Key,
    error::GuideError,
    query::{DEFAULT_LIMIT, Params, uuid},
    shapes,
};

/// The calls of the key's tenant, newest first.
pub(super) async fn list(State(app): State<Arc<App>>, key: Key, params: Params) -> Result<Json<Value>, GuideError> {
    let status = params.word("status", CallStatus::ALL, CallStatus::as_str)?;
    page(&app, &key, &params, status.into_iter().collect()).await
}

/// Those that are ringing or talking now.
pub(super) async fn list_active(
    State(app): State<Arc<App>>,
    key: Key,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let live = CallStatus::ALL.iter().copied().filter(|status| status.is_live()).collect();
    page(&app, &key, &params, live).await
}

async fn page(
    app: &App,
    Key(key): &Key,
    params: &Params,
    statuses: Vec<CallStatus>,
) -> Result<Json<Value>, GuideError> {
    let filter = CallFilter {
        statuses,
        direction: params.word("direction", Direction::ALL, Direction::as_str)?,
        from_number: params.number("from"),
        to_number: params.number("to"),
        agent_id: params.dialpad_user_id()?,
        occurred_from: params.moment("start_date")?,
        occurred_before: params.end("end_date")?,
        ..CallFilter::default()
    };
    let paging = params.window(DEFAULT_LIMIT)?;
    let mut reader = app.db.read(key.scope).await?;
    let listed = calls::list(&mut reader.conn(), key.scope, &filter, paging.window()).await?;
    let total = calls::count(&mut reader.conn(), key.scope, &filter).await?;
    Ok(Json(shapes::page("calls", listed.items.iter().map(shapes::call).collect(), paging, total)))
}

/// One call, by its id or one that it had before it turned out to be part of another.
pub(super) async fn find(
    State(app): State<Arc<App>>,
    Key(key): Key,
    Path(id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    let id = CallId::from_uuid(uuid("id", &id)?);
    let mut reader = app.db.read(key.scope).await?;
    let found = calls::lookup(&mut reader.conn(), key.scope, id).await?;
    let found = found.ok_or_else(|| GuideError::not_found("Call", "There is no call with this id"))?;
    Ok(Json(json!({ "success": true, "data": shapes::call(&found) })))
}
