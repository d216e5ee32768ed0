//! Links that show a call to somebody outside.

use serde::Serialize;
use switchboard_app::shares::SharesError;
use switchboard_domain::{Timestamp, ids::ShareId, share::ShareItem};
use switchboard_store::shares::Share;
use utoipa::ToSchema;

use super::work::AuthorView;
use crate::{
    api::v1::share_item,
    problem::{Code, Problem},
};

pub mod create;
pub mod list;
pub mod revoke;

pub(crate) fn share_items() -> utoipa::openapi::schema::Array {
    utoipa::openapi::schema::Array::new(share_item())
}

/// A link to a call. The link itself is known only when it is made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallShare)]
pub struct ShareView {
    #[schema(value_type = String)]
    pub id: ShareId,
    /// What it shows.
    #[schema(schema_with = share_items)]
    pub include: Vec<ShareItem>,
    /// What its maker says to those who look.
    pub note: Option<String>,
    /// Where it was mailed to.
    pub email: Option<String>,
    pub author: AuthorView,
    /// How often somebody looked.
    pub look_count: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_looked_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

impl From<Share> for ShareView {
    fn from(share: Share) -> Self {
        Self {
            id: share.id,
            include: share.items,
            note: share.note,
            email: share.email,
            author: AuthorView { id: share.actor_id, name: share.actor_name },
            look_count: share.look_count,
            last_looked_at: share.last_looked_at,
            created_at: share.created_at,
            expires_at: share.expires_at,
            revoked_at: share.revoked_at,
        }
    }
}

impl From<SharesError> for Problem {
    fn from(error: SharesError) -> Self {
        let detail = error.to_string();
        match error {
            SharesError::NoSuchCall => Self::not_found("call"),
            SharesError::NoSuchShare => Self::not_found("link to this call"),
            SharesError::NotMailed(error) => error.into(),
            SharesError::TooMany => Self::new(Code::Conflict, detail),
            SharesError::Fields(faults) => Self::fields(faults),
            SharesError::Unknown => Self::new(Code::NotFound, detail),
            SharesError::Expired | SharesError::Revoked | SharesError::Gone => Self::new(Code::LinkEnded, detail),
            SharesError::Store(error) => error.into(),
        }
    }
}
