//! Posts a notification into a Slack channel.
//!
//! Must not run twice: a second message is a second message, and Slack cannot be asked. The row of the send says how far it
//! came, and `notifications::send_slack` goes by that; see there.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::NotificationSendId;

use super::{Context, Failure, Job, Kind};
use crate::notifications;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendSlack {
    pub send: NotificationSendId,
}

impl Job for SendSlack {
    const KIND: Kind = Kind::SendSlack;

    // A lane of its own: a channel that is gone must not hold up the others.
    fn lane(&self) -> String {
        format!("send_slack:{}", self.send.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        notifications::send_slack(context.app, context.scope, self.send).await
    }
}
