//! Who administers the installation: a platform admin who signed in, or a holder of `INTERNAL_API_SECRET`.

use axum::{extract::FromRequestParts, http::request::Parts};
use switchboard_app::{
    accounts::{Client, UserAccess},
    audit::Origin,
};
use switchboard_domain::actor::Actor;

use super::{Caller, ClientAddress, ClientInfo};
use crate::{middleware::request_id, problem::Problem, state::Web};

/// An administrator of the installation, with what the audit log keeps of them.
#[derive(Debug, Clone)]
pub struct AdminAuth {
    pub by: Origin,
    /// The person, where it is one.
    pub person: Option<UserAccess>,
    /// Where the request comes from.
    pub client: Client,
}

impl FromRequestParts<Web> for AdminAuth {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        caller.administers()?;
        let ClientAddress(address) = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let Ok(ClientInfo(client)) = ClientInfo::from_request_parts(parts, web).await;
        let Caller::Person(access) = caller else {
            let by = Origin { request_id: Some(request_id()), ..Origin::operator("internal").at(address) };
            return Ok(Self { by, person: None, client });
        };
        let actor = Actor::PlatformAdmin { user: access.user, session: access.session };
        let by = Origin::of(&web.app, actor, Some(address.to_string()), Some(request_id())).await?;
        Ok(Self { by, person: Some(access), client })
    }
}
