//! `POST /api/auth/logout`, which the guide's product never had: its clients forgot their tokens and those went on working.

use axum::{Json, extract::State, http::HeaderMap};
use serde_json::{Value, json};
use switchboard_app::accounts;

use super::{body::Body, error::GuideError};
use crate::{
    extract::{ClientInfo, bearer},
    state::Web,
};

/// Ends the session that an access or a refresh token belongs to.
pub(super) async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, GuideError> {
    let in_body = body.text("refresh_token")?;
    for token in bearer(&headers).into_iter().chain(in_body.as_deref()) {
        accounts::sign_out(&web.app, token, &client).await?;
    }
    Ok(Json(json!({ "message": "Signed out" })))
}
