//! `POST /api/v1/invitations/accept`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::accounts::{self, FieldFault, NewAccount};
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use crate::{
    api::v1::auth::{SignedInView, answer::SessionKind},
    extract::{ClientInfo, JsonBody, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// What stands behind `#token=` in the link of the mail.
    #[schema(value_type = String)]
    token: SecretString,
    /// For a new account; left out by who is signed in.
    #[schema(min_length = 1, max_length = 200)]
    full_name: Option<String>,
    /// For a new account; left out by who is signed in.
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 128)]
    password: Option<SecretString>,
    #[serde(default)]
    session: SessionKind,
}

/// Somebody who was signed in has joined.
#[derive(Serialize, ToSchema)]
pub struct Joined {
    /// Go there with `POST /api/v1/auth/switch`.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
}

/// Joins the workspace: with the account that you are signed in with, or with a new one, which signs you in.
#[utoipa::path(post, path = "/api/v1/invitations/accept", operation_id = "accept_invitation", tag = "members",
    security((), ("bearer" = [])), request_body = AcceptInvitation,
    responses((status = 200, description = "You have joined", body = Joined),
        (status = 201, description = "You have an account, have joined, and are in", body = SignedInView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: Result<UserAuth, Problem>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<AcceptInvitation>,
) -> Result<Response, Problem> {
    let token = asked.token.expose_secret();
    let Some(password) = asked.password else {
        let UserAuth(access) = auth?;
        let tenant_id = accounts::accept_as(&web.app, &access, token, &client).await?;
        return Ok(Json(Joined { tenant_id }).into_response());
    };
    asked.session.check(&web, &headers)?;
    let Some(full_name) = asked.full_name else {
        return Err(Problem::fields(vec![FieldFault::new("full_name", "required", "it is empty")]));
    };
    let form = NewAccount { full_name, password, is_browser: asked.session.is_browser() };
    let signed_in = accounts::accept_with_new_account(&web.app, token, &form, &client).await?;
    Ok(asked.session.answer(&web, StatusCode::CREATED, signed_in))
}
