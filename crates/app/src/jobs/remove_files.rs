//! Removes files whose records are gone. A job of its own, added in the transaction that removed the records: files are no
//! part of a transaction, and a node that dies between the commit and the deed must not leave somebody's voice behind.
//!
//! May run twice: a file that is not there is as good as removed.

use serde::{Deserialize, Serialize};
use switchboard_store::media::MediaKey;

use super::{Context, Failure, Job, Kind};

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveFiles {
    pub keys: Vec<String>,
}

impl Job for RemoveFiles {
    const KIND: Kind = Kind::RemoveFiles;
    const RUNS_WHILE_SUSPENDED: bool = true;

    fn lane(&self) -> String {
        // Each its own: one that fails holds up none of the others.
        format!("remove_files:{}", self.keys.first().map_or("", String::as_str))
    }

    fn unique_key(&self) -> Option<String> {
        None
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        for key in &self.keys {
            let key = MediaKey::parse(key).map_err(|error| Failure::give_up(error.to_string()))?;
            context.app.media.remove(&key).await.map_err(|error| Failure::of(&error))?;
        }
        Ok(())
    }
}
