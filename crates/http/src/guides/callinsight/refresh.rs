//! `POST /api/auth/refresh`

use axum::{Json, extract::State, http::HeaderMap};
use serde_json::Value;
use switchboard_app::accounts;

use super::{body::Body, error::GuideError, shapes};
use crate::{
    extract::{ClientInfo, bearer},
    problem::{Code, Problem},
    state::Web,
};

/// The next access token for a refresh token, which comes as Bearer or in the body. Beside what the guide shows stands the
/// next refresh token: each is used once.
pub(super) async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, GuideError> {
    let in_body = body.text("refresh_token")?;
    let token = in_body.as_deref().or_else(|| bearer(&headers)).ok_or_else(|| {
        Problem::new(
            Code::MissingCredentials,
            "send the refresh token as Bearer token, or as refresh_token in the body",
        )
    })?;
    let signed_in = accounts::refresh(&web.app, token, &client).await?;
    Ok(Json(shapes::signed_in(&signed_in)))
}
