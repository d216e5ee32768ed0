//! Who a provider's user is in the system of an app's customer, for what a socket is told. Only apps have such a system.

use std::collections::HashMap;

use switchboard_domain::actor::Actor;
use switchboard_store::{StoreError, user_mappings};

use crate::{extract::TenantAuth, state::Web};

/// Pairs that one socket keeps until it forgets.
const MAX_PAIRS: usize = 1_000;

/// One socket's knowledge of them, for a short while.
#[derive(Default)]
pub struct CrmUsers {
    pairs: HashMap<String, Option<String>>,
}

impl CrmUsers {
    /// Who `user`, the provider's id of somebody, is there.
    pub async fn find(
        &mut self,
        web: &Web,
        auth: &TenantAuth,
        user: Option<String>,
    ) -> Result<Option<String>, StoreError> {
        let (Actor::App { app, .. }, Some(user)) = (&auth.actor, user) else { return Ok(None) };
        if let Some(known) = self.pairs.get(&user) {
            return Ok(known.clone());
        }
        let Ok(number) = user.parse() else { return Ok(None) };
        let mut reader = web.app.db.read(auth.scope).await?;
        let found = user_mappings::find_by_dialpad_user(&mut reader.conn(), auth.scope, *app, number).await?;
        let crm_user = found.map(|mapping| mapping.crm_user_id);
        if self.pairs.len() < MAX_PAIRS {
            self.pairs.insert(user, crm_user.clone());
        }
        Ok(crm_user)
    }

    /// Forgets, so that a changed pair is seen.
    pub fn forget(&mut self) {
        self.pairs.clear();
    }
}
