//! Text messages.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    call::Direction,
    ids::{ConnectionId, ContactId, MessageId},
    message::MessageStatus,
};
use switchboard_store::messages::KeptMessage;
use utoipa::ToSchema;

pub mod export;
pub mod get;
pub mod list;
pub mod send;
pub mod threads;

/// A text message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    #[schema(value_type = String)]
    pub id: MessageId,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub provider: String,
    /// The provider's id.
    pub external_id: String,
    #[schema(schema_with = super::direction)]
    pub direction: Option<Direction>,
    pub from_number: Option<String>,
    pub to_numbers: Vec<String>,
    /// Null where the provider withheld it.
    pub text: Option<String>,
    pub media_urls: Vec<String>,
    #[schema(schema_with = super::message_status)]
    pub status: MessageStatus,
    /// The provider's reason for a failure.
    pub delivery_result: Option<String>,
    /// The provider's id of the user on your side.
    pub agent_id: Option<String>,
    pub target_name: Option<String>,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub is_internal: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Timestamp>,
    /// What lists sort by.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<KeptMessage> for MessageView {
    fn from(kept: KeptMessage) -> Self {
        let message = kept.record;
        Self {
            id: message.id,
            connection_id: message.connection_id,
            provider: message.provider,
            external_id: message.external_id,
            direction: message.direction,
            from_number: message.from_number,
            to_numbers: message.to_numbers,
            text: message.text,
            media_urls: message.media_urls,
            status: message.status,
            delivery_result: message.delivery_result,
            agent_id: message.agent_id,
            target_name: message.target_name,
            contact_id: message.contact_id,
            contact_name: message.contact_name,
            is_internal: message.is_internal,
            sent_at: message.sent_at,
            occurred_at: message.occurred_at,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}
