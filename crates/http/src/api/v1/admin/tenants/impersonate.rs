//! `POST /api/v1/admin/tenants/{id}/impersonate`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::tenants;
use switchboard_domain::{
    Timestamp,
    ids::{SessionId, TenantId, UserId},
    role::Role,
};
use utoipa::ToSchema;

use crate::{
    browser,
    extract::{AdminAuth, IdPath, JsonBody},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Impersonate {
    /// Under whose name: a member of the tenant; its first owner unless said.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// Why. The tenant reads it in its audit log.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A session under somebody's name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Impersonation {
    /// Null for an admin who signed in with a browser: the token is in the cookie then, in the place of their own.
    pub access_token: Option<String>,
    pub token_type: Option<&'static str>,
    /// For a browser: send it as `X-CSRF-Token` with each request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf_token: Option<String>,
    /// How many seconds the token and the session are good for. There is no refreshing.
    pub expires_in: u64,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[schema(value_type = String)]
    pub session_id: SessionId,
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    #[schema(value_type = String)]
    pub user_id: UserId,
    pub email: String,
    #[schema(schema_with = crate::api::v1::role)]
    pub role: Role,
    /// Who is behind it; `/api/v1/me` says it as well.
    #[schema(value_type = String)]
    pub impersonated_by: UserId,
}

/// Opens a session under the name of somebody in a tenant, for an hour. It may not change passwords, second factors and
/// owners, and both audit logs say who is behind it. Only for platform admins who signed in: it must be somebody. A browser
/// keeps the admin's own sign-in beside it: signing out, or the end of the hour, leads back to that.
#[utoipa::path(post, path = "/api/v1/admin/tenants/{id}/impersonate", operation_id = "impersonate", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")), request_body = Impersonate,
    responses((status = 201, description = "The session", body = Impersonation)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
    JsonBody(asked): JsonBody<Impersonate>,
) -> Result<(StatusCode, HeaderMap, Json<Impersonation>), Problem> {
    let Some(person) = &admin.person else {
        let detail =
            "the audit log must name a person: sign in as a platform admin instead of using INTERNAL_API_SECRET";
        return Err(Problem::new(Code::Forbidden, detail));
    };
    let made =
        tenants::impersonate(&web.app, id, asked.user_id, &asked.reason, person, &admin.client, &admin.by).await?;
    let mut headers = HeaderMap::new();
    let mut csrf_token = None;
    if person.is_browser {
        // The refresh token's cookie stays: it is the admin's, and this session has none.
        let token = made.tokens.access_token.expose_secret();
        browser::Cookie::Access.set(&web, &mut headers, token, made.tokens.expires_in);
        csrf_token = Some(browser::csrf_token(&web, Some(made.tokens.session)).0);
    }
    let opened = Impersonation {
        access_token: (!person.is_browser).then(|| made.tokens.access_token.expose_secret().to_owned()),
        token_type: (!person.is_browser).then_some("Bearer"),
        csrf_token,
        expires_in: made.tokens.expires_in.as_secs(),
        expires_at: made.tokens.session_expires_at,
        session_id: made.tokens.session,
        tenant_id: id,
        user_id: made.user.id,
        email: made.user.email,
        role: made.membership.role,
        impersonated_by: person.user,
    };
    Ok((StatusCode::CREATED, headers, Json(opened)))
}
