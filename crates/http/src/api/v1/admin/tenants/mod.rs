//! Tenants, for who administers the installation.

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_app::tenants::{self, Standing, TenantOverview};
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use crate::{api::v1::workspace::WorkspaceView, extract::AdminAuth, problem::Problem, state::Web};

pub mod create;
pub mod delete;
pub mod features;
pub mod get;
pub mod impersonate;
pub mod list;
pub mod resume;
pub mod set_features;
pub mod suspend;
pub mod update;
pub mod usage;

/// A tenant and how large it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tenant)]
pub struct TenantView {
    #[serde(flatten)]
    pub workspace: WorkspaceView,
    pub user_count: i64,
    /// Calls that there are; the newest may be counted a minute later.
    pub call_count: i64,
}

impl From<TenantOverview> for TenantView {
    fn from(found: TenantOverview) -> Self {
        Self { workspace: found.tenant.into(), user_count: found.user_count, call_count: found.call_count }
    }
}

/// Why something is done to a tenant. Its people are shown it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Sets how a tenant stands, whoever's it is; the tenant as it is then.
async fn set_standing(
    web: &Web,
    admin: &AdminAuth,
    id: TenantId,
    standing: Standing<'_>,
) -> Result<Json<WorkspaceView>, Problem> {
    let scope = tenants::lookup(&web.app, id).await?.scope();
    let tenant = tenants::set_standing(&web.app, scope, standing, &admin.by).await?;
    Ok(Json(tenant.into()))
}
