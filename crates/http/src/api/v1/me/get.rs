//! `GET /api/v1/me`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::accounts;
use switchboard_domain::{
    actor::Actor,
    ids::{SessionId, UserId},
    role::Permission,
};
use utoipa::ToSchema;

use super::{MembershipView, UserView};
use crate::{
    api::v1::permission,
    extract::UserAuth,
    problem::{Code, Problem},
    state::Web,
};

#[derive(Serialize, ToSchema)]
pub struct MeView {
    pub user: UserView,
    #[schema(value_type = String)]
    pub session_id: SessionId,
    /// The workspace that the session is in; null for somebody who belongs to none.
    pub tenant: Option<MembershipView>,
    /// What you may do in it.
    #[schema(schema_with = permissions)]
    pub permissions: Vec<Permission>,
    /// Every workspace that you work in.
    pub memberships: Vec<MembershipView>,
    /// The platform admin who works under this name.
    #[schema(value_type = Option<String>)]
    pub impersonated_by: Option<UserId>,
}

fn permissions() -> utoipa::openapi::schema::Array {
    utoipa::openapi::ArrayBuilder::new().items(permission()).build()
}

/// Shows who you are, what you may do, and where else you work.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "get_me", tag = "me", security(("bearer" = [])),
    responses((status = 200, description = "You", body = MeView)))]
pub async fn handler(State(web): State<Web>, UserAuth(access): UserAuth) -> Result<Json<MeView>, Problem> {
    let me = accounts::me(&web.app, &access)
        .await?
        .ok_or_else(|| Problem::new(Code::InvalidCredentials, "this account is gone"))?;
    let role = access.role();
    let (user, session, impersonated_by) = (access.user, access.session, access.impersonated_by);
    let actor = role.map(|role| Actor::User { user, session, role, impersonated_by });
    let may = |permission: &&Permission| actor.as_ref().is_some_and(|actor| actor.may(**permission));
    Ok(Json(MeView {
        session_id: access.session,
        tenant: me.current.as_ref().map(MembershipView::from),
        permissions: Permission::ALL.iter().filter(may).copied().collect(),
        memberships: me.memberships.iter().map(MembershipView::from).collect(),
        impersonated_by: access.impersonated_by,
        user: me.user.into(),
    }))
}
