//! `POST /api/v1/auth/signup`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::accounts::{self, SignUp};
use utoipa::ToSchema;

use super::{SignedInView, answer::SessionKind};
use crate::{
    extract::{ClientInfo, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSignUp {
    /// What the workspace is called; its subdomain is made from it.
    #[schema(min_length = 1, max_length = 200)]
    company_name: String,
    #[schema(min_length = 1, max_length = 200)]
    full_name: String,
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// None of those that are tried first, and not your own name.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    password: SecretString,
    /// One of the plans that are offered; `starter` unless said.
    plan: Option<String>,
    #[serde(default)]
    session: SessionKind,
}

/// Makes a workspace with you as its owner, and signs you in.
#[utoipa::path(post, path = "/api/v1/auth/signup", operation_id = "sign_up", tag = "auth", security(()),
    request_body = AskSignUp, responses((status = 201, description = "You are in", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AskSignUp>,
) -> Result<Response, Problem> {
    asked.session.check(&web, &headers)?;
    let form = SignUp {
        company_name: asked.company_name,
        full_name: asked.full_name,
        email: asked.email,
        password: asked.password,
        plan: asked.plan,
        is_browser: asked.session.is_browser(),
    };
    let signed_in = accounts::sign_up(&web.app, &form, &client).await?;
    Ok(asked.session.answer(&web, StatusCode::CREATED, signed_in))
}
