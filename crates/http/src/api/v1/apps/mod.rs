//! Apps: client programs of a tenant, and their API keys.

use serde::{Deserialize, Serialize};
use switchboard_app::apps::{AppsError, KeyTerms};
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId},
    role::Permission,
};
use switchboard_store::{api_keys::ApiKey, apps::ClientApp};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod create;
pub mod create_key;
pub mod get;
pub mod list;
pub mod list_keys;
pub mod revoke_key;
pub mod revoke_keys;
pub mod rotate_key;
pub mod update_key;

super::word_schemas! {
    permission = Permission;
}

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

/// A key, without what would open a door.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct KeyView {
    #[schema(value_type = String)]
    pub id: ApiKeyId,
    pub name: Option<String>,
    /// Its first and last characters.
    pub hint: String,
    /// What it may do; null: what keys can do whose maker names nothing.
    #[schema(schema_with = permissions)]
    pub scopes: Option<Vec<Permission>>,
    /// Its own limit; null: as the installation says.
    pub requests_per_minute: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends by itself, or stops because it was replaced.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            scopes: key.scopes(),
            requests_per_minute: key.requests_per_minute(),
            id: key.id,
            name: key.name,
            hint: key.hint,
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// A list of permissions, or null.
fn permissions() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, SchemaType, Type};
    let types = SchemaType::from_iter([Type::Array, Type::Null]);
    ArrayBuilder::new().schema_type(types).items(permission()).build()
}

/// What a new key is for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyWish {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// What it may do: permissions that an app can have and that you have. Leave it out for the usual ones.
    #[schema(schema_with = permissions)]
    scopes: Option<Vec<Permission>>,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// How often it may be used; leave it out for the installation's limit.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_minute: Option<u32>,
}

impl From<KeyWish> for KeyTerms {
    fn from(wish: KeyWish) -> Self {
        Self {
            name: wish.name,
            scopes: wish.scopes,
            requests_per_minute: wish.requests_per_minute,
            expires_at: wish.expires_at,
        }
    }
}

impl From<AppsError> for Problem {
    fn from(error: AppsError) -> Self {
        let detail = error.to_string();
        match error {
            AppsError::BadName
            | AppsError::BadGrace
            | AppsError::BadKeyName
            | AppsError::NoScopes
            | AppsError::NotForApps(_)
            | AppsError::BadExpiry
            | AppsError::BadLimit => Self::new(Code::InvalidBody, detail),
            AppsError::Exceeds(_) => Self::new(Code::Forbidden, detail),
            AppsError::NotFound => Self::not_found("app"),
            AppsError::KeyNotFound => Self::not_found("key"),
            AppsError::Inactive | AppsError::KeyEnded => Self::new(Code::Conflict, detail),
            AppsError::NoRoom(error) => error.into(),
            AppsError::Store(error) => error.into(),
        }
    }
}
