//! Reads off a call's words what the rules find in them, tells who wants to hear of it, and has a chat server asked where the
//! tenant has one.
//!
//! May run twice: what is read is the same, a rule tells of a call once by a constraint, and a call that was analysed is not
//! sent again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::TranscriptId;
use uuid::Uuid;

use super::{AnalyseCall, Context, Failure, Job, Kind};
use crate::{insights, notifications};

/// A transcript may come hours behind its call; after that, being told of it helps nobody.
const TELLING: Duration = Duration::from_hours(12);
/// Asking a chat server costs: not for what an import or a long outage brings.
const ASKING: Duration = Duration::from_hours(72);
/// How long the words of a call's other legs are waited for, and how soon they are looked for again.
const AWAITED: Duration = Duration::from_mins(30);
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ReadInsights {
    /// The transcript.
    pub id: Uuid,
}

impl Job for ReadInsights {
    const KIND: Kind = Kind::ReadInsights;

    fn lane(&self) -> String {
        format!("read_insights:{}", self.id)
    }

    /// The reaction that adds it has one for each change.
    fn unique_key(&self) -> Option<String> {
        None
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let Some(reading) = insights::of_transcript(app, scope, TranscriptId::from_uuid(self.id)).await? else {
            return Ok(());
        };
        let age = app.now().since(reading.call.ended_at.unwrap_or(reading.call.occurred_at));
        if age <= TELLING {
            notifications::tell_call(app, scope, &reading).await?;
        }
        if age > ASKING || reading.is_analysed {
            return Ok(());
        }
        if reading.is_partial && app.now().since(context.work.created_at) < AWAITED {
            // One question about the whole call, not one for each leg that comes.
            return Err(Failure::NotTried { after: LOOK_AGAIN });
        }
        let state = insights::chat_state(app, scope).await.map_err(|error| Failure::of(&error))?;
        if state.is_ready() {
            super::add(app, scope, &AnalyseCall { call: reading.call.id, is_asked: false }).await?;
        }
        Ok(())
    }
}
