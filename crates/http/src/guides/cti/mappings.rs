//! `/internal/apps/:app_id/users/…`: Dialpad users paired with users of the customer's own system.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use switchboard_app::{
    App,
    user_mappings::{self as actions, MAX_BATCH, MAX_CRM_ID, Pair},
};
use switchboard_domain::ids::MappingId;
use switchboard_store::user_mappings;

use super::{
    auth::Internal,
    body::Body,
    error::GuideError,
    query::{Params, dialpad_user_id, uuid},
    shapes,
};

/// Pairs on a page when the client does not say.
const DEFAULT_MAPPINGS: i64 = 100;

/// A pair out of a body; Dialpad's id as a number or as the string that lists show.
fn pair(dialpad: Option<&Value>, crm: Option<&Value>) -> Option<Pair> {
    let dialpad_user_id = match dialpad? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let crm_user_id = match crm? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_fine = !crm_user_id.is_empty() && crm_user_id.chars().count() <= MAX_CRM_ID;
    dialpad_user_id.filter(|id| *id > 0 && is_fine).map(|dialpad_user_id| Pair { dialpad_user_id, crm_user_id })
}

/// Pairs one Dialpad user, replacing its pair.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    body: Body,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let pair = pair(body.get("dialpad_user_id"), body.get("crm_user_id")).ok_or_else(|| {
        GuideError::bad_request(
            "dialpad_user_id must be a positive whole number, and crm_user_id a string of 1 to 255 characters",
        )
        .with("required", json!(["dialpad_user_id", "crm_user_id"]))
    })?;
    let saved = actions::save(&app, owner.scope, owner.app_id, &[pair]).await?;
    Ok(Json(json!({
        "success": true,
        "data": saved.first().map(shapes::mapping),
        "message": "User mapping saved successfully",
    })))
}

/// Pairs many, all or none.
pub(super) async fn save_batch(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    body: Body,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let expected = json!({ "mappings": [{ "dialpad_user_id": 123, "crm_user_id": "crm-1" }] });
    let bad = |message: String| GuideError::bad_request(message).with("expected", expected.clone());
    let Some(Value::Array(given)) = body.get("mappings") else {
        return Err(bad("mappings must be an array".to_owned()));
    };
    if given.is_empty() || given.len() > MAX_BATCH {
        return Err(bad(format!("mappings must have 1 to {MAX_BATCH} entries")));
    }
    let read = |(index, entry): (usize, &Value)| {
        pair(entry.get("dialpad_user_id"), entry.get("crm_user_id"))
            .ok_or_else(|| bad(format!("mappings[{index}] is not a pair; nothing was stored")))
    };
    let pairs = given.iter().enumerate().map(read).collect::<Result<Vec<Pair>, GuideError>>()?;
    let saved = actions::save(&app, owner.scope, owner.app_id, &pairs).await?;
    let count = saved.len();
    Ok(Json(json!({ "success": true, "message": format!("{count} user mappings saved successfully"), "count": count })))
}

/// The pairs of an app, newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let paging = params.window(DEFAULT_MAPPINGS)?;
    let mut reader = app.db.read(owner.scope).await?;
    let (mappings, total) =
        user_mappings::list(&mut reader.conn(), owner.scope, owner.app_id, paging.limit, paging.offset).await?;
    Ok(Json(json!({
        "success": true,
        "data": mappings.iter().map(shapes::mapping).collect::<Vec<_>>(),
        "pagination": paging.pagination(total),
    })))
}

/// The pair of a Dialpad user.
pub(super) async fn find_by_dialpad_user(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, user)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let user = dialpad_user_id(&user)?;
    let mut reader = app.db.read(owner.scope).await?;
    let found = user_mappings::find_by_dialpad_user(&mut reader.conn(), owner.scope, owner.app_id, user).await?;
    let found = found.ok_or_else(not_found)?;
    Ok(Json(json!({ "success": true, "data": shapes::mapping(&found) })))
}

/// The pair of a user of the customer's own system.
pub(super) async fn find_by_crm_user(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, user)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let mut reader = app.db.read(owner.scope).await?;
    let found = user_mappings::find_by_crm_user(&mut reader.conn(), owner.scope, owner.app_id, &user).await?;
    let found = found.ok_or_else(not_found)?;
    Ok(Json(json!({ "success": true, "data": shapes::mapping(&found) })))
}

/// Forgets a pair by its id.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, id)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let id = MappingId::from_uuid(uuid("mapping_id", &id)?);
    removed(actions::delete(&app, owner.scope, owner.app_id, id).await?)
}

/// Forgets the pair of a Dialpad user.
pub(super) async fn remove_by_dialpad_user(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, user)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let user = dialpad_user_id(&user)?;
    removed(actions::delete_by_dialpad_user(&app, owner.scope, owner.app_id, user).await?)
}

fn removed(was_there: bool) -> Result<Json<Value>, GuideError> {
    if was_there {
        Ok(Json(json!({ "success": true, "message": "User mapping deleted successfully" })))
    } else {
        Err(not_found())
    }
}

fn not_found() -> GuideError {
    GuideError::not_found("Mapping", "There is no such user mapping")
}
