//! Reads all calls of a tenant once more, because lists of keywords, switches or rules have changed.
//!
//! May run twice and be broken off anywhere: what is the same is not written. Nobody is told of old calls, and no chat server
//! is asked.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::CallId;
use switchboard_store::insights as stored;

use super::{Context, Failure, Job, Kind};
use crate::insights;

/// Calls that are looked up in one go.
const PAGE: i64 = 200;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RefreshInsights {}

/// How far it has come.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Progress {
    read_to: Option<CallId>,
    calls: u64,
}

impl Job for RefreshInsights {
    const KIND: Kind = Kind::RefreshInsights;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        "refresh_insights".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let begun = context.work.progress.clone().and_then(|progress| serde_json::from_value(progress).ok());
        let mut progress: Progress = begun.unwrap_or_default();
        loop {
            let mut reader = app.db.read(scope).await?;
            let page = stored::transcribed(&mut reader.conn(), scope, progress.read_to, PAGE).await?;
            drop(reader);
            if page.is_empty() {
                return Ok(());
            }
            for call in page {
                if context.stop.is_cancelled() {
                    context.set_progress(&progress).await?;
                    return Err(Failure::NotTried { after: std::time::Duration::ZERO });
                }
                insights::read_call(app, scope, call).await?;
                progress = Progress { read_to: Some(call), calls: progress.calls + 1 };
            }
            context.set_progress(&progress).await?;
        }
    }
}
