//! `switchboard apps`: client programs and their keys. A key is printed once, by the command that made it.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use serde::Serialize;
use switchboard_app::{
    App,
    apps::{self, KeyTerms, Others},
    audit::Origin,
};
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId, ConnectionId, TenantId},
    role::Permission,
};
use switchboard_store::{api_keys::ApiKey, apps::ClientApp};

use super::{CommandError, Context, Exit, find, session::with_app, words};
use crate::output::Output;

/// Apps of one tenant that a list shows.
const MOST_APPS: i64 = 1_000;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List all apps.
    List,
    /// Make an app with a tenant, a key and a Dialpad connection of its own. Prints the key, once.
    Create {
        /// What to call it; 1 to 200 characters.
        name: String,
    },
    /// Give an app a new key. The old one goes on working for a day, or as long as --grace says.
    Rotate {
        app: AppId,
        /// How long the old key goes on working: seconds, or a number with m, h or d. 0 cuts it off at once.
        #[arg(long, value_parser = grace)]
        grace: Option<Duration>,
    },
    /// Give an app another key, beside those it has.
    AddKey {
        app: AppId,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
        /// What it may do, with commas between: records.read,events.read. The usual rights if left out.
        #[arg(long, value_delimiter = ',', value_parser = permission)]
        scopes: Option<Vec<Permission>>,
        /// When it ends by itself: 2027-01-31T00:00:00Z.
        #[arg(long)]
        expires_at: Option<Timestamp>,
        /// How often it may be used; the installation's limit if left out.
        #[arg(long)]
        per_minute: Option<u32>,
    },
    /// End all keys of an app at once, or one of them.
    Revoke {
        app: AppId,
        /// End only this one.
        #[arg(long)]
        key: Option<ApiKeyId>,
    },
    /// Show an app and its keys.
    Show { app: AppId },
}

#[derive(Serialize)]
struct Row {
    app_id: AppId,
    name: String,
    is_active: bool,
    tenant_id: TenantId,
    created_at: Timestamp,
    api_key_rotated_at: Option<Timestamp>,
}

impl From<ClientApp> for Row {
    fn from(app: ClientApp) -> Self {
        Self {
            app_id: app.id,
            name: app.name,
            is_active: app.is_active,
            tenant_id: app.tenant_id,
            created_at: app.created_at,
            api_key_rotated_at: app.api_key_rotated_at,
        }
    }
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| {
        match command {
            Command::List => list(app, output).await?,
            Command::Create { name } => create(app, name, output).await?,
            Command::Rotate { app: id, grace } => rotate(app, *id, *grace, output).await?,
            Command::AddKey { app: id, name, scopes, expires_at, per_minute } => {
                let (name, scopes) = (name.clone(), scopes.clone());
                let terms = KeyTerms { name, scopes, requests_per_minute: *per_minute, expires_at: *expires_at };
                add_key(app, *id, terms, output).await?;
            }
            Command::Revoke { app: id, key: None } => revoke(app, *id, output).await?,
            Command::Revoke { app: id, key: Some(key) } => revoke_one(app, *id, *key, output).await?,
            Command::Show { app: id } => show(app, *id, output).await?,
        }
        Ok(Exit::Ok)
    })
}

/// Who the audit log names for what is done here.
pub(super) fn actor() -> Origin {
    Origin::operator("cli")
}

async fn list(app: &Arc<App>, output: &mut Output<'_>) -> Result<(), CommandError> {
    let mut rows: Vec<Row> = Vec::new();
    for (_, scope) in find::tenants(app).await? {
        let mut reader = app.db.read(scope).await?;
        let found = switchboard_store::apps::list(&mut reader.conn(), scope, None, MOST_APPS).await?;
        rows.extend(found.into_iter().map(Row::from));
    }
    let now = app.now();
    let cells = |row: &Row| {
        [
            row.app_id.to_string(),
            row.name.clone(),
            if row.is_active { "on" } else { "off" }.to_owned(),
            words::relative(now, row.created_at),
            words::maybe_relative(now, row.api_key_rotated_at),
        ]
    };
    let nothing = "no apps yet; make one with `switchboard apps create NAME`";
    Ok(output.list(["app", "name", "state", "created", "key rotated"], &rows, cells, nothing)?)
}

async fn create(app: &Arc<App>, name: &str, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Created<'a> {
        app_id: AppId,
        name: &'a str,
        tenant_id: TenantId,
        connection_id: ConnectionId,
        api_key: &'a str,
        hook_url: &'a str,
    }
    let made = apps::create(app, name, &actor()).await?;
    let created = Created {
        app_id: made.app.id,
        name: &made.app.name,
        tenant_id: made.app.tenant_id,
        connection_id: made.connection_id,
        api_key: made.api_key.expose_secret(),
        hook_url: &made.hook_url,
    };
    output.one(
        &created,
        &[
            ("app", created.app_id.to_string()),
            ("name", created.name.to_owned()),
            ("API key", created.api_key.to_owned()),
            ("connection", created.connection_id.to_string()),
            ("webhook URL", created.hook_url.to_owned()),
        ],
    )?;
    output.remark("keep the API key now: it cannot be shown again")?;
    output.remark(&format!("next: switchboard connections provision {}", created.connection_id))?;
    let invite = format!("switchboard tenants invite {} EMAIL", created.tenant_id);
    Ok(output.remark(&format!("nobody can open its dashboard yet; whoever is to: {invite}"))?)
}

