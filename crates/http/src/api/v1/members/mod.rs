//! The people of a workspace and their roles.

use serde::Serialize;
use switchboard_app::accounts::MemberError;
use switchboard_domain::{Timestamp, ids::UserId, role::Role};
use switchboard_store::people::members::Member;
use utoipa::ToSchema;

use crate::{
    api::v1::role,
    problem::{Code, Problem},
};

pub mod list;
pub mod remove;
pub mod update;

/// A person of the workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    #[schema(value_type = String)]
    pub user_id: UserId,
    pub email: String,
    pub full_name: String,
    #[schema(schema_with = role)]
    pub role: Role,
    pub is_active: bool,
    pub is_email_verified: bool,
    pub has_second_factor: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_login_at: Option<Timestamp>,
    /// When they joined.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user_id,
            email: member.email,
            full_name: member.full_name,
            role: member.role,
            is_active: member.is_active,
            is_email_verified: member.email_verified_at.is_some(),
            has_second_factor: member.totp_enabled_at.is_some(),
            last_login_at: member.last_login_at,
            created_at: member.created_at,
        }
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        let detail = error.to_string();
        match error {
            MemberError::NotFound => Self::new(Code::NotFound, detail),
            MemberError::NeedsOwner => Self::forbidden(switchboard_domain::role::Permission::OwnersWrite),
            MemberError::LastOwner => Self::new(Code::Conflict, detail),
            MemberError::Store(error) => error.into(),
        }
    }
}
