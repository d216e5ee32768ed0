//! Looks whether a rule of a tenant must fire, soon after a change that may be the reason.
//!
//! May run twice: what is told is told with the rule's standing, moved by compare-and-set. While it runs, a change that
//! comes then adds no second one; the look of the next minute sees it.

use serde::{Deserialize, Serialize};

use super::{Context, Failure, Job, Kind};
use crate::notifications;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CheckRules {}

impl Job for CheckRules {
    const KIND: Kind = Kind::CheckRules;

    fn lane(&self) -> String {
        "check_rules".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        notifications::look(context.app, context.scope).await?;
        Ok(())
    }
}
