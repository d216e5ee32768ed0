//! `GET /api/voicemails`, `/api/voicemails/:id`, which the guide promises and its code never had; and the
//! administration's `/internal/apps/:app_id/voicemails`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use switchboard_app::{App, voicemails as actions};
use switchboard_domain::ids::{AppId, VoicemailId};
use switchboard_store::{
    TenantScope, record,
    voicemails::{self, KeptVoicemail, VoicemailFilter},
};

use super::{
    auth::{Internal, Key},
    error::GuideError,
    query::{DEFAULT_LIMIT, Params, uuid},
    shapes,
};

/// The voicemails of the key's tenant, newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Key(key): Key,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    page(&app, key.scope, key.app_id, &params).await
}

/// One voicemail.
pub(super) async fn find(
    State(app): State<Arc<App>>,
    Key(key): Key,
    Path(id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    one(&app, key.scope, key.app_id, &id).await
}

/// The voicemails of an app's tenant, newest first.
pub(super) async fn list_of_app(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    page(&app, owner.scope, owner.app_id, &params).await
}

/// One voicemail of an app's tenant.
pub(super) async fn find_of_app(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, id)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    one(&app, owner.scope, owner.app_id, &id).await
}

/// Takes a voicemail out of the lists.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path((app_id, id)): Path<(String, String)>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let id = VoicemailId::from_uuid(uuid("voicemail_id", &id)?);
    if actions::remove(&app, owner.scope, id).await? {
        Ok(Json(json!({ "success": true, "message": "Voicemail deleted successfully" })))
    } else {
        Err(not_found())
    }
}

async fn page(app: &App, scope: TenantScope, app_id: AppId, params: &Params) -> Result<Json<Value>, GuideError> {
    let filter = VoicemailFilter {
        from_number: params.number("from"),
        to_number: params.number("to"),
        agent_id: params.dialpad_user_id()?,
        ..VoicemailFilter::default()
    };
    let paging = params.window(DEFAULT_LIMIT)?;
    let mut reader = app.db.read(scope).await?;
    let listed = voicemails::list(&mut reader.conn(), scope, &filter, paging.window()).await?;
    let total = voicemails::count(&mut reader.conn(), scope, &filter).await?;
    let rows = listed.items.iter().map(|voicemail| shapes::voicemail(voicemail, app_id)).collect();
    Ok(Json(shapes::page("voicemails", rows, paging, total)))
}

async fn one(app: &App, scope: TenantScope, app_id: AppId, id: &str) -> Result<Json<Value>, GuideError> {
    let id = uuid("voicemail_id", id)?;
    let mut reader = app.db.read(scope).await?;
    let found: Option<KeptVoicemail> = record::lookup(&mut reader.conn(), scope, id).await?;
    let found = found.filter(|kept| !kept.record.is_removed).ok_or_else(not_found)?;
    Ok(Json(json!({ "success": true, "data": shapes::voicemail(&found, app_id) })))
}

fn not_found() -> GuideError {
    GuideError::not_found("Voicemail", "There is no voicemail with this id")
}
