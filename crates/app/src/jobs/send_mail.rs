//! Sends a mail to a person.
//!
//! Must not run twice: a second mail is a second mail, and no mail server can be asked. The row of the mail says how far it
//! came, and `mail::send` goes by that; see there.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::MailId;

use super::{Context, Failure, Job, Kind};
use crate::mail;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendMail {
    pub mail: MailId,
}

impl Job for SendMail {
    const KIND: Kind = Kind::SendMail;

    // A lane of its own: one address that nobody answers for must not hold up the others.
    fn lane(&self) -> String {
        format!("mail:{}", self.mail.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        mail::send(context.app, context.scope, self.mail).await
    }
}
