//! `POST /api/v1/auth/second-factor`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::accounts;
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use super::{SignedInView, answer::SessionKind};
use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSecondFactor {
    /// What the sign-in answered with.
    #[schema(value_type = String)]
    challenge: SecretString,
    /// Six digits of your authenticator, or one of your recovery codes.
    #[schema(value_type = String, example = "123456")]
    code: SecretString,
    /// The workspace to go to; the one you were last in unless said.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    #[serde(default)]
    session: SessionKind,
}

/// Finishes a sign-in that waits for your second factor. After five wrong codes, sign in again.
#[utoipa::path(post, path = "/api/v1/auth/second-factor", operation_id = "finish_second_factor", tag = "auth", security(()),
    request_body = AskSecondFactor, responses((status = 200, description = "You are in", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AskSecondFactor>,
) -> Result<Response, Problem> {
    asked.session.check(&web, &headers)?;
    let (challenge, code) = (asked.challenge.expose_secret(), asked.code.expose_secret());
    let is_browser = asked.session.is_browser();
    let signed_in =
        accounts::finish_second_factor(&web.app, challenge, code, asked.tenant_id, is_browser, &client).await?;
    Ok(asked.session.answer(&web, StatusCode::OK, signed_in))
}
