//! `switchboard events tail`: the log as it grows. It asks the database twice a second, because that works for whoever
//! runs it: beside a server on SQLite, or far away from one on PostgreSQL.
//!
//! An event may become visible somewhat after one with a later id, so each look goes back a few seconds and leaves out
//! what was shown.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use switchboard_app::{
    App,
    events::{self, EventState},
};
use switchboard_domain::ids::{EventId, TenantId, born};
use switchboard_store::{TenantScope, events::EventFilter};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    super::{CommandError, Exit},
    Filter, Row, words,
};
use crate::output::{Output, OutputError};

const EVERY: Duration = Duration::from_millis(500);
/// How far back each look goes: longer than a commit takes.
const BACK: Duration = Duration::from_secs(5);
/// Events of one tenant in one question.
const PAGE: i64 = 500;

pub(super) async fn run(app: &Arc<App>, filter: &Filter, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mut shown: HashMap<TenantId, BTreeSet<EventId>> = HashMap::new();
    // What is there already is not news. Ids sort by arrival, so a moment is a position.
    let begun = app.now();
    // Watched for from now on, before it is said and not only once somebody waits for it.
    let mut interrupted = signal(SignalKind::interrupt()).map_err(CommandError::Signals)?;
    if !output.json {
        output.remark("waiting for events; Ctrl-C ends it")?;
    }
    loop {
        let from: EventId = born(begun.max(app.now() - BACK), [0; 10]);
        for scope in filter.scopes(app).await? {
            let shown = shown.entry(scope.tenant()).or_default();
            *shown = shown.split_off(&from);
            look(app, scope, filter, from, shown, output).await?;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = interrupted.recv() => return Ok(Exit::Ok),
        }
    }
}

/// Shows what came after `from` and was not shown.
async fn look(
    app: &Arc<App>,
    scope: TenantScope,
    filter: &Filter,
    from: EventId,
    shown: &mut BTreeSet<EventId>,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let mut after = from;
    loop {
        let wanted = EventFilter { cursor: Some(after), oldest_first: true, ..filter.of_store() };
        let page = events::list(app, scope, &wanted, None, PAGE).await?;
        for state in &page.events {
            if shown.insert(state.event.id) {
                show(app, state, output)?;
            }
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

fn show(app: &Arc<App>, state: &EventState, output: &mut Output<'_>) -> Result<(), CommandError> {
    let row = Row::of(state);
    if output.json {
        // One object per line, so that each can be read as it comes.
        let line = serde_json::to_string(&row).map_err(OutputError::Json)?;
        output.raw(&format!("{line}\n"))?;
        return Ok(());
    }
    let [id, kind, about, status, _, trouble] = row.cells(app.now());
    let trouble = if trouble == words::NONE { String::new() } else { format!("  {trouble}") };
    output.raw(&format!("{}  {id}  {kind:<20}  {about:<18}  {status}{trouble}\n", row.received_at))?;
    Ok(())
}