async fn rotate(
    app: &Arc<App>,
    id: AppId,
    grace: Option<Duration>,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Rotated<'a> {
        app_id: AppId,
        api_key: &'a str,
        old_key_until: Option<Timestamp>,
    }
    let scope = find::app_scope(app, id).await?;
    let made = apps::rotate_key(app, scope, id, grace, &actor()).await?;
    let rotated = Rotated { app_id: id, api_key: made.api_key.expose_secret(), old_key_until: made.old_key_until };
    let until = rotated.old_key_until.map_or_else(|| "ended".to_owned(), |at| words::relative(app.now(), at));
    output
        .one(&rotated, &[("app", id.to_string()), ("API key", rotated.api_key.to_owned()), ("old key ends", until)])?;
    Ok(output.remark("keep the API key now: it cannot be shown again")?)
}

async fn add_key(app: &Arc<App>, id: AppId, terms: KeyTerms, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Added<'a> {
        app_id: AppId,
        key_id: ApiKeyId,
        api_key: &'a str,
        scopes: Option<Vec<Permission>>,
    }
    let scope = find::app_scope(app, id).await?;
    let made = apps::issue_key(app, scope, id, Some(terms), Others::Stay, &actor()).await?;
    let (key_id, api_key, scopes) = (made.key_id, made.api_key.expose_secret(), made.terms.scopes);
    let may = words_of(scopes.as_deref());
    let added = Added { app_id: id, key_id, api_key, scopes };
    output.one(
        &added,
        &[("app", id.to_string()), ("key", key_id.to_string()), ("API key", api_key.to_owned()), ("may", may)],
    )?;
    Ok(output.remark("keep the API key now: it cannot be shown again")?)
}

fn words_of(scopes: Option<&[Permission]>) -> String {
    let Some(scopes) = scopes else { return "the usual".to_owned() };
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
}

async fn revoke_one(app: &Arc<App>, id: AppId, key: ApiKeyId, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Ended {
        key_id: ApiKeyId,
        hint: String,
        revoked_at: Option<Timestamp>,
    }
    let scope = find::app_scope(app, id).await?;
    let ended = apps::revoke_one(app, scope, id, key, &actor()).await?;
    let text = format!("the key {} ended", ended.hint);
    Ok(output.say(&Ended { key_id: key, hint: ended.hint, revoked_at: ended.revoked_at }, &text)?)
}

async fn revoke(app: &Arc<App>, id: AppId, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Revoked {
        app_id: AppId,
        revoked_at: Timestamp,
    }
    let scope = find::app_scope(app, id).await?;
    let (row, revoked_at) = apps::revoke_keys(app, scope, id, &actor()).await?;
    let text = format!("all keys of {} ended; give it a new one with `switchboard apps rotate {id}`", row.name);
    Ok(output.say(&Revoked { app_id: id, revoked_at }, &text)?)
}

async fn show(app: &Arc<App>, id: AppId, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Shown {
        #[serde(flatten)]
        app: Row,
        keys: Vec<Working>,
    }
    #[derive(Serialize)]
    struct Working {
        key_id: ApiKeyId,
        name: Option<String>,
        hint: String,
        scopes: Option<Vec<Permission>>,
        requests_per_minute: Option<u32>,
        created_at: Timestamp,
        expires_at: Option<Timestamp>,
        last_used_at: Option<Timestamp>,
    }
    let key = |key: ApiKey| Working {
        scopes: key.scopes(),
        requests_per_minute: key.requests_per_minute(),
        key_id: key.id,
        name: key.name,
        hint: key.hint,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
    };
    let scope = find::app_scope(app, id).await?;
    let status = apps::key_status(app, scope, id).await?;
    let shown = Shown { app: status.app.into(), keys: status.working.into_iter().map(key).collect() };
    let now = app.now();
    let keys = shown.keys.iter().map(|key| {
        let end = key.expires_at.map_or_else(String::new, |at| format!(", ends {}", words::relative(now, at)));
        let used = words::maybe_relative(now, key.last_used_at);
        let name = key.name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
        let (made, may) = (words::relative(now, key.created_at), words_of(key.scopes.as_deref()));
        ("key", format!("{} {}{name}, may {may}, made {made}, last used {used}{end}", key.key_id, key.hint))
    });
    let mut fields = vec![
        ("app", shown.app.app_id.to_string()),
        ("name", shown.app.name.clone()),
        ("state", if shown.app.is_active { "on" } else { "off" }.to_owned()),
        ("tenant", shown.app.tenant_id.to_string()),
        ("created", words::relative(now, shown.app.created_at)),
    ];
    fields.extend(keys);
    if shown.keys.is_empty() {
        fields.push(("key", format!("none works; make one with `switchboard apps rotate {id}`")));
    }
    Ok(output.one(&shown, &fields)?)
}

fn permission(text: &str) -> Result<Permission, String> {
    Permission::parse(text.trim()).ok_or_else(|| {
        let known: Vec<&str> = Permission::ALL.iter().filter(|one| one.is_for_apps()).map(|one| one.as_str()).collect();
        format!("there is no such permission; a key can have {}", known.join(", "))
    })
}

/// `0`, `90`, `15m`, `36h`, `7d`.
fn grace(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 0,
    };
    let seconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).filter(|_| unit > 0);
    seconds.map(Duration::from_secs).ok_or_else(|| "write seconds, or a number with m, h or d, such as 36h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_periods_are_read_with_and_without_unit() {
        for (text, seconds) in [("0", 0), ("90", 90), ("15m", 900), ("36h", 129_600), ("7d", 604_800)] {
            assert_eq!(grace(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "-1", "1w", "soon", "99999999999999999999d"] {
            assert!(grace(text).is_err(), "{text}");
        }
    }
}
