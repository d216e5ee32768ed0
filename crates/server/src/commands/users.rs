//! `switchboard users`: the people who sign in, and who of them runs the installation. There is no account that comes with
//! it; the first one is made here, or by signing up.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use serde::Serialize;
use switchboard_app::{
    App,
    accounts::{self, Created},
};
use switchboard_domain::{Timestamp, ids::UserId};
use switchboard_store::people::users::{self, User};

use super::{CommandError, Context, Exit, apps::actor, session::with_app, words};
use crate::output::Output;

/// People that a list reads at a time.
const PAGE: i64 = 500;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List everybody.
    List {
        /// Only those who run the installation.
        #[arg(long)]
        platform_admins: bool,
    },
    /// Make a person who belongs to no workspace yet. Prints a password, once.
    Create {
        email: String,
        /// What to call them; what stands before the @ unless said.
        #[arg(long)]
        name: Option<String>,
        /// They run the installation: all workspaces, over `/api/admin` and the dashboard.
        #[arg(long)]
        platform_admin: bool,
    },
    /// Give a person a new password and end their sign-ins. Prints it, once.
    ResetPassword {
        /// E-mail address or id.
        user: String,
    },
    /// Let a person run the installation.
    Grant {
        /// E-mail address or id.
        user: String,
    },
    /// Take the installation's administration from a person.
    Ungrant {
        /// E-mail address or id.
        user: String,
    },
    /// Keep a person out of every workspace and end their sign-ins.
    Deactivate {
        /// E-mail address or id.
        user: String,
    },
    /// Let a person in again.
    Activate {
        /// E-mail address or id.
        user: String,
    },
}

#[derive(Serialize)]
struct Row {
    user_id: UserId,
    email: String,
    full_name: String,
    is_platform_admin: bool,
    is_active: bool,
    has_second_factor: bool,
    created_at: Timestamp,
    last_login_at: Option<Timestamp>,
}

impl From<User> for Row {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id,
            email: user.email,
            full_name: user.full_name,
            is_platform_admin: user.is_platform_admin,
            is_active: user.is_active,
            has_second_factor: user.totp_enabled_at.is_some(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    with_app(context, async |app| {
        match command {
            Command::List { platform_admins } => list(app, *platform_admins, output).await?,
            Command::Create { email, name, platform_admin } => {
                create(app, email, name.as_deref(), *platform_admin, output).await?;
            }
            Command::ResetPassword { user } => {
                let user = accounts::find_user(app, user).await?;
                show_password(&accounts::reset_password(app, user, &actor()).await?, output)?;
            }
            Command::Grant { user } => set_admin(app, user, true, output).await?,
            Command::Ungrant { user } => set_admin(app, user, false, output).await?,
            Command::Deactivate { user } => set_active(app, user, false, output).await?,
            Command::Activate { user } => set_active(app, user, true, output).await?,
        }
        Ok(Exit::Ok)
    })
}

async fn list(app: &Arc<App>, only_admins: bool, output: &mut Output<'_>) -> Result<(), CommandError> {
    let mut rows: Vec<Row> = Vec::new();
    let mut after = None;
    loop {
        let page = users::list(&app.db, after, PAGE).await?;
        after = page.last().map(|user| user.id);
        rows.extend(page.into_iter().filter(|user| !only_admins || user.is_platform_admin).map(Row::from));
        if after.is_none() {
            break;
        }
    }
    let now = app.now();
    let cells = |row: &Row| {
        [
            row.user_id.to_string(),
            row.email.clone(),
            row.full_name.clone(),
            if row.is_platform_admin { "platform admin" } else { words::NONE }.to_owned(),
            if row.is_active { "active" } else { "kept out" }.to_owned(),
            words::maybe_relative(now, row.last_login_at),
        ]
    };
    let nothing = "nobody yet; make a platform admin with `switchboard users create EMAIL --platform-admin`";
    Ok(output.list(["user", "email", "name", "runs it", "state", "last sign-in"], &rows, cells, nothing)?)
}

async fn create(
    app: &Arc<App>,
    email: &str,
    name: Option<&str>,
    is_platform_admin: bool,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default());
    let made = accounts::create_user(app, email, name, is_platform_admin, &actor()).await?;
    show_password(&made, output)
}

fn show_password(made: &Created, output: &mut Output<'_>) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Shown<'a> {
        user_id: UserId,
        email: &'a str,
        is_platform_admin: bool,
        password: &'a str,
    }
    let shown = Shown {
        user_id: made.user.id,
        email: &made.user.email,
        is_platform_admin: made.user.is_platform_admin,
        password: made.password.expose_secret(),
    };
    let fields = [
        ("user", shown.user_id.to_string()),
        ("email", shown.email.to_owned()),
        ("password", shown.password.to_owned()),
    ];
    output.one(&shown, &fields)?;
    Ok(output.remark("keep the password now, it cannot be shown again; change it after the first sign-in")?)
}

async fn set_admin(app: &Arc<App>, user: &str, is_admin: bool, output: &mut Output<'_>) -> Result<(), CommandError> {
    let mut user = accounts::find_user(app, user).await?;
    accounts::set_platform_admin(app, &user, is_admin, &actor()).await?;
    user.is_platform_admin = is_admin;
    let text = format!("{} {} the installation", user.email, if is_admin { "runs" } else { "does not run" });
    Ok(output.say(&Row::from(user), &text)?)
}

async fn set_active(app: &Arc<App>, user: &str, is_active: bool, output: &mut Output<'_>) -> Result<(), CommandError> {
    let mut user = accounts::find_user(app, user).await?;
    accounts::set_active(app, &user, is_active, &actor()).await?;
    user.is_active = is_active;
    let text = format!("{} {}", user.email, if is_active { "may sign in" } else { "is kept out" });
    Ok(output.say(&Row::from(user), &text)?)
}
