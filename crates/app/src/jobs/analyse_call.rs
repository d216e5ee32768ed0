//! Has a chat server read a call.
//!
//! May run twice: asking again costs again and changes nothing, and of two answers the later one counts. A call that was read
//! is read again only if a person asked for it.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::CallId;

use super::{Context, Failure, Job, Kind};
use crate::insights::analyse;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct AnalyseCall {
    pub call: CallId,
    /// By a person.
    #[serde(default)]
    pub is_asked: bool,
}

impl Job for AnalyseCall {
    const KIND: Kind = Kind::AnalyseCall;
    /// Each of them costs.
    const MAX_ATTEMPTS: i32 = 4;

    fn lane(&self) -> String {
        format!("analyse_call:{}", self.call)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        analyse::run(context.app, context.scope, self.call, self.is_asked).await
    }
}
