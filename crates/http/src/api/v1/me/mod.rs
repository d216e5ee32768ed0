//! The person who is signed in: who they are, what they may do, where they are signed in.

use serde::Serialize;
use switchboard_app::accounts::SessionError;
use switchboard_domain::{
    Timestamp,
    ids::{SessionId, TenantId, UserId},
    role::Role,
    tenant::TenantStatus,
};
use switchboard_store::people::{memberships::Membership, sessions::Session, users::User};
use utoipa::ToSchema;

use crate::{
    api::v1::{role, tenant_status},
    problem::{Code, Problem},
};

pub mod create_workspace;
pub mod get;
pub mod list_sessions;
pub mod password;
pub mod revoke_other_sessions;
pub mod revoke_session;
pub mod send_verification;
pub mod update;

/// A person.
#[derive(Serialize, ToSchema)]
pub struct UserView {
    #[schema(value_type = String)]
    pub id: UserId,
    pub email: String,
    pub full_name: String,
    /// Mail to the address has been answered.
    pub is_email_verified: bool,
    /// Signing in takes a code as well.
    pub has_second_factor: bool,
    /// Runs the installation.
    pub is_platform_admin: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_login_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            full_name: user.full_name,
            is_email_verified: user.email_verified_at.is_some(),
            has_second_factor: user.totp_enabled_at.is_some(),
            is_platform_admin: user.is_platform_admin,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
        }
    }
}

/// A workspace that a person works in.
#[derive(Serialize, ToSchema)]
pub struct MembershipView {
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    pub company_name: String,
    pub subdomain: String,
    pub plan: String,
    #[schema(schema_with = tenant_status)]
    pub status: TenantStatus,
    #[schema(schema_with = role)]
    pub role: Role,
}

impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        Self {
            tenant_id: membership.tenant(),
            company_name: membership.tenant_name.clone(),
            subdomain: membership.subdomain.clone(),
            plan: membership.plan.clone(),
            status: membership.tenant_status,
            role: membership.role,
        }
    }
}

/// A sign-in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    #[schema(value_type = String)]
    pub id: SessionId,
    /// The one that this request belongs to.
    pub is_current: bool,
    pub is_browser: bool,
    /// What the browser or program calls itself.
    pub user_agent: Option<String>,
    /// Where it was last refreshed from.
    pub address: Option<String>,
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// A platform admin works under your name in it.
    pub is_impersonation: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = String, format = DateTime)]
    pub last_used_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            is_current: session.id == current,
            is_browser: session.is_browser,
            user_agent: session.user_agent,
            address: session.address,
            tenant_id: session.tenant_id,
            is_impersonation: session.impersonated_by.is_some(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let detail = error.to_string();
        match error {
            SessionError::NotFound => Self::new(Code::NotFound, detail),
            SessionError::Impersonating => Self::new(Code::Forbidden, detail),
            SessionError::Invalid(faults) => Self::fields(faults),
            SessionError::SlowDown(slow_down) => slow_down.into(),
            SessionError::Password(error) => error.into(),
            SessionError::Store(error) => error.into(),
        }
    }
}
