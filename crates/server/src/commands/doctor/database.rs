//! The database: version, schema, isolation, clock, work that has failed, and whether the key opens what is sealed.

use std::{sync::Arc, time::Duration};

use switchboard_app::{App, connections, hooks::SECRET_FIELD, rotation, vault::Place};
use switchboard_domain::job::JobState;
use switchboard_store::{
    Engine, TenantScope, connections::Connection, cursor, migrate, migrate::Migrated, secrets, work,
};

use super::{
    super::{CommandError, find, words},
    Finding,
};
use crate::config::Settings;

/// Clocks that differ by more than this make times in lists and leases look odd.
const CLOCK: Duration = Duration::from_secs(5);
/// A running server reads an event within milliseconds.
const UNREAD: Duration = Duration::from_mins(1);
/// Connections of one tenant.
const MOST: i64 = 1_000;

pub(super) async fn look(
    settings: &Settings,
    app: &Arc<App>,
    migrated: Migrated,
    findings: &mut Vec<Finding>,
) -> Result<(), CommandError> {
    let (version, clock) = migrate::server_facts(&app.db).await?;
    let target = &settings.database.target;
    findings.push(Finding::good("database", format!("{version} at {target}, schema up to date")));
    if app.db.engine() == Engine::Postgres {
        findings.push(isolation(app, migrated).await?);
    }
    if let Some(theirs) = clock {
        let ours = app.now();
        let apart = ours.since(theirs).max(theirs.since(ours));
        findings.push(if apart > CLOCK {
            let found = format!("this machine and the database differ by {}", words::span(apart));
            Finding::problem("clock", found, "let both take their time from NTP")
        } else {
            Finding::good("clock", "agrees with the database's")
        });
    }
    sealed(app, findings).await?;
    findings.push(failed_work(app).await?);
    findings.push(unread_events(app).await?);
    Ok(())
}

async fn isolation(app: &Arc<App>, migrated: Migrated) -> Result<Finding, CommandError> {
    let unguarded = migrate::unguarded_tables(&app.db).await?;
    if !unguarded.is_empty() {
        let found = format!("the policy org_isolation is missing on {}", unguarded.join(", "));
        let advice = "somebody changed the schema by hand: put the policies of the migrations back";
        return Ok(Finding::problem("isolation", found, advice));
    }
    if migrated.isolated {
        return Ok(Finding::good("isolation", "row-level security is in force on every table with a tenant"));
    }
    Ok(no_isolation())
}

fn no_isolation() -> Finding {
    Finding::problem(
        "isolation",
        "row-level security is off, because the user of DATABASE_URL may not make or take the role switchboard_app",
        "as a superuser: CREATE ROLE switchboard_app NOLOGIN; GRANT switchboard_app TO <that user>; then restart",
    )
}

/// Opens every secret of the connections, without telling any, and counts by key what else is sealed.
async fn sealed(app: &Arc<App>, findings: &mut Vec<Finding>) -> Result<(), CommandError> {
    let (mut opened, mut closed) = (0, 0);
    for (_, scope) in find::tenants(app).await? {
        for connection in connections::list(app, scope, None, MOST).await? {
            let (good, bad) = sealed_of(app, scope, &connection).await?;
            opened += good;
            closed += bad.len();
            if !bad.is_empty() {
                let subject = format!("{} {}", connection.name, connection.id);
                let advice = "set the key that it was stored with as ENCRYPTION_KEY_OLD, or enter it again";
                findings.push(Finding::problem(subject, format!("cannot open {}", bad.join("; ")), advice));
            }
        }
    }
    let others: i64 = rotation::status(app).await?.iter().map(|column| column.unknown).sum();
    findings.push(if closed == 0 && others == 0 {
        Finding::good(
            "encryption key",
            format!("opens all {} of connections, and everything else", words::count(opened, "secret")),
        )
    } else {
        let all = words::count(opened + closed, "secret");
        Finding::problem(
            "encryption key",
            format!("does not open {closed} of {all} of connections; {others} values in all have an unknown key"),
            "`switchboard keys status` says where; set the key that they were stored with as ENCRYPTION_KEY_OLD",
        )
    });
    Ok(())
}

async fn sealed_of(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<(usize, Vec<String>), CommandError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let credentials = secrets::list_credentials(conn, scope, connection.id).await?;
    let hooks = secrets::list_working(conn, scope, connection.id, app.now()).await?;
    let place = |field| Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field };
    let opens = credentials
        .iter()
        .map(|row| (row.name.as_str(), app.vault.open(place(row.name.as_str()), &row.sealed).err()))
        .chain(hooks.iter().map(|row| (SECRET_FIELD, app.vault.open(place(SECRET_FIELD), &row.sealed).err())))
        .chain([("its URL", connections::hook_url(app, connection).err())]);
    let (mut good, mut bad) = (0, Vec::new());
    for (name, error) in opens {
        match error {
            None => good += 1,
            Some(error) => bad.push(format!("`{name}`: {error}")),
        }
    }
    Ok((good, bad))
}

async fn failed_work(app: &Arc<App>) -> Result<Finding, CommandError> {
    let counts = work::counts_of_installation(&app.db).await?;
    let dead: i64 = counts.iter().filter(|count| count.state == JobState::Dead).map(|count| count.count).sum();
    Ok(if dead == 0 {
        Finding::good("work", "none has failed for good")
    } else {
        let found = format!("{} failed for good", words::count(dead.try_into().unwrap_or(usize::MAX), "piece"));
        Finding::notice("work", found, "`switchboard jobs list --state dead` says why; `jobs requeue` tries again")
    })
}

async fn unread_events(app: &Arc<App>) -> Result<Finding, CommandError> {
    let (oldest, number) = cursor::backlog(&app.db).await?;
    let age = oldest.map(|at| app.now().since(at)).unwrap_or_default();
    Ok(if age > UNREAD {
        let found = format!("{number} wait, the oldest since {}", words::span(age));
        Finding::problem("events", found, "start a server, or one with --role worker; see its log if one runs")
    } else {
        Finding::good("events", "read as they come")
    })
}
