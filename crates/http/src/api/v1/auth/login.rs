//! `POST /api/v1/auth/login`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::accounts::{self, SignIn};
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use super::{ChallengeView, SignedInView, answer::SessionKind};
use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSignIn {
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// The workspace to go to; the one you were last in unless said.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    #[serde(default)]
    session: SessionKind,
}

/// Signs you in. With a second factor switched on, the answer is 202 and a challenge that waits for your code.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "sign_in", tag = "auth", security(()),
    request_body = AskSignIn, responses((status = 200, description = "You are in", body = SignedInView),
    (status = 202, description = "The password was right; send the code", body = ChallengeView)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AskSignIn>,
) -> Result<Response, Problem> {
    asked.session.check(&web, &headers)?;
    let is_browser = asked.session.is_browser();
    let outcome =
        accounts::sign_in(&web.app, &asked.email, &asked.password, asked.tenant_id, is_browser, &client).await?;
    Ok(match outcome {
        SignIn::Done(signed_in) => asked.session.answer(&web, StatusCode::OK, *signed_in),
        SignIn::SecondFactor(challenge) => (StatusCode::ACCEPTED, Json(ChallengeView::from(challenge))).into_response(),
    })
}
