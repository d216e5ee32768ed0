//! `POST /api/v1/admin/tenants`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use switchboard_app::tenants::{self, NewOwner, NewTenant};
use switchboard_domain::mail::Language;
use utoipa::ToSchema;

use crate::{
    api::v1::{connections::webhook::IssuedWebhook, workspace::WorkspaceView},
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
    /// Who is to own it. Without one, nobody can sign in to it.
    owner: Option<CreateOwner>,
}

/// Who is to own it: somebody new with a password, or somebody who is invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOwner {
    #[schema(format = Email)]
    email: String,
    /// With a password: what to call them; what stands before the @ unless said.
    #[schema(min_length = 1, max_length = 200)]
    full_name: Option<String>,
    /// They may sign in with it at once. Without one they get an invitation by mail.
    #[schema(value_type = Option<String>, format = Password, write_only)]
    password: Option<SecretString>,
}

impl CreateTenant {
    fn into_new(self, language: Language) -> NewTenant {
        let owner = |owner: CreateOwner| match owner.password {
            None => NewOwner::Invited { email: owner.email, language },
            Some(password) => {
                let before_at = || owner.email.split('@').next().unwrap_or_default().to_owned();
                NewOwner::Made { full_name: owner.full_name.unwrap_or_else(before_at), email: owner.email, password }
            }
        };
        NewTenant { name: self.name, plan: self.plan, time_zone: self.time_zone, owner: self.owner.map(owner) }
    }
}

/// A tenant that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantCreated {
    #[serde(flatten)]
    pub workspace: WorkspaceView,
    /// Where its telephone system sends call records. The password is shown this once.
    pub webhook: IssuedWebhook,
}

/// Makes a tenant, with an owner if one is given. Its subdomain comes from the name.
#[utoipa::path(post, path = "/api/v1/admin/tenants", operation_id = "create_tenant", tag = "admin",
    request_body = CreateTenant, responses((status = 201, description = "The tenant", body = TenantCreated)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    JsonBody(asked): JsonBody<CreateTenant>,
) -> Result<(StatusCode, Json<TenantCreated>), Problem> {
    let made = tenants::create(&web.app, &asked.into_new(admin.client.language), &admin.by).await?;
    let created = TenantCreated { workspace: made.tenant.into(), webhook: made.webhook.into() };
    Ok((StatusCode::CREATED, Json(created)))
}
