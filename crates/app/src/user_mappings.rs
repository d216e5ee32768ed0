//! Dialpad users paired with users of the customer's own system, so that events can say whose screen they belong on.

use switchboard_domain::ids::{AppId, MappingId};
use switchboard_store::{
    StoreError, TenantScope,
    user_mappings::{self, UserMapping},
};

use crate::App;

/// Pairs that may be given at once.
pub const MAX_BATCH: usize = 1_000;
/// Characters of an id in the customer's own system.
pub const MAX_CRM_ID: usize = 255;

/// One pair, as a caller gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// As Dialpad numbers its users: positive.
    pub dialpad_user_id: i64,
    pub crm_user_id: String,
}

/// Stores pairs, all of them or none. A Dialpad user that has a pair already gets the new one.
pub async fn save(
    app: &App,
    scope: TenantScope,
    app_id: AppId,
    pairs: &[Pair],
) -> Result<Vec<UserMapping>, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let mut saved = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let mapping = UserMapping {
            id: app.id(),
            app_id,
            dialpad_user_id: pair.dialpad_user_id,
            crm_user_id: pair.crm_user_id.clone(),
            created_at: now,
            updated_at: now,
        };
        saved.push(user_mappings::save(&mut tx.conn(), scope, &mapping).await?);
    }
    tx.commit(now).await?;
    Ok(saved)
}

/// Forgets a pair. False if there was none.
pub async fn delete(app: &App, scope: TenantScope, app_id: AppId, id: MappingId) -> Result<bool, StoreError> {
    let mut tx = app.db.begin(scope).await?;
    let deleted = user_mappings::delete(&mut tx.conn(), scope, app_id, id).await?;
    tx.commit(app.now()).await?;
    Ok(deleted)
}

/// Forgets the pair of a Dialpad user. False if there was none.
pub async fn delete_by_dialpad_user(
    app: &App,
    scope: TenantScope,
    app_id: AppId,
    dialpad_user_id: i64,
) -> Result<bool, StoreError> {
    let mut tx = app.db.begin(scope).await?;
    let deleted = user_mappings::delete_by_dialpad_user(&mut tx.conn(), scope, app_id, dialpad_user_id).await?;
    tx.commit(app.now()).await?;
    Ok(deleted)
}
