//! Tells of a voicemail those who want to hear of each.
//!
//! May run twice: a rule tells of a voicemail once, by a constraint.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::VoicemailId;
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::notifications;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct TellVoicemail {
    pub id: Uuid,
}

impl Job for TellVoicemail {
    const KIND: Kind = Kind::TellVoicemail;

    fn lane(&self) -> String {
        format!("tell_voicemail:{}", self.id)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        notifications::tell_voicemail(context.app, context.scope, VoicemailId::from_uuid(self.id)).await?;
        Ok(())
    }
}
