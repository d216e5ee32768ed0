//! Invitations to a workspace.

use serde::Serialize;
use switchboard_app::accounts::InvitationError;
use switchboard_domain::{
    Timestamp,
    ids::InvitationId,
    role::{Permission, Role},
};
use switchboard_store::people::invitations::Invitation;
use utoipa::ToSchema;

use crate::{
    api::v1::role,
    problem::{Code, FieldProblem, Problem},
};

pub mod accept;
pub mod create;
pub mod list;
pub mod look;
pub mod revoke;

/// An invitation. The link is in the mail and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationView {
    #[schema(value_type = String)]
    pub id: InvitationId,
    pub email: String,
    #[schema(schema_with = role)]
    pub role: Role,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub accepted_at: Option<Timestamp>,
    /// When it was taken back, or replaced by a newer one.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            accepted_at: invitation.accepted_at,
            revoked_at: invitation.revoked_at,
        }
    }
}

impl From<InvitationError> for Problem {
    fn from(error: InvitationError) -> Self {
        let detail = error.to_string();
        match error {
            InvitationError::Invalid(faults) => Self::fields(faults),
            InvitationError::NeedsOwner => Self::forbidden(Permission::OwnersWrite),
            InvitationError::AlreadyMember => {
                let fault = FieldProblem {
                    field: "email".to_owned(),
                    code: "taken",
                    message: "they are a member already".to_owned(),
                };
                Self { errors: vec![fault], ..Self::new(Code::Conflict, detail) }
            }
            InvitationError::TooMany | InvitationError::HasAccount => Self::new(Code::Conflict, detail),
            InvitationError::NotFound => Self::new(Code::NotFound, detail),
            InvitationError::BadLink => Self::new(Code::InvalidLink, detail),
            InvitationError::OtherAddress | InvitationError::Impersonating => Self::new(Code::Forbidden, detail),
            InvitationError::NoRoom(error) => error.into(),
            InvitationError::NotMailed(error) => error.into(),
            InvitationError::Password(error) => error.into(),
            InvitationError::Store(error) => error.into(),
        }
    }
}
