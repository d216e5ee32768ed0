//! `switchboard tenants`: who is served here, on which plan, and what is switched for them.
//!
//! A tenant is named by its id or its subdomain. Working under somebody's name is not a command: it needs a person who
//! signed in, whom the audit logs can name.

use std::{io::Read as _, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use switchboard_app::{
    App, accounts, features,
    mail::Way,
    plans,
    tenants::{self, NewOwner, NewTenant, Settings, Standing, TenantOverview, TenantRow},
    usage::{self, Report},
};
use switchboard_domain::{
    Timestamp,
    feature::Feature,
    ids::{ConnectionId, InvitationId, TenantId},
    mail::Language,
    plan::Plan,
    role::Role,
    tenant::TenantStatus,
    usage::{Metric, percent},
};
use switchboard_store::platform::{self, TenantFilter};

use super::{CommandError, Context, Exit, apps::actor, find, session::with_app, words};
use crate::output::Output;

/// Tenants that a list reads at a time.
const PAGE: i64 = 500;
/// Bytes of a password that is read from standard input.
const MAX_PASSWORD: u64 = 4_096;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List tenants.
    List {
        /// Only those of this status: active, suspended or deleted.
        #[arg(long, value_parser = status)]
        status: Option<TenantStatus>,
    },
    /// Show a tenant, its features and what it used this month.
    Show {
        /// Id or subdomain.
        tenant: String,
    },
    /// Make a tenant, with an owner if one is named. Prints the password of its address for call records, once.
    Create {
        /// What to call it; 1 to 200 characters.
        name: String,
        /// The id of a plan; starter unless said.
        #[arg(long)]
        plan: Option<String>,
        /// A name of the time zone database, such as Europe/Berlin.
        #[arg(long)]
        time_zone: Option<String>,
        /// The e-mail address of who is to own it. They are invited by mail.
        #[arg(long)]
        owner: Option<String>,
        /// Make the owner instead of inviting them, with a password that is read from standard input (flags can be seen by
        /// others).
        #[arg(long, requires = "owner")]
        password_stdin: bool,
        /// What to call the owner who is made; what stands before the @ unless said.
        #[arg(long, requires = "password_stdin")]
        owner_name: Option<String>,
    },
    /// Invite somebody to a tenant by mail, also to one that nobody can sign in to yet.
    Invite {
        /// Id or subdomain.
        tenant: String,
        /// The e-mail address that the link goes to. The last link of an address is the one that works.
        email: String,
        /// What they are to be there: owner, admin, agent or viewer.
        #[arg(long, default_value = "owner", value_parser = role)]
        role: Role,
    },
    /// Refuse a tenant's people and apps, and send nothing on its behalf. What providers deliver is kept.
    Suspend {
        /// Id or subdomain.
        tenant: String,
        /// Why; its people are shown it.
        #[arg(long)]
        reason: String,
    },
    /// Close a tenant: like suspending, and its providers are refused as well. Nothing is removed.
    Delete {
        /// Id or subdomain.
        tenant: String,
        /// Why; its people are shown it.
        #[arg(long)]
        reason: String,
    },
    /// Serve a suspended or closed tenant again.
    Resume {
        /// Id or subdomain.
        tenant: String,
    },
    /// Give a tenant another plan.
    Plan {
        /// Id or subdomain.
        tenant: String,
        /// The id of the plan; `switchboard tenants plans` lists them.
        plan: String,
    },
    /// List the plans.
    Plans,
    /// Show a tenant's features, or switch them.
    Flags {
        /// Id or subdomain.
        tenant: String,
        /// FEATURE=on, FEATURE=off, or FEATURE=default for what everybody has.
        #[arg(value_parser = switch)]
        switches: Vec<(Feature, Option<bool>)>,
    },
}

fn status(text: &str) -> Result<TenantStatus, String> {
    TenantStatus::parse(text).ok_or_else(|| "active, suspended or deleted".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "owner, admin, agent or viewer".to_owned())
}

fn switch(text: &str) -> Result<(Feature, Option<bool>), String> {
    let known = || Feature::ALL.iter().map(|feature| feature.as_str()).collect::<Vec<_>>().join(", ");
    let (name, word) = text.split_once('=').ok_or("write FEATURE=on, FEATURE=off or FEATURE=default")?;
    let feature = Feature::parse(name).ok_or_else(|| format!("the features are {}", known()))?;
    match word {
        "on" => Ok((feature, Some(true))),
        "off" => Ok((feature, Some(false))),
        "default" => Ok((feature, None)),
        _ => Err("on, off or default".to_owned()),
    }
}

