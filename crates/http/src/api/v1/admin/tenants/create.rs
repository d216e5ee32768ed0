//! `POST /api/v1/admin/tenants`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::tenants::{self, NewOwner, NewTenant};
use utoipa::ToSchema;

use crate::{
    api::v1::workspace::WorkspaceView,
    extract::{AdminAuth, JsonBody},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTenant {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The id of a plan; `starter` unless said.
    plan: Option<String>,
    /// A name of the time zone database; UTC unless said.
    time_zone: Option<String>,
    /// Somebody new who owns it. Without one, invite somebody afterwards.
    owner: Option<CreateOwner>,
}

/// A person to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOwner {
    #[schema(format = Email)]
    email: String,
    #[schema(min_length = 1, max_length = 200)]
    full_name: String,
    #[schema(value_type = String, format = Password, write_only)]
    password: SecretString,
}

impl From<CreateTenant> for NewTenant {
    fn from(asked: CreateTenant) -> Self {
        let owner =
            |owner: CreateOwner| NewOwner { email: owner.email, full_name: owner.full_name, password: owner.password };
        Self { name: asked.name, plan: asked.plan, time_zone: asked.time_zone, owner: asked.owner.map(owner) }
    }
}

/// Makes a tenant, with an owner if one is given. Its subdomain comes from the name.
#[utoipa::path(post, path = "/api/v1/admin/tenants", operation_id = "create_tenant", tag = "admin",
    request_body = CreateTenant, responses((status = 201, description = "The tenant", body = WorkspaceView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    JsonBody(asked): JsonBody<CreateTenant>,
) -> Result<(StatusCode, Json<WorkspaceView>), Problem> {
    let made = tenants::create(&web.app, &asked.into(), &admin.by).await?;
    Ok((StatusCode::CREATED, Json(made.tenant.into())))
}
