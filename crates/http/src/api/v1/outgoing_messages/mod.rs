//! Texts that somebody had sent, and what became of them.

use serde::Serialize;
use switchboard_app::messaging::MessagingError;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ConnectionId, ContactId, MessageId, OutgoingId},
    outgoing::OutgoingStatus,
};
use switchboard_store::outgoing::Outgoing;
use utoipa::ToSchema;

use super::{calls::work::AuthorView, outgoing_status};
use crate::problem::Problem;

pub mod get;
pub mod list;

/// A text on its way to the provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutgoingMessage)]
pub struct OutgoingView {
    #[schema(value_type = String, example = "out_0198f3c27bd1732f9ad0c12a7b3e4f50")]
    pub id: OutgoingId,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    /// The call that it follows up.
    #[schema(value_type = Option<String>)]
    pub call_id: Option<CallId>,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub from_number: String,
    pub to_number: String,
    /// Null once the provider took it: the message has it.
    pub text: Option<String>,
    /// `unknown`: it was handed over and nobody knows whether it was taken; look at the provider before sending again.
    #[schema(schema_with = outgoing_status)]
    pub status: OutgoingStatus,
    /// Why it did not go out (yet), and what to do.
    pub problem: Option<String>,
    /// The message that it became.
    #[schema(value_type = Option<String>)]
    pub message_id: Option<MessageId>,
    pub author: AuthorView,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Outgoing> for OutgoingView {
    fn from(text: Outgoing) -> Self {
        Self {
            id: text.id,
            connection_id: text.connection_id,
            call_id: text.call_id,
            contact_id: text.contact_id,
            from_number: text.from_number,
            to_number: text.to_number,
            text: text.text,
            status: text.status,
            problem: text.problem,
            message_id: text.message_id,
            author: AuthorView { id: text.actor_id, name: text.actor_name },
            created_at: text.created_at,
            updated_at: text.updated_at,
        }
    }
}

impl From<MessagingError> for Problem {
    fn from(error: MessagingError) -> Self {
        match error {
            MessagingError::NoSuchCall => Self::not_found("call"),
            MessagingError::NoSuchConnection => Self::not_found("connection"),
            MessagingError::Fields(faults) => Self::fields(faults),
            MessagingError::Store(error) => error.into(),
        }
    }
}
