//! `switchboard events rebuild`: every tenant's records once more from the log, beside the live ones.

use std::sync::Arc;

use serde::Serialize;
use switchboard_app::{
    App,
    audit::{self, Entry},
    rebuild::{self, Difference, Mode, Report, What},
};
use switchboard_domain::{
    audit::Action,
    ids::{AppId, TenantId},
};

use super::super::{CommandError, Exit, find, words};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only say what differs; ends with 3 if something does.
    #[arg(long, conflicts_with = "apply", required_unless_present = "apply")]
    check: bool,
    /// Put the records right where they differ from the log.
    #[arg(long)]
    apply: bool,
    /// Only this app's tenant.
    #[arg(long)]
    app: Option<AppId>,
}

/// One tenant's result.
#[derive(Serialize)]
struct Row {
    tenant_id: TenantId,
    events: u64,
    unreadable: u64,
    rows: u64,
    differing: u64,
    applied: bool,
    /// The first of them; names of columns, never contents.
    differences: Vec<String>,
}

impl Row {
    fn of(tenant_id: TenantId, report: &Report) -> Self {
        Self {
            tenant_id,
            events: report.events,
            unreadable: report.unreadable,
            rows: report.rows,
            differing: report.differing,
            applied: report.applied,
            differences: report.differences.iter().map(said).collect(),
        }
    }
}

fn said(difference: &Difference) -> String {
    let Difference { table, key, what } = difference;
    match what {
        What::Missing => format!("{table} {key}: the log gives it, the live table has not got it"),
        What::Extra => format!("{table} {key}: the live table has it, the log does not give it"),
        What::Fields(fields) => format!("{table} {key}: {} differ", fields.join(", ")),
    }
}

pub(super) async fn run(app: &Arc<App>, args: &Args, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let mode = if args.apply { Mode::Apply } else { Mode::Check };
    let mut rows = Vec::new();
    for scope in find::tenants_of(app, args.app).await? {
        let report = rebuild::run(app, scope, mode, |_| {}).await?;
        if args.apply {
            let by = super::super::apps::actor();
            audit::record_alone(app, scope, Entry::new(&by, Action::RecordsRebuilt)).await?;
        }
        rows.push(Row::of(scope.tenant(), &report));
    }
    let cells = |row: &Row| {
        let result = match (row.differing, row.applied) {
            (0, _) => "no difference".to_owned(),
            (number, true) => format!("{} put right", words::count(number.try_into().unwrap_or(usize::MAX), "row")),
            (number, false) => format!("{} differ", words::count(number.try_into().unwrap_or(usize::MAX), "row")),
        };
        [row.tenant_id.to_string(), row.events.to_string(), row.unreadable.to_string(), row.rows.to_string(), result]
    };
    output.list(["tenant", "events", "unreadable", "rows compared", "result"], &rows, cells, "no tenants yet")?;
    for difference in rows.iter().flat_map(|row| &row.differences) {
        output.remark(difference)?;
    }
    let differing = rows.iter().any(|row| row.differing > 0 && !row.applied);
    if differing {
        output.remark("put it right with `switchboard events rebuild --apply`")?;
    }
    Ok(if differing { Exit::Problems } else { Exit::Ok })
}
