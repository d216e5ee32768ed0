//! Saved views: a person keeps a list by name, and may show it to everybody who works here.
//!
//! A view is its owner's. A shared one may also be changed and taken away by those who keep the workspace: its owner may be
//! on holiday, or gone.

use switchboard_domain::{
    actor::Actor,
    audit::Action,
    ids::{UserId, ViewId},
    role::Permission,
    view::{MAX_FILTER_NAME, MAX_FILTER_VALUE, MAX_FILTERS, MAX_NAME, MAX_VIEWS, Noun},
};
pub use switchboard_store::views::{Filters, View};
use switchboard_store::{StoreError, TenantScope, TenantTx, views};

use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
};

/// A view could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    #[error("there is no such view")]
    NotFound,
    #[error("views belong to people; sign in instead of using an API key")]
    NoPerson,
    #[error("this view is somebody else's; save one of your own")]
    NotYours,
    #[error("you have {MAX_VIEWS} views; remove one first")]
    TooMany,
    /// Values that a person should change, each with its field.
    #[error("{}", crate::accounts::fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("the view could not be read or changed")]
    Store(#[from] StoreError),
}

/// What is wanted of a new view.
#[derive(Debug, Clone)]
pub struct NewView {
    pub noun: Noun,
    pub name: String,
    pub filters: Filters,
    pub is_shared: bool,
}

/// What is wanted of one that is there.
#[derive(Debug, Clone, Default)]
pub struct ViewChange {
    pub name: Option<String>,
    pub filters: Option<Filters>,
    pub is_shared: Option<bool>,
}

/// Keeps a view.
pub async fn create(app: &App, scope: TenantScope, new: NewView, by: &Origin) -> Result<View, ViewsError> {
    let user = person(&by.actor).ok_or(ViewsError::NoPerson)?;
    let now = app.now();
    let view = View {
        id: app.id(),
        tenant_id: scope.tenant(),
        user_id: user,
        noun: new.noun,
        name: new.name.trim().to_owned(),
        filters: new.filters,
        is_shared: new.is_shared,
        created_at: now,
        updated_at: now,
    };
    check(&view)?;
    let mut tx = app.db.begin(scope).await?;
    if views::count(&mut tx.conn(), scope, user).await? >= MAX_VIEWS {
        return Err(ViewsError::TooMany);
    }
    views::insert(&mut tx.conn(), &view).await?;
    note(app, &mut tx, Action::ViewSaved, &view, by).await?;
    tx.commit(now).await?;
    Ok(view)
}

/// Changes a view.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: ViewId,
    change: ViewChange,
    by: &Origin,
) -> Result<View, ViewsError> {
    let mut tx = app.db.begin(scope).await?;
    let mut view = own(&mut tx, id, &by.actor).await?;
    view.name = change.name.map_or(view.name, |name| name.trim().to_owned());
    view.filters = change.filters.unwrap_or(view.filters);
    view.is_shared = change.is_shared.unwrap_or(view.is_shared);
    view.updated_at = app.now();
    check(&view)?;
    views::update(&mut tx.conn(), scope, &view).await?;
    note(app, &mut tx, Action::ViewSaved, &view, by).await?;
    tx.commit(app.now()).await?;
    Ok(view)
}

/// Takes a view away.
pub async fn remove(app: &App, scope: TenantScope, id: ViewId, by: &Origin) -> Result<(), ViewsError> {
    let mut tx = app.db.begin(scope).await?;
    let view = own(&mut tx, id, &by.actor).await?;
    views::remove(&mut tx.conn(), scope, id).await?;
    note(app, &mut tx, Action::ViewRemoved, &view, by).await?;
    tx.commit(app.now()).await?;
    Ok(())
}

/// Forgets views that say one of these texts, for somebody who is erased.
pub(crate) async fn forget_mentions(app: &App, scope: TenantScope, texts: &[String]) -> Result<(), StoreError> {
    let mut tx = app.db.begin(scope).await?;
    views::remove_mentions(&mut tx.conn(), scope, texts).await?;
    tx.commit(app.now()).await.map(|_| ())
}

/// The person behind an actor: whose views are theirs.
pub const fn person(actor: &Actor) -> Option<UserId> {
    match actor {
        Actor::User { user, .. } => Some(*user),
        Actor::App { .. } | Actor::PlatformAdmin { .. } | Actor::Operator | Actor::System => None,
    }
}

/// A view that this actor may change.
async fn own(tx: &mut TenantTx, id: ViewId, actor: &Actor) -> Result<View, ViewsError> {
    let scope = tx.scope();
    let user = person(actor);
    let view = views::find(&mut tx.conn(), scope, user, id).await?.ok_or(ViewsError::NotFound)?;
    let keeps = view.is_shared && actor.may(Permission::WorkspaceWrite);
    if user != Some(view.user_id) && !keeps {
        return Err(if user.is_none() { ViewsError::NoPerson } else { ViewsError::NotYours });
    }
    Ok(view)
}

async fn note(app: &App, tx: &mut TenantTx, action: Action, view: &View, by: &Origin) -> Result<(), StoreError> {
    let entry = Entry::new(by, action).on("view", view.id).with("noun", view.noun.as_str());
    audit::record(tx, app, entry.with("name", view.name.as_str()).with("is_shared", view.is_shared)).await
}

fn check(view: &View) -> Result<(), ViewsError> {
    let mut faults = Vec::new();
    if view.name.is_empty() {
        faults.push(FieldFault::new("name", "required", "a view needs a name"));
    } else if view.name.chars().count() > MAX_NAME {
        faults.push(FieldFault::new("name", "too_long", format!("must have {MAX_NAME} characters at most")));
    }
    let is_long = |(name, value): (&String, &String)| name.len() > MAX_FILTER_NAME || value.len() > MAX_FILTER_VALUE;
    if view.filters.len() > MAX_FILTERS || view.filters.iter().any(is_long) {
        faults.push(FieldFault::new("filters", "too_long", "are more, or longer, than a list takes"));
    }
    if faults.is_empty() { Ok(()) } else { Err(ViewsError::Fields(faults)) }
}
