//! `GET /api/messages`, `/api/messages/:id`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use switchboard_app::App;
use switchboard_domain::call::Direction;
use switchboard_store::{
    messages::{self, KeptMessage, MessageFilter},
    record,
};

use super::{
    auth::Key,
    error::GuideError,
    query::{DEFAULT_LIMIT, Params, uuid},
    shapes,
};

/// The messages of the key's tenant, newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Key(key): Key,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let filter = MessageFilter {
        direction: params.word("direction", Direction::ALL, Direction::as_str)?,
        from_number: params.number("from"),
        to_number: params.number("to"),
        agent_id: params.dialpad_user_id()?,
        occurred_from: params.moment("start_date")?,
        occurred_before: params.end("end_date")?,
        ..MessageFilter::default()
    };
    let paging = params.window(DEFAULT_LIMIT)?;
    let mut reader = app.db.read(key.scope).await?;
    let listed = messages::list(&mut reader.conn(), key.scope, &filter, paging.window()).await?;
    let total = messages::count(&mut reader.conn(), key.scope, &filter).await?;
    Ok(Json(shapes::page("messages", listed.items.iter().map(shapes::message).collect(), paging, total)))
}

/// One message.
pub(super) async fn find(
    State(app): State<Arc<App>>,
    Key(key): Key,
    Path(id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    let id = uuid("id", &id)?;
    let mut reader = app.db.read(key.scope).await?;
    let found: Option<KeptMessage> = record::lookup(&mut reader.conn(), key.scope, id).await?;
    let found = found.ok_or_else(|| GuideError::not_found("Message", "There is no message with this id"))?;
    Ok(Json(json!({ "success": true, "data": shapes::message(&found) })))
}
