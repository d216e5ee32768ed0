//! Texts.

use bytes::Bytes;
use serde::Serialize;

use super::{DialpadClient, GroupType};
use crate::{dialpad::operations as op, lenient::WireId, outbound::OutboundError};

/// A text to send. Who sends it is said by `user_id`, by `from_number`, or by `user_id` with a sender group.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SendMessage {
    /// E.164, at most 10.
    pub to_numbers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<WireId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_group_id: Option<WireId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_group_type: Option<GroupType>,
    /// Base64 of at most 500 KiB; makes it an MMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infer_country_code: Option<bool>,
}

impl DialpadClient {
    /// Sends a text and returns Dialpad's answer, for the log ([`pulled_message`](crate::dialpad::pulled_message)).
    ///
    /// Never repeat it after an error that [may have taken effect](OutboundError::may_have_taken_effect): Dialpad
    /// takes no key of ours and lists no messages, so nobody can tell whether the first one went out.
    pub async fn send_message(&self, message: &SendMessage) -> Result<Bytes, OutboundError> {
        Ok(self.send_raw(&op::SEND_MESSAGE, &[], message).await?.body)
    }
}
