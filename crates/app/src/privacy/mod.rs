//! What people may ask about their data: keep it no longer than this, show me all of it, forget me.
//!
//! - [`retention`]: a tenant's rules about how long things are kept. [`crate::jobs::Retention`] carries them out.
//! - [`contacts`]: everything about one contact, to be exported or erased by a job.
//! - [`withhold`]: what merges must not bring back, whoever sends it once more.
//!
//! The log is append-only and the records are computed from it, so forgetting somebody means both, and something that stays:
//! a keyed hash of each thing that was erased. Without it a provider's late retry, a replay or a rebuild would undo it.

pub mod contacts;
pub mod person;
pub mod retention;
pub(crate) mod subject;
pub mod withhold;

use switchboard_store::{StoreError, TenantTx, removal::Gone, work};

use crate::{
    App,
    jobs::{self, RemoveFiles},
};

/// Tells of what a transaction removes, and has the files removed once it is committed. True when there are any.
pub(crate) async fn settle(app: &App, tx: &mut TenantTx, gone: &Gone) -> Result<bool, StoreError> {
    let now = app.now();
    for change in gone.changes(now) {
        tx.push_change(change);
    }
    if gone.files.is_empty() {
        return Ok(false);
    }
    let keys = gone.files.iter().map(|key| key.as_str().to_owned()).collect();
    let row = jobs::row(app, tx.tenant(), &RemoveFiles { keys }, now);
    work::insert(&mut tx.conn(), &[row], now).await?;
    Ok(true)
}
