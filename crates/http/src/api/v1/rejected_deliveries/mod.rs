//! Deliveries that were refused at the URL of one of the tenant's connections.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, RejectionId},
};
use switchboard_store::rejections::Rejected;
use utoipa::ToSchema;

use super::headers::masked;

pub mod list;

/// A refused delivery. Its body was not kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectedDelivery)]
pub struct RejectedView {
    #[schema(value_type = String)]
    pub id: RejectionId,
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    /// Where it came in, without the token.
    pub path: String,
    /// Why it was refused.
    pub reason: String,
    /// Who sent it.
    pub address: Option<String>,
    /// Its headers; what could open a door is left out or masked.
    #[schema(value_type = Object)]
    pub headers: serde_json::Value,
    pub body_bytes: i64,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
}

impl From<Rejected> for RejectedView {
    fn from(rejected: Rejected) -> Self {
        Self {
            id: rejected.id,
            connection_id: rejected.connection_id,
            path: rejected.path,
            reason: rejected.reason,
            address: rejected.address,
            headers: masked(rejected.headers),
            body_bytes: rejected.body_bytes,
            received_at: rejected.received_at,
        }
    }
}
