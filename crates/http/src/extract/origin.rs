//! Who does something and from where, for the audit log.

use axum::{extract::FromRequestParts, http::request::Parts};
use switchboard_app::audit::Origin;

use super::{ClientAddress, InternalAuth, TenantAuth};
use crate::{middleware::request_id, problem::Problem, state::Web};

/// The caller of a request that changes something, as the audit log names them. One look-up of the name; the routes that
/// only read do not ask for it.
#[derive(Debug, Clone)]
pub struct By(pub Origin);

impl FromRequestParts<Web> for By {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let auth = TenantAuth::from_request_parts(parts, web).await?;
        let address = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let origin = Origin::of(&web.app, auth.actor, Some(address.to_string()), Some(request_id())).await?;
        Ok(Self(origin))
    }
}

/// A holder of the installation's secret.
#[derive(Debug, Clone)]
pub struct ByInternal(pub Origin);

impl FromRequestParts<Web> for ByInternal {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        InternalAuth::from_request_parts(parts, web).await?;
        let address = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let origin = Origin { request_id: Some(request_id()), ..Origin::operator("internal").at(address) };
        Ok(Self(origin))
    }
}