#[derive(Serialize)]
struct Row {
    tenant_id: TenantId,
    name: String,
    subdomain: String,
    status: TenantStatus,
    status_reason: Option<String>,
    status_at: Option<Timestamp>,
    plan: String,
    time_zone: String,
    user_count: i64,
    call_count: i64,
    created_at: Timestamp,
}

impl From<TenantOverview> for Row {
    fn from(found: TenantOverview) -> Self {
        let tenant = found.tenant;
        Self {
            tenant_id: tenant.id,
            name: tenant.name,
            subdomain: tenant.subdomain,
            status: tenant.status,
            status_reason: tenant.status_reason,
            status_at: tenant.status_at,
            plan: tenant.plan,
            time_zone: tenant.time_zone,
            user_count: found.user_count,
            call_count: found.call_count,
            created_at: tenant.created_at,
        }
    }
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| {
        match command {
            Command::List { status } => list(app, *status, output).await?,
            Command::Show { tenant } => show(app, tenant, output).await?,
            Command::Create { name, plan, time_zone, owner, password_stdin, owner_name } => {
                let owner = match owner.as_deref() {
                    Some(email) if *password_stdin => Some(made_owner(email, owner_name.as_deref())?),
                    Some(email) => Some(NewOwner::Invited { email: email.to_owned(), language: Language::English }),
                    None => None,
                };
                let (plan, time_zone) = (plan.clone(), time_zone.clone());
                create(app, &NewTenant { name: name.clone(), plan, time_zone, owner }, output).await?;
            }
            Command::Invite { tenant, email, role } => invite(app, tenant, email, *role, output).await?,
            Command::Suspend { tenant, reason } => stand(app, tenant, Standing::Suspended(reason), output).await?,
            Command::Delete { tenant, reason } => stand(app, tenant, Standing::Deleted(reason), output).await?,
            Command::Resume { tenant } => stand(app, tenant, Standing::Active, output).await?,
            Command::Plan { tenant, plan } => set_plan(app, tenant, plan, output).await?,
            Command::Plans => list_plans(app, output).await?,
            Command::Flags { tenant, switches } => flags(app, tenant, switches, output).await?,
        }
        Ok(Exit::Ok)
    })
}

async fn list(app: &Arc<App>, status: Option<TenantStatus>, output: &mut Output<'_>) -> Result<(), CommandError> {
    let filter = TenantFilter { status, search: None };
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.tenant_id);
        let page = platform::list_tenant_overviews(&app.db, filter, after, PAGE).await?;
        let is_last = i64::try_from(page.len()).is_ok_and(|found| found < PAGE);
        rows.extend(page.into_iter().map(Row::from));
        if is_last {
            break;
        }
    }
    let now = app.now();
    let cells = |row: &Row| {
        [
            row.tenant_id.to_string(),
            row.subdomain.clone(),
            row.name.clone(),
            row.status.to_string(),
            row.plan.clone(),
            row.user_count.to_string(),
            row.call_count.to_string(),
            words::relative(now, row.created_at),
        ]
    };
    let nothing = "no tenants yet; make one with `switchboard tenants create NAME`, or sign up";
    let heads = ["tenant", "subdomain", "name", "status", "plan", "users", "calls", "created"];
    Ok(output.list(heads, &rows, cells, nothing)?)
}

