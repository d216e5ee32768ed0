//! What a person sees of themselves.

use switchboard_store::{
    StoreError,
    people::{
        memberships::{self, Membership},
        users::{self, User},
    },
};

use super::UserAccess;
use crate::App;

/// A person and where they work.
#[derive(Debug, Clone)]
pub struct Me {
    pub user: User,
    /// Every tenant they work in, the oldest membership first.
    pub memberships: Vec<Membership>,
    /// The one that the session is in.
    pub current: Option<Membership>,
}

/// The person behind a session. `None` if they are gone.
pub async fn me(app: &App, access: &UserAccess) -> Result<Option<Me>, StoreError> {
    let Some(user) = users::find(&app.db, access.user).await? else { return Ok(None) };
    let memberships = memberships::list_of_user(&app.db, user.id).await?;
    let current = memberships.iter().find(|membership| Some(membership.tenant()) == access.tenant()).cloned();
    Ok(Some(Me { user, memberships, current }))
}
