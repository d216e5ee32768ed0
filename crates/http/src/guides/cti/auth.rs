//! The guide's two kinds of caller, as arguments that a handler cannot forget.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header::AUTHORIZATION, request::Parts},
};
use switchboard_app::{
    App,
    access::{self, AccessError, InternalError, KeyAccess},
    audit::Origin,
};
use switchboard_domain::{ids::AppId, role::Permission};
use switchboard_store::{TenantScope, platform};

use super::{error::GuideError, query::uuid};
use crate::{extract::ClientAddress, middleware::request_id, state::Web};

/// The header that carries an app's key.
pub(super) const KEY_HEADER: &str = "x-app-api-key";

/// A client program that gave its key, and may read records with it: that is all that the guide's clients do.
pub(super) struct Key(pub(super) KeyAccess);

impl FromRequestParts<Web> for Key {
    type Rejection = GuideError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, GuideError> {
        holder_of_key(parts, web, Permission::RecordsRead).await.map(Self)
    }
}

/// A client program whose key was given this permission.
pub(super) async fn holder_of_key(parts: &Parts, web: &Web, permission: Permission) -> Result<KeyAccess, GuideError> {
    let Some(value) = parts.headers.get(KEY_HEADER) else {
        return Err(GuideError::unauthorized("Missing x-app-api-key header"));
    };
    match access::authenticate_key(&web.app, value.to_str().unwrap_or_default().trim()).await {
        Ok(access) if access.actor().may(permission) => Ok(access),
        Ok(_) => {
            Err(GuideError::forbidden(format!("this needs the permission `{permission}`, which the key does not have")))
        }
        Err(AccessError::Unavailable(error)) => Err(error.into()),
        Err(AccessError::TenantRefused(refused)) => Err(GuideError::forbidden(refused.to_string())),
        // Why is not told to a stranger; the status route tells the administration.
        Err(_) => Err(GuideError::unauthorized("Invalid API key")),
    }
}

/// The installation's administration, with what the audit log keeps of it.
pub(super) struct Internal {
    pub(super) by: Origin,
}

impl FromRequestParts<Web> for Internal {
    type Rejection = GuideError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, GuideError> {
        let Some(value) = parts.headers.get(AUTHORIZATION) else {
            return Err(GuideError::unauthorized("Missing Authorization header: send Bearer <INTERNAL_API_SECRET>"));
        };
        let bearer = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
        });
        let Some(bearer) = bearer else {
            return Err(GuideError::unauthorized("The Authorization header must be: Bearer <INTERNAL_API_SECRET>"));
        };
        access::authenticate_internal(&web.app, bearer).map_err(|error| match error {
            InternalError::Wrong => GuideError::forbidden("Invalid authentication token"),
            InternalError::NotConfigured => {
                GuideError::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", error.to_string())
            }
        })?;
        let address = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        Ok(Self { by: Origin { request_id: Some(request_id()), ..Origin::operator("internal").at(address) } })
    }
}

/// An app that the administration named, with the right to act for its tenant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) app_id: AppId,
    pub(super) scope: TenantScope,
}

impl Internal {
    /// The app with this id.
    pub(super) async fn owner(&self, app: &App, app_id: &str) -> Result<Owner, GuideError> {
        owner(app, app_id).await
    }
}

/// For callers who have proved that they may name any app.
pub(super) async fn owner(app: &App, app_id: &str) -> Result<Owner, GuideError> {
    let app_id = AppId::from_uuid(uuid("app_id", app_id)?);
    let found = platform::find_app(&app.db, app_id).await?.ok_or_else(GuideError::app_not_found)?;
    Ok(Owner { app_id, scope: found.scope() })
}
