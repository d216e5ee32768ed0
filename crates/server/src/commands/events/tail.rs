//! `switchboard events tail`: the log as it grows. It asks the database twice a second, because that works for whoever
//! runs it: beside a server on SQLite, or far away from one on PostgreSQL.

use std::{collections::HashMap, sync::Arc, time::Duration};

use switchboard_app::{App, events};
use switchboard_domain::ids::{EventId, TenantId};
use switchboard_store::{TenantScope, events::EventFilter};

use super::{
    super::{CommandError, Exit},
    Filter, Row,
};
use crate::output::Output;

const EVERY: Duration = Duration::from_millis(500);
/// Events of one tenant in one look.
const PAGE: i64 = 500;

pub(super) async fn run(app: &Arc<App>, filter: &Filter, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut seen: HashMap<TenantId, EventId> = HashMap::new();
    // What is there already is not news. Ids sort by arrival, so the present moment is a position.
    let start: EventId = switchboard_domain::ids::born(app.now(), [0; 10]);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    if !output.json {
        output.remark("waiting for events; Ctrl-C ends it")?;
    }
    loop {
        for scope in filter.scopes(app).await? {
            let after = *seen.get(&scope.tenant()).unwrap_or(&start);
            if let Some(last) = look(app, scope, filter, after, output).await? {
                seen.insert(scope.tenant(), last);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            // An error means that Ctrl-C cannot be watched for; the process ends by the signal's own effect then.
            _ = &mut interrupted => return Ok(Exit::Ok),
        }
    }
}

async fn look(
    app: &Arc<App>,
    scope: TenantScope,
    filter: &Filter,
    after: EventId,
    output: &mut Output<'_>,
) -> Result<Option<EventId>, CommandError> {
    let wanted = EventFilter { cursor: Some(after), oldest_first: true, ..filter.of_store() };
    let found = events::list(app, scope, &wanted, None, PAGE).await?;
    for state in &found {
        let row = Row::of(state);
        if output.json {
            // One object per line, so that each can be read as it comes.
            let line = serde_json::to_string(&row).map_err(crate::output::OutputError::Json)?;
            output.raw(&format!("{line}\n"))?;
        } else {
            let [id, kind, about, status, _, trouble] = row.cells(app.now());
            let trouble = if trouble == super::words::NONE { String::new() } else { format!("  {trouble}") };
            output.raw(&format!("{}  {id}  {kind:<20}  {about:<18}  {status}{trouble}\n", row.received_at))?;
        }
    }
    Ok(found.last().map(|state| state.event.id))
}
