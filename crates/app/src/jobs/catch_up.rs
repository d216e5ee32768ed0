//! Reads the provider's call log and logs what it says, so that calls whose events never reached us (we were down, the
//! webhook was broken, Dialpad gave up) are there all the same.
//!
//! May run twice, and beside pushed events: it only reads from the provider; the log holds the same answer once; and
//! merging is order-free, so an answer about a call that events have told us about changes only what they left open.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_domain::{Timestamp, connection::ConnectionStatus, ids::ConnectionId};
use switchboard_providers::{
    OutboundError,
    dialpad::{self, Dialpad, DialpadClient, client::CallQuery},
};
use switchboard_store::{connections::Connection, upkeep};

use super::{Context, Failure, Job, Kind};
use crate::{
    connections::{self as app_connections, ClientError, ConnectionsError, CredentialsError},
    intake,
};

/// How far behind the last time we look again: clocks differ, and a call is listed some moments after it ends.
const OVERLAP: Duration = Duration::from_mins(10);
/// Calls that are not over as far as we know are looked for again, if they began within this time.
const OPEN_CALLS: Duration = Duration::from_hours(24);
/// Pages that one attempt reads. The next one goes on where it stopped.
const PAGES: usize = 200;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CatchUp {
    pub connection: ConnectionId,
    /// From when on; a person's wish. Default: from where the last one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// How far it has come: shown to people, and where the next attempt goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    from: Timestamp,
    /// The provider's log counts as compared up to here when the last page is read.
    until: Timestamp,
    cursor: Option<String>,
    pages: usize,
    calls: usize,
    /// Answers that the log did not have.
    new: usize,
}

impl Job for CatchUp {
    const KIND: Kind = Kind::CatchUp;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        format!("catch_up:{}", self.connection.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(match self.since {
            None => self.lane(),
            Some(since) => format!("{}:{}", self.lane(), since.as_millis()),
        })
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let connection = match app_connections::find(app, scope, self.connection).await {
            Ok(connection) if connection.status != ConnectionStatus::Disabled => connection,
            Ok(_) | Err(ConnectionsError::NotFound) => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        let client = match app_connections::dialpad_client(app, scope, &connection).await {
            Ok(client) => client,
            // Nothing to ask with: a connection that only receives.
            Err(ClientError::Credentials(CredentialsError::Missing | CredentialsError::OtherProvider(_))) => {
                return Ok(());
            }
            Err(error) => return Err(Failure::of(&error)),
        };
        let begun = context.work.progress.clone().and_then(|progress| serde_json::from_value(progress).ok());
        let progress = match begun {
            Some(progress) => progress,
            None => self.start(context, &connection).await?,
        };
        let outcome = read_pages(context, connection.id, &client, progress).await;
        if let Err(Stopped::Outbound(error)) = &outcome {
            app_connections::note_outcome(app, scope, connection.id, Err(error)).await?;
        }
        let finished = outcome?;
        set_caught_up(context, connection.id, finished.until).await?;
        app_connections::note_outcome(app, scope, connection.id, Ok(())).await?;
        tracing::info!(
            connection = %connection.id, calls = finished.calls, new = finished.new, from = %finished.from,
            "the provider's call log was compared with ours"
        );
        Ok(())
    }
}

impl CatchUp {
    async fn start(&self, context: &Context<'_>, connection: &Connection) -> Result<Progress, Failure> {
        let until = context.app.now();
        let last = connection.caught_up_to.unwrap_or(connection.created_at);
        let mut reader = context.app.db.read(context.scope).await?;
        let conn = &mut reader.conn();
        let open = upkeep::oldest_open_call(conn, context.scope, connection.id, until - OPEN_CALLS).await?;
        let from = self.since.unwrap_or(open.map_or(last, |open| open.min(last)) - OVERLAP);
        Ok(Progress { from, until, cursor: None, pages: 0, calls: 0, new: 0 })
    }
}

/// Why reading stopped before the end.
enum Stopped {
    Outbound(OutboundError),
    Failure(Failure),
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Outbound(error) => error.into(),
            Stopped::Failure(failure) => failure,
        }
    }
}

/// Reads and logs page after page. After each, the progress is kept, so a failure costs one page.
async fn read_pages(
    context: &Context<'_>,
    connection: ConnectionId,
    client: &DialpadClient,
    mut at: Progress,
) -> Result<Progress, Stopped> {
    let mut may_start_over = at.cursor.is_some();
    for _ in 0..PAGES {
        if context.stop.is_cancelled() {
            return Err(Stopped::Failure(Failure::NotTried { after: Duration::ZERO }));
        }
        // No end is asked for: one that our clock puts into the provider's future would be refused.
        let query = CallQuery { started_after: Some(at.from), cursor: at.cursor.clone(), ..CallQuery::default() };
        let page = match client.calls(&query).await {
            Ok(page) => page,
            // The cursor of an earlier attempt has grown too old.
            Err(error) if may_start_over && error.status() == Some(400) => {
                may_start_over = false;
                at.cursor = None;
                continue;
            }
            Err(error) => return Err(Stopped::Outbound(error)),
        };
        may_start_over = false;
        at.pages += 1;
        at.calls += page.items.len();
        let items: Vec<_> = page.items.iter().map(dialpad::pulled_call).collect();
        if !items.is_empty() {
            let tenant = context.scope.tenant();
            let received = intake::append_pulled(context.app, tenant, connection, &Dialpad, items)
                .await
                .map_err(|refused| Stopped::Failure(Failure::of_refused(&refused)))?;
            at.new += received.stored;
        }
        let next = page.cursor.filter(|cursor| !cursor.is_empty() && Some(cursor) != at.cursor.as_ref());
        at.cursor = next;
        if at.cursor.is_none() {
            return Ok(at);
        }
        context.set_progress(&at).await.map_err(Stopped::Failure)?;
    }
    Err(Stopped::Failure(Failure::NotTried { after: Duration::ZERO }))
}

async fn set_caught_up(context: &Context<'_>, connection: ConnectionId, until: Timestamp) -> Result<(), Failure> {
    let app = context.app;
    let mut tx = app.db.begin(context.scope).await?;
    switchboard_store::connections::set_caught_up_to(&mut tx.conn(), context.scope, connection, until).await?;
    tx.commit(app.now()).await?;
    Ok(())
}
