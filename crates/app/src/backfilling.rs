//! Backfills as people meet them: asking for a range of a telephone system's calls, and how far the last one has come.

use switchboard_domain::{
    Timestamp,
    audit::Action,
    connection::ConnectionStatus,
    ids::{ConnectionId, JobId},
    job::JobState,
};
use switchboard_providers::{Connectable, cloud_ucm::CloudUcm};
use switchboard_store::{StoreError, TenantScope, work};

use crate::{
    App,
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError},
    jobs::{self, Backfill, BackfillProgress, BackfillRange},
    wake::Signal,
};

/// Years that are read at once. A device keeps fewer.
const MOST: std::time::Duration = std::time::Duration::from_hours(24 * 366 * 5);

/// A backfill was not begun, or cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    #[error("`since` lies before `until`, `until` not in the future, and no more than five years in between")]
    BadRange,
    #[error("the connection is switched off; switch it on first")]
    Disabled,
    #[error(
        "the telephone system refused the last sign-in; correct the user or the password, or check the connection first"
    )]
    Held,
    #[error("this connection names no address of the telephone system's API to read from; enter it in its settings")]
    NoAddress,
    #[error("this is a connection of the kind `{0}`; a range can be read again of telephone systems only")]
    OtherProvider(String),
    #[error(transparent)]
    Connection(#[from] ConnectionsError),
    #[error("the backfill could not be begun")]
    Store(#[from] StoreError),
}

/// Whether connections of this kind are read by range.
pub fn is_read_by_range(provider: &str) -> bool {
    provider == CloudUcm.slug()
}

/// Begins to read what a telephone system has listed in a range, from where everything is here until now unless said. False
/// when the same is waiting or running already.
pub async fn begin(
    app: &App,
    scope: TenantScope,
    id: ConnectionId,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    by: &Origin,
) -> Result<bool, BackfillError> {
    let connection = connections::find(app, scope, id).await?;
    if !is_read_by_range(&connection.provider) {
        return Err(BackfillError::OtherProvider(connection.provider));
    }
    if connection.status == ConnectionStatus::Disabled {
        return Err(BackfillError::Disabled);
    }
    if connection.held_since.is_some() {
        return Err(BackfillError::Held);
    }
    if connection.settings.get("host").is_none() {
        return Err(BackfillError::NoAddress);
    }
    let now = app.now();
    let until = until.unwrap_or(now);
    let from = since.or(connection.caught_up_to).unwrap_or(connection.created_at).min(until);
    if since.is_some_and(|since| since >= until) || until > now || until.since(from) > MOST {
        return Err(BackfillError::BadRange);
    }
    let job = Backfill { connection: id, range: Some(BackfillRange { from, until }) };
    let mut tx = app.db.begin(scope).await?;
    let added = work::insert(&mut tx.conn(), &[jobs::row(app, scope.tenant(), &job, now)], now).await?;
    if added > 0 {
        let entry = Entry::new(by, Action::ConnectionBackfilled).on("connection", id);
        audit::record(&mut tx, app, entry.with("from", from.to_string()).with("until", until.to_string())).await?;
    }
    tx.commit(now).await?;
    if added > 0 {
        app.wake.send(Signal::Work);
    }
    Ok(added > 0)
}

/// The last backfill of a connection.
#[derive(Debug, Clone)]
pub struct LastBackfill {
    pub job: JobId,
    pub state: JobState,
    /// It came back by itself, as each night.
    pub is_nightly: bool,
    /// `None` before it has begun.
    pub progress: Option<BackfillProgress>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    pub updated_at: Timestamp,
}

/// How the last backfill of a connection stands; `None` if there was none, or it is not remembered any more.
pub async fn last(app: &App, scope: TenantScope, id: ConnectionId) -> Result<Option<LastBackfill>, BackfillError> {
    connections::find(app, scope, id).await?;
    let mut reader = app.db.read(scope).await?;
    let found = work::newest_backfill(&mut reader.conn(), scope, &Backfill::lane_of(id)).await?;
    Ok(found.map(|job| LastBackfill {
        job: job.id,
        state: job.state,
        is_nightly: serde_json::from_value::<Backfill>(job.payload).is_ok_and(|payload| payload.range.is_none()),
        progress: job.progress.and_then(|progress| serde_json::from_value(progress).ok()),
        last_error: job.last_error,
        updated_at: job.updated_at,
    }))
}
