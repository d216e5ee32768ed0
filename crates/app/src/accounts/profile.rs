//! What people change of themselves besides their password: their name.

use switchboard_domain::audit::Action;
use switchboard_store::people::users::{self, User};

use super::{
    Client, SessionError, UserAccess, fault,
    trail::{self, Trail},
};
use crate::{App, audit::Entry};

/// Gives the person another name. Returns them as they are then.
pub async fn rename(app: &App, access: &UserAccess, full_name: &str, client: &Client) -> Result<User, SessionError> {
    if access.impersonated_by.is_some() {
        return Err(SessionError::Impersonating);
    }
    let mut faults = Vec::new();
    let Some(full_name) = fault::name("full_name", full_name, &mut faults) else {
        return Err(SessionError::Invalid(faults));
    };
    let user = users::find(&app.db, access.user).await?.ok_or(SessionError::NotFound)?;
    if user.full_name == full_name {
        return Ok(user);
    }
    let (by, trail) = (trail::signed_in(access, &user, client), Trail::of(app, user.id).await?);
    let mut tx = app.db.begin_platform().await?;
    users::set_name(&mut tx, user.id, &full_name, app.now()).await?;
    trail
        .write(app, &mut tx, Entry::new(&by, Action::UserUpdated).on("user", user.id).with("field", "full_name"))
        .await?;
    tx.commit().await?;
    Ok(User { full_name, ..user })
}
