//! Sends a text to a person.
//!
//! Must not run twice: a second text is a second text, and Dialpad lists none of them. The row of the text says how far it
//! came, and `messaging::deliver` goes by that; see there.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::OutgoingId;

use super::{Context, Failure, Job, Kind};
use crate::messaging;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendMessage {
    pub outgoing: OutgoingId,
}

impl Job for SendMessage {
    const KIND: Kind = Kind::SendMessage;

    // A lane of its own: one number that nobody answers for must not hold up the others.
    fn lane(&self) -> String {
        format!("send_message:{}", self.outgoing.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        messaging::deliver(context.app, context.scope, self.outgoing, context.is_last_attempt()).await
    }
}
