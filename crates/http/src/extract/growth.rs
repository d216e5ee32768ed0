//! Room in the plan for something new.

use axum::{extract::FromRequestParts, http::request::Parts};
use switchboard_app::plans;

use super::TenantAuth;
use crate::{problem::Problem, state::Web};

/// The caller's plan lets the tenant have something new: an app, a connection, a person. An argument of the handlers that
/// make one. See `PastLimit` of the domain.
#[derive(Debug, Clone, Copy)]
pub struct MayGrow(());

impl FromRequestParts<Web> for MayGrow {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let auth = TenantAuth::from_request_parts(parts, web).await?;
        plans::may_grow(&web.app, auth.scope).await?;
        Ok(Self(()))
    }
}
