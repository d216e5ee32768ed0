//! Apps: client programs of a tenant, and their API keys.

use serde::Serialize;
use switchboard_app::apps::{Actor, AppsError};
use switchboard_domain::{Timestamp, ids::AppId};
use switchboard_store::apps::ClientApp;
use utoipa::ToSchema;

use crate::{
    extract::{ClientAddress, TenantAuth},
    problem::{Code, Problem},
};

pub mod create;
pub mod get;
pub mod list;
pub mod revoke_keys;
pub mod rotate_key;

/// An app.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = App)]
pub struct AppView {
    #[schema(value_type = String)]
    pub id: AppId,
    pub name: String,
    pub is_active: bool,
    /// When its key was last replaced.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub api_key_rotated_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<ClientApp> for AppView {
    fn from(app: ClientApp) -> Self {
        Self {
            id: app.id,
            name: app.name,
            is_active: app.is_active,
            api_key_rotated_at: app.api_key_rotated_at,
            created_at: app.created_at,
            updated_at: app.updated_at,
        }
    }
}

/// Who does it, for the audit log: the app whose key was used.
pub(super) fn actor(auth: &TenantAuth, address: ClientAddress) -> Actor {
    let name = auth.actor.id().unwrap_or_else(|| auth.actor.kind().to_owned());
    Actor { name, address: Some(address.to_string()) }
}

impl From<AppsError> for Problem {
    fn from(error: AppsError) -> Self {
        let detail = error.to_string();
        match error {
            AppsError::BadName | AppsError::BadGrace => Self::new(Code::InvalidBody, detail),
            AppsError::NotFound => Self::not_found("app"),
            AppsError::Inactive => Self::new(Code::Conflict, detail),
            AppsError::Store(error) => error.into(),
        }
    }
}
