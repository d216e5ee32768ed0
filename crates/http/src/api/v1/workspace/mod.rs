//! The tenant itself, as its people see it. In the dashboard it is called a workspace.

use serde::Serialize;
use switchboard_app::tenants::{TenantRow, TenantsError};
use switchboard_domain::{Timestamp, ids::TenantId, tenant::TenantStatus};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod get;
pub mod hours;
pub mod transcription;
pub mod update;

/// A workspace: a tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    #[schema(value_type = String)]
    pub id: TenantId,
    pub name: String,
    pub subdomain: String,
    #[schema(schema_with = crate::api::v1::tenant_status)]
    pub status: TenantStatus,
    /// Why it is not active.
    pub status_reason: Option<String>,
    /// Since when it has this status; null if it never had another.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub status_at: Option<Timestamp>,
    /// The id of its plan.
    pub plan: String,
    /// As the time zone database writes it.
    pub time_zone: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<TenantRow> for WorkspaceView {
    fn from(tenant: TenantRow) -> Self {
        Self {
            id: tenant.id,
            name: tenant.name,
            subdomain: tenant.subdomain,
            status: tenant.status,
            status_reason: tenant.status_reason,
            status_at: tenant.status_at,
            plan: tenant.plan,
            time_zone: tenant.time_zone,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
        }
    }
}

impl From<TenantsError> for Problem {
    fn from(error: TenantsError) -> Self {
        let detail = error.to_string();
        match error {
            TenantsError::NotFound => Self::not_found("tenant"),
            TenantsError::Invalid(faults) => Self::fields(faults),
            TenantsError::Refused(_) | TenantsError::NobodyThere => Self::new(Code::Conflict, detail),
            TenantsError::Password(error) => error.into(),
            TenantsError::Invitation(error) => error.into(),
            TenantsError::Store(error) => error.into(),
        }
    }
}
