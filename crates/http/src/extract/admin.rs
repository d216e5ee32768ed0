//! Who administers the installation: a platform admin who signed in, or a holder of `INTERNAL_API_SECRET`.

use axum::{extract::FromRequestParts, http::request::Parts};
use switchboard_app::{
    access::authenticate_key,
    accounts::{Client, UserAccess},
    audit::Origin,
};
use switchboard_domain::actor::Actor;

use super::{ClientAddress, ClientInfo, InternalAuth, PlatformAuth, bearer, given_key};
use crate::{
    middleware::request_id,
    problem::{Code, Problem},
    state::Web,
};

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
        if let Some(key) = given_key(&parts.headers) {
            authenticate_key(&web.app, key).await?;
            return Err(Problem::new(
                Code::Forbidden,
                "this is for who runs the installation; an app's key does not do it",
            ));
        }
        let ClientAddress(address) = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let Ok(ClientInfo(client)) = ClientInfo::from_request_parts(parts, web).await;
        // Access tokens have dots in them and no secret that we make has; either is proved below.
        let may_be_secret = bearer(&parts.headers).is_some_and(|token| !token.contains('.'));
        if may_be_secret && let Ok(InternalAuth(_)) = InternalAuth::from_request_parts(parts, web).await {
            let by = Origin { request_id: Some(request_id()), ..Origin::operator("internal").at(address) };
            return Ok(Self { by, person: None, client });
        }
        let PlatformAuth(access) = PlatformAuth::from_request_parts(parts, web).await?;
        let actor = Actor::PlatformAdmin { user: access.user, session: access.session };
        let by = Origin::of(&web.app, actor, Some(address.to_string()), Some(request_id())).await?;
        Ok(Self { by, person: Some(access), client })
    }
}
