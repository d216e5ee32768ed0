//! People as the installation's administration sees them: made, let in or kept out, given a new password.
//!
//! There is no account that comes with the installation: a default password is a door that everybody knows.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use secrecy::SecretString;
use switchboard_domain::audit::Action;
use switchboard_store::{
    StoreError,
    people::{
        sessions,
        users::{self, NewUser, User},
    },
};

use super::{FieldFault, fault, password::PasswordError, trail::Trail};
use crate::{
    App,
    audit::{Entry, Origin},
};

/// Something about a person was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("{}", .0.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldFault>),
    #[error("somebody with this e-mail address exists already")]
    EmailTaken,
    #[error("there is nobody with this e-mail address or id")]
    NotFound,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the person could not be read or changed")]
    Store(#[from] StoreError),
}

/// Somebody new, or with a new password. The only place where it can be read.
#[derive(Debug)]
pub struct Created {
    pub user: User,
    pub password: SecretString,
}

/// Makes a person who belongs to no tenant, with a password that was made for them.
pub async fn create_user(
    app: &App,
    email: &str,
    full_name: &str,
    is_platform_admin: bool,
    by: &Origin,
) -> Result<Created, PeopleError> {
    let mut faults = Vec::new();
    let (email, full_name) = (fault::email(email, &mut faults), fault::name("full_name", full_name, &mut faults));
    let (Some(email), Some(full_name)) = (email, full_name) else { return Err(PeopleError::Invalid(faults)) };
    let password = made_password(app);
    let hash = app.accounts.passwords.hash(app.random.as_ref(), &password).await?;
    let user = NewUser {
        id: app.id(),
        email: email.into_string(),
        full_name,
        password_hash: Some(hash),
        is_platform_admin,
        email_verified_at: None,
        created_at: app.now(),
    };
    let mut tx = app.db.begin_platform().await?;
    if !users::insert(&mut tx, &user).await? {
        return Err(PeopleError::EmailTaken);
    }
    let entry = Entry::new(by, Action::UserCreated).on("user", user.id).with("is_platform_admin", is_platform_admin);
    Trail::of_nobody().write(app, &mut tx, entry).await?;
    tx.commit().await?;
    let user = users::find(&app.db, user.id).await?.ok_or(PeopleError::NotFound)?;
    Ok(Created { user, password })
}

/// A person, by e-mail address or id.
pub async fn find_user(app: &App, named: &str) -> Result<User, PeopleError> {
    let found = match named.parse() {
        Ok(id) => users::find(&app.db, id).await?,
        Err(_) => users::find_by_email(&app.db, &named.trim().to_lowercase()).await?,
    };
    found.ok_or(PeopleError::NotFound)
}

/// Gives a person a password that was made for them, and ends all their sign-ins.
pub async fn reset_password(app: &App, user: User, by: &Origin) -> Result<Created, PeopleError> {
    let password = made_password(app);
    let hash = app.accounts.passwords.hash(app.random.as_ref(), &password).await?;
    let trail = Trail::of(app, user.id).await?;
    let now = app.now();
    let mut tx = app.db.begin_platform().await?;
    users::set_password(&mut tx, user.id, &hash, now).await?;
    sessions::revoke_of_user(&mut tx, user.id, None, "password_reset", now).await?;
    trail.write(app, &mut tx, Entry::new(by, Action::UserPasswordReset).on("user", user.id)).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(Created { user, password })
}

/// Lets a person in, or keeps them out and ends their sign-ins.
pub async fn set_active(app: &App, user: &User, is_active: bool, by: &Origin) -> Result<(), PeopleError> {
    let trail = Trail::of(app, user.id).await?;
    let now = app.now();
    let mut tx = app.db.begin_platform().await?;
    users::set_active(&mut tx, user.id, is_active, now).await?;
    if !is_active {
        sessions::revoke_of_user(&mut tx, user.id, None, "deactivated", now).await?;
    }
    let action = if is_active { Action::UserReactivated } else { Action::UserDeactivated };
    trail.write(app, &mut tx, Entry::new(by, action).on("user", user.id)).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(())
}

/// Gives or takes the installation's administration.
pub async fn set_platform_admin(
    app: &App,
    user: &User,
    is_platform_admin: bool,
    by: &Origin,
) -> Result<(), PeopleError> {
    let mut tx = app.db.begin_platform().await?;
    users::set_platform_admin(&mut tx, user.id, is_platform_admin, app.now()).await?;
    let action = if is_platform_admin { Action::PlatformAdminGranted } else { Action::PlatformAdminRevoked };
    Trail::of_nobody().write(app, &mut tx, Entry::new(by, action).on("user", user.id)).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(())
}

/// 120 random bits in 20 characters.
fn made_password(app: &App) -> SecretString {
    SecretString::from(BASE64.encode(app.random.array::<15>()))
}
