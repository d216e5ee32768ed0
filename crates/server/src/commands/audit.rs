//! `switchboard audit`: who did what, and whether the log of it is as it was written.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;
use switchboard_app::{
    App,
    audit::{self, AuditFilter, CSV_HEAD, Chain, ChainVerdict, Noted, Verdict},
};
use switchboard_domain::{Timestamp, audit::Action, ids::TenantId};
use switchboard_http::api::v1::audit::AuditView;
use switchboard_store::{TenantScope, audit::Entry};

use super::{CommandError, Context, Exit, find, session::with_app, words};
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Compute the chains of hashes again and name the first entry that is not as it was written. Ends with 3 if there is one.
    Verify {
        /// Only this tenant's: its id or subdomain.
        #[arg(long)]
        tenant: Option<String>,
        /// The number and hash of an entry as they were noted outside the database: NUMBER:HASH. Needs --tenant.
        #[arg(long, requires = "tenant", value_parser = noted)]
        noted: Option<Noted>,
    },
    /// List entries, newest first.
    List {
        /// Whose log: a tenant's id or subdomain. The installation's own if left out.
        #[arg(long)]
        tenant: Option<String>,
        /// Who did it: an id, or user, app, operator, system.
        #[arg(long)]
        actor: Option<String>,
        /// What was done: key.rotated, connection.deleted, ...
        #[arg(long, value_parser = action)]
        action: Option<Action>,
        /// The id of the record it was done to.
        #[arg(long)]
        target: Option<String>,
        /// From this moment on: 2026-01-31T00:00:00Z.
        #[arg(long)]
        since: Option<Timestamp>,
        /// Before this moment.
        #[arg(long)]
        until: Option<Timestamp>,
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
    },
    /// Write a whole log to a file, oldest first.
    Export {
        /// Whose log: a tenant's id or subdomain. The installation's own if left out.
        #[arg(long)]
        tenant: Option<String>,
        #[arg(long, value_enum, default_value = "ndjson")]
        format: Form,
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    Ndjson,
    Csv,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| match command {
        Command::Verify { tenant, noted } => verify(app, tenant.as_deref(), noted.as_ref(), output).await,
        Command::List { tenant, actor, action, target, since, until, limit } => {
            let filter = AuditFilter {
                actor: actor.clone(),
                action: *action,
                target_kind: None,
                target: target.clone(),
                since: *since,
                until: *until,
            };
            list(app, tenant.as_deref(), &filter, *limit, output).await
        }
        Command::Export { tenant, format, file } => export(app, tenant.as_deref(), *format, file, output).await,
    })
}

/// A tenant by its id or its subdomain.
async fn scope_of(app: &Arc<App>, tenant: &str) -> Result<TenantScope, CommandError> {
    let id: Option<TenantId> = tenant.parse().ok();
    let fits = |held: &switchboard_domain::tenant::Tenant| Some(held.id) == id || held.subdomain == tenant;
    find::tenants(app)
        .await?
        .into_iter()
        .find_map(|(held, scope)| fits(&held).then_some(scope))
        .ok_or_else(|| CommandError::NotFound(format!("there is no tenant `{tenant}`")))
}

async fn chain_of(app: &Arc<App>, tenant: Option<&str>) -> Result<Chain, CommandError> {
    Ok(match tenant {
        Some(tenant) => Chain::Tenant(scope_of(app, tenant).await?),
        None => Chain::Installation,
    })
}

#[derive(Serialize)]
struct Looked {
    /// `None` for the installation's own chain.
    tenant_id: Option<TenantId>,
    is_whole: bool,
    /// Entries of a whole chain.
    entries: Option<i64>,
    /// The hash of the last one: note it elsewhere to hold the log to it later.
    hash: Option<String>,
    broken_at: Option<i64>,
    why: Option<String>,
}

impl From<ChainVerdict> for Looked {
    fn from(chain: ChainVerdict) -> Self {
        let tenant_id = chain.tenant.map(TenantScope::tenant);
        match chain.verdict {
            Verdict::Whole { entries, hash } => Self {
                tenant_id,
                is_whole: true,
                entries: Some(entries),
                hash: Some(hex::encode(hash)),
                broken_at: None,
                why: None,
            },
            Verdict::Broken { seq, why } => Self {
                tenant_id,
                is_whole: false,
                entries: None,
                hash: None,
                broken_at: Some(seq),
                why: Some(why.to_string()),
            },
        }
    }
}