async fn show(app: &Arc<App>, named: &str, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Shown {
        #[serde(flatten)]
        tenant: Row,
        features: Vec<Flag>,
        period: String,
        usage: Vec<Measured>,
    }
    #[derive(Serialize)]
    struct Measured {
        metric: Metric,
        used: i64,
        limit: Option<i64>,
    }
    let found = find::tenant(app, named).await?;
    let scope = found.scope();
    let report = usage::report(app, scope).await?;
    let used = |metric: &Metric| Measured {
        metric: *metric,
        used: used_of(&report, *metric),
        limit: limit_of(&report, *metric),
    };
    let usage = Metric::ALL.iter().map(used).collect();
    let features = flags_of(&features::effective(app, scope).await?);
    let shown = Shown { tenant: found.into(), features, period: report.period.to_string(), usage };
    let tenant = &shown.tenant;
    let mut fields = vec![
        ("tenant", tenant.tenant_id.to_string()),
        ("name", tenant.name.clone()),
        ("subdomain", tenant.subdomain.clone()),
        ("status", standing(tenant)),
        ("plan", tenant.plan.clone()),
        ("time zone", tenant.time_zone.clone()),
        ("users", tenant.user_count.to_string()),
        ("calls", tenant.call_count.to_string()),
        ("created", words::relative(app.now(), tenant.created_at)),
    ];
    for used in &shown.usage {
        let of = used.limit.map_or_else(String::new, |limit| format!(" of {limit}, {} %", percent(used.used, limit)));
        fields.push((used.metric.as_str(), format!("{} in {}{of}", used.used, shown.period)));
    }
    for flag in &shown.features {
        fields.push((flag.name.as_str(), flag.word()));
    }
    Ok(output.one(&shown, &fields)?)
}

fn used_of(report: &Report, metric: Metric) -> i64 {
    let of_it = report.used.iter().find(|used| used.period == report.period && used.metric == metric);
    of_it.map_or(0, |found| found.used)
}

fn limit_of(report: &Report, metric: Metric) -> Option<i64> {
    let minutes = report.plan.as_ref().and_then(|plan| plan.limits.minutes);
    minutes.filter(|_| metric == Metric::CallMinutes)
}

fn standing(tenant: &Row) -> String {
    let because = tenant.status_reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("{}{because}", tenant.status)
}

fn made_owner(email: &str, name: Option<&str>) -> Result<NewOwner, CommandError> {
    let mut password = String::new();
    let read = std::io::stdin().lock().take(MAX_PASSWORD).read_to_string(&mut password);
    read.map_err(|source| CommandError::Read { path: "standard input".to_owned(), source })?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let full_name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(email)).to_owned();
    Ok(NewOwner::Made { email: email.to_owned(), full_name, password })
}

async fn create(app: &Arc<App>, new: &NewTenant, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Made<'a> {
        #[serde(flatten)]
        tenant: Row,
        webhook: Webhook<'a>,
    }
    #[derive(Serialize)]
    struct Webhook<'a> {
        connection_id: ConnectionId,
        url: &'a str,
        username: &'a str,
        password: &'a str,
    }
    let created = tenants::create(app, new, &actor()).await?;
    let issued = &created.webhook;
    let webhook = Webhook {
        connection_id: issued.connection,
        url: &issued.url,
        username: &issued.username,
        password: issued.password.expose_secret(),
    };
    let made = Made { tenant: Row::from(tenants::lookup(app, created.tenant.id).await?), webhook };
    output.one(
        &made,
        &[
            ("tenant", made.tenant.tenant_id.to_string()),
            ("name", made.tenant.name.clone()),
            ("subdomain", made.tenant.subdomain.clone()),
            ("plan", made.tenant.plan.clone()),
            ("call records to", made.webhook.url.to_owned()),
            ("user", made.webhook.username.to_owned()),
            ("password", made.webhook.password.to_owned()),
        ],
    )?;
    output.remark("keep the password for call records now: it cannot be shown again")?;
    match &new.owner {
        None => {
            let next = format!("switchboard tenants invite {} EMAIL", made.tenant.subdomain);
            output.remark(&format!("it has no owner, so nobody can sign in to it; next: {next}"))?;
        }
        Some(NewOwner::Invited { email, .. }) => output.remark(&posted(app, email))?,
        Some(NewOwner::Made { .. }) => {}
    }
    Ok(())
}

async fn invite(
    app: &Arc<App>,
    named: &str,
    email: &str,
    role: Role,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Invited<'a> {
        invitation_id: InvitationId,
        tenant_id: TenantId,
        email: &'a str,
        role: Role,
        expires_at: Timestamp,
    }
    let found = find::tenant(app, named).await?;
    let invitation = accounts::invite(app, found.scope(), &actor(), email, role, Language::English).await?;
    let tenant = found.tenant;
    let invited = Invited {
        invitation_id: invitation.id,
        tenant_id: tenant.id,
        email: &invitation.email,
        role,
        expires_at: invitation.expires_at,
    };
    let text =
        format!("{} is invited to {} as {role}, and joins by the link in the mail", invited.email, tenant.subdomain);
    output.say(&invited, &text)?;
    if tenant.status != TenantStatus::Active {
        let next = format!("switchboard tenants resume {}", tenant.subdomain);
        output
            .remark(&format!("the tenant is {}, so the mail waits until it is served again: {next}", tenant.status))?;
    }
    Ok(output.remark(&posted(app, invited.email))?)
}

