//! Roles: which there are, and what each may do.

use serde::Serialize;
use switchboard_domain::role::{Permission, Role};
use utoipa::ToSchema;

use crate::api::v1::{permission, role};

pub mod list;

/// A role and everything that it allows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub struct RoleView {
    #[schema(schema_with = role)]
    pub role: Role,
    #[schema(schema_with = permissions)]
    pub permissions: Vec<Permission>,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let permissions = Permission::ALL.iter().copied().filter(|permission| role.may(*permission)).collect();
        Self { role, permissions }
    }
}

fn permissions() -> utoipa::openapi::schema::Array {
    utoipa::openapi::ArrayBuilder::new().items(permission()).build()
}