async fn verify(
    app: &Arc<App>,
    tenant: Option<&str>,
    noted: Option<&Noted>,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let verdicts = match tenant {
        Some(tenant) => {
            let scope = scope_of(app, tenant).await?;
            let verdict = audit::verify(app, Chain::Tenant(scope), noted).await?;
            vec![ChainVerdict { tenant: Some(scope), verdict }]
        }
        None => audit::verify_all(app, None).await?,
    };
    let looked: Vec<Looked> = verdicts.into_iter().map(Looked::from).collect();
    let cells = |row: &Looked| {
        let found = match (&row.why, row.broken_at) {
            (Some(why), Some(at)) => format!("BROKEN at entry {at}: {why}"),
            _ => "whole".to_owned(),
        };
        let end = row.entries.zip(row.hash.as_ref()).map_or_else(String::new, |(seq, hash)| format!("{seq}:{hash}"));
        [row.tenant_id.map_or_else(|| "(installation)".to_owned(), |id| id.to_string()), found, end]
    };
    output.list(["chain", "found", "end"], &looked, cells, "")?;
    Ok(if looked.iter().all(|row| row.is_whole) { Exit::Ok } else { Exit::Problems })
}

async fn list(
    app: &Arc<App>,
    tenant: Option<&str>,
    filter: &AuditFilter,
    limit: i64,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let chain = chain_of(app, tenant).await?;
    let rows: Vec<AuditView> =
        audit::list(app, chain, filter, None, limit).await?.into_iter().map(AuditView::from).collect();
    let now = app.now();
    let cells = |row: &AuditView| {
        [
            row.seq.to_string(),
            words::relative(now, row.at),
            row.actor_name.clone(),
            row.action.clone(),
            row.target_id.clone().unwrap_or_default(),
            row.details.to_string(),
        ]
    };
    output.list(["no", "when", "who", "did", "to", "details"], &rows, cells, "no entries")?;
    Ok(Exit::Ok)
}

async fn export(
    app: &Arc<App>,
    tenant: Option<&str>,
    form: Form,
    path: &Path,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    #[derive(Serialize)]
    struct Exported<'a> {
        file: &'a Path,
        entries: i64,
    }
    let failed = |source| CommandError::WriteFile { path: path.display().to_string(), source };
    let chain = chain_of(app, tenant).await?;
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    if form == Form::Csv {
        file.write_all(CSV_HEAD.as_bytes()).map_err(failed)?;
    }
    let (end, mut after) = (audit::end(app, chain).await?, 0);
    while after < end {
        let page = audit::export_page(app, chain, after).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { break };
        for entry in page.into_iter().filter(|entry| entry.seq <= end) {
            write_entry(&mut file, entry, form).map_err(failed)?;
        }
        after = last;
    }
    file.flush().map_err(failed)?;
    output.say(&Exported { file: path, entries: end }, &format!("{end} entries are in {}", path.display()))?;
    Ok(Exit::Ok)
}

fn write_entry(file: &mut impl Write, entry: Entry, form: Form) -> std::io::Result<()> {
    match form {
        Form::Csv => file.write_all(audit::csv_line(&entry).as_bytes()),
        Form::Ndjson => {
            serde_json::to_writer(&mut *file, &AuditView::from(entry))?;
            file.write_all(b"\n")
        }
    }
}

fn action(text: &str) -> Result<Action, String> {
    Action::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        format!("there is no such action; there are {}", known.join(", "))
    })
}

/// `17:9f86d0…`, as `audit verify` shows the end of a chain.
fn noted(text: &str) -> Result<Noted, &'static str> {
    let wrong = "write NUMBER:HASH, as `audit verify` shows it";
    let (seq, hash) = text.split_once(':').ok_or(wrong)?;
    let hash = hex::decode(hash).map_err(|_| wrong)?;
    Ok(Noted { seq: seq.parse().map_err(|_| wrong)?, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_chain_is_read_as_it_is_shown() {
        let shown = format!("17:{}", hex::encode([7; 32]));
        assert_eq!(noted(&shown), Ok(Noted { seq: 17, hash: vec![7; 32] }));
        assert!(noted("17").is_err() && noted("x:00").is_err() && noted("1:zz").is_err());
        assert_eq!(action("key.rotated"), Ok(Action::KeyRotated));
        assert!(action("key.eaten").is_err());
    }
}