/// What becomes of a mail that a command left for a server to send.
fn posted(app: &App, email: &str) -> String {
    match &app.settings.mail.way {
        Way::Smtp(server) => {
            format!("a running server mails the link to {email} through {}; it is good for a week", server.host)
        }
        Way::Folder(folder) => {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
            format!(
                "no mail server is set (SMTP_URL), so a running server writes the mail to {email} as a file in {}; its link is \
                 good for a week",
                folder.display()
            )
        }
    }
}

async fn stand(
    app: &Arc<App>,
    named: &str,
    standing: Standing<'_>,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let scope = find::tenant(app, named).await?.scope();
    let tenant = tenants::set_standing(app, scope, standing, &actor()).await?;
    said(app, tenant, output).await
}

async fn set_plan(app: &Arc<App>, named: &str, plan: &str, output: &mut Output<'_>) -> Result<(), CommandError> {
    let scope = find::tenant(app, named).await?.scope();
    let wanted = Settings { plan: Some(plan.to_owned()), ..Settings::default() };
    let tenant = tenants::update(app, scope, &wanted, &actor()).await?;
    said(app, tenant, output).await
}

/// Says how a tenant stands now.
async fn said(app: &Arc<App>, tenant: TenantRow, output: &mut Output<'_>) -> Result<(), CommandError> {
    let row = Row::from(tenants::lookup(app, tenant.id).await?);
    let text = format!("{} is {} on plan {}", row.subdomain, standing(&row), row.plan);
    Ok(output.say(&row, &text)?)
}

async fn list_plans(app: &Arc<App>, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Listed {
        plan: String,
        name: String,
        price_cents: i64,
        currency: String,
        minutes: Option<i64>,
        retention_months: Option<i64>,
        past_limit: &'static str,
        is_offered: bool,
    }
    let listed = |plan: Plan| Listed {
        plan: plan.id,
        name: plan.name,
        price_cents: plan.price_cents,
        currency: plan.currency,
        minutes: plan.limits.minutes,
        retention_months: plan.limits.retention_months,
        past_limit: plan.past_limit.as_str(),
        is_offered: plan.is_offered,
    };
    let rows: Vec<Listed> = plans::list(app).await?.into_iter().map(listed).collect();
    let limit = |limit: Option<i64>| limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
    let cells = |row: &Listed| {
        [
            row.plan.clone(),
            row.name.clone(),
            format!("{}.{:02} {}", row.price_cents / 100, row.price_cents % 100, row.currency),
            limit(row.minutes),
            limit(row.retention_months),
            row.past_limit.to_owned(),
            if row.is_offered { "yes" } else { "no" }.to_owned(),
        ]
    };
    let heads = ["plan", "name", "a month", "minutes", "months kept", "past the limit", "offered"];
    Ok(output.list(heads, &rows, cells, "no plans")?)
}

#[derive(Serialize)]
struct Flag {
    name: Feature,
    is_on: bool,
    is_switched: bool,
}

impl Flag {
    fn word(&self) -> String {
        let why = if self.is_switched { "" } else { " (default)" };
        format!("{}{why}", if self.is_on { "on" } else { "off" })
    }
}

fn flags_of(features: &features::Features) -> Vec<Flag> {
    let flag = |feature: &Feature| Flag {
        name: *feature,
        is_on: features.is_on(*feature),
        is_switched: features.switched(*feature).is_some(),
    };
    Feature::ALL.iter().map(flag).collect()
}

async fn flags(
    app: &Arc<App>,
    named: &str,
    switches: &[(Feature, Option<bool>)],
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let scope = find::tenant(app, named).await?.scope();
    let features = if switches.is_empty() {
        features::effective(app, scope).await?
    } else {
        features::set(app, scope, switches, &actor()).await?
    };
    let cells = |flag: &Flag| [flag.name.to_string(), flag.word(), flag.name.about().to_owned()];
    Ok(output.list(["feature", "state", "about"], &flags_of(&features), cells, "no features")?)
}
